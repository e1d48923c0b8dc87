import { beforeEach, expect, test, vi } from 'vitest'
import { startToasts, toast } from './toasts'

beforeEach(() => {
  document.body.innerHTML = '<div data-toast id="served"><p>saved</p></div><div data-toasts data-say-close="Close"></div>'
})

test('a message of the server gets one button that closes it', () => {
  startToasts()
  startToasts()
  const buttons = document.querySelectorAll<HTMLElement>('#served .close')
  expect(buttons.length).toBe(1)
  expect(buttons[0]?.getAttribute('aria-label')).toBe('Close')
  buttons[0]?.click()
  expect(document.querySelector('#served')).toBeNull()
})

test('a plain toast leaves by itself, a warning stays; text is never markup', () => {
  vi.useFakeTimers()
  const plain = toast('<b>x</b>')
  const bad = toast('no', 'bad')
  expect(plain?.querySelector('p')?.innerHTML).toBe('&lt;b&gt;x&lt;/b&gt;')
  vi.advanceTimersByTime(9000)
  expect(plain?.isConnected).toBe(false)
  expect(bad?.isConnected).toBe(true)
  vi.useRealTimers()
})

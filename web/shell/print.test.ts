import { expect, test, vi } from 'vitest'
import { startPrint } from './print'

test('the print button appears and prints', () => {
  document.body.innerHTML = '<button type="button" data-print hidden>Print</button>'
  const print = vi.fn()
  window.print = print
  startPrint()
  const button = document.querySelector('button') as HTMLButtonElement
  expect(button.hidden).toBe(false)
  button.click()
  expect(print).toHaveBeenCalledOnce()
})

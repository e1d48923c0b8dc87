import { beforeEach, expect, test } from 'vitest'
import { startRows } from './rows'

startRows()
beforeEach(() => {
  const row = (n: number): string =>
    `<tr><td><input type="checkbox" value="${n}"></td><th><a href="#${n}">${n}</a></th></tr>`
  document.body.innerHTML = `<input id="out"><table data-rows><thead><tr><th><input type="checkbox" data-all></th></tr></thead>
    <tbody>${row(1)}${row(2)}</tbody></table>`
})

const press = (key: string): void => {
  document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
}
const focused = (): string | null => document.activeElement?.textContent ?? null
const link = (n: number): HTMLElement => document.querySelector<HTMLElement>(`a[href="#${n}"]`)!

test('j and k, and the arrows, go from case to case', () => {
  link(1).focus()
  press('j')
  expect(focused()).toBe('2')
  press('j')
  expect(focused()).toBe('2')
  press('k')
  expect(focused()).toBe('1')
  press('ArrowDown')
  expect(focused()).toBe('2')
})

test('x chooses the row, and outside the table no key means anything', () => {
  link(2).focus()
  press('x')
  expect(document.querySelector<HTMLInputElement>('input[value="2"]')!.checked).toBe(true)
  document.getElementById('out')!.focus()
  press('j')
  expect(document.activeElement?.id).toBe('out')
})

test('one box chooses all of the page', () => {
  document.querySelector<HTMLInputElement>('[data-all]')!.click()
  expect(document.querySelectorAll('tbody input:checked').length).toBe(2)
})

test('on the frame around the list j goes to its first case and x chooses it', () => {
  const frame = Object.assign(document.createElement('div'), { tabIndex: 0 })
  frame.setAttribute('role', 'region')
  frame.append(document.querySelector('table')!)
  document.body.append(frame)
  frame.focus()
  press('j')
  expect(focused()).toBe('1')
  frame.focus()
  press('x')
  expect(document.querySelector<HTMLInputElement>('input[value="1"]')!.checked).toBe(true)
  expect(focused()).toBe('1')
})

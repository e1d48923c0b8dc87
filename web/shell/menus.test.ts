import { beforeEach, expect, test } from 'vitest'
import { startMenus } from './menus'

startMenus()
beforeEach(() => {
  document.body.innerHTML = '<details data-closes id="a"><summary>A</summary><a href="/x">x</a></details><button id="out">o</button>'
  menu().open = true
})
const menu = (): HTMLDetailsElement => document.querySelector<HTMLDetailsElement>('#a')!

test('Escape closes the menu and gives the focus back', () => {
  document.querySelector<HTMLElement>('#a a')?.focus()
  document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))
  expect(menu().open).toBe(false)
  expect(document.activeElement?.tagName).toBe('SUMMARY')
})

test('a click beside it closes it, one inside does not', () => {
  document.querySelector<HTMLElement>('#a summary')?.dispatchEvent(new MouseEvent('mousedown', { bubbles: true }))
  expect(menu().open).toBe(true)
  document.querySelector<HTMLElement>('#out')?.click()
  expect(menu().open).toBe(false)
})

test('a link inside leads on and closes it, and what is folded away around its place opens', () => {
  document.body.insertAdjacentHTML('beforeend', '<details data-fold id="f"><summary>F</summary><div id="place">p</div></details>')
  const folded = document.querySelector<HTMLDetailsElement>('#f')!
  document.querySelector('#place')!.scrollIntoView = (): void => undefined
  const link = document.querySelector<HTMLAnchorElement>('#a a')!
  link.href = '#place'
  location.hash = '#place'
  link.click()
  expect(menu().open).toBe(false)
  expect(folded.open).toBe(true)
})

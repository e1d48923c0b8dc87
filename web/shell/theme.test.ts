import { beforeEach, expect, test, vi } from 'vitest'
import { CHANGED, isDark, keptTheme, shownTheme, startTheme } from './theme'

vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined }))

beforeEach(() => {
  localStorage.clear()
  delete document.documentElement.dataset.theme
  document.body.innerHTML = '<button data-set-theme="dark">d</button><button data-set-theme="system" aria-pressed="true">s</button>'
})

test('a press shows the theme, keeps it twice and tells the maps', () => {
  let told = 0
  document.addEventListener(CHANGED, () => { told += 1 })
  startTheme()
  document.querySelector<HTMLElement>('[data-set-theme="dark"]')?.click()
  expect(document.documentElement.dataset.theme).toBe('dark')
  expect(document.querySelector('[data-set-theme="dark"]')?.getAttribute('aria-pressed')).toBe('true')
  expect(document.querySelector('[data-set-theme="system"]')?.getAttribute('aria-pressed')).toBe('false')
  expect(keptTheme()).toBe('dark')
  expect(document.cookie).toContain('theme=dark')
  expect(isDark()).toBe(true)
  expect(told).toBeGreaterThan(0)
})

test('going back to the system takes the cookie away', () => {
  startTheme()
  document.querySelector<HTMLElement>('[data-set-theme="dark"]')?.click()
  document.querySelector<HTMLElement>('[data-set-theme="system"]')?.click()
  expect(shownTheme()).toBe('system')
  expect(document.cookie).not.toContain('theme=dark')
})

test('a kept choice is shown when the server did not know it', () => {
  localStorage.setItem('theme', 'dark')
  startTheme()
  expect(shownTheme()).toBe('dark')
})

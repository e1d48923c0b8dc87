// Light, dark or as the system is. The choice is kept twice: in a cookie, so that the server can render it without a
// flash, and in localStorage, so that it outlives the cookie and reaches the other tabs.
export type Theme = 'light' | 'dark' | 'system'
const KEY = 'theme'
const YEAR_S = 365 * 24 * 3600
export const CHANGED = 'tongxin:theme'

const isTheme = (value: unknown): value is Theme => value === 'light' || value === 'dark' || value === 'system'

export function keptTheme(): Theme | null {
  try {
    const kept = localStorage.getItem(KEY)
    return isTheme(kept) ? kept : null
  } catch {
    return null // storage is off: the cookie alone remembers
  }
}

export function shownTheme(): Theme {
  const shown = document.documentElement.dataset.theme
  return isTheme(shown) ? shown : 'system'
}

/** Is the page dark now, by choice or by the system? */
export function isDark(): boolean {
  const shown = shownTheme()
  return shown === 'dark' || (shown === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
}

function keep(theme: Theme): void {
  const secure = location.protocol === 'https:' ? '; Secure' : ''
  document.cookie = theme === 'system'
    ? `${KEY}=; Path=/; Max-Age=0; SameSite=Lax${secure}`
    : `${KEY}=${theme}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax${secure}`
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // storage is off: the cookie alone remembers
  }
}

export function showTheme(theme: Theme): void {
  const root = document.documentElement
  if (theme === 'system') delete root.dataset.theme
  else root.dataset.theme = theme
  document.querySelectorAll<HTMLElement>('[data-set-theme]').forEach((button) => {
    button.setAttribute('aria-pressed', String(button.dataset.setTheme === theme))
  })
  document.dispatchEvent(new CustomEvent(CHANGED))
}

export function startTheme(): void {
  const kept = keptTheme()
  if (kept && kept !== shownTheme()) {
    keep(kept)
    showTheme(kept)
  }
  document.addEventListener('click', (event) => {
    const button = (event.target as Element | null)?.closest<HTMLElement>('[data-set-theme]')
    const theme = button?.dataset.setTheme
    if (!isTheme(theme)) return
    keep(theme)
    showTheme(theme)
  })
  addEventListener('storage', (event) => {
    if (event.key === KEY && isTheme(event.newValue)) showTheme(event.newValue)
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    if (shownTheme() === 'system') document.dispatchEvent(new CustomEvent(CHANGED))
  })
}

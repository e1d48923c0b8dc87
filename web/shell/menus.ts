// `<details data-closes>` opens without script; with it, it also closes: by Escape, by a click beside it, by leaving it.
const OPEN = 'details[data-closes][open]'

function close(menu: HTMLDetailsElement, giveFocusBack: boolean): void {
  menu.open = false
  if (giveFocusBack) menu.querySelector('summary')?.focus()
}

/** Open what is folded away around the place that the address names, as browsers of today do by themselves. */
export function reveal(): void {
  const place = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null
  const folded = place?.closest<HTMLDetailsElement>('details[data-fold]:not([open])')
  if (!place || !folded) return
  folded.open = true
  place.scrollIntoView()
}

export function startMenus(): void {
  addEventListener('hashchange', reveal)
  reveal()
  document.addEventListener('click', (event) => {
    const target = event.target as Node
    const link = target instanceof Element ? target.closest<HTMLAnchorElement>('a[href^="#"]') : null
    document.querySelectorAll<HTMLDetailsElement>(OPEN).forEach((menu) => {
      if (!menu.contains(target) || (link && menu.contains(link))) close(menu, false)
    })
    if (link && link.hash === location.hash) reveal() // the address stays the same: nothing else says so
  })
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    document.querySelectorAll<HTMLDetailsElement>(OPEN).forEach((menu) => {
      close(menu, menu.contains(document.activeElement))
    })
  })
  document.addEventListener('focusin', (event) => {
    const target = event.target as Node
    document.querySelectorAll<HTMLDetailsElement>(OPEN).forEach((menu) => {
      if (!menu.contains(target)) close(menu, false)
    })
  })
}

// `<details data-closes>` opens without script; with it, it also closes: by Escape, by a click beside it, by leaving it.
const OPEN = 'details[data-closes][open]'

function close(menu: HTMLDetailsElement, giveFocusBack: boolean): void {
  menu.open = false
  if (giveFocusBack) menu.querySelector('summary')?.focus()
}

export function startMenus(): void {
  document.addEventListener('click', (event) => {
    const target = event.target as Node
    document.querySelectorAll<HTMLDetailsElement>(OPEN).forEach((menu) => {
      if (!menu.contains(target)) close(menu, false)
    })
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

// Rows that are worked off with the keys (`<table data-rows>`): while the focus is inside, j and k (or the arrows) go down
// and up from case to case, x chooses the row's box; Enter opens the link as everywhere. Also the box that chooses all.
const LINK = 'tbody th a'
const FRAMED = ':scope[role=region] > table[data-rows]' // the frame that scrolls is the list's first tab stop

function rowOf(target: EventTarget | null): HTMLTableRowElement | null {
  return (target as Element | null)?.closest<HTMLTableRowElement>('table[data-rows] tbody tr') ?? null
}

function go(row: HTMLTableRowElement, step: number): void {
  const rows = Array.from(row.parentElement?.children ?? [])
  const next = rows[rows.indexOf(row) + step]
  next?.querySelector<HTMLElement>(LINK.replace('tbody ', ''))?.focus()
}

function pressed(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const at = event.target as Element | null
  const table = at?.closest('table[data-rows]') ?? at?.querySelector(FRAMED)
  const row = rowOf(event.target)
  if (!table) return
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key]
  if (step !== undefined) {
    event.preventDefault()
    if (row) go(row, step)
    else table.querySelector<HTMLElement>(LINK)?.focus()
  } else if (event.key === 'x') {
    event.preventDefault()
    const chosen = row ?? table.querySelector('tbody tr')
    if (!row) table.querySelector<HTMLElement>(LINK)?.focus()
    chosen?.querySelector<HTMLInputElement>('input[type=checkbox]')?.click()
  }
}

export function chooseAll(all: HTMLInputElement): void {
  all.closest('table')
    ?.querySelectorAll<HTMLInputElement>('tbody input[type=checkbox]')
    .forEach((box) => (box.checked = all.checked))
}

export function prepareRows(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>('[data-all][hidden], [data-keys][hidden]').forEach((it) => (it.hidden = false))
}

export function startRows(): void {
  document.addEventListener('keydown', pressed)
  document.addEventListener('change', (event) => {
    const all = (event.target as Element | null)?.closest<HTMLInputElement>('input[data-all]')
    if (all) chooseAll(all)
  })
  prepareRows(document)
}

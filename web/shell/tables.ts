// Sorts a whole table in place where all its rows are on the page (`<table data-sortable>`); elsewhere the sort button
// sends its form and the server sorts. The order is kept in the address either way.
type Order = 'ascending' | 'descending'

const COLLATOR = new Intl.Collator(['zh-Hans', 'en'], { numeric: true })

export function cellValue(row: HTMLTableRowElement, column: number): string {
  const cell = row.cells[column]
  if (!cell) return ''
  const given = cell.dataset.value
  if (given !== undefined) return given
  const shown = cell.cloneNode(true) as HTMLElement
  shown.querySelectorAll('.col, .sub').forEach((part) => part.remove())
  return (shown.textContent ?? '').trim()
}

/** Numbers by size (with commas and a true minus), everything else by its letters; the missing (—) always last. */
export function compare(a: string, b: string): number {
  const missing = (text: string): boolean => text === '' || text === '—'
  if (missing(a) || missing(b)) return Number(missing(a)) - Number(missing(b))
  const number = (text: string): number => Number(text.replace(/,/g, '').replace('−', '-').replace(/%$/, ''))
  const x = number(a)
  const y = number(b)
  return Number.isNaN(x) || Number.isNaN(y) ? COLLATOR.compare(a, b) : x - y
}

export function sortTable(table: HTMLTableElement, head: HTMLTableCellElement, order: Order): void {
  const body = table.tBodies[0]
  if (!body) return
  const column = head.cellIndex
  const sign = order === 'ascending' ? 1 : -1
  const rows = Array.from(body.rows).filter((row) => !row.classList.contains('group'))
  const sorted = rows
    .map((row, place) => ({ row, place, value: cellValue(row, column) }))
    .sort((a, b) => {
      const missing = Number(['', '—'].includes(a.value)) - Number(['', '—'].includes(b.value))
      return missing || sign * compare(a.value, b.value) || a.place - b.place
    })
  body.querySelectorAll('tr.group').forEach((group) => group.remove()) // groups follow the working order only
  sorted.forEach(({ row }) => body.append(row))
  table.querySelectorAll('thead th[aria-sort]').forEach((other) => other.setAttribute('aria-sort', 'none'))
  head.setAttribute('aria-sort', order)
}

function keepInAddress(key: string, order: Order): void {
  const address = new URL(location.href)
  address.searchParams.set('sort', order === 'ascending' ? key : `-${key}`)
  history.replaceState(history.state, '', address)
}

export function startTables(): void {
  document.addEventListener('click', (event) => {
    const button = (event.target as Element | null)?.closest<HTMLButtonElement>('table[data-sortable] button.sort')
    const head = button?.closest('th')
    const table = button?.closest('table')
    if (!button || !head || !table) return
    event.preventDefault()
    const order: Order = head.getAttribute('aria-sort') === 'ascending' ? 'descending' : 'ascending'
    sortTable(table, head, order)
    if (button.dataset.sort) keepInAddress(button.dataset.sort, order)
  })
}

import { beforeEach, expect, test } from 'vitest'
import { compare, startTables } from './tables'

startTables()
beforeEach(() => {
  document.body.innerHTML = `<table data-sortable><thead><tr>
    <th aria-sort="none"><button class="sort" data-sort="n">n</button></th><th>name</th></tr></thead><tbody>
    <tr class="group"><th colspan="2">now</th></tr>
    <tr><td data-value="10">ten</td><td>b</td></tr><tr><td>—</td><td>none</td></tr><tr><td data-value="9">nine</td><td>a</td></tr>
    </tbody></table>`
})
const order = (): string[] => Array.from(document.querySelectorAll('tbody tr'), (row) => row.lastElementChild?.textContent ?? '')

test('numbers sort by size, the missing stays last in both directions', () => {
  const button = document.querySelector<HTMLElement>('.sort')
  button?.click()
  expect(order()).toEqual(['a', 'b', 'none'])
  expect(document.querySelector('th')?.getAttribute('aria-sort')).toBe('ascending')
  expect(new URL(location.href).searchParams.get('sort')).toBe('n')
  button?.click()
  expect(order()).toEqual(['b', 'a', 'none'])
  expect(new URL(location.href).searchParams.get('sort')).toBe('-n')
})

test('comparing knows commas, true minus, per cent and Chinese', () => {
  expect(compare('1,200', '300')).toBeGreaterThan(0)
  expect(compare('−3', '2')).toBeLessThan(0)
  expect(compare('71.4%', '9%')).toBeGreaterThan(0)
  expect(compare('宝坻', '武清')).toBeLessThan(0) // by pinyin
})

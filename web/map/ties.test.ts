import { expect, test } from 'vitest'
import { arc, bows, draw, middle } from './ties'
import type { Tie } from './ties'

const colours = { of: (code: string) => `--${code}`, late: '--late' }
const places = new Map([['a', [116, 39]], ['b', [117, 39]]])

test('the middle of a square is its middle; of two parts, of the larger', () => {
  const square = (x: number, s: number): number[][][] => [[[x, 0], [x + s, 0], [x + s, s], [x, s], [x, 0]]]
  expect(middle({ type: 'Polygon', coordinates: square(0, 2) })).toEqual([1, 1])
  expect(middle({ type: 'MultiPolygon', coordinates: [square(0, 1), square(10, 4)] })).toEqual([12, 2])
  expect(middle({ type: 'Point', coordinates: [1, 2] })).toBeNull()
})

test('an arc goes from the bound office to the owed one and bends to its left', () => {
  const there = arc([116, 39], [117, 39])
  const back = arc([117, 39], [116, 39])
  expect(there.bead[1]).toBeGreaterThan(39)
  expect(back.bead[1]).toBeLessThan(39)
  expect(there.tip[0]).toBeGreaterThan(116.9)
  expect(there.turn).toBeGreaterThan(90) // it comes down onto the place, eastwards
  expect(there.turn).toBeLessThan(180)
})

test('late wins over waiting; ties to unknown places are left out', () => {
  const ties: Tie[] = [
    { from: 'a', to: 'b', code: 'ecology', n: 3 },
    { from: 'a', to: 'b', code: 'services', n: 1, waiting: true },
    { from: 'b', to: 'a', code: 'ecology', n: 2, late: true, waiting: true },
    { from: 'a', to: 'nowhere', code: 'ecology', n: 1 },
  ]
  const { lines, beads, tips, seats } = draw(ties, places, colours)
  expect(lines.features.map((it) => [it.properties.color, it.properties.waiting, it.properties.late])).toEqual([
    ['--ecology', false, false], ['--services', true, false], ['--late', false, true],
  ])
  expect(beads.features.map((it) => it.properties.n)).toEqual(['3', '1', '2'])
  expect(tips.features.length).toBe(3)
  expect(Array.from(seats)).toEqual(['a', 'b'])
  const [first, second] = bows(ties)
  expect(second).toBeGreaterThan(first as number)
})

import { expect, test } from 'vitest'
import { style } from './style'
import type { Content } from './style'

const empty = { type: 'FeatureCollection' as const, features: [] }
const content = (tiles = ''): Content => ({
  places: empty, labels: empty, seats: empty, focus: ['a'], tiles,
  drawn: { lines: empty, beads: empty, tips: empty, seats: new Set() },
})
const token = (name: string): string => `--${name}`

test('every colour comes from a token, and no file is asked for', () => {
  const made = style(content(), token, 'zh')
  expect(JSON.stringify(made)).not.toMatch(/#[0-9a-f]{3,6}|rgb\(/)
  expect(made.glyphs).toBeUndefined()
  expect(made.sprite).toBeUndefined()
  expect(Object.values(made.sources).every((source) => source.type === 'geojson')).toBe(true)
})

test('tiles come in under the areas, only when the operator names them', () => {
  const made = style(content('https://tiles.example/{z}/{x}/{y}.png'), token, 'en')
  expect(made.layers.map((layer) => layer.id).slice(0, 3)).toEqual(['ground', 'tiles', 'districts'])
})

import { expect, test } from 'vitest'
import { bounds, focusOf, labels, merged, nameOf, positions } from './places'
import type { Place } from './places'

const square = (id: string, x: number, more: object = {}): Place => ({
  type: 'Feature',
  properties: { id, adcode: `11${id}`, zh: `${id}区`, short_zh: id, en: id.toUpperCase(), level: 'district', ...more },
  geometry: { type: 'Polygon', coordinates: [[[x, 0], [x + 1, 0], [x + 1, 1], [x, 1], [x, 0]]] },
})
const point = (id: string, at: number[], level: string): Place => ({
  type: 'Feature', properties: { id, zh: id, en: id, level }, geometry: { type: 'Point', coordinates: at },
})
const all = merged([
  { type: 'FeatureCollection', features: [square('a', 0, { focus: true }), square('b', 1), square('c', 5)] },
  { type: 'FeatureCollection', features: [point('a', [0.2, 0.2], 'district'), point('city', [1, 1], 'prefecture')] },
])

test('names: the short one of the language, else the other language', () => {
  expect(nameOf({ zh: '武清区', short_zh: '武清', en: 'Wuqing' }, 'zh')).toBe('武清')
  expect(nameOf({ zh: '武清区', short_zh: '武清', en: 'Wuqing' }, 'en')).toBe('Wuqing')
  expect(nameOf({ zh: '武清区' }, 'en')).toBe('武清区')
})

test('a place stands at its label point, else in its middle; by id and by code', () => {
  const where = positions(all)
  expect(where.get('a')).toEqual([0.2, 0.2])
  expect(where.get('b')).toEqual([1.5, 0.5])
  expect(where.get('11b')).toEqual([1.5, 0.5])
})

test('a larger place is named only where a tie begins or ends; names come once', () => {
  const found = labels(all, 'zh', new Set(['city']), focusOf(all, ['b'])).features.map((it) => it.properties)
  expect(found).toEqual([
    { name: 'a', strong: true }, { name: 'b', strong: true }, { name: 'c', strong: false }, { name: 'city', strong: true },
  ])
})

test('the box is around the focus', () => {
  expect(bounds(all, focusOf(all, ['b']))).toEqual([0, 0, 2, 1])
  expect(bounds(all, new Set())).toEqual([0, 0, 6, 1])
})

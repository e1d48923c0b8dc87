// The style of a map, from the colour tokens of the page; made anew when the theme changes.
import type { FilterSpecification, StyleSpecification } from 'maplibre-gl'
import type { Label, Language, Places } from './places'
import type { Colours, Drawn } from './ties'
import type { FeatureCollection, Point } from 'geojson'

const FIELDS = ['transport', 'ecology', 'industry', 'services', 'planning', 'delivery', 'evidence']
const FONTS: Record<Language, string[]> = {
  zh: ['Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'Source Han Sans SC', 'sans-serif'],
  en: ['system-ui', 'Segoe UI', 'Noto Sans', 'Noto Sans CJK SC', 'sans-serif'],
}
const STRONG: Record<Language, string[]> = {
  zh: ['Noto Sans CJK SC Bold', ...FONTS.zh],
  en: ['Segoe UI Bold', ...FONTS.en], // MapLibre takes the weight from the first family's name
}

export type Tokens = (name: string) => string

export function tokens(of: Element = document.documentElement): Tokens {
  const style = getComputedStyle(of)
  return (name) => style.getPropertyValue(`--${name}`).trim() || 'rgb(128, 128, 128)'
}

export function colours(token: Tokens): Colours {
  return { of: (code) => token(FIELDS.includes(code) ? code : 'ink-3'), late: token('st-overdue-solid') }
}

export interface Content {
  places: Places
  labels: FeatureCollection<Point, Label>
  seats: FeatureCollection<Point, Label>
  drawn: Drawn
  focus: string[]
  tiles: string
}

export function style(content: Content, token: Tokens, language: Language): StyleSpecification {
  const area: FilterSpecification = ['in', ['geometry-type'], ['literal', ['Polygon', 'MultiPolygon']]]
  const focused: FilterSpecification = [
    'any',
    ['in', ['get', 'adcode'], ['literal', content.focus]],
    ['in', ['get', 'id'], ['literal', content.focus]],
  ]
  const all = (...parts: FilterSpecification[]): FilterSpecification => ['all', ...parts] as FilterSpecification
  const district: FilterSpecification = ['!', ['in', ['get', 'level'], ['literal', ['province', 'prefecture']]]]
  const tiled = content.tiles !== ''
  return {
    version: 8,
    sources: {
      places: { type: 'geojson', data: content.places },
      labels: { type: 'geojson', data: content.labels },
      seats: { type: 'geojson', data: content.seats },
      lines: { type: 'geojson', data: content.drawn.lines },
      beads: { type: 'geojson', data: content.drawn.beads },
      tips: { type: 'geojson', data: content.drawn.tips },
      ...(tiled ? { tiles: { type: 'raster' as const, tiles: [content.tiles], tileSize: 256 } } : {}),
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': token('land') } },
      ...(tiled ? [{ id: 'tiles', type: 'raster' as const, source: 'tiles' }] : []),
      {
        id: 'districts', type: 'fill', source: 'places', filter: all(area, district),
        paint: { 'fill-color': token('land-in'), 'fill-opacity': tiled ? 0.25 : 1 },
      },
      {
        id: 'focus', type: 'fill', source: 'places', filter: all(area, focused),
        paint: { 'fill-color': token('land-focus'), 'fill-opacity': tiled ? 0.35 : 1 },
      },
      {
        id: 'edges', type: 'line', source: 'places', filter: all(area, district),
        paint: { 'line-color': token('map-line'), 'line-width': 0.7 },
      },
      {
        id: 'focus-edges', type: 'line', source: 'places', filter: all(area, focused),
        paint: { 'line-color': token('map-line-2'), 'line-width': 1.1 },
      },
      {
        id: 'provinces', type: 'line', source: 'places', filter: ['==', ['get', 'kind'], 'between'],
        paint: { 'line-color': token('map-line-2'), 'line-width': 1.4, 'line-dasharray': [5, 1.8, 1, 1.8, 1, 1.8] },
      },
      {
        id: 'edge', type: 'line', source: 'places', filter: ['==', ['get', 'kind'], 'edge'],
        paint: { 'line-color': token('map-line-2'), 'line-width': 1.2 },
      },
      {
        id: 'rivers', type: 'line', source: 'places', filter: ['==', ['get', 'kind'], 'river'],
        layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: { 'line-color': token('water'), 'line-width': 1.8 },
      },
      {
        id: 'ties', type: 'line', source: 'lines', filter: ['!', ['get', 'waiting']],
        layout: { 'line-cap': 'round' },
        paint: { 'line-color': ['get', 'color'], 'line-width': ['case', ['get', 'late'], 3, 2.2] },
      },
      {
        id: 'ties-waiting', type: 'line', source: 'lines', filter: ['get', 'waiting'],
        paint: { 'line-color': ['get', 'color'], 'line-width': 2.2, 'line-dasharray': [2.3, 1.8] },
      },
      {
        id: 'heads', type: 'symbol', source: 'tips',
        layout: {
          'icon-image': 'head', 'icon-size': 0.5, 'icon-rotate': ['get', 'turn'],
          'icon-rotation-alignment': 'map', 'icon-allow-overlap': true, 'icon-ignore-placement': true,
        },
        paint: { 'icon-color': ['get', 'color'] },
      },
      {
        id: 'seats', type: 'circle', source: 'seats',
        paint: { 'circle-radius': 3.4, 'circle-color': token('ink'), 'circle-stroke-width': 1, 'circle-stroke-color': token('land-focus') },
      },
      {
        id: 'names', type: 'symbol', source: 'labels', filter: ['!', ['get', 'strong']], minzoom: 7.2,
        layout: { 'text-field': ['get', 'name'], 'text-font': FONTS[language], 'text-size': 12, 'text-padding': 4 },
        paint: { 'text-color': token('ink-2'), 'text-halo-color': token('land-in'), 'text-halo-width': 1.6 },
      },
      {
        id: 'strong-names', type: 'symbol', source: 'labels', filter: ['get', 'strong'],
        layout: {
          'text-field': ['get', 'name'], 'text-font': STRONG[language], 'text-size': 14, 'text-allow-overlap': false,
          'text-variable-anchor': ['left', 'right', 'top', 'bottom'], 'text-radial-offset': 0.55, 'text-justify': 'auto',
          'symbol-sort-key': 0,
        },
        paint: { 'text-color': token('ink'), 'text-halo-color': token('land-focus'), 'text-halo-width': 2 },
      },
      {
        id: 'beads', type: 'circle', source: 'beads',
        paint: {
          'circle-radius': 10,
          'circle-color': ['case', ['get', 'late'], token('st-overdue-solid'), token('bg')],
          'circle-stroke-width': 2,
          'circle-stroke-color': ['case', ['get', 'late'], token('bg'), ['get', 'color']],
        },
      },
      {
        id: 'numbers', type: 'symbol', source: 'beads',
        layout: {
          'text-field': ['get', 'n'], 'text-font': STRONG[language], 'text-size': 12,
          'text-allow-overlap': true, 'text-ignore-placement': true,
        },
        paint: { 'text-color': ['case', ['get', 'late'], token('ink-on'), token('ink')] },
      },
    ],
  }
}

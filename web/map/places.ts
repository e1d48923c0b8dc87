// Jurisdictions as they come (GeoJSON areas, lines and label points): what the map needs of them.
import type { Feature, FeatureCollection, Geometry, Point, Position } from 'geojson'
import { middle } from './ties'

export interface PlaceProperties {
  id?: string
  adcode?: string
  level?: string
  zh?: string
  en?: string
  short_zh?: string
  short_en?: string
  focus?: boolean
  kind?: string // of a line: between (two provinces), edge (of the region), river
}
export type Place = Feature<Geometry, PlaceProperties>
export type Places = FeatureCollection<Geometry, PlaceProperties>
export type Language = 'zh' | 'en'

export function nameOf({ zh = '', en = '', short_zh, short_en }: PlaceProperties, language: Language): string {
  const [first, second] = language === 'zh' ? [short_zh || zh, short_en || en] : [short_en || en, short_zh || zh]
  return first || second
}

function keys(feature: Place): string[] {
  const { id, adcode } = feature.properties
  return [id, adcode].filter((key): key is string => Boolean(key))
}

const isArea = (feature: Place): boolean => feature.geometry.type.endsWith('Polygon')
const isPoint = (feature: Place): feature is Feature<Point, PlaceProperties> => feature.geometry.type === 'Point'

/** Several files as one collection. */
export function merged(parts: Places[]): Places {
  return { type: 'FeatureCollection', features: parts.flatMap((part) => part.features) }
}

/** Where each place is, by its id and by its division code: at its label point, else in the middle of its area. */
export function positions(places: Places): Map<string, Position> {
  const found = new Map<string, Position>()
  places.features.filter(isArea).forEach((feature) => {
    const at = middle(feature.geometry)
    if (at) keys(feature).forEach((key) => found.set(key, at))
  })
  places.features.filter(isPoint).forEach((feature) => {
    keys(feature).forEach((key) => found.set(key, feature.geometry.coordinates))
  })
  return found
}

/** The places that the map is about: those marked in the data and those the page names. */
export function focusOf(places: Places, named: string[]): Set<string> {
  const focus = new Set(named)
  places.features.forEach((feature) => {
    if (feature.properties.focus) keys(feature).forEach((key) => focus.add(key))
  })
  return focus
}

const inFocus = (feature: Place, focus: Set<string>): boolean => keys(feature).some((key) => focus.has(key))

export interface Label {
  name: string
  strong: boolean
}

/** One label a district, and one for a larger place that a tie begins or ends at; seats and focus places are strong. */
export function labels(
  places: Places,
  language: Language,
  seats: Set<string>,
  focus: Set<string>,
): FeatureCollection<Point, Label> {
  const where = positions(places)
  const seen = new Set<string>()
  const features = places.features.filter((it) => isArea(it) || isPoint(it)).flatMap((feature): Feature<Point, Label>[] => {
    const own = keys(feature)
    const [key] = own
    const at = key ? where.get(key) : undefined
    const seat = own.some((it) => seats.has(it))
    const large = (feature.properties.level ?? 'district') !== 'district'
    if (!key || !at || seen.has(key) || (large && !seat)) return []
    seen.add(key)
    const name = nameOf(feature.properties, language)
    return [{
      type: 'Feature',
      properties: { name, strong: seat || inFocus(feature, focus) },
      geometry: { type: 'Point', coordinates: at },
    }]
  })
  return { type: 'FeatureCollection', features }
}

export type Box = [west: number, south: number, east: number, north: number]

/** The box around the focus places, or around everything. */
export function bounds(places: Places, focus: Set<string>): Box | null {
  const areas = places.features.filter(isArea)
  const chosen = areas.filter((feature) => inFocus(feature, focus))
  let box: Box | null = null
  const take = (at: unknown): void => {
    if (!Array.isArray(at)) return
    if (typeof at[0] === 'number' && typeof at[1] === 'number') {
      const [x, y] = at as [number, number]
      box = box ? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)] : [x, y, x, y]
    } else at.forEach(take)
  }
  ;(chosen.length ? chosen : areas).forEach((feature) => take((feature.geometry as { coordinates?: unknown }).coordinates))
  return box
}

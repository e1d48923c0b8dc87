// Jurisdictions as they come (GeoJSON with code, id, name_zh, name_en, level and, where known, label): what the map needs of them.
import type { Feature, FeatureCollection, Geometry, Point, Position } from 'geojson'
import { middle } from './ties'

export interface PlaceProperties {
  code?: string
  id?: string
  name_zh?: string
  name_en?: string
  level?: string
  label?: Position
  kind?: string
}
export type Places = FeatureCollection<Geometry, PlaceProperties>
export type Language = 'zh' | 'en'

export function nameOf(properties: PlaceProperties, language: Language): string {
  const { name_zh: zh = '', name_en: en = '' } = properties
  return language === 'zh' ? shortZh(zh) || en : en || zh
}

const SUFFIX = /(满族蒙古族自治县|蒙古族自治县|回族自治县|满族自治县|[区县市])$/ // not ui: the forms that names end in

// On the map a district goes without its suffix; names of two characters keep theirs.
export function shortZh(name: string): string {
  return name.length > 2 ? name.replace(SUFFIX, '') : name
}

function keys(feature: Feature<Geometry, PlaceProperties>): string[] {
  const { code, id } = feature.properties
  return [code, id].filter((key): key is string => Boolean(key))
}

const isArea = (feature: Feature<Geometry, PlaceProperties>): boolean => feature.geometry.type.endsWith('Polygon')

/** Where each place is, by its code and by its id. */
export function positions(places: Places): Map<string, Position> {
  const found = new Map<string, Position>()
  places.features.filter(isArea).forEach((feature) => {
    const at = feature.properties.label ?? middle(feature.geometry)
    if (at) keys(feature).forEach((key) => found.set(key, at))
  })
  return found
}

export function isFocus(feature: Feature<Geometry, PlaceProperties>, focus: Set<string>): boolean {
  return keys(feature).some((key) => focus.has(key))
}

export interface Label {
  name: string
  strong: boolean
}

/** One label a district (and a prefecture that is a seat); seats and focus places are strong. */
export function labels(
  places: Places,
  language: Language,
  seats: Set<string>,
  focus: Set<string>,
): FeatureCollection<Point, Label> {
  const where = positions(places)
  const features = places.features.filter(isArea).flatMap((feature): Feature<Point, Label>[] => {
    const [key] = keys(feature)
    const at = key ? where.get(key) : undefined
    const seat = keys(feature).some((it) => seats.has(it))
    if (!at || (['province', 'prefecture'].includes(feature.properties.level ?? '') && !seat)) return []
    const name = nameOf(feature.properties, language)
    return [{
      type: 'Feature',
      properties: { name, strong: seat || isFocus(feature, focus) },
      geometry: { type: 'Point', coordinates: at },
    }]
  })
  return { type: 'FeatureCollection', features }
}

/** West, south, east and north of the focus places, or of everything. */
export function bounds(places: Places, focus: Set<string>): [number, number, number, number] | null {
  const chosen = places.features.filter((feature) => isArea(feature) && (focus.size === 0 || isFocus(feature, focus)))
  let box: [number, number, number, number] | null = null
  const take = (at: unknown): void => {
    if (!Array.isArray(at)) return
    if (typeof at[0] === 'number' && typeof at[1] === 'number') {
      const [x, y] = at as [number, number]
      box = box ? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)] : [x, y, x, y]
    } else at.forEach(take)
  }
  chosen.forEach((feature) => take((feature.geometry as { coordinates?: unknown }).coordinates))
  return box
}

// Geometry of the ties between places: an arc from the office that is bound to the one that is owed, its bead, its arrow.
import type { Feature, FeatureCollection, Geometry, LineString, Point, Position } from 'geojson'

export interface Tie {
  from: string
  to: string
  code: string
  n: number
  waiting?: boolean
  late?: boolean
  label?: string
  url?: string
}

export interface TieShape {
  color: string
  code: string
  n: string
  waiting: boolean
  late: boolean
  label: string
  url: string
  turn: number
}

export interface Colours {
  of(code: string): string
  late: string
}

const BOW = 0.16 // how far an arc bends to its left, as a share of its length
const TRIM = 0.045 // the arc stops a little before the seats, in shares of its way
const POINTS = 32

/** The middle of the largest ring by its area: near enough for a name or a seat where none is given. */
export function middle(geometry: Geometry): Position | null {
  const rings = geometry.type === 'Polygon' ? [geometry.coordinates[0]]
    : geometry.type === 'MultiPolygon' ? geometry.coordinates.map((part) => part[0])
      : []
  let best: { area: number; at: Position } | null = null
  for (const ring of rings) {
    if (!ring) continue
    let area = 0
    let x = 0
    let y = 0
    for (let i = 0; i + 1 < ring.length; i += 1) {
      const [ax, ay] = ring[i] as [number, number]
      const [bx, by] = ring[i + 1] as [number, number]
      const cross = ax * by - bx * ay
      area += cross
      x += (ax + bx) * cross
      y += (ay + by) * cross
    }
    if (area === 0) continue
    if (!best || Math.abs(area) > best.area) best = { area: Math.abs(area), at: [x / (3 * area), y / (3 * area)] }
  }
  return best?.at ?? null
}

export interface Arc {
  line: Position[]
  bead: Position
  tip: Position
  turn: number
}

/** An arc over `POINTS` steps; `turn` is the bearing of its end, clockwise from north, for the arrow. */
export function arc(from: Position, to: Position, bow = BOW): Arc {
  const [ax, ay] = from as [number, number]
  const [bx, by] = to as [number, number]
  const flat = Math.cos(((ay + by) / 2) * (Math.PI / 180)) // a degree of longitude is shorter than one of latitude
  const dx = (bx - ax) * flat
  const dy = by - ay
  const cx = (ax + bx) / 2 - (dy * bow) / flat
  const cy = (ay + by) / 2 + dx * bow
  const at = (t: number): Position => {
    const s = 1 - t
    return [s * s * ax + 2 * s * t * cx + t * t * bx, s * s * ay + 2 * s * t * cy + t * t * by]
  }
  const line = Array.from({ length: POINTS + 1 }, (_, i) => at(TRIM + ((1 - 2 * TRIM) * i) / POINTS))
  const tip = line[POINTS] as [number, number]
  const before = line[POINTS - 1] as [number, number]
  const turn = (Math.atan2((tip[0] - before[0]) * flat, tip[1] - before[1]) * 180) / Math.PI
  return { line, bead: at(0.5), tip, turn: (turn + 360) % 360 }
}

/** Ties of one pair lie side by side: each further one bends more. */
export function bows(ties: Tie[]): number[] {
  const seen = new Map<string, number>()
  return ties.map((tie) => {
    const pair = `${tie.from}>${tie.to}`
    const before = seen.get(pair) ?? 0
    seen.set(pair, before + 1)
    return BOW * (1 + before * 0.9)
  })
}

export interface Drawn {
  lines: FeatureCollection<LineString, TieShape>
  beads: FeatureCollection<Point, TieShape>
  tips: FeatureCollection<Point, TieShape>
  seats: Set<string>
}

export function draw(ties: Tie[], places: Map<string, Position>, colours: Colours): Drawn {
  const lines: Feature<LineString, TieShape>[] = []
  const beads: Feature<Point, TieShape>[] = []
  const tips: Feature<Point, TieShape>[] = []
  const seats = new Set<string>()
  const bent = bows(ties)
  ties.forEach((tie, i) => {
    const from = places.get(tie.from)
    const to = places.get(tie.to)
    if (!from || !to || tie.from === tie.to) return
    seats.add(tie.from).add(tie.to)
    const { line, bead, tip, turn } = arc(from, to, bent[i])
    const properties: TieShape = {
      color: tie.late ? colours.late : colours.of(tie.code),
      code: tie.code,
      n: String(tie.n),
      waiting: Boolean(tie.waiting) && !tie.late,
      late: Boolean(tie.late),
      label: tie.label ?? '',
      url: tie.url ?? '',
      turn,
    }
    lines.push({ type: 'Feature', properties, geometry: { type: 'LineString', coordinates: line } })
    beads.push({ type: 'Feature', properties, geometry: { type: 'Point', coordinates: bead } })
    tips.push({ type: 'Feature', properties, geometry: { type: 'Point', coordinates: tip } })
  })
  const collect = <G extends Geometry>(features: Feature<G, TieShape>[]): FeatureCollection<G, TieShape> => ({
    type: 'FeatureCollection',
    features,
  })
  return { lines: collect(lines), beads: collect(beads), tips: collect(tips), seats }
}

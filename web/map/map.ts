// A live map of jurisdictions and the ties between them: `<div data-map data-geojson=… data-ties=…>` (parts/map.html).
// No tile server is needed; the operator may name one (data-tiles). The same content always stands in a table beside it.
import 'maplibre-gl/dist/maplibre-gl.css'
import { Map as LiveMap, NavigationControl, Popup, setWorkerUrl } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import type { FeatureCollection, Point } from 'geojson'
import { CHANGED } from '../shell/theme'
import { bounds, focusOf, labels, merged, positions } from './places'
import type { Label, Language, Places } from './places'
import { colours, style, tokens } from './style'
import type { Content } from './style'
import { draw } from './ties'
import type { Tie } from './ties'

setWorkerUrl(workerUrl)

const HEAD_PX = 32

/** The arrow head as a distance image, so that it takes any colour: a triangle that points north. */
export function headImage(size = HEAD_PX): { width: number; height: number; data: Uint8ClampedArray } {
  const data = new Uint8ClampedArray(size * size * 4)
  const soft = size / 8
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const half = ((y - size * 0.1) / (size * 0.8)) * (size * 0.36)
      const inside = Math.min(half - Math.abs(x + 0.5 - size / 2), size * 0.9 - y)
      data[(y * size + x) * 4 + 3] = Math.round(255 * Math.min(1, Math.max(0, 0.75 + inside / (2 * soft))))
    }
  }
  return { width: size, height: size, data }
}

const listed = (text = ''): string[] => text.split(',').map((it) => it.trim()).filter(Boolean)

async function read<T>(address: string): Promise<T> {
  const answer = await fetch(address, { headers: { Accept: 'application/json' }, credentials: 'same-origin' })
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`)
  return (await answer.json()) as T
}

function gather(places: Places, ties: Tie[], focus: Set<string>, tiles: string, language: Language): Content {
  const where = positions(places)
  const drawn = draw(ties, where, colours(tokens()))
  const seats: FeatureCollection<Point, Label> = {
    type: 'FeatureCollection',
    features: Array.from(drawn.seats).flatMap((key) => {
      const at = where.get(key)
      return at ? [{ type: 'Feature' as const, properties: { name: key, strong: true }, geometry: { type: 'Point' as const, coordinates: at } }] : []
    }),
  }
  return { places, labels: labels(places, language, drawn.seats, focus), seats, drawn, focus: Array.from(focus), tiles }
}

// MapLibre's own words come from the page, like all words.
function ownWords(box: HTMLElement): Record<string, string> {
  const { sayZoomIn, sayZoomOut, sayMap, sayCtrl, sayTwoFingers } = box.dataset
  return {
    'NavigationControl.ZoomIn': sayZoomIn ?? '',
    'NavigationControl.ZoomOut': sayZoomOut ?? '',
    'Map.Title': sayMap ?? '',
    'CooperativeGesturesHandler.WindowsHelpText': sayCtrl ?? '',
    'CooperativeGesturesHandler.MacHelpText': sayCtrl ?? '',
    'CooperativeGesturesHandler.MobileHelpText': sayTwoFingers ?? '',
  }
}

function openable(map: LiveMap): void {
  const popup = new Popup({ closeButton: false, closeOnClick: false, offset: 12, maxWidth: '260px' })
  map.on('mousemove', 'beads', (event) => {
    const found = event.features?.[0]
    if (!found) return
    map.getCanvas().style.cursor = found.properties.url ? 'pointer' : ''
    if (found.properties.label) popup.setLngLat(event.lngLat).setText(String(found.properties.label)).addTo(map)
  })
  map.on('mouseleave', 'beads', () => {
    map.getCanvas().style.cursor = ''
    popup.remove()
  })
  map.on('click', 'beads', (event) => {
    const url = String(event.features?.[0]?.properties.url ?? '')
    if (url.startsWith('/')) location.assign(url)
  })
}

export async function startMap(box: HTMLElement): Promise<LiveMap> {
  const { geojson, ties: tiesAt, focus = '', tiles = '', label = '' } = box.dataset
  const language: Language = box.dataset.lang === 'en' ? 'en' : 'zh'
  const [parts, told] = await Promise.all([
    Promise.all(listed(geojson).map((address) => read<Places>(address))),
    tiesAt ? read<{ ties: Tie[] }>(tiesAt) : { ties: [] },
  ])
  const places = merged(parts)
  const about = focusOf(places, listed(focus))
  const make = (): Content => gather(places, told.ties, about, tiles, language)
  const around = bounds(places, about)
  const map = new LiveMap({
    container: box.querySelector<HTMLElement>('.canvas') ?? box,
    style: style(make(), tokens(), language),
    ...(around ? { bounds: around, fitBoundsOptions: { padding: 36 } } : { center: [116.9, 39.6] as [number, number], zoom: 7 }),
    attributionControl: false,
    cooperativeGestures: true,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    locale: ownWords(box),
  })
  map.touchZoomRotate.disableRotation()
  map.keyboard.disableRotation()
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right')
  map.setMissingStyleImageResolver((id) => {
    if (id === 'head' && !map.hasImage('head')) map.addImage('head', headImage(), { sdf: true })
  })
  const canvas = map.getCanvas()
  canvas.setAttribute('role', 'application')
  canvas.setAttribute('aria-label', label)
  map.on('idle', () => { box.dataset.mapReady = 'yes' })
  document.addEventListener(CHANGED, () => map.setStyle(style(make(), tokens(), language), { diff: true }))
  openable(map)
  return map
}

export function startMaps(root: ParentNode = document): void {
  root.querySelectorAll<HTMLElement>('[data-map]:not([data-map-started])').forEach((box) => {
    box.dataset.mapStarted = 'yes'
    startMap(box).catch((error: unknown) => {
      box.dataset.mapFailed = error instanceof Error ? error.message : 'failed' // the sentence and the table stay
    })
  })
}

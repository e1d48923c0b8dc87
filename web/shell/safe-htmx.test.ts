import { expect, test, vi } from 'vitest'
import { startHtmx, token } from './safe-htmx'

interface Extension { init(api: object): void }
const seen = vi.hoisted(() => ({ config: {} as Record<string, unknown>, extensions: [] as Extension[] }))
vi.mock('htmx.org', () => ({
  default: { config: seen.config, registerExtension: (_name: string, it: Extension) => seen.extensions.push(it) },
}))

test('every request that writes carries the token of the page; reads do not', () => {
  document.head.innerHTML = '<meta name="csrf-token" content="t-1">'
  startHtmx(() => undefined)
  expect(token()).toBe('t-1')
  const ask = (method: string): Record<string, string> => {
    const request = { method, headers: { Accept: 'text/html' } as Record<string, string> }
    document.body.dispatchEvent(new CustomEvent('htmx:config:request', { bubbles: true, detail: { ctx: { request } } }))
    return request.headers
  }
  expect(ask('POST')).toEqual({ Accept: 'text/html', 'X-CSRFToken': 't-1' })
  expect(ask('GET')).toEqual({ Accept: 'text/html' })
})

test('text is never run as code, and only fragments are swapped in', () => {
  let sync: unknown
  seen.extensions[0]?.init({ initSecurity: (_policy: null, given: unknown) => { sync = given } })
  expect(() => new (sync as new (code: string) => unknown)('return 1')).toThrow(/never run/)
  expect(seen.config.noSwap).toContain('5xx')
  expect(seen.config.noSwap).not.toContain(422)
})

// htmx, without any feature that turns text into code: hx-on, js: values and [filters] end in an error, which is what
// the content policy would do anyway. Inheritance is explicit in htmx 4 (write hx-target:inherited), so the token that
// Django asks for is put on every request here instead of in an inherited hx-headers.
import htmx from 'htmx.org'
import { say } from './texts'
import { toast } from './toasts'

/** Answers that are no fragment for the page: they are told in a toast instead. 422 is the form again, and is swapped. */
const NO_SWAP = [204, 304, 400, 401, 403, 404, 405, 409, 413, 429, '5xx']

export function token(root: ParentNode = document): string {
  return root.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? ''
}

interface RequestEvent extends Event {
  detail: { ctx?: { request?: { headers?: Record<string, string>; method?: string }; response?: { status?: number } } }
}

function refuseCode(): never {
  throw new Error('Text is never run as code here.')
}

export function startHtmx(after: (root: ParentNode) => void): void {
  htmx.registerExtension('tongxin-safe', {
    init: (api: { initSecurity?: (policy: null, sync: unknown, async_: unknown) => void }) => {
      api.initSecurity?.(null, refuseCode, refuseCode)
    },
  } as never)
  Object.assign(htmx.config, { noSwap: NO_SWAP })
  document.addEventListener('htmx:config:request', (event) => {
    const request = (event as RequestEvent).detail.ctx?.request
    if (!request || (request.method ?? 'GET').toUpperCase() === 'GET') return
    request.headers = { ...request.headers, 'X-CSRFToken': token() }
  })
  document.addEventListener('htmx:after:swap', (event) => after((event.target as Element | null) ?? document))
  document.addEventListener('htmx:response:error', () => void toast(say('failed'), 'bad'))
  document.addEventListener('htmx:error', () => void toast(say('offline'), 'bad'))
}

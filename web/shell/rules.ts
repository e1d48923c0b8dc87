// A page of somebody at work watches the rules number that it was made under (`<meta name="tongxin-rules">`). It asks now
// and then, when one comes back to it, and before a form is sent. What it showed and no longer may show goes from the
// page at once: the server's own page takes its place, with what was typed given back as text; nothing is sent.
// Where no answer comes the form goes on: the server judges it again.
import { say } from './texts'

export const EVERY_MS = 20_000
const FRESH_MS = 2_000 // so long an answer is good for the form that waits for it
const UNTYPED = ['password', 'file', 'submit', 'button', 'image', 'reset', 'search', 'hidden']
const DRAFTS = 'tongxin:draft:'

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement
type Typed = [label: string, text: string]

let asking: Promise<boolean> | null = null
let allowedAt = -Infinity
let over = false

function watched(): HTMLMetaElement | null {
  return document.querySelector<HTMLMetaElement>('meta[name="tongxin-rules"]')
}

/** Ask whether what the page shows is still its reader's to see; true also where no answer comes. */
async function ask(meta: HTMLMetaElement): Promise<boolean> {
  const query = new URLSearchParams({ rules: meta.content, shown: meta.dataset.shown ?? '' })
  try {
    const answer = await fetch(`/rules/?${query.toString()}`, { headers: { Accept: 'application/json' }, cache: 'no-store' })
    if (!answer.ok) return true
    return ((await answer.json()) as { allowed?: boolean }).allowed !== false
  } catch {
    return true // not reached: the next asking, or the server at the next request, tells
  }
}

/** Ask once, however many want to know; empty the page when the answer is no. */
export function look(): Promise<boolean> {
  const meta = watched()
  if (!meta || over) return Promise.resolve(!over)
  asking ??= ask(meta).then(async (allowed) => {
    asking = null
    if (allowed) allowedAt = performance.now()
    else await empty(meta)
    return allowed
  })
  return asking
}

function labelOf(control: Control): string {
  const label = control.getAttribute('aria-label') ?? control.labels?.[0]?.textContent ?? control.name
  return label.trim().replace(/\s+/g, ' ')
}

/** What one typed or chose on the page, and nothing that the page itself had put there. */
export function typed(root: ParentNode = document): Typed[] {
  const found: Typed[] = []
  root.querySelectorAll<Control>('main input, main select, main textarea').forEach((it) => {
    if (it instanceof HTMLSelectElement) {
      Array.from(it.selectedOptions).filter((option) => !option.defaultSelected && option.value).forEach((option) => {
        found.push([labelOf(it), (option.textContent ?? '').trim()])
      })
    } else if (UNTYPED.includes(it.type) || 'private' in it.dataset) return
    else if (it instanceof HTMLInputElement && (it.type === 'checkbox' || it.type === 'radio')) {
      if (it.checked && !it.defaultChecked) found.push([labelOf(it), it.value])
    } else if (it.value.trim() && it.value !== it.defaultValue) found.push([labelOf(it), it.value])
  })
  return found
}

function givenBack(words: Typed[]): HTMLElement {
  const part = document.createElement('div')
  part.className = 'top-gap'
  part.append(Object.assign(document.createElement('h2'), { textContent: say('typed') }))
  const list = Object.assign(document.createElement('dl'), { className: 'kv' })
  words.forEach(([label, text]) => {
    list.append(Object.assign(document.createElement('dt'), { textContent: label }))
    list.append(Object.assign(document.createElement('dd'), { className: 'kept', textContent: text }))
  })
  part.append(list)
  return part
}

/** The page that the server has for this: its title, and what stands in its `main`; a plain sentence where none comes. */
async function serversPage(meta: HTMLMetaElement): Promise<[title: string, inner: Node[]]> {
  const told = Object.assign(document.createElement('div'), { className: 'error-page' })
  told.append(Object.assign(document.createElement('h1'), { textContent: say('gone') }))
  const plain: [string, Node[]] = [say('gone'), [told]]
  try {
    const answer = await fetch(location.href, {
      headers: { Accept: 'text/html', 'Tongxin-Rules': meta.content, 'Tongxin-Shown': meta.dataset.shown ?? '' },
      cache: 'no-store',
    })
    if (answer.status !== 409) return plain
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const main = page.querySelector('main')
    return main?.querySelector('.error-page') ? [page.title, Array.from(main.childNodes)] : plain
  } catch {
    return plain
  }
}

function forgetDrafts(): void {
  try {
    Object.keys(sessionStorage)
      .filter((name) => name.startsWith(`${DRAFTS}${location.pathname}#`))
      .forEach((name) => sessionStorage.removeItem(name))
  } catch {
    // storage is off: nothing was kept
  }
}

/** Take away what the page showed, at once; then say what happened and give back what was typed. */
async function empty(meta: HTMLMetaElement): Promise<void> {
  over = true
  const words = typed()
  const main = document.querySelector('main')
  main?.replaceChildren()
  forgetDrafts()
  const [title, inner] = await serversPage(meta)
  document.title = title
  main?.replaceChildren(...inner)
  if (words.length) {
    const page = main?.querySelector('.error-page')
    page?.insertBefore(givenBack(words), page.querySelector('.actions'))
  }
  main?.focus()
}

/** A form waits for the answer; then it goes its way, with the button that was pressed. */
function onSubmit(event: SubmitEvent): void {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || form.method !== 'post' || !watched()) return
  if (!over && performance.now() - allowedAt < FRESH_MS) return
  if (typeof form.requestSubmit !== 'function') return // an old browser: the server judges alone
  event.preventDefault()
  event.stopImmediatePropagation()
  const button = event.submitter
  void look().then((allowed) => {
    if (allowed) {
      allowedAt = performance.now()
      if (form.isConnected) form.requestSubmit(button instanceof HTMLElement && button.isConnected ? button : undefined)
    }
  })
}

export function startRules(): void {
  if (!watched()) return
  addEventListener('submit', onSubmit, { capture: true })
  const back = (): void => { if (document.visibilityState === 'visible') void look() }
  document.addEventListener('visibilitychange', back)
  addEventListener('pageshow', (event) => { if (event.persisted) void look() })
  addEventListener('focus', back)
  setInterval(back, EVERY_MS)
}

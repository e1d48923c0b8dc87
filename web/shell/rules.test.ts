import { beforeEach, expect, test, vi } from 'vitest'

const PAGE = '<html><head><title>moved on</title></head><body><main><div class="error-page"><h1>No longer yours</h1><div class="actions"><a href="/">Today</a></div></div></main></body></html>'
let asked: [address: string, headers: Record<string, string>][] = []
let allowed = true
let status = 409

vi.stubGlobal('fetch', (address: string, options: { headers: Record<string, string> }) => {
  asked.push([address, options.headers])
  if (allowed === undefined) return Promise.reject(new Error('offline'))
  if (address.startsWith('/rules/')) return Promise.resolve(new Response(JSON.stringify({ number: 8, allowed })))
  return Promise.resolve(new Response(PAGE, { status }))
})

function page(): HTMLFormElement {
  document.head.innerHTML = '<title>the case</title><meta name="tongxin-rules" content="7" data-shown="case%3AA=credit_code">'
  document.body.innerHTML = `<main id="main" tabindex="-1"><p>91120000MA0TEST001</p>
    <form method="post" action="/x/"><input type="hidden" name="rules" value="7"><label for="r">Reason</label><textarea id="r" name="reason"></textarea>
    <input name="given" aria-label="Given" value="was there"><input type="password" name="p" value=""><button>Send</button></form></main>
    <div data-toasts data-say-gone="It is no longer yours." data-say-typed="What you typed"></div>`
  return document.querySelector('form')!
}

async function fresh(): Promise<typeof import('./rules')> {
  vi.resetModules()
  return import('./rules')
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 0))

beforeEach(() => {
  asked = []
  allowed = true
  status = 409
  sessionStorage.clear()
})

test('it asks with its number and what it shows, and leaves the page as it is when the answer is yes', async () => {
  page()
  const { look } = await fresh()
  expect(await look()).toBe(true)
  expect(asked[0]?.[0]).toBe('/rules/?rules=7&shown=case%253AA%3Dcredit_code')
  expect(document.body.textContent).toContain('91120000MA0TEST001')
})

test('when the sight is gone the page is emptied, and what was typed is given back as text', async () => {
  const form = page()
  sessionStorage.setItem(`tongxin:draft:${location.pathname}#x`, '{}')
  form.querySelector('textarea')!.value = '<b>示例</b>'
  form.querySelector<HTMLInputElement>('[name=p]')!.value = 'secret'
  allowed = false
  const { look } = await fresh()
  expect(await look()).toBe(false)
  expect(document.title).toBe('moved on')
  const main = document.querySelector('main')!
  expect(main.textContent).not.toContain('91120000MA0TEST001')
  expect(main.querySelector('h1')?.textContent).toBe('No longer yours')
  expect(main.querySelector('dt')?.textContent).toBe('Reason')
  expect(main.querySelector('dd')?.textContent).toBe('<b>示例</b>')
  expect(main.querySelector('dd b')).toBeNull()
  expect(main.textContent).not.toContain('secret')
  expect(main.textContent).not.toContain('was there')
  expect(asked[1]?.[1]['Tongxin-Rules']).toBe('7')
  expect(sessionStorage.length).toBe(0)
  expect(await look()).toBe(false) // over: nothing is asked any more
  expect(asked.length).toBe(2)
})

test('without the page of the server a sentence of this one stands there', async () => {
  page()
  allowed = false
  status = 200
  const { look } = await fresh()
  await look()
  expect(document.querySelector('main h1')?.textContent).toBe('It is no longer yours.')
  expect(document.body.textContent).not.toContain('91120000MA0TEST001')
})

test('a form waits for the answer; refused, nothing is sent', async () => {
  const form = page()
  const { startRules } = await fresh()
  startRules()
  const sent = vi.fn((event: Event) => event.preventDefault())
  form.addEventListener('submit', sent)
  form.requestSubmit()
  expect(sent).not.toHaveBeenCalled()
  await vi.waitFor(() => expect(sent).toHaveBeenCalledTimes(1))
  expect(asked.length).toBe(1)

  const again = page()
  allowed = false
  vi.spyOn(performance, 'now').mockReturnValue(1e9)
  again.addEventListener('submit', sent)
  again.requestSubmit()
  await settled()
  await settled()
  expect(sent).toHaveBeenCalledTimes(1)
  expect(document.querySelector('form')).toBeNull()
})

test('where nobody answers the form goes on: the server judges', async () => {
  const form = page()
  allowed = undefined as unknown as boolean
  const { look } = await fresh()
  expect(await look()).toBe(true)
  expect(form.isConnected).toBe(true)
})

test('a page for everybody asks nothing', async () => {
  document.head.innerHTML = ''
  const { look } = await fresh()
  expect(await look()).toBe(true)
  expect(asked.length).toBe(0)
})

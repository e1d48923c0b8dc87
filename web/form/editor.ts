// The form and the text of an instrument side by side: `form[data-editor="address of the check"]`. While one writes, the
// text is checked; a field that changes is put into the text; a fault's line is one press away. Without it the buttons do.
import { token } from '../shell/safe-htmx'
import { say } from '../shell/texts'
import { toast } from '../shell/toasts'

const PAUSE_MS = 600

interface Answer { text: string; check: string; form: string }

interface Desk {
  form: HTMLFormElement
  text: HTMLTextAreaElement
  base: HTMLTextAreaElement
  fields: HTMLElement
  check: HTMLElement
}

function deskOf(form: HTMLFormElement): Desk | null {
  const text = form.querySelector<HTMLTextAreaElement>('textarea[name="text"]')
  const base = form.querySelector<HTMLTextAreaElement>('[data-editor-base]')
  const fields = form.querySelector<HTMLElement>('[data-editor-form]')
  const check = form.querySelector<HTMLElement>('[data-editor-check]')
  return text && base && fields && check ? { form, text, base, fields, check } : null
}

/** Where a line of a text begins and ends, counted from 1; the last line for one that is not there. */
export function lineAt(text: string, line: number): [number, number] {
  const lines = text.split('\n')
  const n = Math.min(Math.max(line, 1), lines.length)
  const begin = lines.slice(0, n - 1).reduce((sum, it) => sum + it.length + 1, 0)
  return [begin, begin + (lines[n - 1] ?? '').length]
}

export function jump(text: HTMLTextAreaElement, line: number): void {
  const [begin, end] = lineAt(text.value, line)
  text.focus()
  text.setSelectionRange(begin, end)
  const height = text.scrollHeight / Math.max(text.value.split('\n').length, 1)
  text.scrollTop = Math.max(0, height * (line - 4))
}

function replaceBy(element: HTMLElement, html: string): void {
  const held = document.activeElement instanceof HTMLElement && element.contains(document.activeElement) ? document.activeElement : null
  const name = held?.getAttribute('name') ?? ''
  const open = Array.from(element.querySelectorAll('details'), (it) => it.open)
  element.innerHTML = html
  element.querySelectorAll('details').forEach((it, n) => { if (open[n] !== undefined) it.open = open[n] })
  if (name) Array.from(element.querySelectorAll<HTMLElement>('[name]')).find((it) => it.getAttribute('name') === name)?.focus()
}

let asked = 0

export async function ask(desk: Desk, what: 'check' | 'form'): Promise<void> {
  const mine = ++asked
  const body = new FormData(desk.form)
  body.delete('upload')
  body.set('do', what)
  const written = desk.text.value
  try {
    const response = await fetch(desk.form.dataset.editor ?? '', {
      method: 'POST', body, headers: { 'X-CSRFToken': token() }, credentials: 'same-origin',
    })
    if (!response.ok) throw new Error(String(response.status))
    const answer = (await response.json()) as Answer
    if (mine !== asked || desk.text.value !== written) return // something newer is on its way
    if (answer.text !== written) desk.text.value = answer.text
    desk.base.value = answer.text
    desk.check.innerHTML = answer.check
    replaceBy(desk.fields, answer.form)
  } catch {
    toast(say('offline'), 'bad')
  }
}

export function startEditor(root: ParentNode = document): void {
  root.querySelectorAll<HTMLFormElement>('form[data-editor]').forEach((form) => {
    const desk = deskOf(form)
    if (!desk || form.dataset.editorOn) return
    form.dataset.editorOn = 'yes'
    form.querySelector<HTMLElement>('[data-editor-apply]')?.setAttribute('hidden', '')
    const where = form.querySelector<HTMLElement>('[data-editor-line]')
    const show = (): void => { if (where) where.textContent = String(desk.text.value.slice(0, desk.text.selectionStart).split('\n').length) }
    let timer = 0
    desk.text.addEventListener('input', () => {
      clearTimeout(timer)
      timer = window.setTimeout(() => void ask(desk, 'check'), PAUSE_MS)
      show()
    })
    for (const name of ['keyup', 'click', 'focus']) desk.text.addEventListener(name, show)
    desk.fields.addEventListener('change', () => void ask(desk, 'form'))
    desk.check.addEventListener('click', (event) => {
      const link = (event.target as Element | null)?.closest<HTMLElement>('a[data-line]')
      if (!link) return
      event.preventDefault()
      jump(desk.text, Number(link.dataset.line))
    })
  })
}

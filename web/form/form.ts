// A form that loses nothing and sends nothing twice: `<form data-form>`.
import { say } from '../shell/texts'
import { toast } from '../shell/toasts'

const STORE = 'tongxin:draft:'
const SKIPPED = ['password', 'file', 'submit', 'button', 'image', 'reset', 'search']
const NOT_KEPT = ['csrfmiddlewaretoken', 'next', 'credential']

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement
interface Draft {
  fields: [name: string, value: string][]
}

const dirty = new WeakSet<HTMLFormElement>()
const sending = new WeakSet<HTMLFormElement>()

function controls(form: HTMLFormElement): Control[] {
  return Array.from(form.elements).filter((it): it is Control => {
    if (!(it instanceof HTMLInputElement || it instanceof HTMLSelectElement || it instanceof HTMLTextAreaElement)) return false
    return Boolean(it.name) && !SKIPPED.includes(it.type) && !NOT_KEPT.includes(it.name) && !('private' in it.dataset)
  })
}

/** Where the draft of a form is kept: by page and by the form's own name. */
export function draftName(form: HTMLFormElement): string {
  return `${STORE}${location.pathname}#${form.id || form.getAttribute('action') || ''}`
}

export function keepDraft(form: HTMLFormElement): void {
  const fields: Draft['fields'] = []
  controls(form).forEach((it) => {
    if (it instanceof HTMLInputElement && (it.type === 'checkbox' || it.type === 'radio')) {
      if (it.checked) fields.push([it.name, it.value])
    } else if (it instanceof HTMLSelectElement && it.multiple) {
      Array.from(it.selectedOptions).forEach((option) => fields.push([it.name, option.value]))
    } else fields.push([it.name, it.value])
  })
  try {
    sessionStorage.setItem(draftName(form), JSON.stringify({ fields } satisfies Draft))
  } catch {
    // storage is off or full: the browser's own memory of the form is all there is
  }
}

function takeDraft(form: HTMLFormElement): Draft | null {
  try {
    const text = sessionStorage.getItem(draftName(form))
    sessionStorage.removeItem(draftName(form))
    return text ? (JSON.parse(text) as Draft) : null
  } catch {
    return null
  }
}

/** Put a draft back, the idempotency key with it, so that a second sending is known for the same act. */
export function restoreDraft(form: HTMLFormElement): boolean {
  const draft = takeDraft(form)
  if (!draft) return false
  const values = new Map<string, string[]>()
  draft.fields.forEach(([name, value]) => values.set(name, [...(values.get(name) ?? []), value]))
  controls(form).forEach((it) => {
    const kept = values.get(it.name) ?? []
    if (it instanceof HTMLInputElement && (it.type === 'checkbox' || it.type === 'radio')) it.checked = kept.includes(it.value)
    else if (it instanceof HTMLSelectElement && it.multiple) {
      Array.from(it.options).forEach((option) => { option.selected = kept.includes(option.value) })
    } else if (kept[0] !== undefined) it.value = kept[0]
  })
  dirty.add(form)
  return true
}

function cameBack(): boolean {
  const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  return entry?.type === 'back_forward' || entry?.type === 'reload'
}

function setBusy(form: HTMLFormElement, busy: boolean): void {
  const buttons = Array.from(document.querySelectorAll<HTMLButtonElement>('button')).filter(
    (button) => button.form === form && button.type === 'submit',
  )
  buttons.forEach((button) => {
    if (busy) button.setAttribute('aria-busy', 'true')
    else button.removeAttribute('aria-busy')
  })
}

function onSubmit(event: SubmitEvent): void {
  const form = (event.target as Element | null)?.closest<HTMLFormElement>('form[data-form]')
  if (!form || event.defaultPrevented) return
  if (sending.has(form)) {
    event.preventDefault() // pressed twice: the first sending is on its way
    toast(say('sending'))
    return
  }
  sending.add(form)
  keepDraft(form)
  setBusy(form, true)
}

export function prepareForms(root: ParentNode = document): void {
  root.querySelectorAll<HTMLFormElement>('form[data-form]').forEach((form) => {
    const sentBack = form.querySelector('[data-error-summary]') ?? form.parentElement?.querySelector('[data-error-summary]')
    if (sentBack) {
      takeDraft(form) // the server gave everything back itself
      dirty.add(form)
    } else if (cameBack() && !('fresh' in form.dataset) && restoreDraft(form)) toast(say('restored'))
    else takeDraft(form)
  })
  root.querySelector<HTMLElement>('[data-error-summary]')?.focus()
}

/** After an error page the drafts stay for the way back; after any other page the act was done. */
function forgetSent(): void {
  if (document.querySelector('.error-page')) return
  const mine = new Set(Array.from(document.querySelectorAll<HTMLFormElement>('form[data-form]'), draftName))
  try {
    Object.keys(sessionStorage)
      .filter((name) => name.startsWith(STORE) && !mine.has(name))
      .forEach((name) => sessionStorage.removeItem(name))
  } catch {
    // storage is off: nothing was kept
  }
}

export function startForms(): void {
  document.addEventListener('input', (event) => {
    const form = (event.target as Element | null)?.closest<HTMLFormElement>('form[data-form]')
    if (form) dirty.add(form)
  })
  document.addEventListener('submit', onSubmit)
  addEventListener('beforeunload', (event) => {
    const unsent = Array.from(document.querySelectorAll<HTMLFormElement>('form[data-form]')).some(
      (form) => dirty.has(form) && !sending.has(form) && !('fresh' in form.dataset),
    )
    if (!unsent) return
    event.preventDefault()
    event.returnValue = say('leave')
  })
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return
    document.querySelectorAll<HTMLFormElement>('form[data-form]').forEach((form) => {
      sending.delete(form)
      setBusy(form, false)
    })
  })
  forgetSent()
  prepareForms()
}

import { beforeEach, expect, test } from 'vitest'
import { draftName, keepDraft, restoreDraft, startForms } from './form'

startForms()
beforeEach(() => {
  sessionStorage.clear()
  document.body.innerHTML = `<div data-toasts data-say-sending="once"></div>
    <form data-form id="f"><input name="csrfmiddlewaretoken" type="hidden" value="c"><input name="key" type="hidden" value="k-1">
    <input name="place" value=""><input type="password" name="pass" value="secret"><input name="id_no" data-private value="x">
    <input type="checkbox" name="ok" value="1"><select name="many" multiple><option>a</option><option>b</option></select>
    <textarea name="note"></textarea><button type="submit">Send</button></form>`
})
const form = (): HTMLFormElement => document.querySelector<HTMLFormElement>('#f')!
const field = (name: string): HTMLInputElement => form().querySelector<HTMLInputElement>(`[name=${name}]`)!

test('what was typed comes back, with the key of the act, without secrets', () => {
  field('place').value = '土门楼闸'
  field('ok').checked = true
  form().querySelectorAll('option')[1]!.selected = true
  keepDraft(form())
  const kept = sessionStorage.getItem(draftName(form())) ?? ''
  expect(kept).not.toContain('secret')
  expect(kept).not.toContain('id_no')
  expect(kept).not.toContain('csrf')
  field('place').value = ''
  field('ok').checked = false
  form().querySelectorAll('option')[1]!.selected = false
  field('key').value = 'k-2'
  expect(restoreDraft(form())).toBe(true)
  expect(field('place').value).toBe('土门楼闸')
  expect(field('ok').checked).toBe(true)
  expect(field('key').value).toBe('k-1')
  expect(form().querySelectorAll('option')[1]!.selected).toBe(true)
  expect(restoreDraft(form())).toBe(false)
})

test('a second press is stopped, and says so', () => {
  const send = (): boolean => form().dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }))
  expect(send()).toBe(true)
  expect(form().querySelector('button')?.getAttribute('aria-busy')).toBe('true')
  expect(send()).toBe(false)
  expect(document.querySelector('.toast')?.textContent).toContain('once')
})

test('leaving a filled form warns; a sent one does not', () => {
  const leave = (): boolean => {
    const event = new Event('beforeunload', { cancelable: true })
    window.dispatchEvent(event)
    return event.defaultPrevented
  }
  expect(leave()).toBe(false)
  field('place').dispatchEvent(new Event('input', { bubbles: true }))
  expect(leave()).toBe(true)
  form().dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }))
  expect(leave()).toBe(false)
})

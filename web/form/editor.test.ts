import { beforeEach, describe, expect, it, vi } from 'vitest'
import { jump, lineAt, startEditor } from './editor'

vi.mock('../shell/safe-htmx', () => ({ token: () => '' }))

const PAGE = `<form data-editor="/check/"><textarea name="base" data-editor-base>a: 1\nb: 2</textarea>
<div data-editor-form><input name="f:a" value="1"></div><button data-editor-apply></button>
<textarea name="text">a: 1\nb: 2</textarea><div data-editor-check><a href="#L2" data-line="2">2</a></div></form>`

describe('the editor', () => {
  beforeEach(() => {
    document.body.innerHTML = PAGE
  })

  it('knows where a line is', () => {
    expect(lineAt('one\ntwo\nthree', 2)).toEqual([4, 7])
    expect(lineAt('one', 9)).toEqual([0, 3])
  })

  it('leads from a fault to its line', () => {
    startEditor()
    const text = document.querySelector<HTMLTextAreaElement>('[name="text"]')!
    document.querySelector<HTMLElement>('a[data-line]')!.click()
    expect([text.selectionStart, text.selectionEnd]).toEqual([5, 9])
    jump(text, 1)
    expect(text.selectionEnd).toBe(4)
  })

  it('puts a changed field into the text', async () => {
    const answer = { text: 'a: 5\nb: 2', check: '<p>good</p>', form: '<input name="f:a" value="5">' }
    const asked = vi.fn(() => Promise.resolve({ ok: true, json: () => Promise.resolve(answer) }))
    vi.stubGlobal('fetch', asked)
    startEditor()
    const field = document.querySelector<HTMLInputElement>('[name="f:a"]')!
    field.value = '5'
    field.dispatchEvent(new Event('change', { bubbles: true }))
    await vi.waitFor(() => expect(document.querySelector('[data-editor-check]')!.textContent).toBe('good'))
    expect(document.querySelector<HTMLTextAreaElement>('[name="text"]')!.value).toBe('a: 5\nb: 2')
    expect(document.querySelector<HTMLTextAreaElement>('[data-editor-base]')!.value).toBe('a: 5\nb: 2')
  })
})

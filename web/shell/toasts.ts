// Messages after an act. Those the server wrote get a button that closes them; those of scripts go to the tray.
import { say } from './texts'

const STAYS_MS = 8000
export type Kind = 'said' | 'warn' | 'bad'

function withClose(toast: HTMLElement): void {
  if (toast.querySelector('.close')) return
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'close'
  button.setAttribute('aria-label', say('close'))
  button.textContent = '×'
  button.addEventListener('click', () => toast.remove())
  toast.append(button)
}

/** Show a message; plain ones leave by themselves unless they are looked at, warnings stay until closed. */
export function toast(text: string, kind: Kind = 'said'): HTMLElement | null {
  const tray = document.querySelector<HTMLElement>('[data-toasts]')
  if (!tray || !text) return null
  const box = document.createElement('div')
  box.className = kind === 'said' ? 'toast' : `toast ${kind}`
  const words = document.createElement('p')
  words.textContent = text
  box.append(words)
  withClose(box)
  tray.append(box)
  if (kind === 'said') {
    const leave = (): void => {
      if (box.matches(':hover') || box.contains(document.activeElement)) setTimeout(leave, STAYS_MS)
      else box.remove()
    }
    setTimeout(leave, STAYS_MS)
  }
  return box
}

export function startToasts(root: ParentNode = document): void {
  root.querySelectorAll<HTMLElement>('[data-toast]').forEach(withClose)
}

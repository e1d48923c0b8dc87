// The few sentences that scripts say stand in the page, translated by the server, on the tray of toasts.
export type Said = 'close' | 'offline' | 'failed' | 'busy' | 'leave' | 'restored' | 'sending' | 'passkey' | 'gone' | 'typed'

export function say(name: Said, root: ParentNode = document): string {
  const tray = root.querySelector<HTMLElement>('[data-toasts]')
  return tray?.dataset[`say${name.charAt(0).toUpperCase()}${name.slice(1)}`] ?? ''
}

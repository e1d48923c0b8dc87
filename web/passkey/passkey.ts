// Passkeys for django-allauth: `<form data-passkey="create|login|get" hidden>` with a hidden field `credential`; it is shown
// where keys work. The options come from a JSON block of the page (`data-options` is its id) or, for signing in, from an
// address (`data-options-url`). `[data-passkey-error]` is shown when no key answers.
import { say } from '../shell/texts'
import { toast } from '../shell/toasts'

type Json = Record<string, unknown>

export function toBytes(text: string): ArrayBuffer {
  const plain = text.replace(/-/g, '+').replace(/_/g, '/')
  const raw = atob(plain + '='.repeat((4 - (plain.length % 4)) % 4))
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0)).buffer
}

export function toText(bytes: ArrayBuffer): string {
  const raw = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('')
  return btoa(raw).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

interface Described { id: string; type: 'public-key'; transports?: AuthenticatorTransport[] }
const describe = (it: Described): PublicKeyCredentialDescriptor => ({ ...it, id: toBytes(it.id) })

export function creationOptions(given: Json, passwordless: boolean | null): PublicKeyCredentialCreationOptions {
  const user = given.user as Json & { id: string }
  const options = {
    ...given,
    challenge: toBytes(given.challenge as string),
    user: { ...user, id: toBytes(user.id) },
    excludeCredentials: ((given.excludeCredentials as Described[] | undefined) ?? []).map(describe),
  } as unknown as PublicKeyCredentialCreationOptions
  if (passwordless !== null) {
    options.authenticatorSelection = {
      ...options.authenticatorSelection,
      residentKey: passwordless ? 'required' : 'discouraged',
      requireResidentKey: passwordless,
      ...(passwordless ? { userVerification: 'required' as const } : {}),
    }
  }
  return options
}

export function requestOptions(given: Json): PublicKeyCredentialRequestOptions {
  return {
    ...given,
    challenge: toBytes(given.challenge as string),
    allowCredentials: ((given.allowCredentials as Described[] | undefined) ?? []).map(describe),
  } as PublicKeyCredentialRequestOptions
}

export function asJson(credential: PublicKeyCredential): Json {
  const answer = credential.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse
  const response: Json = { clientDataJSON: toText(answer.clientDataJSON) }
  if (answer.attestationObject) {
    response.attestationObject = toText(answer.attestationObject)
    response.transports = answer.getTransports?.() ?? []
  } else {
    response.authenticatorData = toText(answer.authenticatorData)
    response.signature = toText(answer.signature)
    response.userHandle = answer.userHandle ? toText(answer.userHandle) : null
  }
  return {
    type: credential.type,
    id: credential.id,
    rawId: toText(credential.rawId),
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  }
}

async function optionsFor(form: HTMLFormElement): Promise<Json> {
  const { options, optionsUrl } = form.dataset
  let found: Json
  if (optionsUrl) {
    const answer = await fetch(optionsUrl, { headers: { Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest' } })
    if (!answer.ok) throw new Error(`The options could not be read (${answer.status}).`)
    found = (await answer.json()) as Json
  } else found = JSON.parse(document.getElementById(options ?? '')?.textContent ?? '{}') as Json
  const inner = (found.creation_options ?? found.request_options ?? found) as Json
  return (inner.publicKey ?? inner) as Json
}

async function ask(form: HTMLFormElement): Promise<Json> {
  const given = await optionsFor(form)
  const box = form.querySelector<HTMLInputElement>('input[type="checkbox"][name="passwordless"]')
  const got = form.dataset.passkey === 'create'
    ? await navigator.credentials.create({ publicKey: creationOptions(given, box ? box.checked : null) })
    : await navigator.credentials.get({ publicKey: requestOptions(given) })
  if (!got) throw new Error('No key answered.')
  return asJson(got as PublicKeyCredential)
}

export function startPasskeys(root: ParentNode = document): void {
  root.querySelectorAll<HTMLFormElement>('form[data-passkey]').forEach((form) => {
    const hidden = form.querySelector<HTMLInputElement>('input[name="credential"]')
    if (!hidden || form.dataset.passkeyReady) return
    form.dataset.passkeyReady = 'yes'
    form.hidden = !window.PublicKeyCredential // without script or without keys the form stays hidden
    const excuse = form.querySelector<HTMLElement>('[data-passkey-error]')
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      if (excuse) excuse.hidden = true
      ask(form).then(
        (credential) => {
          hidden.value = JSON.stringify(credential)
          form.submit()
        },
        () => {
          // cancelled, timed out or no key: the form stays as it is
          if (excuse) excuse.hidden = false
          else toast(say('passkey'), 'warn')
        },
      )
    })
  })
}

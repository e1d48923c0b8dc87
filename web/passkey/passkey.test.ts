import { expect, test } from 'vitest'
import { asJson, creationOptions, requestOptions, toBytes, toText } from './passkey'

const bytes = (...numbers: number[]): ArrayBuffer => Uint8Array.from(numbers).buffer

test('base64url there and back, without padding', () => {
  expect(toText(bytes(251, 255, 0))).toBe('-_8A')
  expect(Array.from(new Uint8Array(toBytes('-_8A')))).toEqual([251, 255, 0])
  expect(toText(toBytes('AQ'))).toBe('AQ')
})

test('options: ids become bytes; a passwordless key must verify its holder', () => {
  const made = creationOptions({ challenge: 'AQ', user: { id: 'Ag', name: 'n', displayName: 'd' }, excludeCredentials: [{ id: 'Aw', type: 'public-key' }] }, true)
  expect(new Uint8Array(made.challenge as ArrayBuffer)[0]).toBe(1)
  expect(new Uint8Array(made.user.id as ArrayBuffer)[0]).toBe(2)
  expect(new Uint8Array(made.excludeCredentials?.[0]?.id as ArrayBuffer)[0]).toBe(3)
  expect(made.authenticatorSelection).toEqual({ residentKey: 'required', requireResidentKey: true, userVerification: 'required' })
  expect(requestOptions({ challenge: 'AQ' }).allowCredentials).toEqual([])
})

test('an assertion is told as the server reads it', () => {
  const told = asJson({
    id: 'AQ', rawId: bytes(1), type: 'public-key', authenticatorAttachment: null,
    response: { clientDataJSON: bytes(1), authenticatorData: bytes(2), signature: bytes(3), userHandle: null },
    getClientExtensionResults: () => ({}),
  } as unknown as PublicKeyCredential)
  expect(told).toEqual({
    id: 'AQ', rawId: 'AQ', type: 'public-key', authenticatorAttachment: null, clientExtensionResults: {},
    response: { clientDataJSON: 'AQ', authenticatorData: 'Ag', signature: 'Aw', userHandle: null },
  })
})

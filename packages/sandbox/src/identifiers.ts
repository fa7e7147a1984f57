import parsePhoneNumber from 'libphonenumber-js/min'
import type { SeededSource } from './random.ts'

/*
 * Ids in Meta's form. The structure of a wamid is observed, not documented: 1C 18 <len> <phone digits> 15 02 00 <11
 * business | 12 user> 18 <len> <hex> 00, in Base64.
 */
function wamid(phone: string, direction: 0x11 | 0x12, hex: string): string {
  return (
    'wamid.' +
    Buffer.concat([
      Buffer.from([0x1c, 0x18, phone.length]),
      Buffer.from(phone, 'latin1'),
      Buffer.from([0x15, 0x02, 0x00, direction, 0x18, hex.length]),
      Buffer.from(hex, 'latin1'),
      Buffer.from([0]),
    ]).toString('base64')
  )
}

/** A message of the business: contains 18 hex characters. */
export function outboundWamid(source: SeededSource, phone: string): string {
  return wamid(phone, 0x11, source.draw('wamid out').toString('hex', 0, 9).toUpperCase())
}

/** A message of a person: contains 32 hex characters that begin with AC, as on Android phones. */
export function inboundWamid(source: SeededSource, phone: string): string {
  return wamid(phone, 0x12, 'AC' + source.draw('wamid in').toString('hex', 0, 15).toUpperCase())
}

/** A call: like a wamid, with another prefix. */
export function callId(source: SeededSource, phone: string): string {
  const hex = source.draw('call').toString('hex', 0, 16).toUpperCase()
  return 'wacid.' + wamid(phone, 0x12, hex).slice('wamid.'.length).replaceAll('=', '')
}

/** A group: its business number and a counter, in Base64. */
export function groupId(source: SeededSource, number: string): string {
  return Buffer.from(`capi_group:${number}:${digitsFrom(source.draw('group'), 7)}`)
    .toString('base64')
    .replaceAll('=', '')
}

/** The id that an immediate answer and its later webhook share. */
export const requestId = (source: SeededSource): string => `req_${source.draw('request id').toString('hex', 0, 8)}`

/** Decimal digits from random bytes, not beginning with 0. */
export function digitsFrom(bytes: Buffer, length: number): string {
  let text = ''
  for (let i = 0; text.length < length; i++) text += String(bytes[i % bytes.length]! % 10)
  return text.startsWith('0') ? `1${text.slice(1)}` : text
}

/** An id of a number, account, template or media object: about 15 digits as text, below 2^53. */
export function objectId(source: SeededSource, kind: string, length = 15): string {
  return digitsFrom(source.draw(`id ${kind}`), length)
}

/** Webhooks write template ids as numbers. So these ids are below 2^53, although they have 16 digits as Meta's have. */
export function templateId(source: SeededSource): string {
  return `1${digitsFrom(source.draw('id template'), 15)}`
}

/** ISO country of a phone number, for BSUIDs and display. `XX` for an unknown numbering plan. */
export function countryOf(digits: string): string {
  const parsed = parsePhoneNumber(`+${digits}`)
  return parsed?.country ?? parsed?.getPossibleCountries()[0] ?? 'XX'
}

/** `+1 650-555-1234`; digits with a plus for an unknown numbering plan. */
export function displayNumber(digits: string): string {
  const [code, ...parts] = (parsePhoneNumber(`+${digits}`)?.formatInternational() ?? `+${digits}`).split(' ')
  return parts.length === 0 ? code! : `${code} ${parts.join('-')}`
}

/** A business-scoped user id. A person has a different id in each portfolio, and a new id after a change of number. */
export function businessScopedUserId(source: SeededSource, businessId: string, phone: string, userKey: string): string {
  return `${countryOf(phone)}.${digitsFrom(source.fixed(`bsuid ${businessId} ${userKey}`), 16)}`
}

/** The id that all portfolios of one parent account share. */
export function parentScopedUserId(source: SeededSource, phone: string, userKey: string): string {
  return `${countryOf(phone)}.ENT.${digitsFrom(source.fixed(`parent bsuid ${userKey}`), 14)}`
}

/** About 23 characters that identify a request for Meta's support. */
export function traceId(source: SeededSource): string {
  return 'A' + source.draw('trace').toString('base64url', 0, 17).slice(0, 22)
}

export const isBusinessScopedUserId = (text: string): boolean => /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/.test(text)

/**
 * The digits of a number as the sender wrote it. Undefined when it contains other characters than digits, `+`, spaces,
 * `-`, `(`, `)`.
 */
export function digitsOf(written: string): string | undefined {
  if (!/^[+\d\s\-()]+$/.test(written)) return undefined
  const digits = written.replace(/\D/g, '')
  return digits.length >= 5 && digits.length <= 17 ? digits : undefined
}

import { createHmac } from 'node:crypto'

/** Time-based one-time passwords: RFC 6238 over RFC 4226, with SHA-1, six digits and 30 seconds, as every app has them. */
const STEP_MS = 30_000
const DIGITS = 6
/** Steps before and after the present one whose codes are taken: clocks differ, and people type slowly. */
const TOLERANCE = 1

export const stepAt = (ms: number): number => Math.floor(ms / STEP_MS)

/** The code of one step. `digits`: the RFC's own examples have eight. */
export function codeOf(secret: Uint8Array, step: number, digits = DIGITS): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const hash = createHmac('sha1', secret).update(counter).digest()
  const number = hash.readUInt32BE(hash[hash.length - 1]! & 15) & 0x7fff_ffff
  return String(number % 10 ** digits).padStart(digits, '0')
}

/**
 * The step whose code this is. Undefined: none near the present one, or a step that is not later than `usedStep`: a code
 * counts once.
 */
export function stepOfCode(secret: Uint8Array, code: string, now: number, usedStep: number): number | undefined {
  const present = stepAt(now)
  for (let step = present - TOLERANCE; step <= present + TOLERANCE; step++) {
    if (step > usedStep && codeOf(secret, step) === code) return step
  }
  return undefined
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648, without padding: the form in which apps take a secret. */
export function base32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(value >>> (bits - 5)) & 31]
    value &= (1 << bits) - 1
  }
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 31] : text
}

/** What an authenticator app reads from a link or a QR code. */
export function otpauthUri(secret: Uint8Array, email: string): string {
  return `otpauth://totp/Postern:${encodeURIComponent(email)}?secret=${base32(secret)}&issuer=Postern`
}

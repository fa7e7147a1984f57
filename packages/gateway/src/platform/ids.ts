import { randomBytes, randomFillSync } from 'node:crypto'

/** Our id of a message: `msg_` and 26 characters that sort by time. */
export type MessageId = string
/** Our id of an event, stable over all delivery attempts: `evt_` and 26 characters that sort by time. */

// Crockford's base 32: no I, L, O, U, so an id survives being read aloud.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

const pool = Buffer.alloc(4096)
let used = pool.length
function randomByte(): number {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  return pool[used++]!
}

let lastTime = -1
let lastTail: number[] = []
let timePart = ''

/**
 * A ULID: 48 bits of time, 80 random bits, 26 characters. Within one process and millisecond the
 * random part counts up, so ids made later always sort later and index pages fill from one side.
 */
export function ulid(now: number = Date.now()): string {
  if (now > lastTime) {
    lastTime = now
    let text = ''
    for (let rest = now, i = 0; i < 10; i++) {
      text = ALPHABET[rest % 32]! + text
      rest = Math.floor(rest / 32)
    }
    timePart = text
    lastTail = Array.from({ length: 16 }, () => randomByte() & 31)
    lastTail[0]! &= 15 // room to count up without an overflow
  } else {
    let i = 15
    while (lastTail[i] === 31) lastTail[i--] = 0
    lastTail[i]!++
  }
  let tail = ''
  for (const digit of lastTail) tail += ALPHABET[digit]
  return timePart + tail
}

export const newMessageId = (now?: number): MessageId => `msg_${ulid(now)}`
export const newId = (prefix: string, now?: number): string => `${prefix}_${ulid(now)}`

/** A secret of `bytes` random bytes (32 unless told: 256 bits), URL-safe, behind a prefix that says what it is. */
export function newSecret(prefix: string, bytes = 32): string {
  return `${prefix}${randomBytes(bytes).toString('base64url')}`
}

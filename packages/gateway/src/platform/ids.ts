import { createHash, randomBytes, randomFillSync } from 'node:crypto'

/** Our id of a message: `msg_` and 26 characters that sort by time. */
export type MessageId = string

// Crockford's base 32: without I, L, O and U, so that an id can be read aloud.
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

/** The first ten characters of a ULID made at `ms`. */
function timeText(ms: number): string {
  let text = ''
  for (let rest = ms, i = 0; i < 10; i++) {
    text = ALPHABET[rest % 32]! + text
    rest = Math.floor(rest / 32)
  }
  return text
}

let lastTime = -1
let lastTail: number[] = []
let timePart = ''

/**
 * A ULID: 48 bits of time, 80 random bits, 26 characters. Within one process and millisecond the random part counts up,
 * so later ids always sort later, and index pages fill from one side.
 */
export function ulid(now: number = Date.now()): string {
  if (now > lastTime) {
    lastTime = now
    timePart = timeText(now)
    lastTail = Array.from({ length: 16 }, () => randomByte() & 31)
    lastTail[0]! &= 15 // leaves room to count up without an overflow
  } else {
    let i = 15
    while (lastTail[i] === 31) lastTail[i--] = 0
    lastTail[i]!++
  }
  let tail = ''
  for (const digit of lastTail) tail += ALPHABET[digit]
  return timePart + tail
}

/** The smallest id of a message made at `ms`. Ids begin with their time, so a time span is a range of ids. */
export const firstMessageIdAt = (ms: number): MessageId =>
  `msg_${timeText(Math.max(0, Math.floor(ms)))}${'0'.repeat(16)}`

/**
 * The id of a message of the past. The same message has the same id, so a decision that is made twice gives the same
 * result.
 */
export function pastMessageId(at: number, wamid: string): MessageId {
  const hash = createHash('sha256').update(wamid).digest()
  const tail = Array.from({ length: 16 }, (_, i) => ALPHABET[hash[i]! & 31]).join('')
  return `msg_${timeText(Math.max(0, Math.floor(at)))}${tail}`
}

/** The time in a message's id, in epoch milliseconds. */
export function timeOfMessageId(id: MessageId): number {
  let ms = 0
  for (const letter of id.slice(4, 14)) ms = ms * 32 + ALPHABET.indexOf(letter)
  return ms
}

export const newMessageId = (now?: number): MessageId => `msg_${ulid(now)}`
export const newId = (prefix: string, now?: number): string => `${prefix}_${ulid(now)}`

/** A secret of `bytes` random bytes (default: 32, which is 256 bits), URL-safe, after a prefix that names its kind. */
export function newSecret(prefix: string, bytes = 32): string {
  return `${prefix}${randomBytes(bytes).toString('base64url')}`
}

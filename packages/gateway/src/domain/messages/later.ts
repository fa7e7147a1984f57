import { z } from 'zod'
import { choose } from '../fields/choose.ts'
import { across, fail, fieldOf, matching } from '../fields/schema.ts'

/* When a message goes out, if not now. */

/** A moment on the wire: Unix seconds, or ISO 8601 with an offset. */
export type Moment = number | string

const LONGEST_AHEAD_MS = 366 * 24 * 60 * 60 * 1000

const WRONG = 'must be Unix seconds, or ISO 8601 with an offset such as 2026-12-01T09:00:00+08:00'

const unixSeconds = z.int().min(0).max(99_999_999_999)
const written = matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/, WRONG).check((payload) => {
  if (Number.isNaN(Date.parse(payload.value))) fail(payload, 'pattern', WRONG)
})

/** A moment on the wire. */
export const moment = choose([unixSeconds, written], (value) => (typeof value === 'number' ? unixSeconds : written))

const optional = (description: string) =>
  moment.optional().meta({ description, examples: [1_798_760_400, '2026-12-01T09:00:00+08:00'] })

export const later = {
  send_at: optional(
    'Send it then instead of now. Answers 202 with `reference` and `state`. Window and template are checked then.',
  ),
  expires_at: optional('With `send_at`: do not send it after this moment.'),
}

/** Epoch milliseconds. */
export const msOf = (given: Moment): number => (typeof given === 'number' ? given * 1000 : Date.parse(given))

/** Rules between the two, and with the content. Whether they are in the future is not known here. */
export const inOrder = across((value, report) => {
  const [sendAt, expiresAt] = [fieldOf(value, 'send_at'), fieldOf(value, 'expires_at')]
  if (sendAt === undefined) {
    if (expiresAt !== undefined) report(['expires_at'], { rule: 'consistent', says: 'needs send_at' })
    return
  }
  if (fieldOf(fieldOf(value, 'template'), 'code') !== undefined)
    report(['send_at'], { rule: 'consistent', says: 'a one-time code is not stored, so it cannot be sent later' })
  if (isMoment(sendAt) && isMoment(expiresAt) && msOf(expiresAt) <= msOf(sendAt))
    report(['expires_at'], { rule: 'consistent', says: 'must be later than send_at' })
})

const isMoment = (value: unknown): value is Moment => typeof value === 'number' || typeof value === 'string'

/** The problem of a time of sending, at `now` (epoch milliseconds). A little in the past is due at once. */
export function timeProblem(sendAt: number, now: number): string | undefined {
  if (sendAt < now - 60_000) return 'is in the past: leave it out to send now'
  if (sendAt > now + LONGEST_AHEAD_MS) return 'must be within the next 366 days'
  return undefined
}

import { taken, waitMs, type Rate } from '../channels/pace.ts'
import type { Channel } from '../channels/channel.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { Load } from '../load.ts'

/** Wrong credentials of one kind that one address may show in a minute. */
const WRONG_RATE: Rate = { everyMs: 600, burst: 100 }
/** Addresses and codes remembered at the most; beyond, the one that was seen first is forgotten. */
const MOST_KNOWN = 10_000
/** Calls that look things up beside the sends: so many for each message of the number's pace. */
const CALLS_PER_MESSAGE = 4

/** Who may come in, before anything of a request's body is looked at. All of it in this node's memory. */
export type Admission = {
  /** One call with this certification code. Throws `rate_limited`, or `overloaded` for a call that makes work. */
  call(code: string, channel: Channel, makesWork: boolean): void
  /**
   * A credential of this address was wrong. Throws `rate_limited` once there were too many of its kind. A right one is
   * never asked for here: nobody is refused for what others guess.
   */
  wrong(kind: CredentialKind, address: string): void
}

/** What can be guessed. Each kind is counted by itself. */
export type CredentialKind = 'code' | 'bearer'

export type AdmissionOptions = {
  clock: Clock
  load: Pick<Load, 'admit'>
  /** What a code may call in a second at the least, however slow its number is. */
  callsPerSecond: number
  onLimited?: (limit: 'calls' | 'credentials') => void
}

export function createAdmission({ clock, load, callsPerSecond, onLimited }: AdmissionOptions): Admission {
  const calls = new Map<string, number>()
  const guesses: Record<CredentialKind, Map<string, number>> = { code: new Map(), bearer: new Map() }

  function refuse(limit: 'calls' | 'credentials', wait: number): never {
    onLimited?.(limit)
    const seconds = Math.max(1, Math.ceil(wait / 1000))
    throw new GatewayError('rate_limited', { seconds }, { retryAfterSeconds: seconds, data: { limit } })
  }

  /** Milliseconds to wait; 0 when a turn was taken. */
  function take(known: Map<string, number>, key: string, rate: Rate): number {
    const now = clock.monotonic()
    const fullAt = Math.min(known.get(key) ?? 0, now + rate.burst * rate.everyMs)
    const wait = waitMs(fullAt, rate, now)
    if (wait > 0) return wait
    if (known.size >= MOST_KNOWN && !known.has(key)) {
      for (const oldest of known.keys()) {
        known.delete(oldest)
        break
      }
    }
    known.set(key, taken(fullAt, rate, now))
    return 0
  }

  return {
    call(code, channel, makesWork) {
      const perSecond = Math.max(callsPerSecond, channel.messagesPerSecond * CALLS_PER_MESSAGE)
      const wait = take(calls, code, { everyMs: 1000 / perSecond, burst: perSecond * 2 })
      if (wait > 0) refuse('calls', wait)
      if (makesWork) load.admit()
    },
    wrong(kind, address) {
      const wait = take(guesses[kind], address, WRONG_RATE)
      if (wait > 0) refuse('credentials', wait)
    },
  }
}

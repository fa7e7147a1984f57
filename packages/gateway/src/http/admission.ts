import { taken, waitMs, type RateLimit } from '../domain/channels/token-bucket.ts'
import type { Channel } from '../domain/channels/channel.ts'
import type { Clock } from '@postern/runtime/clock'
import { GatewayError } from '../platform/errors.ts'
import type { Load } from '../platform/load.ts'

/** Wrong credentials of one kind that one address may send in a minute. */
const WRONG_CREDENTIALS: RateLimit = { everyMs: 600, burst: 100 }
/** Maximum number of addresses and codes in memory. Above it, the oldest is removed. */
const MOST_KNOWN = 10_000
/** Calls a second beside the sends, for each message a second of the number's rate limit. */
const CALLS_PER_MESSAGE = 4

/** Limits that apply before the body of a request is read. All counters are in this machine's memory. */
export type Admission = {
  /**
   * Admits one call with this certification code. Throws `rate_limited`, or `overloaded` for a call that makes work.
   */
  call(code: string, channel: Channel, makesWork: boolean): Promise<void> | void
  /**
   * Counts a wrong credential of this address. Throws `rate_limited` after too many of its kind. Valid credentials are
   * not counted here, so guesses of others cannot lock a caller out.
   */
  wrong(kind: CredentialKind, address: string): Promise<void> | void
}

/** Counts calls and wrong credentials. Both return the milliseconds to wait; 0 when a token was taken. */
export type Counters = {
  call(code: string, perSecond: number): number | Promise<number>
  wrong(kind: CredentialKind, address: string): number | Promise<number>
}

/** Credentials that can be guessed. Each kind is counted separately. */
export type CredentialKind = 'code' | 'bearer'

export type AdmissionOptions = {
  counters: Counters
  load: Pick<Load, 'admit'>
  /** Minimum calls a second of a code, however slow its number is. */
  callsPerSecond: number
  onLimited?: (limit: 'calls' | 'credentials') => void
}

export function createAdmission({ counters, load, callsPerSecond, onLimited }: AdmissionOptions): Admission {
  function refuse(limit: 'calls' | 'credentials', wait: number): never {
    onLimited?.(limit)
    const seconds = Math.max(1, Math.ceil(wait / 1000))
    throw new GatewayError('rate_limited', { seconds }, { retryAfterSeconds: seconds, data: { limit } })
  }

  const judge = (limit: 'calls' | 'credentials', wait: number): void => {
    if (wait > 0) refuse(limit, wait)
  }

  return {
    call(code, channel, makesWork) {
      const perSecond = Math.max(callsPerSecond, channel.messagesPerSecond * CALLS_PER_MESSAGE)
      const wait = counters.call(code, perSecond)
      const admit = (found: number): void => {
        judge('calls', found)
        if (makesWork) load.admit()
      }
      return wait instanceof Promise ? wait.then(admit) : admit(wait)
    },
    wrong(kind, address) {
      const wait = counters.wrong(kind, address)
      if (wait instanceof Promise) return wait.then((found) => judge('credentials', found))
      judge('credentials', wait)
    },
  }
}

type Own = { call(code: string, perSecond: number): number; wrong(kind: CredentialKind, address: string): number }

export function createCounters(clock: Pick<Clock, 'monotonic'>): Own {
  const calls = new Map<string, number>()
  const guesses: Record<CredentialKind, Map<string, number>> = { code: new Map(), bearer: new Map() }

  function take(known: Map<string, number>, key: string, rate: RateLimit): number {
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
    call: (code, perSecond) => take(calls, code, { everyMs: 1000 / perSecond, burst: perSecond * 2 }),
    wrong: (kind, address) => take(guesses[kind], address, WRONG_CREDENTIALS),
  }
}

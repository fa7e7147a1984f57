import type { EventEmitter } from 'node:events'
import type { Channel } from '../../domain/channels/channel.ts'
import { shareAt, slowed, UNSLOWED, type Slowdown } from '../../domain/channels/slowdown.ts'
import { CloudApiError } from '../../platform/cloud-api/errors.ts'
import type { Clock } from '@postern/runtime/clock'
import { GatewayError } from '../../platform/errors.ts'
import type { Grant } from '../../store/pace.ts'
import type { Outcome } from './outcome.ts'
import { createPairLimiter } from './pair-limiter.ts'
import { createLocalLimiter, createSharedLimiter, type NumberLimiter } from './number-limiter.ts'

/** How long a send waits for a token before it is refused. */
export const MOST_WAIT_MS = 2_000
/** During a shutdown, so that a load balancer's last requests to this node succeed, and the shutdown does not wait long. */
export const MOST_WAIT_CLOSING_MS = 500

export type TurnOptions = {
  /** For broadcasts: uses only the tokens that single sends leave. */
  low?: boolean
  mostWaitMs?: number
  /** Emits `close` when the caller disconnects. A waiting send then leaves the queue. */
  caller?: EventEmitter | undefined
}

/** The fields of a channel that the pacer needs. */
export type PacedChannel = Pick<Channel, 'id' | 'wabaId' | 'messagesPerSecond'>

export type Pacer = {
  /**
   * Undefined when this send may go now, as most may. Otherwise settles when its token is free, or rejects with
   * `rate_limited_number`, `rate_limited_pair`, `overloaded`, or the error of the store.
   */
  turn(channel: PacedChannel, contact: string, options?: TurnOptions): Promise<void> | undefined
  /** Returns an unused turn. */
  giveBack(channel: PacedChannel, contact: string): void
  /** WhatsApp's outcome of a send, from which the rates are adjusted. */
  heard(channel: PacedChannel, contact: string, outcome: Heard): void
  readonly waiting: number
  state(): PaceState | Promise<PaceState>
  /** Refuses all waiting sends. */
  close(): void
}

export type Heard = Pick<Outcome, 'kind'> & {
  scope?: 'app' | 'account' | 'channel' | 'pair'
  retryAfterMs?: number | undefined
  upstream?: Error
  /** WhatsApp's code, when there is no `upstream`. */
  code?: number | null
}

export type PaceState = {
  pairs: number
  pairs_closed: number
  /** Numbers that wait or are slowed down. Numbers at their normal rate are left out. */
  numbers: {
    channel_id: number
    messages_per_second: number
    /** The current rate; 0 while the number is closed. */
    now_per_second: number
    waiting: number
    code: number | null
  }[]
}

type Waiter = { until: number; resolve: () => void; reject: (error: Error) => void }

type NumberPace = {
  channel: PacedChannel
  limiter: NumberLimiter
  slowdown: Slowdown
  first: Set<Waiter>
  low: Set<Waiter>
  cancel: (() => void) | undefined
  wakesAt: number
}

export type PacerOptions = {
  clock: Clock
  /** Set when nodes share numbers: requests tokens from the store. The grant's times are of the monotonic clock. */
  grant?: (channelId: number, turns: number, everyMs: number, now: number) => Promise<Grant & { alone: boolean }>
  onLimited?: (limit: 'number' | 'pair') => void
  onThrottled?: (scope: string) => void
}

/**
 * Keeps each number within its rate, and each pair of number and contact within Meta's. Sends above the rate wait in
 * order. A send that would wait too long is refused at once, so at most two seconds of sends wait.
 */
export function createPacer(options: PacerOptions): Omit<Pacer, 'state'> & { state(): PaceState } {
  const { clock, grant } = options
  const numbers = new Map<number, NumberPace>()
  const pairs = createPairLimiter()
  let waiting = 0
  let closed = false

  function numberOf(channel: PacedChannel): NumberPace {
    let number = numbers.get(channel.id)
    if (!number) {
      const limiter = grant
        ? createSharedLimiter((n, everyMs, now) => grant(channel.id, n, everyMs, now))
        : createLocalLimiter()
      number = {
        channel,
        limiter,
        slowdown: UNSLOWED,
        first: new Set(),
        low: new Set(),
        cancel: undefined,
        wakesAt: Infinity,
      }
      numbers.set(channel.id, number)
    }
    number.channel = channel
    return number
  }

  function speedOf(number: NumberPace, now: number): number {
    const set = number.channel.messagesPerSecond
    if (number.slowdown === UNSLOWED) return set
    const share = shareAt(number.slowdown, now)
    if (share === 1 && number.slowdown.closedUntil <= now) number.slowdown = UNSLOWED
    return set * share
  }

  /** Time until this number's next token, not counting the sends that wait. */
  function untilFree(number: NumberPace, perSecond: number, now: number): number {
    return Math.max(number.slowdown.closedUntil - now, number.limiter.waitMs(perSecond, now))
  }

  function tooMany(limit: 'number' | 'pair', waitMs: number, channel: PacedChannel): GatewayError {
    if (closed) return withdrawn()
    // The store has not granted any token: this node or the store is busy, and the number's rate is not the cause.
    if (waitMs === Infinity) return new GatewayError('overloaded', { seconds: 1 }, { retryAfterSeconds: 1 })
    options.onLimited?.(limit)
    const seconds = Math.max(1, Math.ceil(waitMs / 1000))
    return limit === 'pair'
      ? new GatewayError('rate_limited_pair', { seconds }, { retryAfterSeconds: seconds })
      : new GatewayError(
          'rate_limited_number',
          { seconds, per_second: channel.messagesPerSecond },
          { retryAfterSeconds: seconds },
        )
  }

  function refill(number: NumberPace, perSecond: number, now: number): void {
    number.limiter.more(perSecond, now, number.first.size + number.low.size)?.then(
      () => pump(number),
      (error: Error) => {
        for (const queue of [number.first, number.low]) {
          for (const waiter of queue) waiter.reject(error)
        }
      },
    )
  }

  /**
   * Gives the free tokens to waiting sends, refuses sends that waited too long, and sets a timer for the next token.
   */
  function pump(number: NumberPace): void {
    const now = clock.monotonic()
    const perSecond = speedOf(number, now)
    let wait = 0
    while (number.first.size > 0 || number.low.size > 0) {
      wait = untilFree(number, perSecond, now)
      if (wait > 0) break
      const [next] = number.first.size > 0 ? number.first : number.low
      number.limiter.take(perSecond, now)
      next!.resolve()
    }
    for (const queue of [number.first, number.low]) {
      for (const waiter of queue) {
        if (waiter.until > now) break
        waiter.reject(tooMany('number', wait, number.channel))
      }
    }
    refill(number, perSecond, now)
    if (number.first.size === 0 && number.low.size === 0) return
    let soonest = now + wait
    for (const queue of [number.first, number.low])
      for (const waiter of queue) {
        soonest = Math.min(soonest, waiter.until)
        break
      }
    wake(number, soonest, now)
  }

  function wake(number: NumberPace, at: number, now: number): void {
    if (number.cancel && number.wakesAt <= at) return
    number.cancel?.()
    number.wakesAt = at
    number.cancel = clock.after(Math.max(1, Math.ceil(at - now)), () => {
      number.cancel = undefined
      number.wakesAt = Infinity
      pump(number)
    })
  }

  /** Joins the queue. */
  function wait(number: NumberPace, until: number, { low, caller }: TurnOptions): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const queue = low ? number.low : number.first
      const leave = (): void => waiter.reject(withdrawn())
      const end = (): void => {
        queue.delete(waiter)
        waiting--
        caller?.off('close', leave)
      }
      const waiter: Waiter = {
        until,
        resolve: () => {
          end()
          resolve()
        },
        reject: (error) => {
          end()
          reject(error)
        },
      }
      queue.add(waiter)
      waiting++
      caller?.once('close', leave)
      pump(number)
    })
  }

  async function later(
    number: NumberPace,
    key: string,
    pairWait: number,
    until: number,
    how: TurnOptions,
  ): Promise<void> {
    try {
      if (pairWait > 0) await pause(clock, pairWait, how.caller)
      await wait(number, until, how)
    } catch (error) {
      pairs.giveBack(key)
      throw error
    }
  }

  return {
    turn(channel, contact, how = {}) {
      const now = clock.monotonic()
      const number = numberOf(channel)
      const key = `${channel.id} ${contact}`
      const most = Math.min(how.mostWaitMs ?? MOST_WAIT_MS, closed ? MOST_WAIT_CLOSING_MS : Infinity)
      const pairWait = pairs.waitMs(key, now)
      if (pairWait > most) throw tooMany('pair', pairWait, channel)
      const perSecond = speedOf(number, now)
      const busy = number.first.size > 0 || number.low.size > 0
      const free = untilFree(number, perSecond, now)
      if (pairWait === 0 && !busy && free === 0) {
        pairs.take(key, now)
        number.limiter.take(perSecond, now)
        if (grant) refill(number, perSecond, now)
        return undefined
      }
      const ahead = how.low ? 0 : (number.first.size * 1000) / perSecond + (free === Infinity ? 0 : free)
      if (ahead >= most) throw tooMany('number', ahead, channel)
      pairs.take(key, now)
      return later(number, key, pairWait, now + most, how)
    },

    giveBack(channel, contact) {
      const number = numberOf(channel)
      pairs.giveBack(`${channel.id} ${contact}`)
      number.limiter.giveBack(speedOf(number, clock.monotonic()))
    },

    heard(channel, contact, outcome) {
      if (outcome.kind === 'accepted') return pairs.accepted(`${channel.id} ${contact}`)
      if (outcome.kind !== 'throttled') return
      const now = clock.monotonic()
      const { scope, retryAfterMs, upstream } = outcome
      options.onThrottled?.(scope ?? 'app')
      if (scope === 'pair') {
        pairs.refused(`${channel.id} ${contact}`, now)
        return
      }
      const code = upstream instanceof CloudApiError ? upstream.code : (outcome.code ?? null)
      for (const number of scope === 'channel' ? [numberOf(channel)] : numbers.values()) {
        if (scope === 'account' && number.channel.wabaId !== channel.wabaId) continue
        number.slowdown = slowed(number.slowdown, now, code, retryAfterMs)
      }
    },

    get waiting() {
      return waiting
    },

    state() {
      const now = clock.monotonic()
      const shown: PaceState['numbers'] = []
      for (const number of numbers.values()) {
        const perSecond = speedOf(number, now)
        const inLine = number.first.size + number.low.size
        if (number.slowdown === UNSLOWED && inLine === 0) continue
        shown.push({
          channel_id: number.channel.id,
          messages_per_second: number.channel.messagesPerSecond,
          now_per_second: number.slowdown.closedUntil > now ? 0 : Math.round(perSecond * 100) / 100,
          waiting: inLine,
          code: number.slowdown.code,
        })
      }
      return { pairs: pairs.known, pairs_closed: pairs.closed(now), numbers: shown }
    },

    close() {
      closed = true
      const now = clock.monotonic()
      for (const number of numbers.values()) {
        for (const waiter of number.low) waiter.reject(withdrawn())
        const perSecond = speedOf(number, now)
        let ahead = untilFree(number, perSecond, now)
        // The store may grant tokens at any moment.
        if (ahead === Infinity) ahead = 0
        for (const waiter of number.first) {
          waiter.until = Math.min(waiter.until, now + MOST_WAIT_CLOSING_MS)
          if (ahead > MOST_WAIT_CLOSING_MS) waiter.reject(withdrawn())
          ahead += 1000 / perSecond
        }
        pump(number)
        if (number.first.size > 0) continue
        number.cancel?.()
        number.cancel = undefined
        number.wakesAt = Infinity
      }
    },
  }
}

/** For callers that have disconnected. It only matters that nothing was sent. */
const withdrawn = (): GatewayError => new GatewayError('shutting_down', {}, { retryAfterSeconds: 1 })

/** Rejects when the caller disconnects meanwhile. */
function pause(clock: Clock, ms: number, caller: EventEmitter | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      cancel()
      reject(withdrawn())
    }
    const cancel = clock.after(Math.ceil(ms), () => {
      caller?.off('close', leave)
      resolve()
    })
    caller?.once('close', leave)
  })
}

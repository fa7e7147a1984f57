import { monitorEventLoopDelay } from 'node:perf_hooks'
import { GatewayError } from './errors.ts'

/**
 * Why a request was refused: too many sends in progress, of this node or of one channel; waiting commits; a delayed
 * event loop.
 */
export type ShedCause = 'sends' | 'channel_sends' | 'store' | 'event_loop'

/**
 * The load of this node, and whether it can accept more. Refusing a part at once, with a Retry-After, keeps the rest
 * fast. Accepting everything would delay all of it, and in the end exhaust the memory.
 */
export type Load = {
  /** Takes a place among the sends in progress. Throws `overloaded` when there is none, at once or when it is known. */
  enter(channelId: number): Promise<void> | void
  leave(channelId: number): void
  /** Before a request's body is read: throws `overloaded` when this node is overloaded. */
  admit(): void
  readonly inFlight: number
  /** Delay of the event loop in milliseconds: the mean of the last second. */
  readonly delayMs: number
  readonly shed: Readonly<Record<ShedCause, number>>
  stop(): void
}

/** The sends in progress of a machine. */
export type Places = {
  /** Takes a place, or returns the reason why there is none. */
  enter(channelId: number): PlaceRefused | undefined | Promise<PlaceRefused | undefined>
  leave(channelId: number): void
}

export type PlaceRefused = 'sends' | 'channel_sends'

export type LoadOptions = {
  places: Places
  /** Number of waiting commits. */
  backlog: () => number
  mostBacklog: number
  mostDelayMs?: number
  onShed?: (cause: ShedCause) => void
}

const LOOK_EVERY_MS = 1_000
const RESOLUTION_MS = 20

export function createLoad(options: LoadOptions): Load {
  const { places, backlog, mostBacklog } = options
  const mostDelayMs = options.mostDelayMs ?? 250
  const shed: Record<ShedCause, number> = { sends: 0, channel_sends: 0, store: 0, event_loop: 0 }
  let inFlight = 0
  let delayMs = 0

  const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  loop.enable()
  const timer = setInterval(() => {
    // The monitor measures the whole time between two of its ticks. The excess over its interval is the delay.
    delayMs = Number.isFinite(loop.mean) ? Math.max(0, loop.mean / 1e6 - RESOLUTION_MS) : 0
    loop.reset()
  }, LOOK_EVERY_MS)
  timer.unref()

  function refuse(cause: ShedCause, seconds: number): never {
    shed[cause]++
    options.onShed?.(cause)
    throw new GatewayError('overloaded', { seconds }, { retryAfterSeconds: seconds })
  }

  function entered(refused: PlaceRefused | undefined): void {
    if (refused) refuse(refused, 2)
    inFlight++
  }

  return {
    enter(channelId) {
      const refused = places.enter(channelId)
      if (refused instanceof Promise) return refused.then(entered)
      entered(refused)
    },
    leave(channelId) {
      inFlight--
      places.leave(channelId)
    },
    admit() {
      if (backlog() >= mostBacklog) refuse('store', 2)
      if (delayMs > mostDelayMs) refuse('event_loop', 2)
    },
    get inFlight() {
      return inFlight
    },
    get delayMs() {
      return delayMs
    },
    shed,
    stop() {
      clearInterval(timer)
      loop.disable()
    },
  }
}

type OwnPlaces = Omit<Places, 'enter'> & { enter(channelId: number): PlaceRefused | undefined }

export function createPlaces(mostInFlight: number): OwnPlaces {
  const byChannel = new Map<number, number>()
  let inFlight = 0
  return {
    enter(channelId) {
      if (inFlight >= mostInFlight) return 'sends'
      const ofChannel = byChannel.get(channelId) ?? 0
      // A channel may have as many places as are free: one with hanging sends stops at half, a second one at a quarter.
      if (ofChannel >= mostInFlight - inFlight) return 'channel_sends'
      inFlight++
      byChannel.set(channelId, ofChannel + 1)
      return undefined
    },
    leave(channelId) {
      inFlight--
      const left = (byChannel.get(channelId) ?? 1) - 1
      if (left === 0) byChannel.delete(channelId)
      else byChannel.set(channelId, left)
    },
  }
}

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { GatewayError } from './errors.ts'

/** Why something was turned away: too many sends in hand, of this node or of one channel, commits that wait, a late loop. */
export type ShedCause = 'sends' | 'channel_sends' | 'store' | 'event_loop'

/**
 * What this node has in hand, and whether it can take more. Refusing a part at once, with a time to come back, keeps the
 * rest fast; taking everything would make all of it late, and in the end take the memory.
 */
export type Load = {
  /** Takes a place among the sends in flight. Throws `overloaded` when there is none, at once or when it is known. */
  enter(channelId: number): Promise<void> | void
  leave(channelId: number): void
  /** Before a request's body is read: throws `overloaded` when this node is behind with what it has. */
  admit(): void
  readonly inFlight: number
  /** How late the event loop is, in milliseconds: the mean of the last second. */
  readonly delayMs: number
  readonly shed: Readonly<Record<ShedCause, number>>
  stop(): void
}

/** The sends in flight of a machine. */
export type Places = {
  /** Takes a place, or answers why there is none. */
  enter(channelId: number): PlaceRefused | undefined | Promise<PlaceRefused | undefined>
  leave(channelId: number): void
}

export type PlaceRefused = 'sends' | 'channel_sends'

export type LoadOptions = {
  places: Places
  /** Commits that wait. */
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
    // The monitor counts the whole time between two looks of its own; what exceeds its rhythm is the delay.
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
      // A channel may have as many as are free: one whose sends hang stops at half, a second one at a quarter.
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

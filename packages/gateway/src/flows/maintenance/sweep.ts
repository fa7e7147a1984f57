import type { Clock } from '@postern/runtime/clock'
import type { Log } from '../../platform/log.ts'
import { lookAtWaiting } from '../../store/conversations.ts'
import { removeLeftovers } from '../../store/endpoints.ts'
import { explainUnknown, markAbandoned } from '../../store/unsettled.ts'
import type { Store } from '../../store/store.ts'
import type { EventChannel } from '../../domain/events/bodies.ts'
import type { Notice } from '../../store/store.ts'
import { overwriteErased } from './erase.ts'
import { tellIdle } from './idle.ts'

const EVERY_MS = 60_000
/** Conversations of a channel whose answers one round looks for. */
const MOST_LOOKS = 500
/** No send takes this long: two seconds for a token, three attempts to connect, and at most 15 s for an answer. */
export const SURELY_OVER_MS = 3 * 60_000
/** A status arrives within seconds, or within hours when webhooks are delayed. None is expected after a day. */
const NO_HOPE_AFTER_MS = 24 * 60 * 60_000

const ABANDONED = JSON.stringify({ title: 'The gateway stopped before WhatsApp answered.' })
const SILENT = JSON.stringify({
  title: 'WhatsApp never said what became of this message.',
  error_data: {
    details:
      'No answer to the send came, and no status for a day. It may or may not have arrived; it is not sent again by itself.',
  },
})

export type Sweep = {
  start(): void
  once(): Promise<{ abandoned: number; explained: number }>
  stop(): void
}

export type SweepOptions = {
  store: Store
  clock: Clock
  log: Log
  channel: (id: number) => EventChannel | undefined
  /** The channels whose conversations are looked at. */
  channelIds?: () => readonly number[]
  /** Stores facts of our own, and delivers their events. */
  tell: (facts: readonly Notice[]) => Promise<void>
}

/**
 * Finds sends without a recorded result, and records what is known about them. Finds conversations that nobody holds any
 * more, and tells the channel's endpoints.
 */
export function createSweep({ store, clock, log, channel, channelIds, tell }: SweepOptions): Sweep {
  let cancel = (): void => {}
  let stopped = false
  const ends = new Map<number, { since: number; id: number }>()

  async function once() {
    const now = clock.now()
    const abandoned = await markAbandoned(store.sql, now - SURELY_OVER_MS, ABANDONED)
    const explained = await explainUnknown(store.sql, now - NO_HOPE_AFTER_MS, SILENT)
    await tellIdle({ store, clock, channel, tell })
    await lookAtAnswers()
    await overwriteErased(store, log)
    await removeLeftovers(store.sql)
    if (abandoned > 0 || explained > 0) log.warn({ abandoned, explained }, 'messages.unsettled')
    return { abandoned, explained }
  }

  /** Looks which contacts have got their answer. Each round goes on where the last one ended. */
  async function lookAtAnswers(): Promise<void> {
    for (const id of channelIds?.() ?? []) {
      const end = await lookAtWaiting(store.sql, id, ends.get(id) ?? { since: 0, id: 0 }, MOST_LOOKS)
      if (end) ends.set(id, end)
      else ends.delete(id)
    }
  }

  async function round(): Promise<void> {
    await once().catch((error: unknown) => log.warn({ err: error }, 'sweep.failed'))
    if (!stopped) cancel = clock.after(EVERY_MS, () => void round())
  }

  return {
    start() {
      cancel = clock.after(EVERY_MS, () => void round())
    },
    once,
    stop() {
      stopped = true
      cancel()
    },
  }
}

/**
 * Before the listener starts: sends of an earlier process are no longer in progress, when that process had the store to
 * itself.
 */
export async function markAbandonedAtStart(store: Store, clock: Clock): Promise<void> {
  const before = store.engine === 'sqlite' ? clock.now() : clock.now() - SURELY_OVER_MS
  await markAbandoned(store.sql, before, ABANDONED)
}

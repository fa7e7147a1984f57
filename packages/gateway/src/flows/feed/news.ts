import type { Clock } from '@postern/runtime/clock'
import { type Log, messageOf } from '../../platform/log.ts'
import { channelsAfter, newestPlace } from '../../store/feed.ts'
import type { Store } from '../../store/store.ts'
import { createReaders, type Reader, type ReaderKind } from './readers.ts'

/** How long channels are collected before other nodes are notified. */
const GATHER_MS = 10
/** Interval at which a node with readers announces itself to the others, and how long they rely on it. */
const ASK_EVERY_MS = 10_000
const GOOD_FOR_MS = 25_000
/** A notification may be lost with a connection: a node with readers also checks the store. */
const LOOK_EVERY_MS = 2_000
/** Maximum number of events in one such check. After more of them every reader checks. */
const MOST_LOOKED_AT = 1_000
/** NOTIFY accepts at most 8,000 bytes. */
const MOST_CHANNELS_TOLD = 500

/** Wakes waiting readers when events were stored, on this node or on another. */
export type FeedNews = {
  /** Registers a reader of a channel's events. Throws `too_many_readers`, `overloaded` or `shutting_down`. */
  open(channelId: number, kind: ReaderKind, onOver?: () => void): Reader
  /** Events of these channels were committed here. Costs nothing without a reader. */
  arrived(channelIds: Iterable<number>): void
  readonly readers: number
  /** Ends all waits: the gateway shuts down. */
  close(): void
}

/**
 * A node or thread with readers asks the others for notifications of channels with new events; they send them until it
 * stops asking. So nothing is sent without readers. A check of the store every two seconds makes up for lost
 * notifications.
 */
export function createFeedNews(options: {
  store: Pick<Store, 'sql' | 'onNotification' | 'notify'>
  clock: Clock
  log: Log
}): FeedNews {
  const { store, clock, log } = options
  const readers = createReaders(clock, begin)
  const gathered = new Set<number>()
  let tellUntil = -Infinity
  let telling: (() => void) | undefined
  let askAt = -Infinity
  let looking: (() => void) | undefined
  let lookedUpTo: number | undefined
  let closed = false

  const unsubscribe = store.onNotification?.((notification) => {
    if (notification.kind === 'reading') tellUntil = clock.monotonic() + GOOD_FOR_MS
    else if (notification.kind === 'events') readers.wake(notification.channelIds)
  })

  function tell(): void {
    telling = undefined
    const channelIds = [...gathered].slice(0, MOST_CHANNELS_TOLD)
    gathered.clear()
    store.notify?.({ kind: 'events', channelIds })
  }

  /** The first reader was registered. */
  function begin(): void {
    if (looking || closed) return
    lookedUpTo = undefined
    look()
  }

  function look(): void {
    looking = undefined
    if (closed || readers.size === 0) return
    if (clock.monotonic() >= askAt) {
      askAt = clock.monotonic() + ASK_EVERY_MS
      store.notify?.({ kind: 'reading' })
    }
    looking = clock.after(LOOK_EVERY_MS, () => void lookAtStore().finally(look))
  }

  async function lookAtStore(): Promise<void> {
    if (closed || readers.size === 0) return
    try {
      // Events before the first check may have come after a reader's own read.
      const { newest, channelIds } =
        lookedUpTo === undefined
          ? { newest: await newestPlace(store.sql), channelIds: null }
          : await channelsAfter(store.sql, lookedUpTo, MOST_LOOKED_AT)
      readers.wake(channelIds)
      lookedUpTo = newest
    } catch (error) {
      log.debug({ problem: messageOf(error) }, 'feed.look_failed')
    }
  }

  return {
    open: (channelId, kind, onOver) => readers.open(channelId, kind, onOver),
    arrived(channelIds) {
      readers.wake(channelIds)
      if (clock.monotonic() >= tellUntil || closed) return
      for (const id of channelIds) gathered.add(id)
      if (gathered.size > 0) telling ??= clock.after(GATHER_MS, tell)
    },
    get readers() {
      return readers.size
    },
    close() {
      closed = true
      looking?.()
      telling?.()
      unsubscribe?.()
      readers.close()
    },
  }
}

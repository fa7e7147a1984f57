import type { Clock } from '@postern/runtime/clock'
import type { Channel } from '../../domain/channels/channel.ts'
import type { Log } from '../../platform/log.ts'
import type { RateCard } from '../../platform/rates/rate-card.ts'
import { startDue } from '../../store/broadcast-run.ts'
import { dropBroadcastLeases, idleBroadcasts, leaseBroadcast } from '../../store/broadcasts.ts'
import type { Store } from '../../store/store.ts'
import type { BroadcastFollower } from './broadcast-follow.ts'
import type { IsMarketing } from './broadcast-quiet.ts'
import { BroadcastRunner, LEASE_MS } from './broadcast-runner.ts'
import type { Sender } from './send.ts'

const POLL_MS = 2_000
const MOST_BROADCASTS = 16

export type BroadcasterOptions = {
  store: Store
  sender: Sender
  clock: Clock
  log: Log
  holder: string
  channel: (id: number) => Channel | undefined
  follower: BroadcastFollower
  isMarketing: IsMarketing
  rateCard: RateCard | undefined
  onRecipient?: (outcome: 'accepted' | 'failed' | 'unknown' | 'again') => void
  pollMs?: number
}

export type Broadcaster = {
  start(): Promise<void>
  /** A broadcast was started, paused or cancelled. */
  nudge(): void
  readonly active: number
  /** Ends all work. Sends in progress are awaited, the rest goes back to the queue. */
  stop(): Promise<void>
}

/**
 * Sends broadcasts. One runner of all nodes sends each broadcast, after single sends. A recipient is marked as being
 * sent, with the id of its message, in a commit of its own. After a crash the row of that message tells whether it was
 * sent. So no contact gets it twice, and an unknown send stays unknown.
 */
export function createBroadcaster(options: BroadcasterOptions): Broadcaster {
  const { store, clock, log, holder } = options
  const pollMs = options.pollMs ?? POLL_MS
  const runners = new Map<string, { runner: BroadcastRunner; done: Promise<void> }>()
  let cancel = (): void => {}
  let stopping = false
  let looking: Promise<void> | undefined
  let again = false

  function look(): void {
    if (stopping) return
    again = true
    if (looking) return
    cancel()
    looking = lookAll().finally(() => {
      looking = undefined
      if (!stopping) cancel = clock.after(pollMs, look)
    })
  }

  async function lookAll(): Promise<void> {
    try {
      do {
        again = false
        for (const { runner } of runners.values()) runner.hurry()
        await startDue(store.sql, await store.now())
        const idle = await idleBroadcasts(store.sql, await store.now(), MOST_BROADCASTS)
        for (const { channel_id: channelId, id } of idle) {
          if (stopping || runners.size >= MOST_BROADCASTS || runners.has(id)) continue
          const now = await store.now()
          if (await leaseBroadcast(store.sql, Number(channelId), id, { holder, until: now + LEASE_MS, now })) {
            begin(Number(channelId), id)
          }
        }
      } while (again && !stopping)
      await options.follower.catchUp()
    } catch (error) {
      log.warn({ err: error }, 'broadcasts.look_failed')
    }
  }

  function begin(channelId: number, id: string): void {
    const runner = new BroadcastRunner(options, channelId, id)
    const done = runner
      .run()
      .catch((error: unknown) => log.error({ err: error, broadcast: id }, 'broadcast.failed'))
      .then(() => {
        runners.delete(id)
      })
    runners.set(id, { runner, done })
  }

  return {
    async start() {
      if (store.engine === 'sqlite') await dropBroadcastLeases(store.sql)
      look()
    },
    nudge: look,
    get active() {
      return runners.size
    },
    async stop() {
      stopping = true
      cancel()
      for (const { runner } of runners.values()) runner.end()
      await looking
      await Promise.all([...runners.values()].map(({ done }) => done))
    },
  }
}

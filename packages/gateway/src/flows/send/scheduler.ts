import { EventEmitter } from 'node:events'
import type { Clock } from '@postern/runtime/clock'
import type { Names } from '../../domain/contacts/identity.ts'
import type { Channel } from '../../domain/channels/channel.ts'
import { scheduledUpdateBody } from '../../domain/events/bodies.ts'
import { parseMessage } from '../../domain/messages/parse.ts'
import { newMessageId } from '../../platform/ids.ts'
import { messageOf, type Log } from '../../platform/log.ts'
import { findMessage } from '../../store/messages.ts'
import {
  abandonedSends,
  dropScheduledLeases,
  markTold,
  nextDue,
  renewScheduled,
  type ScheduledEnding,
  type ScheduledRow,
  settleScheduled,
  takeDue,
  untoldSends,
} from '../../store/scheduled.ts'
import type { Notice, Store } from '../../store/store.ts'
import { endingOf } from './broadcast-ending.ts'
import { addressed, type Sender } from './send.ts'
import { byStoresClock } from './stores-clock.ts'

const POLL_MS = 2_000
/** Renewed while a send is in progress, so that only a dead process loses it. */
const LEASE_MS = 60_000
const RENEW_EVERY_MS = 20_000
const MOST_AT_ONCE = 64
/** A slow number must not take all places. */
const MOST_OF_CHANNEL = 16
const PATIENCE_MS = 20_000
const LONGEST_REST_MS = 60_000
/** How long a send without `expires_at` is tried after its time. */
const TRIED_FOR_MS = 24 * 60 * 60_000
const ROWS_AT_ONCE = 100

export type SchedulerOptions = {
  store: Store
  sender: Sender
  clock: Clock
  log: Log
  holder: string
  channel: (id: number) => Channel | undefined
  /** Stores an event of ours and has it delivered. */
  tell: (notice: Notice) => Promise<void>
  pollMs?: number
}

export type Scheduler = {
  start(): Promise<void>
  /** A send was scheduled, changed or cancelled. */
  nudge(): void
  readonly active: number
  /** Ends all work. Sends in progress are awaited. */
  stop(): Promise<void>
}

type Taken = ScheduledRow & { message_id: string }

/**
 * Sends scheduled messages when they are due, after single sends. See docs/decisions/0017-scheduled-sends.md for why
 * nobody gets one twice.
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { store, sender, clock, log, holder } = options
  const { sql } = store
  const pollMs = options.pollMs ?? POLL_MS
  const withdraw = new EventEmitter().setMaxListeners(0)
  const inFlight = new Map<string, { row: Taken; done: Promise<void> }>()
  let cancelLook = (): void => {}
  let cancelRenewal = (): void => {}
  let looking: Promise<void> | undefined
  let again = false
  let stopping = false

  const busyChannels = (): number[] => {
    const counts = new Map<number, number>()
    for (const { row } of inFlight.values())
      counts.set(Number(row.channel_id), (counts.get(Number(row.channel_id)) ?? 0) + 1)
    return [...counts].filter(([, count]) => count >= MOST_OF_CHANNEL).map(([id]) => id)
  }

  async function lookOnce(): Promise<void> {
    const now = await store.now()
    await takeUp(now)
    for (;;) {
      const room = Math.min(MOST_AT_ONCE - inFlight.size, MOST_OF_CHANNEL)
      if (stopping || room <= 0) break
      const lease = { holder, until: now + LEASE_MS, now }
      const newId = () => newMessageId(clock.now())
      const taken = await takeDue(sql, lease, { limit: room, busy: busyChannels(), newId })
      for (const row of taken) begin(row)
      if (taken.length < room) break
    }
    await tellEnds()
  }

  function look(): void {
    if (stopping) return
    if (looking) {
      again = true
      return
    }
    cancelLook()
    looking = (async () => {
      let waitMs = pollMs
      try {
        do {
          again = false
          await lookOnce()
        } while (again && !stopping)
        const due = await nextDue(sql)
        if (due !== undefined && inFlight.size < MOST_AT_ONCE)
          waitMs = Math.min(pollMs, Math.max(due - (await store.now()), 50))
      } catch (error) {
        log.warn({ err: error }, 'scheduled.look_failed')
      } finally {
        looking = undefined
        if (!stopping) cancelLook = clock.after(again ? 0 : waitMs, look)
      }
    })()
  }

  /** A process died while it was sending: the rows of the messages tell what it sent. */
  async function takeUp(now: number): Promise<void> {
    for (const left of await abandonedSends(sql, now, ROWS_AT_ONCE)) {
      if (inFlight.has(placeOf(left))) continue
      const { channel_id: channelId, id } = left
      const mine = { channelId: Number(channelId), id, holder: left.holder ?? '' }
      const tries = Number(left.tries)
      const back = { state: 'scheduled', dueAt: now, tries, error: null } as const
      if (left.message_wamid !== null)
        await settleScheduled(
          sql,
          { ...mine, state: 'sent', wamid: left.message_wamid, sentAs: left.message_type },
          now,
        )
      // Nothing was begun: the same id is used again, so that its sender, if it lives after all, cannot send as well.
      else if (left.status === null) await settleScheduled(sql, { ...mine, ...back, fresh: false }, now)
      // WhatsApp refused it, perhaps for a moment.
      else if (left.status === 'failed')
        await settleScheduled(sql, { ...mine, ...back, tries: tries + 1, fresh: true }, now)
      else await settleScheduled(sql, { ...mine, state: 'unknown', error: OUTCOME_UNKNOWN }, now)
      log.info({ id, channel_id: channelId }, 'scheduled.taken_up')
    }
  }

  function begin(row: Taken): void {
    const place = placeOf(row)
    const done = sendOne(row)
      .catch((error: unknown) => log.error({ err: error, id: row.id }, 'scheduled.send_failed'))
      .then(() => {
        inFlight.delete(place)
        if (inFlight.size === 0) cancelRenewal()
        look()
      })
    inFlight.set(place, { row, done })
    if (inFlight.size === 1) renewLater()
  }

  function renewLater(): void {
    cancelRenewal = clock.after(RENEW_EVERY_MS, () => {
      renewLater()
      const renew = async () =>
        renewScheduled(
          sql,
          [...inFlight.values()].map(({ row }) => row),
          { holder, until: (await store.now()) + LEASE_MS },
        )
      renew().catch((error: unknown) => log.warn({ err: error }, 'scheduled.not_renewed'))
    })
  }

  async function sendOne(row: Taken): Promise<void> {
    const ending = await endOf(row)
    // Our store failed: the lease ends, and the message's row tells what became of it.
    if (!ending) return
    const now = await store.now()
    const late = ending.state === 'scheduled' ? lateEnding(row, ending, now) : undefined
    await settleScheduled(sql, { channelId: Number(row.channel_id), id: row.id, holder, ...(late ?? ending) }, now)
  }

  async function endOf(row: Taken): Promise<Ending | undefined> {
    const tries = Number(row.tries)
    const channel = options.channel(Number(row.channel_id))
    if (!channel) return { state: 'failed', error: CHANNEL_REMOVED }
    const parsed = parseMessage(JSON.parse(row.body))
    if (!parsed.ok) return { state: 'failed', error: told('validation_failed', parsed.problems[0]!.message) }
    try {
      const sent = await sender.send(channel, parsed.message, {
        id: row.message_id as never,
        by: { kind: 'schedule' },
        low: true,
        quietHours: channel.quietHours ?? undefined,
        mostWaitMs: PATIENCE_MS,
        caller: withdraw,
      })
      return { state: 'sent', wamid: sent.wamid, sentAs: sent.sentAs }
    } catch (error) {
      const ending = endingOf(error)
      switch (ending.kind) {
        case 'lost':
          return undefined
        case 'look':
          log.error({ err: error, id: row.id }, 'scheduled.send_failed')
          return endByMessage(row, messageOf(error))
        case 'failed':
        case 'unknown':
          return { state: ending.kind, error: ending.error }
        // No other send of this number would succeed either, but this one was asked for at this time.
        case 'stop':
          return { state: 'failed', error: ending.error }
        case 'again': {
          const after = tries + (ending.counts ? 1 : 0)
          const restMs = Math.min(LONGEST_REST_MS, Math.max(ending.restMs, 1_000 * 2 ** Math.min(after, 6)))
          const before = clock.now()
          const now = await store.now()
          const dueAt =
            ending.notBefore === undefined
              ? now + restMs
              : Math.max(byStoresClock(ending.notBefore, now, { before, after: clock.now() }), now + 1_000)
          return { state: 'scheduled', dueAt, tries: after, fresh: ending.fresh, error: ending.error }
        }
      }
    }
  }

  /** The result of a send whose error does not tell it. */
  async function endByMessage(row: Taken, problem: string): Promise<Ending | undefined> {
    const message = await findMessage(sql, Number(row.channel_id), row.message_id).catch(() => null)
    if (message === null) return undefined
    if (message === undefined) return { state: 'failed', error: told('internal', problem) }
    if (message.wamid !== null) return { state: 'sent', wamid: message.wamid, sentAs: message.type }
    return { state: message.status === 'failed' ? 'failed' : 'unknown', error: told('internal', problem) }
  }

  /** A crash before the mark tells them again, under the same keys. */
  async function tellEnds(): Promise<void> {
    const rows = await untoldSends(sql, ROWS_AT_ONCE)
    await Promise.all(
      rows.map(async (row) => {
        const channel = options.channel(Number(row.channel_id))
        if (channel !== undefined) await options.tell(endNotice(channel, row))
      }),
    )
    await markTold(sql, rows)
  }

  return {
    async start() {
      if (store.engine === 'sqlite') await dropScheduledLeases(sql)
      look()
    },
    nudge: look,
    get active() {
      return inFlight.size
    },
    async stop() {
      stopping = true
      cancelLook()
      // Sends that wait for the rate limit give up.
      withdraw.emit('close')
      await looking
      await Promise.all([...inFlight.values()].map(({ done }) => done))
      cancelRenewal()
    },
  }
}

/** Without what only the caller knows. */
type Ending = ScheduledEnding extends infer E
  ? E extends unknown
    ? Omit<E, 'channelId' | 'id' | 'holder'>
    : never
  : never

/** A send that should be tried again, but whose time is over. */
function lateEnding(row: ScheduledRow, ending: Ending & { state: 'scheduled' }, now: number): Ending | undefined {
  const { error } = ending
  if (row.expires_at !== null) return ending.dueAt > Number(row.expires_at) ? { state: 'expired', error } : undefined
  // After quiet hours, which may be days, it has one more try than its time allows.
  if (isHeld(error) || isHeld(row.error)) return undefined
  return now > Number(row.send_at) + TRIED_FOR_MS ? { state: 'failed', error } : undefined
}

const isHeld = (error: string | null): boolean => error?.startsWith('{"reason":"quiet_hours"') === true

function addressOf({ body, contact }: ScheduledRow): Names {
  const parsed = parseMessage(JSON.parse(body))
  // A body of an earlier version that is not valid any more.
  return parsed.ok ? addressed(parsed.message) : { phone: contact }
}

function endNotice(channel: Channel, row: ScheduledRow): Notice {
  const contact = addressOf(row)
  return {
    kind: 'notice',
    channelId: channel.id,
    event: 'message_scheduled_update',
    contact,
    key: `scheduled:${row.id}:${row.state}`,
    at: Number(row.updated_at),
    body: scheduledUpdateBody(channel, row, contact),
    ours: true,
  }
}

const placeOf = ({ channel_id, id }: { channel_id: number; id: string }): string => `${channel_id} ${id}`

const told = (reason: string, message: string): string => JSON.stringify({ reason, message })
const CHANNEL_REMOVED = told('channel_removed', 'The channel was removed.')
const OUTCOME_UNKNOWN = told('outcome_unknown', 'The gateway stopped before WhatsApp answered.')

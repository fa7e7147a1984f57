import type { Clock } from '@postern/runtime/clock'
import { costOf } from '../../domain/costs/cost.ts'
import { listPrice } from '../../domain/costs/report.ts'
import type { Log } from '../../platform/log.ts'
import type { RateCard } from '../../platform/rates/rate-card.ts'
import {
  answeredSince,
  cursorOf,
  eventsToFold,
  fold,
  type Fold,
  type Followed,
  type FollowedEvent,
  followedBroadcasts,
  toldRecipients,
  unanswered,
} from '../../store/broadcast-tally.ts'
import type { Store } from '../../store/store.ts'

const EVENTS_AT_ONCE = 1_000
/** One call reads no more pages than this. The next call goes on. */
const MOST_PAGES = 20

/** Joins statuses and answers into the sums of broadcasts. */
export type BroadcastFollower = {
  /** Reads the events that came since the last call. Several callers share one reading. */
  catchUp(): Promise<void>
}

export function createBroadcastFollower(deps: {
  store: Store
  clock: Clock
  log: Log
  rateCard: RateCard | undefined
}): BroadcastFollower {
  const { store, log, rateCard } = deps
  const { sql } = store
  let reading: Promise<void> | undefined
  let again: Promise<void> | undefined

  async function read(): Promise<void> {
    const followed = await followedBroadcasts(sql, await store.now())
    if (followed.length === 0) return
    for (let page = 0; page < MOST_PAGES; page++) {
      const from = await cursorOf(sql)
      const start = Math.max(from, Math.min(...followed.map((one) => Number(one.follow_from))))
      const events = await eventsToFold(sql, start, EVENTS_AT_ONCE)
      if (events.length === 0) return
      await fold(sql, { from, to: Number(events.at(-1)!.seq), ...(await changesOf(events, followed)) })
      if (events.length < EVENTS_AT_ONCE) return
    }
  }

  async function changesOf(
    events: readonly FollowedEvent[],
    followed: readonly Followed[],
  ): Promise<Pick<Fold, 'statuses' | 'answers'>> {
    const statuses: Fold['statuses'][number][] = []
    const answers: Fold['answers'][number][] = []
    for (const channelId of new Set(followed.map((one) => Number(one.channel_id)))) {
      const here = events.filter((event) => Number(event.channel_id) === channelId)
      const told = here.flatMap((event) =>
        event.kind === 'message_status_update' && event.message_id !== null ? [event.message_id] : [],
      )
      for (const one of await toldRecipients(sql, channelId, [...new Set(told)]))
        statuses.push({ ...one, micros: microsOf(one) })
      answers.push(...(await answersIn(channelId, here)))
    }
    return { statuses, answers }
  }

  async function answersIn(channelId: number, events: readonly FollowedEvent[]): Promise<Fold['answers'][number][]> {
    const wrote = new Map<number, number[]>()
    for (const { kind, contact_id: contactId, created_at: at } of events) {
      if (kind !== 'new_message') continue
      wrote.set(Number(contactId), [...(wrote.get(Number(contactId)) ?? []), Number(at)])
    }
    if (wrote.size === 0) return []
    const since = answeredSince(Math.min(...[...wrote.values()].flat()))
    const rows = await unanswered(sql, channelId, [...wrote.keys()], since)
    return rows.flatMap((row) => {
      const at = wrote
        .get(Number(row.contact_id))!
        .find((one) => one >= Number(row.message_at) && Number(row.message_at) >= answeredSince(one))
      return at === undefined ? [] : [{ ...row, at }]
    })
  }

  function microsOf(one: Awaited<ReturnType<typeof toldRecipients>>[number]): number | null {
    if (!rateCard) return null
    const cost = costOf({
      direction: one.direction,
      status: one.status,
      recipient: one.recipient,
      pricing: one.pricing,
      sentAt: one.sent_at,
      deliveredAt: one.delivered_at,
      readAt: one.read_at,
      playedAt: one.played_at,
    })
    return cost ? (listPrice(rateCard, cost) ?? 0) : null
  }

  const start = (): Promise<void> =>
    (reading = read()
      .catch((error: unknown) => log.warn({ err: error }, 'broadcasts.not_followed'))
      .finally(() => (reading = undefined)))

  return {
    catchUp() {
      if (!reading) return start()
      // The reading in progress may have passed the event that this caller wants.
      again ??= reading.then(() => {
        again = undefined
        return start()
      })
      return again
    },
  }
}

import type { Clock } from '@postern/runtime/clock'
import type { Channel } from '../../domain/channels/channel.ts'
import { usualMs } from '../../domain/incidents/silence.ts'
import { type Loss, missingOf, newestAtMeta, settledBefore } from '../../domain/losses/loss.ts'
import type { CloudApi } from '../../platform/cloud-api/client.ts'
import { CloudApiError } from '../../platform/cloud-api/errors.ts'
import { firstMessageIdAt } from '../../platform/ids.ts'
import { firstSeqAt } from '../../store/deliveries-of.ts'
import { eventIdOf } from '../../store/events.ts'
import { acceptedSends } from '../../store/incident-facts.ts'
import { callbacksToAudit, messagesToAudit } from '../../store/losses.ts'
import type { Sql } from '../../store/sql.ts'
import type { Store } from '../../store/store.ts'

/*
 * The loss audit: what was accepted, beside what WhatsApp told and what endpoints acknowledged. It goes through the
 * messages of each channel and then through its events, in pages: it holds no other work up, and has no state. Messages
 * bear the time of the node that took them, and events that of the store: PostgreSQL's clock may be another one than ours.
 */

const MESSAGES_AT_ONCE = 500
/** Each may have a callback to 20 endpoints. */
const EVENTS_AT_ONCE = 100
/** A page ends after so much time, or with so many losses. */
const PAGE_MS = 400
const MOST_LOSSES_OF_A_PAGE = 200
/** WhatsApp is asked for this many messages in one audit, one after the other. */
export const MOST_ASKED = 200
const MOST_ASKED_OF_A_PAGE = 20
const ASK_WITHIN_MS = 3_000
/** After so many failures in a row WhatsApp is asked no more in this page. */
const MOST_FAILURES = 3
const SENDS_FOR_THE_USUAL_TIME = 100
const DAY_MS = 24 * 60 * 60_000

/** Where an audit goes on: behind a message or an event of a channel. `asked`: for how many messages WhatsApp was asked. */
export type Place = { channelId: number; asked: number } & ({ afterId: string } | { afterSeq: number })

export type AuditPage = {
  /** How many messages and events this page has looked at. */
  messages: number
  events: number
  losses: Loss[]
  /** Undefined: all was looked at. */
  next: Place | undefined
}

export type AuditDeps = {
  store: Store
  clock: Clock
  cloudApi: Pick<CloudApi, 'messageHistory'>
  /** Days for which attempts of deliveries are kept; 0: for ever. */
  attemptsDays: number
  channels: () => readonly Channel[]
}

export type AuditSpan = { since: number; until: number; channelId?: number | undefined }

export type Audit = (span: AuditSpan, place: Place | undefined) => Promise<AuditPage>

/** WhatsApp's code for a message that it does not know. */
const UNKNOWN_THERE = 131009

/** WhatsApp is asked within these bounds. */
type Asking = { left: number; asked: number; failures: number }

export function createAudit(deps: AuditDeps): Audit {
  const { store, clock } = deps
  return async ({ since, until, channelId }, from) => {
    const channels = [...deps.channels()]
      .filter(({ id }) => (channelId === undefined || id === channelId) && id >= (from?.channelId ?? 0))
      .sort((a, b) => a.id - b.id)
    const page: AuditPage = { messages: 0, events: 0, losses: [], next: undefined }
    const skewMs = (await store.now()) - clock.now()
    const asking: Asking = { left: MOST_ASKED_OF_A_PAGE, asked: from?.asked ?? 0, failures: 0 }
    const endsAt = clock.monotonic() + PAGE_MS
    const isFull = (): boolean =>
      clock.monotonic() > endsAt || page.losses.length >= MOST_LOSSES_OF_A_PAGE || asking.left <= 0
    const endingAt = (place: { channelId: number } & ({ afterId: string } | { afterSeq: number })): AuditPage => ({
      ...page,
      next: { ...place, asked: asking.asked },
    })
    for (const channel of channels) {
      const here = from?.channelId === channel.id ? from : undefined
      if (!here || 'afterId' in here) {
        const usual = await usualOf(store.sql, channel.id, until)
        let afterId: string | undefined = here?.afterId ?? firstMessageIdAt(since)
        while (afterId !== undefined) {
          afterId = await auditMessages(deps, channel, { afterId, until, usual }, page, asking)
          if (afterId !== undefined && isFull()) return endingAt({ channelId: channel.id, afterId })
        }
      }
      // Events bear the time of the store, and the span is by our own clock.
      const lastSeq = (await firstSeqAt(store.sql, Math.min(until, settledBefore(clock.now())) + skewMs)) - 1
      let afterSeq: number | undefined =
        here && 'afterSeq' in here ? here.afterSeq : (await firstSeqAt(store.sql, since + skewMs)) - 1
      while (afterSeq !== undefined) {
        if (isFull()) return endingAt({ channelId: channel.id, afterSeq })
        afterSeq = await auditCallbacks(deps, channel.id, { afterSeq, lastSeq, skewMs }, page)
      }
    }
    return page
  }
}

/** How long statuses may take on a channel, by its newest sends. */
async function usualOf(sql: Sql, channelId: number, until: number): Promise<number> {
  const range = { from: until - 7 * DAY_MS, before: until, limit: SENDS_FOR_THE_USUAL_TIME }
  const sends = await acceptedSends(sql, channelId, range)
  return usualMs(sends.flatMap(({ delayMs }) => delayMs ?? []))
}

/** Returns where to go on; undefined at the end. */
async function auditMessages(
  deps: AuditDeps,
  channel: Channel,
  { afterId, until, usual }: { afterId: string; until: number; usual: number },
  page: AuditPage,
  asking: Asking,
): Promise<string | undefined> {
  const range = { channelId: channel.id, afterId, beforeId: firstMessageIdAt(until), limit: MESSAGES_AT_ONCE }
  const rows = await messagesToAudit(deps.store.sql, range)
  for (const row of rows) {
    page.messages++
    const missing = missingOf(row, deps.clock.now(), usual)
    if (missing === undefined) continue
    const loss: Loss = {
      ...{ missing, channelId: channel.id, messageId: row.wamid ?? row.id },
      since: Number(row.accepted_at ?? row.created_at),
    }
    const isAsked = missing === 'no_status' && row.wamid !== null
    page.losses.push(isAsked ? await askedFor(deps, channel, row.wamid!, loss, asking) : loss)
    // The rest of these rows is for the next page.
    if (asking.left <= 0 || page.losses.length >= MOST_LOSSES_OF_A_PAGE) return row.id
  }
  return rows.length < MESSAGES_AT_ONCE ? undefined : rows.at(-1)!.id
}

/** The loss with what WhatsApp knows of the message. */
async function askedFor(
  { cloudApi }: AuditDeps,
  { phoneNumberId, accessToken }: Channel,
  wamid: string,
  loss: Loss,
  asking: Asking,
): Promise<Loss> {
  if (asking.asked >= MOST_ASKED || asking.failures >= MOST_FAILURES) return { ...loss, asked: false }
  asking.asked++
  asking.left--
  try {
    const call = { timeoutMs: ASK_WITHIN_MS, limit: 25 }
    const { data } = await cloudApi.messageHistory(phoneNumberId, accessToken, wamid, call)
    asking.failures = 0
    const atMeta = newestAtMeta(data.slice(0, 25))
    return atMeta ? { ...loss, missing: 'status_not_here', atMeta, asked: true } : { ...loss, asked: true }
  } catch (error) {
    if (error instanceof CloudApiError && error.code === UNKNOWN_THERE) return { ...loss, asked: true }
    asking.failures++
    return { ...loss, asked: false }
  }
}

async function auditCallbacks(
  { store, clock, attemptsDays }: AuditDeps,
  channelId: number,
  { afterSeq, lastSeq, skewMs }: { afterSeq: number; lastSeq: number; skewMs: number },
  page: AuditPage,
): Promise<number | undefined> {
  // A day of slack: retention removes attempts by their own time, and by the clock of any node.
  const present = clock.now() + Math.max(0, skewMs)
  const provenFrom = attemptsDays === 0 ? 0 : present - (attemptsDays - 1) * DAY_MS
  const range = { channelId, afterSeq, lastSeq, provenFrom, limit: EVENTS_AT_ONCE }
  const { events, last, open } = await callbacksToAudit(store.sql, range)
  page.events += events
  for (const { seq, kind, wamid, message_id: messageId, created_at: at, endpoint, state } of open)
    page.losses.push({
      ...{ missing: `callback_${state}`, channelId, messageId: wamid ?? messageId ?? undefined },
      ...{ eventId: eventIdOf(store.installation, Number(seq)), event: kind, endpointId: endpoint },
      since: Number(at) - skewMs,
    })
  return events < EVENTS_AT_ONCE ? undefined : last
}

import type { Clock } from '@postern/runtime/clock'
import { isKnownEvent } from '../../domain/events/known-fields.ts'
import { StoreUnavailable } from '../../platform/errors.ts'
import { type Log, messageOf } from '../../platform/log.ts'
import type { Size } from '../../store/batcher.ts'
import { quarantine } from '../../store/quarantine.ts'
import { partsOf } from '../../store/size.ts'
import type { Applied, Fact, LeaseOffer, Store } from '../../store/store.ts'
import { applyStateChanges } from '../../store/channel-state.ts'
import { creatorsOf, applyTemplateUpdates } from '../../store/templates.ts'
import { readWebhook } from './read.ts'
import type { Reading } from './reading.ts'
import { type Routes, templateIdsIn } from './routing.ts'
import { piecesOf, Unsplittable } from './splitter.ts'
import type { Tracing } from '../../platform/tracing/tracing.ts'
import { traceFacts } from './trace-facts.ts'

export type Receiver = {
  /**
   * Stores the verified bytes of one webhook. Settles after the commit; only then may Meta get a 200. Rejects with
   * StoreUnavailable when nothing could be stored, so that Meta sends it again.
   */
  receive(raw: Buffer): Promise<Kept>
  /** Stores facts that no webhook told, and delivers their events. Rejects when they could not be stored. */
  tell(facts: readonly Fact[]): Promise<void>
}

type Kept = { events: number; duplicates: number; quarantined: number }

/** Webhooks up to this size are read at once. A thread divides larger ones. */
const ONE_TURN_BYTES = 32 * 1024
/** No real message comes near this size. A larger event is stored and not delivered. */
const LARGEST_EVENT_BYTES = 1024 * 1024
const MOST_VALUES = 50_000
/** Bytes of events that one part may become. */
const MOST_WEIGHT = 4 * 1024 * 1024
/** Parts of one webhook that are quarantined separately. With more, the webhook is quarantined whole. */
const MOST_STRAYS = 1_000

/** One webhook may have thousands of facts. Dividing them leaves turns of the event loop, and commits, for others. */
const PART: Size = { writes: 200, bytes: 1024 * 1024 }

export function createReceiver<Offer extends LeaseOffer & { end(): void }>(options: {
  store: Store
  routes: Routes
  clock: Clock
  log: Log
  /** The deliverer can take over lanes that this commit fills. */
  offer: (events: ReadonlyMap<number, number>) => Offer
  /** Told after each commit; `channelIds` are those that may have new events. */
  onApplied: (applied: Applied, offer: Offer, channelIds: Iterable<number>) => void
  /** Answers stop words; must not answer one twice when it is called again with the same facts. */
  answerStops?: (facts: readonly Fact[]) => Promise<void> | undefined
  onTemplatesChanged: (wabaId: string) => void
  /** Settles when every reader on this node sees the new state of these channels. */
  onStatesChanged: (channelIds: readonly number[]) => Promise<void>
  /** A field of WhatsApp's that this version does not know. */
  onUnknownField?: (name: string) => void
  tracing?: Tracing | undefined
  /** Logs each message of a contact with its author and content. */
  logsMessages?: boolean
}): Receiver {
  const { store, routes, clock, log } = options

  /** Stores all facts or rejects. Facts stored before the error are duplicates when Meta sends the webhook again. */
  function apply(facts: readonly Fact[], offer: Offer, channelIds: readonly number[]): Promise<Applied> {
    const parts = facts.length > 1 ? partsOf(facts, PART) : [facts]
    return parts.length === 1 ? store.applyFacts(facts, offer) : applyInParts(parts, offer, channelIds)
  }

  async function applyInParts(
    parts: readonly (readonly Fact[])[],
    offer: Offer,
    channelIds: readonly number[],
  ): Promise<Applied> {
    const done = await Promise.allSettled(parts.map((part, i) => store.applyFacts(part, i === 0 ? offer : null)))
    const applied: Applied = { events: 0, duplicates: 0, leased: [], nudge: [] }
    for (const one of done) {
      if (one.status === 'rejected') continue
      applied.events += one.value.events
      applied.duplicates += one.value.duplicates
      applied.leased.push(...one.value.leased)
      applied.nudge.push(...one.value.nudge)
    }
    const failed = done.find((one) => one.status === 'rejected')
    if (!failed) return applied
    // Lanes that were leased with the stored parts must not wait for their leases to end.
    offer.end()
    options.onApplied(applied, offer, channelIds)
    throw failed.reason
  }

  /** Reads and stores a webhook that is small enough for one turn of the event loop. */
  async function keep(text: string, raw: Buffer, keepsUnroutable = true): Promise<Kept> {
    const now = clock.now()
    const tracedFrom = options.tracing?.now()
    const told = templateIdsIn(text)
    const creators = told.length > 0 ? await creatorsOf(store.sql, told) : undefined
    let reading: Reading
    try {
      reading = readWebhook(text, creators ? withCreators(routes, creators) : routes, now)
    } catch (error) {
      await quarantine(store.sql, {
        reason: 'unreadable',
        detail: (error as Error).message,
        body: raw,
        now,
      })
      log.warn({ bytes: raw.length, problem: messageOf(error).slice(0, 200) }, 'webhook.quarantined')
      return { events: 0, duplicates: 0, quarantined: 1 }
    }
    for (const unroutable of keepsUnroutable ? reading.unroutable : []) {
      await quarantine(store.sql, { ...unroutable, body: Buffer.from(unroutable.body), now })
      log.warn({ reason: unroutable.reason, detail: unroutable.detail }, 'webhook.stray')
    }
    // Before the callback: a receiver that acts on it must find the template in its new state.
    for (const [wabaId, updates] of reading.templates) {
      try {
        await applyTemplateUpdates(store.sql, wabaId, updates, now)
      } catch (error) {
        if (error instanceof StoreUnavailable) throw error
        log.error({ err: error, waba_id: wabaId }, 'webhook.template_news_failed') // the next sync will store it
      }
      options.onTemplatesChanged(wabaId)
    }
    if (reading.states.length > 0) await keepStates(reading.states, now)
    let applied: Applied = { events: 0, duplicates: 0, leased: [], nudge: [] }
    const traced = options.tracing && traceFacts(options.tracing, reading.facts, tracedFrom!)
    const events = eventsByChannel(reading.facts)
    const channelIds = [...events.keys()]
    const offer = options.offer(events)
    if (reading.facts.length > 0) {
      try {
        applied = await apply(reading.facts, offer, channelIds)
      } catch (error) {
        if (error instanceof StoreUnavailable) throw error
        // A bug of ours must not make Meta repeat the same bytes for a week: they are quarantined, and the log reports
        // it.
        log.error({ err: error, facts: reading.facts.length }, 'webhook.apply_failed')
        await quarantine(store.sql, {
          reason: 'apply_failed',
          detail: (error as Error).message,
          body: raw,
          now,
        })
        return { events: 0, duplicates: 0, quarantined: 1 }
      } finally {
        offer.end()
      }
    }
    // What WhatsApp only repeats was told before.
    if (applied.events > 0) traced?.()
    if (options.logsMessages === true) logMessages(log, reading.facts)
    options.onApplied(applied, offer, channelIds)
    for (const fact of reading.facts)
      if (fact.kind === 'notice' && !fact.ours && !isKnownEvent(fact.event)) options.onUnknownField?.(fact.event)
    // Before WhatsApp gets its 200: if this fails, the webhook comes again, and the answers with it.
    const answering = options.answerStops?.(reading.facts)
    if (answering) await answering
    return { events: applied.events, duplicates: applied.duplicates, quarantined: reading.unroutable.length }
  }

  /** Before the callback, like the templates: a program that hears of a signal finds the state that it tells. */
  async function keepStates(changes: Reading['states'], now: number): Promise<void> {
    await applyStateChanges(store.sql, changes, now)
    await options.onStatesChanged([...new Set(changes.map(({ channelId }) => channelId))])
  }

  /** In pieces: each is stored before the next is read. */
  async function keepLarge(raw: Buffer): Promise<Kept> {
    const kept: Kept = { events: 0, duplicates: 0, quarantined: 0 }
    let unread: string | undefined
    try {
      for await (const { text, large } of piecesOf(raw)) {
        if (large && (text.length > LARGEST_EVENT_BYTES || large.values > MOST_VALUES || large.weight > MOST_WEIGHT)) {
          unread = 'a part of it is too large for an event'
          continue
        }
        const one = await keep(text, Buffer.from(text), kept.quarantined < MOST_STRAYS)
        kept.events += one.events
        kept.duplicates += one.duplicates
        kept.quarantined += one.quarantined
      }
      if (kept.quarantined > MOST_STRAYS) unread ??= `more than ${MOST_STRAYS} of its parts belong to nobody here`
    } catch (error) {
      if (!(error instanceof Unsplittable)) throw error
      unread = error.message
    }
    if (unread === undefined) return kept
    await quarantine(store.sql, { reason: 'unreadable', detail: unread.slice(0, 200), body: raw, now: clock.now() })
    log.warn({ bytes: raw.length, problem: unread.slice(0, 200) }, 'webhook.quarantined')
    return { ...kept, quarantined: kept.quarantined + 1 }
  }

  async function tell(facts: readonly Fact[]): Promise<void> {
    const events = eventsByChannel(facts)
    const offer = options.offer(events)
    try {
      options.onApplied(await store.applyFacts(facts, offer), offer, events.keys())
    } finally {
      offer.end()
    }
  }

  return {
    tell,
    receive: (raw) => (raw.length <= ONE_TURN_BYTES ? keep(raw.toString('utf8'), raw) : keepLarge(raw)),
  }
}

/** Only with LOG_PII=full. */
function logMessages(log: Log, facts: readonly Fact[]): void {
  for (const fact of facts) {
    if (fact.kind !== 'message' || fact.origin === 'history') continue
    const { channelId: channel_id, contact, type, wamid, content } = fact
    log.info(
      { channel_id, from: contact.phone ?? contact.userId, name: contact.name, type, wamid, content },
      'message.received',
    )
  }
}

/** Maximum number of events that a webhook creates for each channel. */
function eventsByChannel(facts: readonly Fact[]): ReadonlyMap<number, number> {
  const events = new Map<number, number>()
  for (const { channelId } of facts) events.set(channelId, (events.get(channelId) ?? 0) + 1)
  return events
}

function withCreators(routes: Routes, creators: ReadonlyMap<string, number>): Routes {
  return {
    byPhoneNumberId: (id) => routes.byPhoneNumberId(id),
    byWaba: (id) => routes.byWaba(id),
    creatorOf: (id) => creators.get(id),
  }
}

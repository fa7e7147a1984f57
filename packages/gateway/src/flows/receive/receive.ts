import type { Clock } from '@postern/runtime/clock'
import { StoreUnavailable } from '../../platform/errors.ts'
import { type Log, messageOf } from '../../platform/log.ts'
import type { Size } from '../../store/batcher.ts'
import { quarantine } from '../../store/quarantine.ts'
import { partsOf } from '../../store/size.ts'
import type { Applied, Fact, LeaseOffer, Store } from '../../store/store.ts'
import { creatorsOf, applyTemplateUpdates } from '../../store/templates.ts'
import { readWebhook, templateIdsIn, type Reading, type Routes } from './read.ts'
import { piecesOf, Unsplittable } from './splitter.ts'

export type Receiver = {
  /**
   * Takes the verified bytes of one webhook. Settles after the commit, and only then may Meta be answered 200.
   * Rejects with StoreUnavailable when nothing could be kept, so that Meta sends it again.
   */
  receive(raw: Buffer): Promise<Kept>
}

type Kept = { events: number; duplicates: number; quarantined: number }

/** What is read at once. Larger ones are taken apart by a thread beside the event loop. */
const ONE_TURN_BYTES = 32 * 1024
/** No message comes near it; what does is kept, and told nobody. */
const LARGEST_EVENT_BYTES = 1024 * 1024
const MOST_VALUES = 50_000
/** Bytes of events that one part may become. */
const MOST_WEIGHT = 4 * 1024 * 1024
/** Parts of one webhook that are kept by themselves. With more, it is kept whole. */
const MOST_STRAYS = 1_000

/** One webhook may carry thousands of facts. In parts, they leave turns of the event loop, and commits, to others. */
const PART: Size = { writes: 200, bytes: 1024 * 1024 }

export function createReceiver<Offer extends LeaseOffer & { end(): void }>(options: {
  store: Store
  routes: Routes
  clock: Clock
  log: Log
  /** Lanes that fill now can be taken over at once by the deliverer. */
  offer: (events: ReadonlyMap<number, number>) => Offer
  onApplied: (applied: Applied, offer: Offer) => void
  onTemplatesChanged: (wabaId: string) => void
}): Receiver {
  const { store, routes, clock, log } = options

  /** All of them or an error; what was kept before the error is a duplicate when Meta sends it again. */
  async function applyInParts(facts: readonly Fact[], offer: Offer): Promise<Applied> {
    const parts = partsOf(facts, PART)
    if (parts.length === 1) return store.applyFacts(facts, offer)
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
    // Lanes that were leased with the parts that were kept must not wait for their leases to end.
    offer.end()
    options.onApplied(applied, offer)
    throw failed.reason
  }

  /** Reads and keeps a webhook that is small enough for one turn of the event loop. */
  async function keep(text: string, raw: Buffer, keepsUnroutable = true): Promise<Kept> {
    const now = clock.now()
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
    // Before anybody is told: whoever acts on the callback must find the template as the callback says.
    for (const [wabaId, updates] of reading.templates) {
      try {
        await applyTemplateUpdates(store.sql, wabaId, updates, now)
      } catch (error) {
        if (error instanceof StoreUnavailable) throw error
        log.error({ err: error, waba_id: wabaId }, 'webhook.template_news_failed') // the fetch that follows has it too
      }
      options.onTemplatesChanged(wabaId)
    }
    let applied: Applied = { events: 0, duplicates: 0, leased: [], nudge: [] }
    const offer = options.offer(eventsByChannel(reading.facts))
    if (reading.facts.length > 0) {
      try {
        applied = await applyInParts(reading.facts, offer)
      } catch (error) {
        if (error instanceof StoreUnavailable) throw error
        // A bug of ours must not make Meta repeat the same bytes for a week: they are kept, and a human is told.
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
    options.onApplied(applied, offer)
    return { events: applied.events, duplicates: applied.duplicates, quarantined: reading.unroutable.length }
  }

  /** In pieces, each kept before the next is read. */
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

  return {
    receive: (raw) => (raw.length <= ONE_TURN_BYTES ? keep(raw.toString('utf8'), raw) : keepLarge(raw)),
  }
}

/** How many events a webhook will bring for each channel, at the most. */
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

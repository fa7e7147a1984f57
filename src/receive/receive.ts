import type { Clock } from '../clock.ts'
import { StoreUnavailable } from '../errors.ts'
import type { Log } from '../log.ts'
import { quarantine } from '../store/quarantine.ts'
import type { Applied, LeaseOffer, Store } from '../store/store.ts'
import { creatorsOf, noteTemplateNews } from '../store/templates.ts'
import { readWebhook, templateIdsIn, type Reading, type Routes } from './read.ts'

export type Receiver = {
  /**
   * Takes the verified bytes of one webhook. Settles after the commit, and only then may Meta be answered 200.
   * Rejects with StoreUnavailable when nothing could be kept, so that Meta sends it again.
   */
  receive(raw: Buffer): Promise<{ events: number; duplicates: number; quarantined: number }>
}

export function createReceiver(options: {
  store: Store
  routes: Routes
  clock: Clock
  log: Log
  /** Lanes that fill now can be taken over at once by the deliverer. */
  offer: () => LeaseOffer | null
  onApplied: (applied: Applied) => void
  onTemplatesChanged: (wabaId: string) => void
}): Receiver {
  const { store, routes, clock, log } = options
  return {
    async receive(raw) {
      const now = clock.now()
      const text = raw.toString('utf8')
      const told = templateIdsIn(text)
      const creators = told.length > 0 ? await creatorsOf(store.sql, told) : undefined
      let reading: Reading
      try {
        reading = readWebhook(text, creators ? withCreators(routes, creators) : routes, now)
      } catch (error) {
        await quarantine(store.sql, { reason: 'unreadable', detail: (error as Error).message, body: raw, now })
        log.warn({ bytes: raw.length, problem: (error as Error).message.slice(0, 200) }, 'webhook.quarantined')
        return { events: 0, duplicates: 0, quarantined: 1 }
      }
      for (const stray of reading.strays) {
        await quarantine(store.sql, { ...stray, body: Buffer.from(stray.body), now })
        log.warn({ reason: stray.reason, detail: stray.detail }, 'webhook.stray')
      }
      // Before anybody is told: whoever acts on the callback must find the template as the callback says.
      for (const [wabaId, news] of reading.templates) {
        try {
          await noteTemplateNews(store.sql, wabaId, news, now)
        } catch (error) {
          if (error instanceof StoreUnavailable) throw error
          log.error({ err: error, waba_id: wabaId }, 'webhook.template_news_failed') // the fetch that follows has it too
        }
        options.onTemplatesChanged(wabaId)
      }
      let applied: Applied = { events: 0, duplicates: 0, leased: [], nudge: [] }
      if (reading.facts.length > 0) {
        try {
          applied = await store.applyFacts(reading.facts, options.offer())
        } catch (error) {
          if (error instanceof StoreUnavailable) throw error
          // A bug of ours must not make Meta repeat the same bytes for a week: they are kept, and a human is told.
          log.error({ err: error, facts: reading.facts.length }, 'webhook.apply_failed')
          await quarantine(store.sql, { reason: 'apply_failed', detail: (error as Error).message, body: raw, now })
          return { events: 0, duplicates: 0, quarantined: 1 }
        }
      }
      options.onApplied(applied)
      return { events: applied.events, duplicates: applied.duplicates, quarantined: reading.strays.length }
    },
  }
}

function withCreators(routes: Routes, creators: ReadonlyMap<string, number>): Routes {
  return {
    byPhoneNumberId: (id) => routes.byPhoneNumberId(id),
    byWaba: (id) => routes.byWaba(id),
    creatorOf: (id) => creators.get(id),
  }
}

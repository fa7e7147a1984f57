import type { Clock } from '@postern/runtime/clock'
import type { RateCard } from '../../platform/rates/rate-card.ts'
import type { Store } from '../../store/store.ts'
import { answerCosts, costsQuery, costsShape } from '../costs.ts'
import { route, type Route } from '../route.ts'

export function costRoutes(deps: { store: Store; clock: Clock; rateCard: RateCard | undefined }): Route[] {
  const { store, clock, rateCard } = deps
  return [
    route({
      method: 'GET',
      path: '/external/costs',
      tag: 'messages',
      summary: 'What the messages of the channel cost',
      description:
        'Counts messages by the prices in WhatsApp’s statuses: each message once, on the day of its delivery (UTC). With RATE_CARD_FILE there are amounts too. An estimate: WhatsApp’s bill decides.',
      auth: 'code',
      query: costsQuery,
      data: costsShape,
      fails: ['validation_failed'],
      handle: ({ channel, query }) =>
        answerCosts(store.sql, rateCard, { query, now: clock.now(), channelId: channel.id }),
    }),
  ]
}

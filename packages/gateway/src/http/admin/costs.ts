import type { Clock } from '@postern/runtime/clock'
import { matching } from '../../domain/fields/schema.ts'
import { validationError } from '../../platform/errors.ts'
import type { RateCard } from '../../platform/rates/rate-card.ts'
import { wasChannel } from '../../store/costs.ts'
import type { Store } from '../../store/store.ts'
import { answerCosts, costsQuery, costsShape } from '../costs.ts'
import { route, type Route } from '../route.ts'

export function costAdminRoutes(deps: { store: Store; clock: Clock; rateCard: RateCard | undefined }): Route[] {
  const { store, clock, rateCard } = deps
  return [
    route({
      method: 'GET',
      path: '/admin/costs',
      tag: 'overview',
      summary: 'What the messages of all channels cost',
      description: 'As GET /external/costs, for one channel or for all, removed ones included.',
      auth: 'admin',
      right: 'read',
      query: costsQuery.extend({
        channel_id: matching(/^\d{1,15}$/, 'must be the id of a channel')
          .transform(Number)
          .optional(),
      }),
      data: costsShape,
      fails: ['validation_failed'],
      async handle({ query: { channel_id: channelId, ...query } }) {
        if (channelId !== undefined && !(await wasChannel(store.sql, channelId)))
          throw validationError([{ path: 'channel_id', rule: 'exists', message: `no channel has the id ${channelId}` }])
        return answerCosts(store.sql, rateCard, { query, now: clock.now(), channelId })
      },
    }),
  ]
}

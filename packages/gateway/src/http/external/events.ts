import { z } from 'zod'
import { validationError } from '../../platform/errors.ts'
import { eventsAfter, seqOf } from '../../store/events.ts'
import type { Store } from '../../store/store.ts'
import { route, type Route } from '../route.ts'
import { count, eventOf, eventShape } from '../shapes.ts'

const query = z.strictObject({
  last_id: z
    .string()
    .max(100)
    .optional()
    .describe('The id of the last event that you have. Without it, the list begins with the oldest event.'),
  count,
})

export function eventRoutes({ store }: { store: Store }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/external/events',
      tag: 'events',
      summary: 'The events that callbacks carry, oldest first',
      description: 'For polling, and to catch up after an outage of your server.',
      auth: 'code',
      query,
      data: z.array(eventShape),
      async handle({ channel, query: { last_id, count: size } }) {
        const after = last_id === undefined ? 0 : seqOf(store.installation, last_id)
        if (after === undefined) {
          throw validationError([
            { path: 'last_id', rule: 'pattern', message: 'is not the id of an event of this gateway' },
          ])
        }
        const rows = await eventsAfter(store.sql, channel.id, after, size)
        return rows.map((row) => eventOf(store.installation, row))
      },
    }),
  ]
}

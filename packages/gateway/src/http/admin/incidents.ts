import { z } from 'zod'
import { matching } from '../../domain/fields/schema.ts'
import { bySeverity, type Incident, incidentShape, publicIncident } from '../../domain/incidents/incident.ts'
import { pastIncidents } from '../../store/incidents.ts'
import type { Store } from '../../store/store.ts'
import { route, type Route } from '../route.ts'
import { count } from '../shapes.ts'

const query = z.strictObject({
  state: z.enum(['open', 'closed']).default('open').describe('Default: open.'),
  channel_id: matching(/^\d{1,15}$/, 'must be the id of a channel')
    .transform(Number)
    .optional(),
  last_id: matching(/^inc_[0-9A-Z]{26}$/, 'must be the id of the last incident of the page before')
    .optional()
    .describe('For closed ones.'),
  count,
})

/** What is wrong, and what was. */
export function incidentRoutes(deps: {
  store: Store
  /** The open ones, which are known without the store too. */
  open: () => Promise<readonly Incident[]>
}): Route[] {
  return [
    route({
      method: 'GET',
      path: '/admin/incidents',
      tag: 'overview',
      summary: 'What is wrong, since when, and what to do',
      description:
        'Open incidents, the worst first; or past ones (`state=closed`), those that ended last first. An incident opens after evidence and closes by evidence. Open ones are told without the store too.',
      auth: 'admin',
      right: 'read',
      query,
      data: z.array(incidentShape),
      async handle({ query: { state, channel_id: channelId, last_id: lastId, count: most } }) {
        if (state === 'closed') {
          const past = await pastIncidents(deps.store.sql, { count: most, channelId, beforeId: lastId })
          return past.map(publicIncident)
        }
        const isMeant = (one: Incident): boolean => channelId === undefined || one.channelId === channelId
        return [...(await deps.open())].filter(isMeant).sort(bySeverity).map(publicIncident)
      },
    }),
  ]
}

import { givenOf, createBroadcastSchema } from '../external/broadcast-body.ts'
import { broadcastOf, broadcastShape } from '../external/broadcast-shapes.ts'
import type { BroadcastPlan } from '../../flows/recipients/plan.ts'
import { route, type Route } from '../route.ts'

const CUSTOMER = '/external/'
const OPERATOR = '/admin/channels/{channel_id}/'

/** Routes of customers that operators have too. Recipients of an operator come from a file. */
const SHARED: ReadonlySet<string> = new Set([
  'POST /external/broadcast-files',
  'GET /external/broadcast-files/{id}',
  'GET /external/broadcasts',
  'GET /external/broadcasts/{id}',
  'PATCH /external/broadcasts/{id}',
  'GET /external/broadcasts/{id}/recipients',
  'POST /external/broadcasts/{id}/check',
  'GET /external/broadcasts/{id}/check',
  'GET /external/broadcasts/{id}/check.csv',
  'POST /external/broadcasts/{id}/test',
  'POST /external/broadcasts/{id}/start',
  'POST /external/broadcasts/{id}/pause',
  'POST /external/broadcasts/{id}/resume',
  'POST /external/broadcasts/{id}/cancel',
  'POST /external/broadcasts/{id}/retry-failed',
  'GET /external/broadcasts/{id}/results.csv',
])

/** Their answers have numbers of people, or what a person will read: each look is in the audit log. */
const SHOWS_PEOPLE = /\/(recipients|check|check\.csv|results\.csv|\{id\})$/

/** Broadcasts of a channel, for operators: the same handlers, with the channel in the path. */
export function adminBroadcastRoutes(deps: {
  customers: readonly Route[]
  plan: BroadcastPlan
  currency: string | undefined
}): Route[] {
  const shared = deps.customers
    .filter(({ method, path }) => SHARED.has(`${method} ${path}`))
    .map((one): Route => ({
      ...one,
      path: one.path.replace(CUSTOMER, OPERATOR),
      auth: 'admin',
      right: one.method === 'GET' ? 'read' : 'operate',
      readsConversation: one.method === 'GET' && /broadcasts\//.test(one.path) && SHOWS_PEOPLE.test(one.path),
    }))
  return [
    route({
      method: 'POST',
      path: '/admin/channels/{channel_id}/broadcasts',
      tag: 'broadcasts',
      summary: 'Make a broadcast whose recipients come from a file',
      description:
        'As POST /external/broadcasts with file_id. With draft: true it is checked, tested and started in steps. The same name with the same content is the same broadcast.',
      auth: 'admin',
      right: 'operate',
      created: true,
      body: createBroadcastSchema.omit({ recipients: true, start: true }).required({ file_id: true }),
      data: broadcastShape,
      fails: ['validation_failed', 'conflict'],
      handle: async ({ channel, body }) =>
        broadcastOf(await deps.plan.create(channel, givenOf(body), undefined), deps.currency),
    }),
    ...shared,
  ]
}

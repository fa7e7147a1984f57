import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import type { Channel } from '../../domain/channels/channel.ts'
import { type Endpoint, EVERYTHING, kindOf, MOST_ENDPOINTS } from '../../domain/channels/endpoint.ts'
import {
  createEndpointSchema,
  filterAfter,
  headersAfter,
  patchEndpointSchema,
  type PatchEndpoint,
} from '../../domain/channels/endpoint-schema.ts'
import { oneOfTwo, text } from '../../domain/fields/schema.ts'
import type { ActivityBook } from '../../flows/deliver/activity.ts'
import type { Deliverer } from '../../flows/deliver/deliverer.ts'
import { handshakeProblem } from '../../flows/deliver/handshake.ts'
import { GatewayError, validationError } from '../../platform/errors.ts'
import type { Outbound } from '../../platform/outbound/guard.ts'
import { checkSinkUrl, sinkKindOf } from '../../platform/sinks/check-url.ts'
import type { Vault } from '../../platform/secrets.ts'
import type { Directory } from '../../store/directory.ts'
import { waitingOf } from '../../store/endpoint-activity.ts'
import { hasWaiting } from '../../store/endpoint-health.ts'
import {
  deleteEndpoint,
  insertEndpoint,
  newEndpointSecret,
  patchEndpoint,
  rotateSecret,
} from '../../store/endpoints.ts'
import { seqOf } from '../../store/events.ts'
import { replay } from '../../store/replay.ts'
import type { Store } from '../../store/store.ts'
import { route, type Route } from '../route.ts'
import { endpointShape, shownEndpoint } from './endpoint-shapes.ts'
import { type ChangeHealth, type TestEndpoint, testShape } from './test-endpoint.ts'

export type EndpointDeps = {
  store: Store
  vault: Vault
  directory: Directory
  outbound: Outbound
  clock: Clock
  userAgent: string
  deliverer: Pick<Deliverer, 'nudge' | 'hasten'>
  activity: ActivityBook
  changeHealth: ChangeHealth
  test: TestEndpoint
}

const time = z
  .union([z.int().min(0), z.iso.datetime({ offset: true })])
  .transform((given) => (typeof given === 'number' ? given * 1000 : Date.parse(given)))

export const replayBody = oneOfTwo(
  'from_event_id',
  'since',
  'must have from_event_id or since: the place to replay from',
)(
  z.strictObject({
    from_event_id: text(1, 100).optional().describe('This event and all that were stored after it.'),
    since: time.optional().describe('Events stored at or after this moment: Unix seconds, or ISO 8601.'),
    until: time.optional().describe('Events stored before this moment.'),
    state: z.enum(['dead', 'delivered']).optional().describe('Only events in this state. Default: all.'),
  }),
)

const secretShape = z.object({ secret: z.string().describe('Shown once. Signs the requests to this endpoint.') })
const done = z.object({ success: z.literal(true) })
const PATH = '/admin/channels/{channel_id}/endpoints'
const ONE = `${PATH}/{endpoint_id}` as const

/** Long: a table of routes. */
export function endpointRoutes(deps: EndpointDeps): Route[] {
  const { store, vault, directory, outbound, clock, deliverer, activity, changeHealth } = deps
  const { sql } = store

  function mustFind(channel: Channel | undefined, id: string | undefined): Endpoint {
    const endpoint = channel?.endpoints.find(({ publicId }) => publicId === id)
    if (!endpoint) throw notFound(id)
    return endpoint
  }

  /** As it is after a change: what the route found is as it was before. */
  const reread = (channel: Channel, id: string): Endpoint => mustFind(directory.channel(channel.id), id)

  async function shown(endpoints: readonly Endpoint[]) {
    const ids = endpoints.map(({ id }) => id)
    const [counted, waiting] = await Promise.all([activity.of(ids), waitingOf(sql, ids)])
    return endpoints.map((one) => shownEndpoint(one, counted.get(one.id)!, waiting.get(one.id)!))
  }
  const shownOne = async (endpoint: Endpoint) => (await shown([endpoint]))[0]!

  /** A URL that deliveries would be refused for is better refused now. */
  function mustReach(url: string): void {
    const checked = sinkKindOf(url) === undefined ? outbound.checkUrl(url) : checkSinkUrl(url, outbound)
    if (!checked.ok) throw validationError([{ path: 'url', rule: 'reachable', message: checked.message }])
  }

  async function mustShakeHands(url: string, secret: string, headers: Record<string, string>): Promise<void> {
    const problem = await handshakeProblem(outbound, { url, secret, headers, userAgent: deps.userAgent })
    if (problem !== undefined)
      throw validationError([
        {
          path: 'url',
          rule: 'handshake',
          message: `${problem}. An endpoint in Meta's format answers it as Meta's webhooks do, with the endpoint's secret as its verify token`,
        },
      ])
  }

  function mustSeq(id: string, path: string): number {
    const seq = seqOf(store.installation, id)
    if (seq === undefined)
      throw validationError([{ path, rule: 'pattern', message: 'is not the id of an event of this gateway' }])
    return seq
  }

  /** What only an endpoint over HTTP can have, after a patch that may change its URL alone. */
  function mustFit(after: Pick<Endpoint, 'format' | 'headers'> & { url: string }): void {
    if (kindOf(after.url) === 'http') return
    const says = 'needs an endpoint with an http or https URL'
    if (after.format === 'meta')
      throw validationError([{ path: 'format', rule: 'consistent', message: `meta ${says}` }])
    if (Object.keys(after.headers).length > 0)
      throw validationError([{ path: 'headers', rule: 'consistent', message: `${says}: set headers to null as well` }])
  }

  async function patched(endpoint: Endpoint, body: PatchEndpoint): Promise<void> {
    const headers = body.headers === undefined ? undefined : headersAfter(endpoint.headers, body.headers)
    const after = {
      url: body.url ?? endpoint.url,
      format: body.format ?? endpoint.format,
      headers: headers ?? endpoint.headers,
    }
    mustFit(after)
    if (body.url !== undefined) mustReach(body.url)
    const isNewToIt = after.url !== endpoint.url || endpoint.format !== 'meta'
    if (after.format === 'meta' && isNewToIt)
      await mustShakeHands(after.url, endpoint.secrets[0]!.value, { ...after.headers })
    const { name, url, format, state } = body
    const filter = filterAfter(endpoint.filter, body)
    const patch = { name, url, format, filter, headers, state }
    if (!(await patchEndpoint(sql, vault, endpoint.id, patch, await store.now()))) throw notFound(endpoint.publicId)
    await directory.refresh()
    if (state === 'active' || url !== undefined) void deliverer.hasten(endpoint.id)
    deliverer.nudge(endpoint.id)
  }

  return [
    route({
      method: 'POST',
      path: PATH,
      tag: 'endpoints',
      summary: 'Add an endpoint',
      description:
        'A channel has up to 20 endpoints. Each has its own order, retries, rest and secret. Returns the secret, shown only once. Format meta: the handshake of Meta’s webhooks is asked before the endpoint is added.',
      auth: 'admin',
      right: 'operate',
      body: createEndpointSchema,
      created: true,
      data: z.object({ endpoint_id: z.string(), secret: z.string() }),
      fails: ['validation_failed', 'conflict'],
      async handle({ channel, body }) {
        const { name, url, format = 'postern', headers = {}, from, secret = newEndpointSecret() } = body
        mustReach(url)
        const fromSeq = from === undefined || from === 'now' ? undefined : mustSeq(from, 'from')
        if (channel.endpoints.length >= MOST_ENDPOINTS) throw tooMany()
        if (format === 'meta') await mustShakeHands(url, secret, headers)
        const filter = filterAfter(EVERYTHING, body)
        const endpoint = { name, url, format, filter, headers, fromSeq, secret }
        const added = await insertEndpoint(sql, vault, channel.id, endpoint, await store.now())
        if (!added.ok) throw added.problem === 'too_many' ? tooMany() : notFound(undefined)
        await directory.refresh()
        deliverer.nudge(added.id)
        return { endpoint_id: added.publicId, secret: added.secret }
      },
    }),
    route({
      method: 'GET',
      path: PATH,
      tag: 'endpoints',
      summary: 'The endpoints of a channel, oldest first',
      description: 'With state, waiting events, and the success rate of the last hour. Secrets are never returned.',
      auth: 'admin',
      right: 'read',
      data: z.array(endpointShape),
      handle: async ({ channel }) => shown(channel.endpoints),
    }),
    route({
      method: 'GET',
      path: ONE,
      tag: 'endpoints',
      summary: 'One endpoint',
      description: 'With state, waiting events, the last answer and the next attempt. Secrets are never returned.',
      auth: 'admin',
      right: 'read',
      data: endpointShape,
      handle: async ({ channel, params }) => shownOne(mustFind(channel, params.endpoint_id)),
    }),
    route({
      method: 'PATCH',
      path: ONE,
      tag: 'endpoints',
      summary: 'Change an endpoint, or pause and resume it',
      description:
        'A changed filter counts for events that are stored from now on. Another URL ends a pause and a rest. An endpoint that has, or gets, the format meta answers the handshake under its new URL first.',
      auth: 'admin',
      right: 'operate',
      body: patchEndpointSchema,
      data: endpointShape,
      fails: ['validation_failed'],
      async handle({ channel, params, body }) {
        const endpoint = mustFind(channel, params.endpoint_id)
        await patched(endpoint, body)
        return shownOne(reread(channel, endpoint.publicId))
      },
    }),
    route({
      method: 'DELETE',
      path: ONE,
      tag: 'endpoints',
      summary: 'Remove an endpoint',
      description: 'What waits for it is not delivered. The events stay, also for other endpoints.',
      auth: 'admin',
      right: 'operate',
      data: done,
      async handle({ channel, params }) {
        const { id, publicId } = mustFind(channel, params.endpoint_id)
        const removed = await deleteEndpoint(sql, id)
        await directory.refresh()
        if (!removed) throw notFound(publicId)
        return { success: true }
      },
    }),
    route({
      method: 'POST',
      path: `${ONE}/rotate-secret`,
      tag: 'endpoints',
      summary: 'Create a new secret for an endpoint',
      description:
        'For 24 hours each request has two signatures, one for each secret. In the format meta, which has one signature, the new secret signs at once.',
      auth: 'admin',
      right: 'administer',
      data: secretShape,
      async handle({ channel, params }) {
        const { id, publicId } = mustFind(channel, params.endpoint_id)
        const secret = await rotateSecret(sql, vault, id, clock.now())
        if (secret === null) throw notFound(publicId)
        await directory.refresh()
        return { secret }
      },
    }),
    route({
      method: 'POST',
      path: `${ONE}/test`,
      tag: 'endpoints',
      summary: 'Send a test event to an endpoint',
      description:
        'Sends a test event at once, outside the queue, also to a resting or paused endpoint. Returns the endpoint’s answer. An acknowledged test event ends the rest.',
      auth: 'admin',
      right: 'operate',
      data: testShape,
      handle: async ({ channel, params }) => deps.test(channel, mustFind(channel, params.endpoint_id)),
    }),
    route({
      method: 'POST',
      path: `${ONE}/retry`,
      tag: 'endpoints',
      summary: 'Retry an endpoint now',
      description:
        'Ends the wait of a resting endpoint: one delivery is sent at once (a test event when none waits). When it is acknowledged, all others follow. Deliveries that wait for their next attempt are due at once. A paused endpoint stays paused: resume it with state.',
      auth: 'admin',
      right: 'operate',
      data: endpointShape,
      fails: ['conflict'],
      async handle({ channel, params }) {
        const endpoint = mustFind(channel, params.endpoint_id)
        const retried = await changeHealth(endpoint.id, { actor: 'operator', kind: 'retry', at: await store.now() })
        if (!retried) throw notFound(endpoint.publicId)
        if (retried.health.state === 'paused')
          throw new GatewayError('conflict', {
            problem: 'The endpoint is paused: resume it with state "active" instead.',
          })
        void deliverer.hasten(endpoint.id)
        if (retried.health.state === 'resting' && !(await hasWaiting(sql, endpoint.id)))
          await deps.test(channel, endpoint)
        return shownOne(reread(channel, endpoint.publicId))
      },
    }),
    route({
      method: 'POST',
      path: `${ONE}/replay`,
      tag: 'endpoints',
      summary: 'Deliver events to an endpoint again',
      description:
        'The events that its filter wants, oldest first, in batches of some hundred, so that new events do not wait. Answers when all are queued. If the connection breaks, the operation continues.',
      auth: 'admin',
      right: 'operate',
      body: replayBody,
      data: z.object({ replayed: z.int() }),
      fails: ['validation_failed'],
      async handle({ channel, params, body }) {
        const endpoint = mustFind(channel, params.endpoint_id)
        const replayed = await replay(store, {
          channelId: channel.id,
          endpointId: endpoint.id,
          filter: endpoint.filter,
          format: endpoint.format,
          ...(body.state !== undefined && { state: body.state }),
          ...(body.from_event_id !== undefined && { fromSeq: mustSeq(body.from_event_id, 'from_event_id') }),
          ...(body.since !== undefined && { fromMs: body.since }),
          ...(body.until !== undefined && { toMs: body.until }),
        })
        deliverer.nudge(endpoint.id)
        return { replayed }
      },
    }),
  ]
}

const notFound = (id: string | undefined): GatewayError =>
  new GatewayError('resource_not_found', { what: 'endpoint', id: String(id).slice(0, 100) })

const tooMany = (): GatewayError =>
  new GatewayError('conflict', { problem: `A channel has at most ${MOST_ENDPOINTS} endpoints: remove one first.` })

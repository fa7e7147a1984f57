import { z } from 'zod'
import {
  type Channel,
  createChannelSchema,
  createCodeSchema,
  patchChannelSchema,
  publicChannel,
  endpointSchema,
  webhookOf,
} from '../../domain/channels/channel.ts'
import type { Endpoint } from '../../domain/channels/endpoint.ts'
import { MOST_CODES } from '../../domain/channels/plan-import.ts'
import { quietHoursSchema } from '../../domain/contacts/quiet-hours.ts'
import { shownState, shownStateShape } from '../../domain/channels/shown-state.ts'
import type { Clock } from '@postern/runtime/clock'
import type { Deliverer } from '../../flows/deliver/deliverer.ts'
import { GatewayError, validationError } from '../../platform/errors.ts'
import type { Outbound } from '../../platform/outbound/guard.ts'
import type { Vault } from '../../platform/secrets.ts'
import { repeatable } from '../../flows/send/to-gateway-error.ts'
import { createChannel, deleteChannel, insertCode, patchChannel, revokeCode } from '../../store/channels.ts'
import type { Directory } from '../../store/directory.ts'
import { hasWaiting } from '../../store/endpoint-health.ts'
import { rotateSecret, setWebhook } from '../../store/endpoints.ts'
import type { Store } from '../../store/store.ts'
import type { Catalog } from '../../flows/sync/catalog.ts'
import { mustFindChannel } from '../must-find-channel.ts'
import { ownChannels } from '../own-channels.ts'
import { route, type Route } from '../route.ts'
import { type ChangeHealth, type TestEndpoint, testShape } from './test-endpoint.ts'

const channelShape = z
  .object({
    channel_id: z.int(),
    name: z.string(),
    business_phone: z.string(),
    phone_number_id: z.string(),
    waba_id: z.string(),
    default_language: z.string().nullable(),
    window_policy: z.enum(['enforce', 'observe']),
    media_check: z.enum(['probe', 'type', 'off']),
    media_mode: z.enum(['link', 'upload']),
    standby: z.enum(['deliver', 'store']),
    messages_per_second: z.int(),
    direct_send: z.boolean(),
    marketing: z.enum(['cloud', 'marketing_messages', 'auto']),
    broadcast_start: z.enum(['free', 'checked', 'tested']),
    compatibility: z.enum(['postern', 'page']),
    quiet_hours: quietHoursSchema.nullable(),
    stop_words: z.array(z.string()),
    start_words: z.array(z.string()),
    stop_answer: z.string().nullable(),
    webhook_url: z.string().nullable(),
    webhook_state: z.enum(['active', 'resting', 'paused']).nullable(),
    webhook_state_reason: z.string().nullable(),
    webhook_state_since: z.int().nullable(),
    webhook_next_attempt_at: z.int().nullable().describe('While resting: the time of the next test delivery.'),
    created_at: z.int(),
    updated_at: z.int(),
  })
  .meta({ id: 'Channel' })

const withCodes = channelShape.extend({
  state: shownStateShape,
  certification_codes: z.array(z.object({ code_id: z.string(), created_at: z.int() })),
})
const secretShape = z.object({ webhook_secret: z.string().describe('Shown once. Verifies webhook-signature.') })
const done = z.object({ success: z.literal(true) })

export type ChannelDeps = {
  store: Store
  vault: Vault
  directory: Directory
  catalog: Catalog
  outbound: Outbound
  clock: Clock
  deliverer: Pick<Deliverer, 'nudge' | 'hasten'>
  changeHealth: ChangeHealth
  test: TestEndpoint
}

/** Long: a table of routes. */
export function channelRoutes(deps: ChannelDeps): Route[] {
  const { store, vault, directory, catalog, outbound, clock, deliverer, changeHealth, test } = deps
  const { sql } = store

  /** The channel after a change: the route's own copy is from before it. */
  const reread = ({ id }: Channel): Channel => mustFindChannel((one) => directory.channel(one), String(id))

  /** A URL that deliveries would refuse is refused now. */
  function mustReach(url: string, path: string): void {
    const checked = outbound.checkUrl(url)
    if (!checked.ok) throw validationError([{ path, rule: 'reachable', message: checked.message }])
  }

  function mustHaveWebhook(channel: Channel): Endpoint {
    const webhook = webhookOf(channel)
    if (!webhook) throw new GatewayError('webhook_not_set')
    return webhook
  }

  const shown = (channel: Channel) => ({
    ...publicChannel(channel),
    state: shownState(channel, clock.now()),
    certification_codes: directory
      .codesOf(channel.id)
      .map((code) => ({ code_id: code.id, created_at: Math.floor(code.createdAt / 1000) })),
  })

  return [
    route({
      method: 'POST',
      path: '/admin/channels',
      tag: 'channels',
      summary: 'Add a phone number',
      description:
        'Returns the certification code, and the webhook secret when a URL is given. Both are shown only once. Bring along the channel_id and certification_code that your programs know already, when you move from the hosted API.',
      auth: 'admin',
      right: 'administer',
      body: createChannelSchema,
      created: true,
      data: z.object({
        channel_id: z.int(),
        certification_code: z.string(),
        webhook_secret: z.string().optional(),
      }),
      fails: ['validation_failed', 'conflict'],
      async handle({ body }) {
        if (body.webhook_url !== undefined) mustReach(body.webhook_url, 'webhook_url')
        const made = await createChannel(sql, vault, body, clock.now())
        if (!made.ok) throw taken(made.taken, body)
        const { id, code } = made
        const secret =
          body.webhook_url === undefined ? undefined : await setWebhook(sql, vault, id, body.webhook_url, clock.now())
        await directory.refresh()
        return { channel_id: id, certification_code: code, ...(secret !== undefined && { webhook_secret: secret }) }
      },
    }),
    route({
      method: 'GET',
      path: '/admin/channels',
      tag: 'channels',
      summary: 'All channels',
      description: 'Settings and state of each. Access tokens, codes and secrets are never returned.',
      auth: 'admin',
      right: 'read',
      channels: 'own',
      data: z.array(withCodes),
      handle: async ({ request }) => ownChannels(directory, request).map(shown),
    }),
    route({
      method: 'GET',
      path: '/admin/channels/{channel_id}',
      tag: 'channels',
      summary: 'One channel',
      description: 'Settings and state. Access tokens, codes and secrets are never returned.',
      auth: 'admin',
      right: 'read',
      data: withCodes,
      handle: async ({ channel }) => shown(channel),
    }),
    route({
      method: 'PATCH',
      path: '/admin/channels/{channel_id}',
      tag: 'channels',
      summary: 'Change settings, the token, or pause and resume deliveries',
      description: 'Only the keys that the body has are changed.',
      auth: 'admin',
      right: 'operate',
      administers: ({ access_token: token }) => token !== undefined,
      body: patchChannelSchema,
      data: withCodes,
      fails: ['validation_failed', 'webhook_not_set'],
      async handle({ channel, body }) {
        const webhook = body.webhook_state === undefined ? webhookOf(channel) : mustHaveWebhook(channel)
        await patchChannel(sql, vault, channel.id, body, clock.now())
        const at = await store.now()
        if (webhook && body.webhook_state === 'paused')
          await changeHealth(webhook.id, { actor: 'operator', kind: 'pause', at })
        if (webhook && body.webhook_state === 'active') {
          const waiting = await hasWaiting(sql, webhook.id)
          const resumed = await changeHealth(webhook.id, { actor: 'operator', kind: 'resume', at, waiting })
          if (resumed?.changed) void deliverer.hasten(webhook.id)
        }
        await directory.refresh()
        if (webhook) deliverer.nudge(webhook.id)
        return shown(reread(channel))
      },
    }),
    route({
      method: 'DELETE',
      path: '/admin/channels/{channel_id}',
      tag: 'channels',
      summary: 'Remove a channel',
      description:
        'Its certification codes stop working at once. Messages and events are kept until retention deletes them.',
      auth: 'admin',
      right: 'administer',
      data: done,
      async handle({ channel }) {
        await deleteChannel(sql, channel.id, clock.now())
        await directory.refresh()
        return { success: true }
      },
    }),
    route({
      method: 'POST',
      path: '/admin/channels/{channel_id}/certification-codes',
      tag: 'channels',
      summary: 'Create another certification code',
      description:
        'For rotation: give the new code to its users, then revoke the old one. Shown only once. Give certification_code to add one of your own.',
      auth: 'admin',
      right: 'administer',
      body: createCodeSchema,
      created: true,
      data: z.object({ code_id: z.string(), certification_code: z.string() }),
      fails: ['validation_failed', 'conflict'],
      async handle({ channel, body }) {
        if (directory.codesOf(channel.id).length >= MOST_CODES) {
          throw new GatewayError('conflict', {
            problem: `A channel has at most ${MOST_CODES} codes: revoke one first.`,
          })
        }
        const added = await insertCode(sql, channel.id, clock.now(), body.certification_code)
        if (!added) throw taken('certification_code', {})
        await directory.refresh()
        return { code_id: added.id, certification_code: added.code }
      },
    }),
    route({
      method: 'DELETE',
      path: '/admin/channels/{channel_id}/certification-codes/{code_id}',
      tag: 'channels',
      summary: 'Revoke a certification code',
      description: 'Refused at once on this node, and within 5 s on other nodes.',
      auth: 'admin',
      right: 'administer',
      data: done,
      async handle({ channel, params }) {
        const revoked = await revokeCode(sql, channel.id, params.code_id!, clock.now())
        await directory.refresh()
        if (!revoked) {
          throw new GatewayError('resource_not_found', {
            what: 'certification code',
            id: params.code_id!.slice(0, 100),
          })
        }
        return { success: true }
      },
    }),
    route({
      method: 'PUT',
      path: '/admin/channels/{channel_id}/webhook',
      tag: 'channels',
      summary: 'Set the endpoint',
      description:
        'Returns a new signing secret, shown only once. Ends a pause and an open circuit. Waiting deliveries are due at once.',
      auth: 'admin',
      right: 'operate',
      body: endpointSchema,
      data: secretShape,
      fails: ['validation_failed'],
      async handle({ channel, body }) {
        mustReach(body.url, 'url')
        const secret = await setWebhook(sql, vault, channel.id, body.url, await store.now())
        await directory.refresh()
        const webhook = webhookOf(directory.channel(channel.id))
        if (webhook) void deliverer.hasten(webhook.id)
        return { webhook_secret: secret }
      },
    }),
    route({
      method: 'POST',
      path: '/admin/channels/{channel_id}/webhook/rotate-secret',
      tag: 'channels',
      summary: 'Create a new signing secret',
      description: 'For 24 hours each delivery has two signatures, one for each secret.',
      auth: 'admin',
      right: 'administer',
      data: secretShape,
      fails: ['webhook_not_set'],
      async handle({ channel }) {
        const secret = await rotateSecret(sql, vault, mustHaveWebhook(channel).id, clock.now())
        if (secret === null) throw new GatewayError('webhook_not_set')
        await directory.refresh()
        return { webhook_secret: secret }
      },
    }),
    route({
      method: 'POST',
      path: '/admin/channels/{channel_id}/webhook/test',
      tag: 'channels',
      summary: 'Send a test event to the webhook',
      description:
        'Sends a test event at once, outside the queue, also to a resting or paused endpoint. Returns the endpoint’s answer. An acknowledged test event ends the rest.',
      auth: 'admin',
      right: 'operate',
      data: testShape,
      fails: ['webhook_not_set'],
      handle: async ({ channel }) => test(channel, mustHaveWebhook(channel)),
    }),
    route({
      method: 'POST',
      path: '/admin/channels/{channel_id}/webhook/retry',
      tag: 'channels',
      summary: 'Retry the endpoint now',
      description:
        'Tests a resting endpoint: one delivery is sent at once (a test event when none waits). When it is acknowledged, all others follow. Deliveries that wait for their next attempt are due at once. A paused webhook is resumed instead, with webhook_state.',
      auth: 'admin',
      right: 'operate',
      data: withCodes,
      fails: ['webhook_not_set', 'conflict'],
      async handle({ channel }) {
        const webhook = mustHaveWebhook(channel)
        const retried = await changeHealth(webhook.id, { actor: 'operator', kind: 'retry', at: await store.now() })
        if (!retried) throw new GatewayError('webhook_not_set')
        if (retried.health.state === 'paused') {
          throw new GatewayError('conflict', {
            problem: 'The webhook is paused: resume it with webhook_state "active" instead.',
          })
        }
        void deliverer.hasten(webhook.id)
        if (retried.health.state === 'resting' && !(await hasWaiting(sql, webhook.id))) await test(channel, webhook)
        return shown(reread(channel))
      },
    }),
    route({
      method: 'POST',
      path: '/admin/channels/{channel_id}/templates/sync',
      tag: 'templates',
      summary: 'Fetch the templates of the account from WhatsApp now',
      description:
        'Postern does this by itself when a webhook reports a change. Use it after a change that has not arrived.',
      auth: 'admin',
      right: 'operate',
      data: z.object({ templates: z.int() }),
      fails: ['upstream_refused', 'upstream_throttled', 'upstream_unavailable'],
      async handle({ channel }) {
        return { templates: await repeatable(() => catalog.sync(channel)) }
      },
    }),
  ]
}

type Chosen = { channel_id?: number | undefined; phone_number_id?: string }

/** The refusal of a value that another channel has. */
function taken(path: 'channel_id' | 'phone_number_id' | 'certification_code', given: Chosen): GatewayError {
  const message = {
    channel_id: `a channel has or had the number ${given.channel_id}. Choose another, or leave it out`,
    phone_number_id: `another channel has ${given.phone_number_id}. Change that channel, or remove it first`,
    certification_code: 'this code is in use, or was revoked. Choose another, or leave it out',
  }[path]
  const fields = [{ path, rule: 'unique', message }]
  return new GatewayError('conflict', { problem: `${path}: ${message}.` }, { data: { fields } })
}

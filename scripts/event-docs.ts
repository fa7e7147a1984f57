import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { readWebhook } from '../packages/gateway/src/flows/receive/read.ts'
import { CALLBACKS } from '../packages/gateway/src/http/callbacks.ts'
import { FIELDS } from '../packages/gateway/src/http/field-callbacks.ts'
import { toldStatusBody } from '../packages/gateway/src/domain/events/bodies.ts'

/*
 * The events of docs/what-whatsapp-tells-you.md: keys from the schemas of the API document, an example from a webhook
 * of WhatsApp's as the gateway reads it, and what to do. `test/flows/fixtures.test.ts` gets the same from a running
 * gateway.
 */

const WEBHOOKS = new URL('../test/fixtures/cloud-api/webhooks/', import.meta.url)
const CHANNEL = { id: 1, businessPhone: '14155550123' }
const LONG_AFTER = Date.UTC(2027, 0, 1)

type Told = { fixture: string; does: string }

/** For each event the webhook of the example, and what a program does with it. */
export const TOLD: Readonly<Record<string, Told>> = {
  new_message: {
    fixture: 'in_text',
    does: 'Store it and answer. `message.messages[0].type` says what it is; keep types that you do not know. With `"standby": true` another program answers: store it, do not answer.',
  },
  message_status_update: {
    fixture: 'st_delivered_service',
    does: 'Find your message by `message_id` or `reference`, and keep the farthest status: `sent`, `delivered`, `read`, `played`. With `failed`, read `error.code` ([what the codes mean](errors.md#whatsapps-codes)).',
  },
  template_status_update: {
    fixture: 'tpl_status_rejected',
    does: 'Send the template only while `new_value` is `APPROVED`. `reason` and `rejection_info` say what to correct.',
  },
  template_category_update: {
    fixture: 'template_category_update',
    does: 'Expect the price of the new category. With `reason` `SCHEDULED` the change is only announced.',
  },
  template_quality_update: {
    fixture: '',
    does: 'At `RED`, change the template or send it to fewer people: WhatsApp pauses it next.',
  },
  conversation_owner: {
    fixture: 'handover_control_passed',
    does: 'Answer only while `owner` is `us`. `if_owner: true` on a send lets Postern check it ([contacts](contacts.md)).',
  },
  message_echo: {
    fixture: 'smb_message_echo_text',
    does: 'Show it as sent by the business: somebody wrote it in the WhatsApp Business app. Do not answer it.',
  },
  message_edit: {
    fixture: 'message_edit',
    does: 'Replace the content of `original_message_id`. The new content is in `value.messages[0].edit`.',
  },
  message_revoke: { fixture: 'message_revoke', does: 'Hide the message `original_message_id`: its author deleted it.' },
  call: {
    fixture: 'calls_connect',
    does: 'At `connect` with `USER_INITIATED`, take or reject the call within 30 seconds ([calls](calls.md)). Give `session.sdp` to your media server unchanged.',
  },
  payment_status: {
    fixture: 'payment_status',
    does: 'Book the payment of the order `reference_id` when `payment_status` is `captured`. `value.statuses[0].payment` has the transaction. Tell the contact with `order_status`.',
  },
  contact_update: {
    fixture: 'user_preferences_stop',
    does: 'With `what` `preferences` and `stop`, send no marketing to the contact. With `number` or `user_id`, the contact is the same person under a new name.',
  },
  channel_update: {
    fixture: 'account_update_restriction',
    does: 'Tell the operator. Postern keeps the state: `GET /external/channel` ([channel](channel.md)).',
  },
  message_scheduled_update: {
    fixture: '',
    does: 'Mark the message `reference` as sent, or decide what to do instead: `error.reason` says why it was not sent ([messages for later](scheduled.md)).',
  },
  user_action: {
    fixture: 'user_action_link_click',
    does: 'Count it for the campaign: somebody tapped a link of a marketing message. It may name nobody.',
  },
  history: {
    fixture: 'history_chunk',
    does: 'Import it. It is old: never answer it. Only endpoints with `events: ["history"]` get it.',
  },
  standby: { fixture: 'standby_message_echo', does: 'Show it as said by the other program.' },
  messages: {
    fixture: 'value_level_error',
    does: 'Tell the operator: `value.errors` says what is wrong with the account.',
  },
  group_lifecycle_update: {
    fixture: 'group_create',
    does: 'Keep `group_id`: messages go there with `recipient_type: "group"`. With `errors` it was not done.',
  },
  group_participants_update: { fixture: 'group_participant_added', does: 'Keep who is in the group, if you need it.' },
  group_settings_update: { fixture: 'group_settings_update', does: 'Show the new subject or picture.' },
  group_status_update: { fixture: 'group_suspended', does: 'Send nothing to a suspended group.' },
  flows: {
    fixture: 'flow_endpoint_latency',
    does: 'Repair the endpoint of the flow: WhatsApp throttles flows that fail.',
  },
  message_template_components_update: {
    fixture: 'message_template_components_update',
    does: 'Nothing: Postern fetches the template again.',
  },
  payment_configuration_update: {
    fixture: 'payment_configuration_update',
    does: 'Send orders only with a configuration that is active.',
  },
  partner_solutions: { fixture: 'partner_solution', does: 'Nothing, unless you are a partner.' },
  automatic_events: { fixture: 'automatic_event_purchase', does: 'Count it, if you measure advertisements.' },
  tracking_events: { fixture: 'tracking_event', does: 'Count it, if you measure advertisements.' },
}

/** The callback that a webhook becomes, as the gateway reads it. */
export function exampleOf(fixture: string): Record<string, unknown> {
  const raw = readFileSync(new URL(`${fixture}.json`, WEBHOOKS), 'utf8')
  const routes = { byPhoneNumberId: () => CHANNEL, byWaba: () => [CHANNEL] }
  const [fact] = readWebhook(raw, routes, LONG_AFTER).facts
  if (!fact) throw new Error(`${fixture} becomes no event`)
  const body = fact.kind === 'status' ? toldStatusBody(fact.body, undefined) : fact.body
  return JSON.parse(body) as Record<string, unknown>
}

/** The example of the API document, for an event of Postern's own. */
const exampleIn = (body: z.ZodType): unknown => (z.globalRegistry.get(body)?.examples as unknown[] | undefined)?.[0]

/** WhatsApp's pages give no sample of it. */
const QUALITY = {
  event: 'template_quality_update',
  channel_id: 1,
  business_phone: CHANNEL.businessPhone,
  template_id: '1478820956612233',
  template_name: 'appt_reminder_v2',
  new_value: 'YELLOW',
  reason: '',
  received_at: 1_788_301_900,
  value: {
    previous_quality_score: 'GREEN',
    new_quality_score: 'YELLOW',
    message_template_id: 1478820956612233,
    message_template_name: 'appt_reminder_v2',
    message_template_language: 'en_US',
  },
}

/** Keys that every event has. */
const COMMON = new Set(['event', 'channel_id', 'business_phone', 'value', 'field', 'received_at'])

export function eventDocs(): string {
  return CALLBACKS.map(({ event, summary, body }) => {
    const { fixture, does } = TOLD[event] ?? { fixture: '', does: '' }
    if (does === '') throw new Error(`scripts/event-docs.ts does not tell what to do with ${event}`)
    const example = fixture !== '' ? exampleOf(fixture) : event === QUALITY.event ? QUALITY : exampleIn(body)
    return [
      `### ${event}`,
      '',
      `${summary}. ${does}`,
      ...keysOf(body),
      '',
      '```json',
      JSON.stringify(example, null, 2),
      '```',
    ].join('\n')
  }).join('\n\n')
}

type Property = { type?: string; const?: unknown; description?: string; anyOf?: Property[] }

type Shape = { properties?: Record<string, Property>; required?: string[] }

function keysOf(body: z.ZodType): string[] {
  const json = z.toJSONSchema(body, { io: 'output', unrepresentable: 'any', reused: 'inline' })
  // A schema with a name is a reference to its definition.
  const name = json.$ref?.replace('#/$defs/', '')
  const { properties = {}, required = [] } = (name === undefined ? json : json.$defs![name]) as Shape
  const rows = Object.entries(properties).filter(([key]) => !COMMON.has(key))
  if (rows.length === 0) return []
  const told = rows.map(([key, { description }]) => {
    const words = (description ?? '').replaceAll('|', '\\|')
    return `| \`${key}\` | ${required.includes(key) ? 'yes' : ''} | ${words} |`
  })
  return ['', '| Key | Always | Meaning |', '| --- | --- | --- |', ...told]
}

/** Events that are told by the name of WhatsApp's field. */
export const isOfField = (event: string): boolean => Object.hasOwn(FIELDS, event)

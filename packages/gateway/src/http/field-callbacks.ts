import { z } from 'zod'

/** Events that keep the name of WhatsApp's field: its value is all that they say. */
export const FIELDS: Readonly<Record<string, string>> = {
  history: 'Old chats of a number that the business uses in its app too; only for endpoints that ask for it by name',
  standby: 'What another program that answers the contact sent, and its receipts',
  messages: 'A problem of the number or its account, without a message',
  group_lifecycle_update: 'A group was created or deleted, or could not be',
  group_participants_update: 'People joined or left a group, or asked to join',
  group_settings_update: 'The subject, description or picture of a group changed',
  group_status_update: 'WhatsApp suspended a group, or lifted the suspension',
  flows: 'A flow changed its status, or its endpoint is slow or fails',
  message_template_components_update: 'The content of a template was changed',
  payment_configuration_update: 'A payment configuration of the account changed',
  partner_solutions: 'A solution with a partner changed its status',
  automatic_events: 'WhatsApp noticed a purchase or a lead in a chat',
  tracking_events: 'WhatsApp measured an event of a marketing message',
}

export const traceparentShape = z
  .string()
  .optional()
  .describe('Where tracing is on and this event is recorded: the span of the trace that led to it.')

export const FIELD_CALLBACKS = Object.entries(FIELDS).map(([event, summary]) => ({
  event,
  summary,
  body: z
    .object({
      event: z.literal(event),
      channel_id: z.int(),
      business_phone: z.string(),
      traceparent: traceparentShape,
      received_at: z.int().optional().describe('Unix seconds, where WhatsApp gives a time.'),
      value: z.looseObject({}).describe('WhatsApp’s complete value.'),
    })
    .meta({
      id: event.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()) + 'Event',
      examples: [{ event, channel_id: 1, business_phone: '6281519236680', value: {} }],
    }),
}))

import { z } from 'zod'
import { FIELD_CALLBACKS, traceparentShape } from './field-callbacks.ts'

/** The callbacks in the OpenAPI document: the requests to a channel's endpoint. `docs/callbacks.md` explains them. */

const head = <const E extends string>(event: E) => ({
  event: z.literal(event),
  channel_id: z.int(),
  business_phone: z.string(),
  traceparent: traceparentShape,
})

const receivedAt = z.int().describe('Unix seconds, by WhatsApp’s clock.')

const newMessage = z
  .object({
    ...head('new_message'),
    standby: z.literal(true).optional().describe('Another program answers this message: store it, do not answer.'),
    message: z
      .looseObject({})
      .describe('WhatsApp’s own value: metadata, the contact, and one message. Unknown types and fields included.'),
  })
  .meta({
    id: 'NewMessage',
    examples: [
      {
        event: 'new_message',
        channel_id: 1,
        business_phone: '6281519236680',
        message: {
          messaging_product: 'whatsapp',
          metadata: { display_phone_number: '6281519236680', phone_number_id: '302702419599374' },
          contacts: [{ profile: { name: 'Ann Lee' }, wa_id: '85268411234' }],
          messages: [
            { from: '85268411234', id: 'wamid.HBgL', timestamp: '1760000000', type: 'text', text: { body: 'Hello' } },
          ],
        },
      },
    ],
  })

const contactShape = z
  .object({
    phone: z.string().optional().describe('Digits. Missing when the contact hides the number.'),
    user_id: z.string().optional().describe('The business-scoped id.'),
    parent_user_id: z.string().optional(),
    username: z.string().optional(),
    name: z.string().optional(),
  })
  .meta({ id: 'EventContact' })

const errorShape = z.looseObject({
  code: z.int(),
  title: z.string(),
  details: z.string().optional().describe('The problem, in WhatsApp’s words.'),
})

const statusUpdate = z
  .object({
    ...head('message_status_update'),
    message_id: z.string().describe('The msg_id that the send answered.'),
    message_status: z.string().describe('sent, delivered, read, played or failed.'),
    error: errorShape.nullable().describe('The first error from WhatsApp, complete.'),
    received_at: receivedAt,
    recipient: z
      .string()
      .optional()
      .describe('The number or id of the contact. For a group’s message, of one participant.'),
    contact: contactShape
      .optional()
      .describe('All that WhatsApp tells of the contact; in a group, of one participant.'),
    reference: z.string().optional().describe('Postern’s id of the message, when it was sent through the gateway.'),
    errors: z.array(errorShape).optional().describe('All errors from WhatsApp.'),
    pricing: z.looseObject({}).optional().describe('WhatsApp’s pricing object, if any.'),
    conversation: z.looseObject({}).optional().describe('WhatsApp’s conversation object, if any.'),
    payment: z.looseObject({}).optional().describe('For a payment: its reference, amount and transaction.'),
    callback_data: z.string().optional().describe('The biz_opaque_callback_data of the message.'),
  })
  .meta({
    id: 'MessageStatusUpdate',
    examples: [
      {
        event: 'message_status_update',
        channel_id: 1,
        business_phone: '6281519236680',
        message_id: 'wamid.HBgL',
        message_status: 'failed',
        error: {
          code: 131049,
          title: 'This message was not delivered to maintain healthy ecosystem engagement.',
          details: 'In order to maintain a healthy ecosystem engagement, the message failed to be delivered.',
        },
        received_at: 1_760_000_000,
        recipient: '85268411234',
        reference: 'msg_01K7G0000000000000000000',
        callback_data: 'order 8812',
      },
    ],
  })

function templateUpdate<const E extends string>(event: E, id: string, example: { new_value: string; reason: string }) {
  return z
    .object({
      ...head(event),
      template_id: z.string(),
      template_name: z.string(),
      new_value: z.string(),
      reason: z.string(),
      received_at: receivedAt,
      language: z.string().optional(),
      category: z.string().optional(),
      title: z.string().optional().describe('WhatsApp’s title of the change, for instance which pause it is.'),
      description: z.string().optional(),
      rejection_info: z.looseObject({}).optional().describe('Why it was rejected, and what to do.'),
      disable_date: z.unknown().optional().describe('When it is or was disabled.'),
      value: z.looseObject({}).describe('WhatsApp’s complete value.'),
    })
    .meta({
      id,
      examples: [
        {
          event,
          channel_id: 1,
          business_phone: '6281519236680',
          template_id: '1234567890',
          template_name: 'order_ready',
          ...example,
          received_at: 1_760_000_000,
          language: 'en_US',
          category: 'UTILITY',
          value: { message_template_id: 1234567890, message_template_name: 'order_ready' },
        },
      ],
    })
}

const scheduledUpdate = z
  .object({
    ...head('message_scheduled_update'),
    reference: z.string().describe('What the send answered.'),
    state: z.string().describe('sent, failed, unknown, expired or cancelled.'),
    contact: contactShape,
    send_at: z.int().describe('Unix seconds.'),
    message_id: z.string().nullable().describe('WhatsApp’s id of the message, when it was sent.'),
    sent_as: z.string().nullable().describe('The type of the message that went out: template for a fallback.'),
    error: z.looseObject({ reason: z.string() }).nullable().describe('Why it was not sent.'),
    received_at: z.int().describe('When it ended, in Unix seconds.'),
  })
  .meta({
    id: 'MessageScheduledUpdate',
    examples: [
      {
        event: 'message_scheduled_update',
        channel_id: 1,
        business_phone: '6281519236680',
        reference: 'msg_01K7G0000000000000000000',
        state: 'sent',
        contact: { phone: '85268411234' },
        send_at: 1_798_760_400,
        message_id: 'wamid.HBgL',
        sent_as: 'text',
        error: null,
        received_at: 1_798_760_400,
      },
    ],
  })

const fieldShape = z.string().describe('The field of WhatsApp’s webhook.')
const valueShape = z.looseObject({}).describe('WhatsApp’s complete value.')

type DerivedEvent = {
  event: string
  id: string
  summary: string
  keys: z.ZodRawShape
  example: Record<string, unknown>
  field: string
}

const mira = { phone: '12065550147', user_id: 'US.80412236671908854412', name: 'Mira Okafor' }
const wamid = 'wamid.HBgLMTIwNjU1NTAxNDc'

/** Events that say what a field of WhatsApp's means, with its value unchanged. */
const DERIVED: DerivedEvent[] = [
  {
    event: 'conversation_owner',
    id: 'ConversationOwner',
    summary: 'Somebody else holds a conversation from now on',
    keys: {
      contact: contactShape.optional(),
      owner: z.enum(['us', 'other', 'idle']).describe('Who may answer from now on. idle: nobody holds it.'),
      role: z.string().nullable().describe('The role of the new owner, in WhatsApp’s words.'),
      since: z.int().nullable().describe('Unix seconds.'),
    },
    example: { contact: mira, owner: 'us', role: 'escalation', since: 1_795_601_100 },
    field: 'messaging_handovers',
  },
  {
    event: 'message_echo',
    id: 'MessageEcho',
    summary: 'The business wrote from its own WhatsApp app',
    keys: { message_id: z.string(), contact: contactShape.optional() },
    example: { message_id: wamid, contact: mira },
    field: 'smb_message_echoes',
  },
  ...(['message_edit', 'message_revoke'] as const).map((event) => ({
    event,
    id: event === 'message_edit' ? 'MessageEdit' : 'MessageRevoke',
    summary: event === 'message_edit' ? 'A message was changed' : 'A message was deleted for everyone',
    keys: {
      message_id: z.string().describe('The id of the change.'),
      original_message_id: z.string().describe('The message that was changed.'),
      contact: contactShape.optional(),
    },
    example: { message_id: `${wamid}B`, original_message_id: wamid, contact: mira },
    field: 'messages',
  })),
  {
    event: 'call',
    id: 'CallUpdate',
    summary: 'Somebody calls, or a call changed',
    keys: {
      call_id: z.string(),
      call_event: z.string().describe('connect, ringing, accepted, rejected, terminate and others.'),
      direction: z.string().nullable().describe('USER_INITIATED or BUSINESS_INITIATED.'),
      contact: contactShape.optional(),
      session: z.looseObject({}).optional().describe('With connect: sdp_type, and sdp as WhatsApp wrote it.'),
      status: z.string().optional().describe('With terminate: COMPLETED or FAILED.'),
      start_time: z.unknown().optional().describe('With terminate, when the call was taken: Unix seconds.'),
      end_time: z.unknown().optional(),
      duration: z.number().optional().describe('With terminate, when the call was taken: seconds.'),
      deeplink_payload: z.string().optional().describe('The text of the call link.'),
      biz_opaque_callback_data: z.string().optional().describe('The words of your own, given with connect or accept.'),
      call_recording: z.looseObject({}).optional().describe('With call_recording_available: the media id, in audio.'),
      call_transcript: z.looseObject({}).optional().describe('With call_transcription_available: the id, in document.'),
      errors: z.array(z.looseObject({})).optional().describe('Why the call failed, in WhatsApp’s words.'),
    },
    example: { call_id: 'wacid.HBgL', call_event: 'connect', direction: 'USER_INITIATED', contact: mira },
    field: 'calls',
  },
  {
    event: 'payment_status',
    id: 'PaymentStatus',
    summary: 'The state of a payment changed',
    keys: {
      message_id: z.string(),
      reference_id: z.string().nullable(),
      payment_status: z.string(),
      contact: contactShape.optional(),
    },
    example: { message_id: wamid, reference_id: 'order-8812', payment_status: 'captured', contact: mira },
    field: 'messages',
  },
  {
    event: 'user_action',
    id: 'UserAction',
    summary: 'Somebody clicked a link of a marketing message',
    keys: {
      action: z.string().describe('marketing_messages_link_click, landing_page_view and others.'),
      at: z.int().nullable().describe('Unix seconds.'),
      click_component: z.string().optional().describe('cta or body.'),
      product_id: z.string().optional(),
      click_id: z.string().optional(),
      tracking_token: z.string().optional().describe('The same for the click and what follows it.'),
      contact: contactShape.optional().describe('When WhatsApp names the person.'),
    },
    example: {
      action: 'marketing_messages_link_click',
      at: 1_795_606_200,
      click_component: 'cta',
      click_id: 'ARBx1e8Zk2',
      tracking_token: 'tt_77f1c2',
    },
    field: 'messages',
  },
  {
    event: 'contact_update',
    id: 'ContactUpdate',
    summary: 'A contact has another number, id, name or marketing preference',
    keys: {
      contact: contactShape,
      what: z.string().describe('number, user_id, name or preferences.'),
      category: z.string().optional().describe('With preferences: for instance marketing_messages.'),
      preference: z.string().optional().describe('With preferences: stop or resume.'),
      by: z
        .enum(['business', 'contact'])
        .optional()
        .describe(
          'With preferences that no webhook of WhatsApp’s told, so there is no field and value. business: you recorded it. contact: a stop or start word of the channel.',
        ),
      field: fieldShape.optional(),
      value: valueShape.optional(),
      action: z.string().nullable().optional().describe('With name: add or remove.'),
    },
    example: { contact: mira, what: 'preferences', category: 'marketing_messages', preference: 'stop' },
    field: 'user_preferences',
  },
  {
    event: 'channel_update',
    id: 'ChannelUpdate',
    summary: 'The state of the number or of its account changed',
    keys: {
      what: z
        .string()
        .describe('limit, quality, review, alert, restriction, account, name, username, security, settings.'),
      now: z.unknown().describe('The new state, in WhatsApp’s words.'),
    },
    example: { what: 'review', now: 'APPROVED' },
    field: 'account_review_update',
  },
]

function derivedShape({ event, id, keys, example, field }: DerivedEvent): z.ZodType {
  return z
    .object({
      ...head(event),
      received_at: receivedAt.optional(),
      field: fieldShape,
      value: valueShape,
      ...keys,
    })
    .meta({
      id,
      examples: [{ event, channel_id: 1, business_phone: '6281519236680', ...example, field, value: {} }],
    })
}

/** Name, summary and body of each event. */
export const CALLBACKS: { event: string; summary: string; body: z.ZodType }[] = [
  { event: 'new_message', summary: 'A contact wrote to the number', body: newMessage },
  {
    event: 'message_status_update',
    summary: 'The status of a sent message changed',
    body: statusUpdate,
  },
  {
    event: 'template_status_update',
    summary: 'WhatsApp approved, rejected, paused or disabled a template',
    body: templateUpdate('template_status_update', 'TemplateStatusUpdate', { new_value: 'APPROVED', reason: 'NONE' }),
  },
  {
    event: 'template_category_update',
    summary: 'WhatsApp changed the category of a template',
    body: templateUpdate('template_category_update', 'TemplateCategoryUpdate', { new_value: 'MARKETING', reason: '' }),
  },
  {
    event: 'template_quality_update',
    summary: 'WhatsApp changed the quality rating of a template',
    body: templateUpdate('template_quality_update', 'TemplateQualityUpdate', { new_value: 'YELLOW', reason: '' }),
  },
  { event: 'message_scheduled_update', summary: 'A scheduled message was sent, or was not', body: scheduledUpdate },
  ...DERIVED.map((one) => ({ event: one.event, summary: one.summary, body: derivedShape(one) })),
  ...FIELD_CALLBACKS,
]

import { z } from 'zod'

/** The callbacks for the OpenAPI document: what is posted to a channel's webhook. `docs/callbacks.md` tells the rest. */

const head = <const E extends string>(event: E) => ({
  event: z.literal(event),
  channel_id: z.int(),
  business_phone: z.string(),
})

const receivedAt = z.int().describe('Unix seconds, by WhatsApp’s clock.')

const newMessage = z
  .object({
    ...head('new_message'),
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

const statusUpdate = z
  .object({
    ...head('message_status_update'),
    message_id: z.string().describe('The msg_id that the send answered.'),
    message_status: z.string().describe('sent, delivered, read, played or failed.'),
    error: z.object({ code: z.int(), title: z.string() }).nullable(),
    received_at: receivedAt,
    recipient: z.string().optional(),
    reference: z.string().optional().describe('Our id of the message, when it was sent through the gateway.'),
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
        error: { code: 131049, title: 'This message was not delivered to maintain healthy ecosystem engagement.' },
        received_at: 1_760_000_000,
        recipient: '85268411234',
        reference: 'msg_01K7G0000000000000000000',
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
        },
      ],
    })
}

/** Name, what it tells, and its body. */
export const CALLBACKS: { event: string; summary: string; body: z.ZodType }[] = [
  { event: 'new_message', summary: 'Somebody wrote to the number', body: newMessage },
  {
    event: 'message_status_update',
    summary: 'A sent message went one step further, or failed',
    body: statusUpdate,
  },
  {
    event: 'template_status_update',
    summary: 'WhatsApp approved, rejected, paused or disabled a template',
    body: templateUpdate('template_status_update', 'TemplateStatusUpdate', { new_value: 'APPROVED', reason: 'NONE' }),
  },
  {
    event: 'template_category_update',
    summary: 'WhatsApp moved a template to another category',
    body: templateUpdate('template_category_update', 'TemplateCategoryUpdate', { new_value: 'MARKETING', reason: '' }),
  },
  {
    event: 'template_quality_update',
    summary: 'WhatsApp rated a template anew',
    body: templateUpdate('template_quality_update', 'TemplateQualityUpdate', { new_value: 'YELLOW', reason: '' }),
  },
]

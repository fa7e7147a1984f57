import { z } from 'zod'
import { listOf } from '../fields/lists.ts'
import { matching, text, whole } from '../fields/schema.ts'
import { body, footer, pictureHeader } from './interactive-parts.ts'
import { LIMITS } from './limits.ts'

/*
 * Orders that a contact pays in the chat, in India and Brazil. Meta adds keys by country and payment provider, so
 * objects take further keys, which are sent unchanged.
 */

const reference = matching(/^[A-Za-z0-9_.-]{1,60}$/, 'must be 1 to 60 letters, digits, underscores, dashes and dots', {
  description: 'Your name of the order. Statuses of its payment have it.',
  examples: ['order-8812'],
})

const STATES = [
  'pending',
  'processing',
  'partially-shipped',
  'shipped',
  'completed',
  'canceled',
  'payment_requested',
  'preparing_to_ship',
  'in_progress',
  'confirmed',
  'delayed',
  'out_for_delivery',
  'failed',
] as const

const amount = z
  .looseObject({
    value: whole(0, Number.MAX_SAFE_INTEGER, { description: 'The amount times the offset: 12.34 is 1234.' }),
    offset: z.literal(100),
  })
  .meta({ examples: [{ value: 149_900, offset: 100 }] })

const item = z.looseObject({
  name: text(1, LIMITS.itemName),
  amount: amount.meta({ description: 'The price of one.' }),
  quantity: whole(1, 1_000_000),
  retailer_id: text(1, 256).optional(),
  sale_amount: amount.optional(),
})

const order = z.looseObject({
  status: z.enum(STATES),
  items: listOf(item, 1, LIMITS.orderItems),
  subtotal: amount,
  tax: amount.optional(),
  shipping: amount.optional(),
  discount: amount.optional(),
  expiration: z.looseObject({}).optional(),
})

export const orderDetailsKind = z
  .strictObject({
    type: z.literal('order_details'),
    header: pictureHeader.optional(),
    body: body(),
    footer,
    action: z.strictObject({
      name: z.literal('review_and_pay'),
      parameters: z.looseObject({
        reference_id: reference,
        type: z.enum(['digital-goods', 'physical-goods']),
        currency: z.enum(['INR', 'BRL', 'SGD']),
        total_amount: amount,
        order,
        payment_settings: listOf(z.looseObject({ type: text(1, 64) }), 1, 20).optional(),
        payment_type: text(1, 64).optional(),
        payment_configuration: text(1, 256, {
          description: 'The name of the configuration in WhatsApp Manager.',
        }).optional(),
      }),
    }),
  })
  .meta({ title: 'Order to pay', description: 'A bill that the contact pays in the chat, in India and Brazil.' })

export const orderStatusKind = z
  .strictObject({
    type: z.literal('order_status'),
    header: pictureHeader.optional(),
    body: body(),
    footer,
    action: z.strictObject({
      name: z.literal('review_order'),
      parameters: z.looseObject({
        reference_id: reference,
        order: z.looseObject({
          status: z.enum(STATES),
          description: text(0, LIMITS.orderDescription).optional(),
        }),
      }),
    }),
  })
  .meta({ title: 'State of an order', description: 'Tells how far an order of order_details is.' })

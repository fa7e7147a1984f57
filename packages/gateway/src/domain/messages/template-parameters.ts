import { z } from 'zod'
import { chooseBy } from '../fields/choose.ts'
import { anyCase, text, whole } from '../fields/schema.ts'
import { productSections } from './commerce.ts'
import { bareMedia, namedMedia } from './media.ts'

/**
 * The shape of each parameter of a template send. Whether a parameter fits the template is checked in templates/, so a
 * payload in a header is not a problem here.
 */
const value = text(0, 32_768)
const named = text(1, 256, { description: 'The variable’s name, when the template has named variables.' }).optional()
const word = z.union([z.string(), z.number()])
const product = text(1, 256)

const action = z.strictObject({
  flow_token: text(1, 4096).optional(),
  flow_action_data: z.record(z.string(), z.unknown()).optional(),
  thumbnail_product_retailer_id: product.optional(),
  sections: productSections.optional(),
  order_details: z.record(z.string(), z.unknown()).optional(),
})

export const templateParameter = chooseBy(
  'type',
  {
    text: z.strictObject({ type: anyCase('text'), text: value, parameter_name: named }),
    currency: z.strictObject({
      type: anyCase('currency'),
      currency: z.strictObject({ fallback_value: value, code: text(3, 3), amount_1000: z.number() }),
      parameter_name: named,
    }),
    date_time: z.strictObject({
      type: anyCase('date_time'),
      // Older clients also send parts of a date. WhatsApp shows fallback_value and ignores them.
      date_time: z.looseObject({ fallback_value: value }),
      parameter_name: named,
    }),
    image: z.strictObject({ type: anyCase('image'), image: bareMedia }),
    video: z.strictObject({ type: anyCase('video'), video: bareMedia }),
    gif: z.strictObject({ type: anyCase('gif'), gif: bareMedia }),
    document: z.strictObject({ type: anyCase('document'), document: namedMedia }),
    location: z.strictObject({
      type: anyCase('location'),
      location: z.strictObject({
        latitude: word,
        longitude: word,
        name: text(0, 1000).optional(),
        address: text(0, 1000).optional(),
      }),
    }),
    product: z.strictObject({
      type: anyCase('product'),
      product: z.strictObject({ product_retailer_id: product, catalog_id: text(1, 64) }),
    }),
    payload: z.strictObject({ type: anyCase('payload'), payload: value }),
    coupon_code: z.strictObject({ type: anyCase('coupon_code'), coupon_code: value }),
    action: z.strictObject({ type: anyCase('action'), action }),
    limited_time_offer: z.strictObject({
      type: anyCase('limited_time_offer'),
      limited_time_offer: z.strictObject({
        expiration_time_ms: whole(0, Infinity, { description: 'When the offer ends: Unix milliseconds.' }),
      }),
    }),
    ttl_minutes: z.strictObject({ type: anyCase('ttl_minutes'), ttl_minutes: whole(1, 43_200) }),
  },
  { ignoreCase: true },
)

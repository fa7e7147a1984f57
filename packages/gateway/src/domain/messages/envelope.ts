import { z } from 'zod'
import { across, fieldOf, matching, text } from '../fields/schema.ts'
import { LIMITS } from './limits.ts'

export const recipient = matching(
  /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/,
  'must be a business-scoped user id such as "US.80412236671908854412"',
  {
    description: 'A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`.',
    examples: ['US.80412236671908854412'],
  },
).optional()

/**
 * The common keys of every message. Two forms are accepted: the API page's own (`to` in plain digits), and bodies for
 * the Cloud API with `messaging_product`, whose numbers may have spaces and signs.
 */
const common = {
  to: z
    .string()
    .optional()
    .meta({
      description:
        'The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets.',
      examples: ['85268411234'],
    }),
  recipient,
  messaging_product: z.literal('whatsapp').optional().meta({ description: 'Cloud API bodies have it. Not needed.' }),
  recipient_type: z.literal('individual').optional().meta({ description: 'Cloud API bodies have it. Not needed.' }),
  biz_opaque_callback_data: text(0, LIMITS.callbackData, {
    description: 'Words of your own, kept with the message.',
  }).optional(),
  recipient_identity_key_hash: text(1, 256, {
    description: 'Deliver only if the contact’s identity key still has this hash.',
  }).optional(),
}

const context = z
  .strictObject({ message_id: text(1, 512, { description: 'The id (wamid) of the message to quote.' }) })
  .optional()
  .meta({ description: 'Shows the message as a reply to an earlier one.' })

const ADDRESSED = { anyOf: [{ required: ['to'] }, { required: ['recipient'] }] }
const PLAIN = /^[1-9][0-9]{6,14}$/
const WRITTEN = /^[0-9+\-() ]{7,32}$/

/** The digits of a formatted number: "+1 (206) 555-0147" becomes 12065550147. */
export function digitsOf(to: string): string {
  return to.replace(/\D/g, '')
}

/** A body names its contact by `to` or by `recipient`. */
export const whereTo = across((value, report) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  const to = fieldOf(value, 'to')
  if (to === undefined) {
    if (fieldOf(value, 'recipient') !== undefined) return
    report(['to'], { rule: 'required', says: 'is required: country code and number, or use recipient with a user id' })
  } else if (typeof to === 'string' && !PLAIN.test(to)) {
    const written = fieldOf(value, 'messaging_product') !== undefined && WRITTEN.test(to) && PLAIN.test(digitsOf(to))
    if (!written)
      report(['to'], { rule: 'pattern', says: 'must be country code and number, 7 to 15 digits, nothing else' })
  }
})

/** One message: the common keys, `type`, and the content under the key of that name. Other keys are refused. */
export function message<const S extends z.core.$ZodLooseShape>(shape: S) {
  return whereTo(z.strictObject({ ...common, context, ...shape })).meta(ADDRESSED)
}

/** A message that cannot quote another. */
export function messageWithoutContext<const S extends z.core.$ZodLooseShape>(shape: S) {
  return whereTo(z.strictObject({ ...common, ...shape })).meta(ADDRESSED)
}

/** The common keys alone, to report their problems when the type itself is unknown. */
export const envelopeOnly = whereTo(z.looseObject({ ...common, context }))

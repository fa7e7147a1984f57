import { z } from 'zod'
import { across, fieldOf, matching, text, wordIn } from '../fields/schema.ts'
import { later, inOrder } from './later.ts'
import { LIMITS } from './limits.ts'
import { templateContent } from './template-send.ts'

export const recipient = matching(
  /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/,
  'must be a business-scoped user id such as "US.80412236671908854412"',
  {
    description: 'A business-scoped user id, instead of `to`. When both are there, WhatsApp uses `to`.',
    examples: ['US.80412236671908854412'],
  },
).optional()
const SEND_CATEGORIES = ['utility', 'authentication', 'service'] as const

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
        'The contact’s WhatsApp number: country code and number, digits only. In a Cloud API body (with `messaging_product`) also with +, spaces, dashes and brackets. With recipient_type group: the id of the group.',
      examples: ['85268411234'],
    }),
  recipient,
  messaging_product: z.literal('whatsapp').optional().meta({ description: 'Cloud API bodies have it. Not needed.' }),
  recipient_type: z
    .enum(['individual', 'group'])
    .optional()
    .meta({ description: 'group sends to a group: `to` is its id.' }),
  biz_opaque_callback_data: text(0, LIMITS.callbackData, {
    description: 'Words of your own, kept with the message.',
  }).optional(),
  category: z.enum(SEND_CATEGORIES).optional().meta({
    description:
      'Direct Send: a free-form message that WhatsApp bills as utility or authentication, also in a closed window. The channel’s direct_send must be true. service is the default.',
  }),
  direct_send_config: z
    .strictObject({
      template_name: matching(/^[a-z0-9_]{1,512}$/, 'must have lower-case letters, digits and underscores only'),
    })
    .optional()
    .meta({ description: 'Direct Send: the name under which WhatsApp counts such messages.' }),
  recipient_identity_key_hash: text(1, 256, {
    description: 'Deliver only if the contact’s identity key still has this hash.',
  }).optional(),
  if_owner: z
    .boolean()
    .optional()
    .meta({ description: 'true: refuse the message while another program holds the conversation.' }),
  ...later,
}

/** Types and interactive kinds that Direct Send does not take (Meta, Direct Send, July 2026). */
const NOT_DIRECT = new Set(['audio', 'contacts', 'location', 'sticker', 'reaction', 'address_message'])

const context = z
  .strictObject({ message_id: text(1, 512, { description: 'The id (wamid) of the message to quote.' }) })
  .optional()
  .meta({ description: 'Shows the message as a reply to an earlier one.' })

/** Rules across keys, for the published schema. */
const RULES = {
  anyOf: [{ required: ['to'] }, { required: ['recipient'] }],
  dependentRequired: { expires_at: ['send_at'], direct_send_config: ['category'] },
}
const PLAIN = /^[1-9][0-9]{6,14}$/
const GROUP = /^[A-Za-z0-9+/=_-]{1,256}$/
const WRITTEN = /^[0-9+\-() ]{7,32}$/

/** The digits of a formatted number: "+1 (206) 555-0147" becomes 12065550147. */
export function digitsOf(to: string): string {
  return to.replace(/\D/g, '')
}

/** A body names its contact by `to` or by `recipient`. */
export const whereTo = across((value, report) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  const to = fieldOf(value, 'to')
  if (fieldOf(value, 'recipient_type') === 'group') {
    if (to === undefined) report(['to'], { rule: 'required', says: 'is required: the id of the group' })
    else if (typeof to === 'string' && !GROUP.test(to))
      report(['to'], { rule: 'pattern', says: 'must be the id of a group, as group_id in its webhooks' })
    if (fieldOf(value, 'recipient') !== undefined)
      report(['recipient'], { rule: 'exclusive', says: 'is not for groups: give the id of the group in to' })
  } else if (to === undefined) {
    if (fieldOf(value, 'recipient') !== undefined) return
    report(['to'], { rule: 'required', says: 'is required: country code and number, or use recipient with a user id' })
  } else if (typeof to === 'string' && !PLAIN.test(to)) {
    const written = fieldOf(value, 'messaging_product') !== undefined && WRITTEN.test(to) && PLAIN.test(digitsOf(to))
    if (!written)
      report(['to'], { rule: 'pattern', says: 'must be country code and number, 7 to 15 digits, nothing else' })
  }
})

/** Direct Send: for free-form messages only, and not for all. */
const whereCategory = across((value, report) => {
  const category = fieldOf(value, 'category')
  const isDirect = category === 'utility' || category === 'authentication'
  if (fieldOf(value, 'direct_send_config') !== undefined && !isDirect)
    report(['direct_send_config'], { rule: 'exclusive', says: 'belongs to Direct Send: set category to utility' })
  if (category === undefined) return
  const type = wordIn(value, 'type')
  const kind = type === 'interactive' ? wordIn(fieldOf(value, 'interactive'), 'type') : type
  if (type === 'template')
    report(['category'], {
      rule: 'exclusive',
      says: 'belongs to messages without a template: a template has its own category',
    })
  else if (isDirect && NOT_DIRECT.has(kind))
    report(['category'], {
      rule: 'exclusive',
      says: `Direct Send does not take ${kind}: send it in an open window without category`,
    })
})

const fallback = z
  .strictObject({ template: templateContent })
  .meta({
    id: 'Fallback',
    description: 'Send this template instead when the 24-hour window is closed. `sent_as` of the answer says so.',
  })
  .optional()

/** The common keys and the content under the key of its type. Other keys are refused. */
const envelope = <const S extends z.core.$ZodLooseShape>(shape: S) =>
  inOrder(whereCategory(whereTo(z.strictObject({ ...common, ...shape })))).meta(RULES)

/** A template: it may go out at any time. */
export function templateMessage<const S extends z.core.$ZodLooseShape>(shape: S) {
  return envelope({ context, ...shape }).meta({ not: { required: ['category'] } })
}

/** A free-form message, which needs an open window. */
export function message<const S extends z.core.$ZodLooseShape>(shape: S) {
  return envelope({ context, fallback, ...shape })
}

/** A message that cannot quote another. */
export function messageWithoutContext<const S extends z.core.$ZodLooseShape>(shape: S) {
  return envelope(shape)
}

/** The common keys alone, to report their problems when the type itself is unknown. */
export const envelopeOnly = inOrder(whereTo(z.looseObject({ ...common, context })))

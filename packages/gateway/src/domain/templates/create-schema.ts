import { z } from 'zod'
import { listOf } from '../fields/lists.ts'
import { shorten } from '../fields/problem.ts'
import { across, anyCaseOf, fail, fieldOf, itemsOf, matching, type Report, whole, wordIn } from '../fields/schema.ts'
import { createComponent, LONGEST, onceEach, reportLong, typeOf } from './create-components.ts'
import { LANGUAGES } from './languages.ts'

const CATEGORIES = ['MARKETING', 'UTILITY', 'AUTHENTICATION'] as const

/** Rules for the components together, and the components that a category allows. */
const partsTogether = (category?: string) =>
  across((value, report) => {
    const components = fieldOf(value, 'components')
    if (!Array.isArray(components)) return
    const list = itemsOf(components)
    const at = (type: string) => list.findIndex((part) => typeOf(part) === type)
    const kind = fieldOf(value, 'category') === undefined ? category : wordIn(value, 'category')
    const isAuthentication = kind?.toUpperCase() === 'AUTHENTICATION'
    onceEach(components, (path, params) => report(['components', ...path], params))
    const words = fieldOf(list[at('body')], 'text')
    if (at('body') < 0) {
      report(['components'], { rule: 'required', says: 'must have a BODY component' })
    } else if (!isAuthentication && words === undefined) {
      report(['components', at('body'), 'text'], { rule: 'required', says: 'is required' })
    }
    if (at('limited_time_offer') >= 0) {
      reportLong(words, LONGEST.offerBody, ['components', at('body'), 'text'], report)
      if (at('footer') >= 0) {
        report(['components', at('footer')], { rule: 'exclusive', says: 'cannot stand beside a LIMITED_TIME_OFFER' })
      }
    }
    if (isAuthentication) authenticationParts(list, at, report)
  })

/** WhatsApp writes the text of authentication templates itself. */
function authenticationParts(list: readonly unknown[], at: (type: string) => number, report: Report): void {
  for (const type of ['header', 'carousel', 'limited_time_offer']) {
    if (at(type) >= 0)
      report(['components', at(type)], { rule: 'exclusive', says: 'is not part of an AUTHENTICATION template' })
  }
  for (const type of ['body', 'footer']) {
    if (fieldOf(list[at(type)], 'text') === undefined) continue
    const says = 'is written by WhatsApp for AUTHENTICATION templates: leave it out'
    report(['components', at(type), 'text'], { rule: 'exclusive', says })
  }
  const kinds = itemsOf(list[at('buttons')], 'buttons').map(typeOf)
  if (!kinds.includes('otp')) {
    const says = 'must have a BUTTONS component with an OTP button for an AUTHENTICATION template'
    report(['components'], { rule: 'required', says })
  }
}

const language = z
  .string()
  .check((payload) => {
    if (LANGUAGES.includes(payload.value)) return
    const actual = shorten(payload.value)
    const says = `must be a language code of WhatsApp’s such as en_US, got ${JSON.stringify(actual)}`
    fail(payload, 'enum', says, undefined, actual)
  })
  .meta({ enum: [...LANGUAGES], examples: ['en_US'] })

const components = listOf(createComponent, 0, 6).optional()
const timeToLive = whole(-1, 2_592_000, {
  description: 'Seconds that WhatsApp keeps trying; -1 for 30 days.',
}).optional()

const changesSomething = across((value, report) => {
  if (typeof value !== 'object' || value === null || Object.keys(value).length > 0) return
  report([], { rule: 'required', says: 'must hold category, components or message_send_ttl_seconds' })
})

/** The accepted body of PATCH /external/templates/{template_id}. Components replace the old ones as a whole. */
export const editTemplateSchema = changesSomething(
  z.strictObject({
    category: anyCaseOf(CATEGORIES).optional(),
    components,
    message_send_ttl_seconds: timeToLive,
  }),
).meta({ id: 'EditTemplate', description: 'What to change about a template. WhatsApp reviews it again.' })

/** The accepted body of POST /external/templates. */
export const createTemplateSchema = partsTogether()(
  z.strictObject({
    name: matching(/^[a-z0-9_]{1,100}$/, 'must be 1 to 100 lower-case letters, digits and underscores', {
      examples: ['order_ready'],
    }),
    language,
    category: anyCaseOf(CATEGORIES),
    parameter_format: anyCaseOf(['POSITIONAL', 'NAMED']).optional(),
    allow_category_change: z.boolean().optional(),
    message_send_ttl_seconds: timeToLive,
    cta_url_link_tracking_opted_out: z.boolean().optional(),
    components,
  }),
).meta({
  id: 'CreateTemplate',
  description: 'A template for WhatsApp to review. Types are upper case by custom and may be written in any case.',
  examples: [
    {
      name: 'order_ready',
      language: 'en_US',
      category: 'UTILITY',
      components: [
        { type: 'BODY', text: 'Hello {{1}}, order {{2}} is ready.', example: { body_text: [['Ann', '8812']] } },
        { type: 'FOOTER', text: 'Harbour Street shop' },
      ],
    },
  ],
})

/** The same for one template, whose category decides which components are allowed. */
export function editSchemaFor(category: string) {
  return partsTogether(category)(editTemplateSchema)
}

import { z } from 'zod'
import { listOf } from '../fields/lists.ts'
import { shorten } from '../fields/problem.ts'
import {
  across,
  anyCaseOf,
  fail,
  fieldOf,
  itemsOf,
  matching,
  type Report,
  text,
  whole,
  wordIn,
} from '../fields/schema.ts'
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

/** The most that a delivery may cost: WhatsApp bids below it. */
const optimization = z
  .looseObject({
    bid_strategy: z
      .string()
      .optional()
      .meta({ examples: ['LOWEST_COST_WITH_BID_CAP'] }),
    bid_amount: whole(1, Number.MAX_SAFE_INTEGER, {
      description: 'The highest price for 1,000 deliveries, in the smallest unit of the account’s currency.',
    }).optional(),
  })
  .meta({ description: 'The highest price of a marketing template, sent through the Marketing Messages API.' })

const creativeFeatures = z
  .record(z.string(), z.looseObject({ enroll_status: anyCaseOf(['OPT_IN', 'OPT_OUT']) }))
  .meta({ description: 'Which changes WhatsApp may make to a marketing template, by the name of the feature.' })

/** A template that WhatsApp has written already. */
const library = {
  library_template_name: text(1, 512, {
    description: 'A template of WhatsApp’s library, instead of components.',
  }).optional(),
  library_template_body_inputs: z.looseObject({}).optional(),
  library_template_button_inputs: listOf(z.looseObject({}), 0, 10).optional(),
}

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
    allow_category_change: z.boolean().optional().meta({
      description: 'Accepted and not sent: WhatsApp corrects the category of every template by itself.',
    }),
    message_send_ttl_seconds: timeToLive,
    cta_url_link_tracking_opted_out: z.boolean().optional(),
    optimization_spec: optimization.optional(),
    degrees_of_freedom_spec: z.strictObject({ creative_features_spec: creativeFeatures }).optional(),
    creative_features_spec: creativeFeatures.optional(),
    ...library,
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
        { type: 'BODY', text: 'Your order is ready. Come by until 18:00.' },
        { type: 'FOOTER', text: 'Harbour Street shop' },
      ],
    },
  ],
})

/** The same for one template, whose category decides which components are allowed. */
export function editSchemaFor(category: string) {
  return partsTogether(category)(editTemplateSchema)
}

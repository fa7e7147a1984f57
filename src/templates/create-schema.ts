import { z } from 'zod'
import { across, anyCase, anyCaseOf, chooseBy, fieldOf, itemsOf, listOf, matching, text } from '../fields/schema.ts'
import type { Report } from '../fields/schema.ts'
import { buttonsTogether, createButton, MOST_BUTTONS } from './create-buttons.ts'
import { bodyExample, goodVariables, headerExample } from './create-texts.ts'
import { LANGUAGES } from './languages.ts'
import { variablesIn } from './variables.ts'

const CATEGORIES = ['MARKETING', 'UTILITY', 'AUTHENTICATION'] as const

const LONGEST = { header: 60, body: 1024, offerBody: 600, footer: 60, offer: 16, cardBody: 160 } as const

const HEADER_VARIABLES = { numbered: 'header_text', named: 'header_text_named_params', most: 1, mayTouchEnds: true }
const BODY_VARIABLES = { numbered: 'body_text', named: 'body_text_named_params', most: 100, mayTouchEnds: false }

const hasHandle = across((value, report) => {
  if (itemsOf(fieldOf(value, 'example'), 'header_handle').length > 0) return
  report(['example', 'header_handle'], {
    rule: 'required',
    says: 'is required: the handle of an uploaded example file',
  })
})

function mediaHeader(format: string) {
  return hasHandle(
    z.strictObject({ type: anyCase('header'), format: anyCase(format), example: headerExample.optional() }),
  )
}

const header = chooseBy(
  'format',
  {
    text: goodVariables(HEADER_VARIABLES)(
      z.strictObject({
        type: anyCase('header'),
        format: anyCase('text'),
        text: text(1, LONGEST.header, { oneLine: true }),
        example: headerExample.optional(),
      }),
    ),
    image: mediaHeader('image'),
    video: mediaHeader('video'),
    gif: mediaHeader('gif'),
    document: mediaHeader('document'),
    location: z.strictObject({ type: anyCase('header'), format: anyCase('location') }),
    product: z.strictObject({ type: anyCase('header'), format: anyCase('product') }),
  },
  { ignoreCase: true },
)

const body = goodVariables(BODY_VARIABLES)(
  z.strictObject({
    type: anyCase('body'),
    text: text(1, LONGEST.body).optional(),
    example: bodyExample.optional(),
    add_security_recommendation: z.boolean().optional(),
  }),
)

const fixedFooter = across((value, report) => {
  const words = fieldOf(value, 'text')
  if (typeof words === 'string' && variablesIn(words).length > 0) {
    report(['text'], { rule: 'pattern', says: 'must not hold variables' })
  }
  if (words === undefined && fieldOf(value, 'code_expiration_minutes') === undefined) {
    report(['text'], { rule: 'required', says: 'is required' })
  }
})

const footer = fixedFooter(
  z.strictObject({
    type: anyCase('footer'),
    text: text(1, LONGEST.footer, { oneLine: true }).optional(),
    code_expiration_minutes: z.int().min(1).max(90).optional(),
  }),
)

const buttons = z.strictObject({
  type: anyCase('buttons'),
  buttons: buttonsTogether(listOf(createButton, 1, MOST_BUTTONS)),
})

const offer = z.strictObject({
  type: anyCase('limited_time_offer'),
  limited_time_offer: z.strictObject({ text: text(1, LONGEST.offer), has_expiration: z.boolean().optional() }),
})

const cardParts = across((value, report) => {
  const body = itemsOf(value).find((part) => typeOf(part) === 'body')
  const at = itemsOf(value).indexOf(body)
  reportLong(fieldOf(body, 'text'), LONGEST.cardBody, [at, 'text'], report)
  if (!itemsOf(value).some((part) => typeOf(part) === 'header')) {
    report([], { rule: 'required', says: 'must have a HEADER component: an image, a video or a product' })
  }
  onceEach(value, report)
})

const card = z.strictObject({
  components: cardParts(listOf(chooseBy('type', { header, body, buttons }, { ignoreCase: true }), 1, 3)),
})

const cardsAlike = across((value, report) => {
  const shapes = itemsOf(value).map((one) => shapeOf(fieldOf(one, 'components')))
  shapes.forEach((shape, i) => {
    if (shape === shapes[0]) return
    const says = `must have the same components and buttons as the first card (${shapes[0]}), got ${shape}`
    report([i, 'components'], { rule: 'consistent', says })
  })
  itemsOf(value).forEach((one, i) => {
    itemsOf(one, 'components').forEach((part, p) => {
      const actual = itemsOf(part, 'buttons').length
      if (actual > 2)
        report([i, 'components', p, 'buttons'], {
          rule: 'maxItems',
          limit: 2,
          actual,
          says: `at most 2 buttons on a card, got ${actual}`,
        })
    })
  })
})

function shapeOf(components: unknown): string {
  const words = itemsOf(components).map((part) => {
    const kinds = itemsOf(part, 'buttons').map(typeOf)
    const format = fieldOf(part, 'format')
    return [typeOf(part), ...(typeof format === 'string' ? [format.toLowerCase()] : []), ...kinds].join(' ')
  })
  return words.sort().join(', ')
}

const carousel = z.strictObject({ type: anyCase('carousel'), cards: cardsAlike(listOf(card, 2, 10)) })

export const createComponent = chooseBy(
  'type',
  { header, body, footer, buttons, limited_time_offer: offer, carousel },
  { ignoreCase: true },
)

function typeOf(part: unknown): string {
  return String(fieldOf(part, 'type') ?? '').toLowerCase()
}

function onceEach(value: unknown, report: Report): void {
  const types = itemsOf(value).map(typeOf)
  types.forEach((type, i) => {
    if (type !== '' && types.indexOf(type) !== i)
      report([i], { rule: 'unique', says: `is a second ${type.toUpperCase()} component` })
  })
}

function reportLong(words: unknown, limit: number, path: PropertyKey[], report: Report): void {
  const actual = typeof words === 'string' ? [...words].length : 0
  if (actual > limit)
    report(path, { rule: 'maxLength', limit, actual, says: `at most ${limit} characters here, got ${actual}` })
}

/** What the components must be together, and which of them this category knows. */
const partsTogether = (category?: string) =>
  across((value, report) => {
    const components = fieldOf(value, 'components')
    if (!Array.isArray(components)) return
    const list = itemsOf(components)
    const at = (type: string) => list.findIndex((part) => typeOf(part) === type)
    const isAuthentication = String(fieldOf(value, 'category') ?? category).toUpperCase() === 'AUTHENTICATION'
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

const components = listOf(createComponent, 0, 6).optional()
const timeToLive = z
  .int()
  .min(-1)
  .max(2_592_000)
  .optional()
  .meta({ description: 'Seconds that WhatsApp keeps trying; -1 for 30 days.' })

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
    language: z.enum(LANGUAGES as readonly [string, ...string[]]).meta({ examples: ['en_US'] }),
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

/** The same for one template, whose category decides which components it knows. */
export function editSchemaFor(category: string) {
  return partsTogether(category)(editTemplateSchema)
}

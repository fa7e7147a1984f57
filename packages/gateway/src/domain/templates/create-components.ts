import { z } from 'zod'
import { chooseBy } from '../fields/choose.ts'
import { listOf } from '../fields/lists.ts'
import { across, anyCase, fieldOf, itemsOf, text, type Report, whole, wordIn } from '../fields/schema.ts'
import { buttonsTogether, createButton, MOST_BUTTONS } from './create-buttons.ts'
import { bodyExample, goodVariables, headerExample } from './create-texts.ts'
import { variablesIn } from './variables.ts'

/** Meta's limits, in characters. */
export const LONGEST = { header: 60, body: 1024, offerBody: 600, footer: 60, offer: 16, cardBody: 160 } as const

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
    code_expiration_minutes: whole(1, 90).optional(),
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

export function typeOf(part: unknown): string {
  return wordIn(part, 'type').toLowerCase()
}

export function onceEach(value: unknown, report: Report): void {
  const types = itemsOf(value).map(typeOf)
  types.forEach((type, i) => {
    if (type !== '' && types.indexOf(type) !== i)
      report([i], { rule: 'unique', says: `is a second ${type.toUpperCase()} component` })
  })
}

export function reportLong(words: unknown, limit: number, path: PropertyKey[], report: Report): void {
  const actual = typeof words === 'string' ? [...words].length : 0
  if (actual > limit)
    report(path, { rule: 'maxLength', limit, actual, says: `at most ${limit} characters here, got ${actual}` })
}

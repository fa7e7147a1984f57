import { z } from 'zod'
import { choose, notAnObject } from '../fields/choose.ts'
import { unique, listOf } from '../fields/lists.ts'
import { across, fail, fieldOf, itemsOf, text, whole } from '../fields/schema.ts'
import { body, cardHeader, label, urlAction } from './interactive-parts.ts'
import { LIMITS } from './limits.ts'

const quickReplies = z.strictObject({
  buttons: listOf(
    z.strictObject({
      type: z.literal('quick_reply'),
      quick_reply: z.strictObject({ id: text(1, LIMITS.buttonId), title: label('The button’s words.') }),
    }),
    1,
    Infinity,
  ),
})

/**
 * The content of a card's action decides its kind: samples of quick-reply cards say `"type":"cta_url"` too, so the
 * card's own type says nothing.
 */
const cardAction = choose([urlAction, quickReplies], (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return notAnObject(value)
  const buttons = 'buttons' in value
  const url = 'name' in value || 'parameters' in value
  if (buttons && url) {
    return {
      at: [],
      params: {
        rule: 'exclusive',
        says: 'takes name and parameters (a URL button) or buttons (quick replies), not both',
      },
    }
  }
  return buttons ? quickReplies : urlAction
})

const cardBody = z.strictObject({
  text: text(1, LIMITS.cardBody, { description: 'At most two line breaks.' }).check((payload) => {
    const breaks = payload.value.split('\n').length - 1
    const limit = LIMITS.cardBodyBreaks
    if (breaks > limit) fail(payload, 'maxLines', `at most ${limit} line breaks, got ${breaks}`, limit, breaks)
  }),
})

const cardIndex = whole(0, LIMITS.mostCards - 1, { description: 'Zero-based, left to right. A number, not a string.' })

export const mediaCard = z.strictObject({
  card_index: cardIndex,
  type: z
    .literal('cta_url')
    .optional()
    .meta({ description: 'Samples carry it on every card, quick replies included. Not needed.' }),
  header: cardHeader,
  body: cardBody.optional(),
  action: cardAction,
})

const productCard = z.strictObject({
  card_index: cardIndex,
  type: z.literal('product'),
  action: z.strictObject({ product_retailer_id: text(1, 256), catalog_id: text(1, 64) }),
})

/** Undefined for an action that is both kinds or neither. Its own schema reports that. */
function kindOfAction(action: unknown): string | undefined {
  const hasButtons = fieldOf(action, 'buttons') !== undefined
  const hasName = fieldOf(action, 'name') !== undefined
  if (hasButtons === hasName) return undefined
  return hasButtons ? 'quick replies' : 'a URL button'
}

/** Meta gives all cards the same layout, so all must have the parts of the first one. */
const alike = across((value, report) => {
  const cards = itemsOf(value)
  unique(
    cards,
    (card) => fieldOf(card, 'card_index'),
    (i) => [i, 'card_index'],
    report,
  )
  const first = fieldOf(cards[0], 'action')
  const kind = kindOfAction(first)
  const count = itemsOf(first, 'buttons').length
  const catalog = fieldOf(first, 'catalog_id')
  cards.forEach((card, i) => {
    const action = fieldOf(card, 'action')
    const own = kindOfAction(action)
    if (kind !== undefined && own !== undefined && own !== kind) {
      report([i, 'action'], { rule: 'consistent', says: `must hold ${kind}, as on the first card, got ${own}` })
    } else if (own === 'quick replies' && itemsOf(action, 'buttons').length !== count) {
      const actual = itemsOf(action, 'buttons').length
      const says = `must hold as many buttons as the first card: ${count}, got ${actual}`
      report([i, 'action', 'buttons'], { rule: 'consistent', limit: count, actual, says })
    }
    const other = fieldOf(action, 'catalog_id')
    if (catalog !== undefined && other !== undefined && other !== catalog) {
      report([i, 'action', 'catalog_id'], { rule: 'consistent', says: 'must be the catalog of the first card' })
    }
  })
})

const mediaCards = alike(listOf(mediaCard, LIMITS.fewestCards, LIMITS.mostCards))
const productCards = alike(listOf(productCard, LIMITS.fewestCards, LIMITS.mostCards))

const cards = choose([mediaCards, productCards], (value) => {
  const isProduct = (card: unknown) =>
    fieldOf(card, 'type') === 'product' || fieldOf(fieldOf(card, 'action'), 'product_retailer_id') !== undefined
  return isProduct(itemsOf(value)[0]) ? productCards : mediaCards
})

export const carouselKind = z
  .strictObject({
    type: z.literal('carousel'),
    body: body(),
    action: z.strictObject({ cards }),
  })
  .meta({
    title: 'Carousel',
    description: 'A carousel of two to ten cards, all with the same kind and number of buttons.',
  })

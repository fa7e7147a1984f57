import type { MediaKnown } from './check-content.ts'
import { at, lengthOf, type Checker, type Json } from './checker.ts'
import { invalid } from './graph-error.ts'
import { PATH, checkHeader, checkTitle } from './interactive-parts.ts'

export function checkUrlAction(check: Checker, action: Json, path: string): void {
  check.onlyKeys(action, ['name', 'parameters'], path)
  check.word(action, 'name', path, ['cta_url'])
  const parameters = check.object(action, 'parameters', path)
  const where = at(path, 'parameters')
  check.onlyKeys(parameters, ['display_text', 'url'], where)
  const text = check.string(parameters, 'display_text', where)
  check.value(lengthOf(text) <= 20, 'Button display text length invalid. Min length: 1, Max length: 20')
  check.uri(check.string(parameters, 'url', where), at(where, 'url'))
}

export function checkCarousel(check: Checker, action: Json, known: MediaKnown): void {
  check.onlyKeys(action, ['cards'], PATH)
  const cards = check.objects(action, 'cards', PATH)
  check.value(
    cards.length >= 2 && cards.length <= 10,
    'Invalid cards count. Min allowed cards: 2, Max allowed cards: 10',
  )
  const kinds = new Set<string>()
  const indexes = new Set<number>()
  const catalogs = new Set<string>()
  let titlesDiffer = true
  cards.forEach((card, i) => {
    const path = at(at(PATH, 'cards'), i)
    check.onlyKeys(card, ['card_index', 'type', 'header', 'body', 'action'], path)
    const index = card['card_index']
    if (index === undefined) throw invalid(`The parameter ${at(path, 'card_index')} is required.`)
    if (!Number.isInteger(index)) throw invalid(`Param ${at(path, 'card_index')} must be an integer.`)
    check.value((index as number) >= 0 && (index as number) <= 9, 'Card index must be between 0 and 9')
    check.value(!indexes.has(index as number), 'Duplicate card index')
    indexes.add(index as number)
    const type = card['type'] === undefined ? undefined : check.word(card, 'type', path, ['cta_url', 'product'])
    const inner = check.object(card, 'action', path)
    if (type === 'product') {
      check.onlyKeys(card, ['card_index', 'type', 'action'], path)
      check.onlyKeys(inner, ['product_retailer_id', 'catalog_id'], at(path, 'action'))
      check.string(inner, 'product_retailer_id', at(path, 'action'))
      catalogs.add(check.string(inner, 'catalog_id', at(path, 'action')))
      kinds.add('product')
      return
    }
    const header = check.object(card, 'header', path)
    checkHeader(check, header, ['image', 'video'], known, at(path, 'header'))
    const body = check.optionalObject(card, 'body', path)
    if (body) {
      check.onlyKeys(body, ['text'], at(path, 'body'))
      const text = check.string(body, 'text', at(path, 'body'))
      check.value(lengthOf(text) <= 160, 'Card body text length invalid. Min length: 1, Max length: 160')
      check.value((text.match(/\n/g)?.length ?? 0) <= 2, 'Card body text must not have more than 2 line breaks')
    }
    const buttons = checkCardAction(check, inner, at(path, 'action'))
    kinds.add(buttons.kind)
    titlesDiffer &&= buttons.unlike
  })
  check.value(kinds.size <= 1, 'All cards must have the same kind and number of buttons')
  check.value(titlesDiffer, 'Duplicate button title')
  check.value(catalogs.size <= 1, 'All cards must have the same catalog_id')
}

/**
 * Returns the kind and number of buttons, which must be the same on all cards, and whether each title is unique on its
 * card.
 */
function checkCardAction(check: Checker, action: Json, path: string): { kind: string; unlike: boolean } {
  if (action['buttons'] === undefined) {
    checkUrlAction(check, action, path)
    return { kind: 'url:1', unlike: true }
  }
  check.onlyKeys(action, ['buttons'], path)
  const buttons = check.objects(action, 'buttons', path)
  check.value(buttons.length >= 1, 'Invalid buttons count. Min allowed buttons: 1')
  const ids = new Set<string>()
  const titles: string[] = []
  buttons.forEach((button, i) => {
    const where = at(at(path, 'buttons'), i)
    check.word(button, 'type', where, ['quick_reply'])
    check.onlyKeys(button, ['type', 'quick_reply'], where)
    const reply = check.object(button, 'quick_reply', where)
    check.onlyKeys(reply, ['id', 'title'], at(where, 'quick_reply'))
    const id = check.string(reply, 'id', at(where, 'quick_reply'))
    check.value(lengthOf(id) <= 256, 'Button id length invalid. Min length: 1, Max length: 256')
    check.value(!ids.has(id), 'Duplicate button id')
    ids.add(id)
    const title = check.string(reply, 'title', at(where, 'quick_reply'))
    checkTitle(check, title, 'Button', 20)
    titles.push(title)
  })
  return { kind: `quick_reply:${buttons.length}`, unlike: new Set(titles).size === titles.length }
}

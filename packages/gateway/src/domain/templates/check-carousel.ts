import type { TemplateComponent } from '../messages/message.ts'
import type { CardWants, Wants } from './catalog-entry.ts'
import { checkParts } from './check-parts.ts'
import { LONGEST_CARD_BODY } from './check-text.ts'
import { counted, finding } from './findings.ts'
import { firstOf } from './parts.ts'
import type { Finding } from './refusal.ts'

/** Checks the cards of a carousel: their number, and the parameters of each. */
export function checkCarousel(wants: Wants, components: readonly TemplateComponent[], path: string): Finding[] {
  const index = firstOf(components, 'carousel')
  const component = components[index]
  if (!wants.cards) {
    if (index < 0) return []
    return [
      finding(132012, 'carousel: the template has no carousel', `${path}.${index}`, {
        rule: 'unknownKey',
        wants: 'no carousel component',
        got: 'one',
      }),
    ]
  }
  const count = wants.cards.length
  if (!component || !('cards' in component)) {
    return [
      finding(132000, `carousel: number of cards (0) does not match the expected number of cards (${count})`, path, {
        rule: 'required',
        wants: `a carousel component with ${counted(count, 'card')}`,
        got: 'none',
      }),
    ]
  }
  return checkCards(wants.cards, wants.isNamed, component.cards, `${path}.${index}.cards`)
}

type SentCard = Extract<TemplateComponent, { cards: unknown }>['cards'][number]

function checkCards(
  wants: readonly CardWants[],
  isNamed: boolean,
  cards: readonly SentCard[],
  path: string,
): Finding[] {
  const findings: Finding[] = []
  if (cards.length !== wants.length) {
    findings.push(
      finding(
        132000,
        `carousel: number of cards (${cards.length}) does not match the expected number of cards (${wants.length})`,
        path,
        {
          rule: cards.length > wants.length ? 'maxItems' : 'minItems',
          limit: wants.length,
          actual: cards.length,
          wants: counted(wants.length, 'card'),
          got: String(cards.length),
        },
      ),
    )
  }
  const seen = new Set<number>()
  cards.forEach((card, i) => {
    const want = wants[card.card_index]
    if (!want || seen.has(card.card_index))
      findings.push(wrongCard(card.card_index, wants.length, Boolean(want), `${path}.${i}.card_index`))
    else
      findings.push(
        ...checkParts({ ...want, isNamed, longestBody: LONGEST_CARD_BODY }, card.components, `${path}.${i}.components`),
      )
    seen.add(card.card_index)
  })
  return findings
}

function wrongCard(index: number, count: number, isRepeated: boolean, path: string): Finding {
  const details = isRepeated ? `carousel: card ${index} is given twice` : `carousel: card ${index} does not exist`
  return finding(132012, details, path, {
    rule: isRepeated ? 'unique' : 'maximum',
    limit: count - 1,
    actual: index,
    wants: `each card_index from 0 to ${count - 1} once`,
    got: isRepeated ? `${index} twice` : String(index),
  })
}

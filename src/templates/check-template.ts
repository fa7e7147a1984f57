import type { TemplateComponent, TemplateParameter, TemplateSend } from '../messages/message.ts'
import type { ButtonWants, CardWants, CatalogEntry, HeaderWants, TextWants, Wants } from './catalog-entry.ts'
import { checkButtons, type SentButton } from './check-buttons.ts'
import { BODY_TEXT, checkHeader, checkText, LONGEST_BODY, LONGEST_CARD_BODY, LONGEST_LONE_BODY } from './check-text.ts'
import { isApproved, refuseStatus } from './choose-template.ts'
import { expandCode, LONGEST_CODE } from './expand-code.ts'
import { counted, finding, lengthFindings } from './findings.ts'
import { refusalOf, type Finding, type Refusal } from './refusal.ts'

/** What to send when it is right: the customer's components, or those that a code was expanded into. */
export type Checked = { ok: true; components: TemplateComponent[] } | ({ ok: false } & Refusal)

/**
 * Says whether WhatsApp would take this send of this template, and if not, everything that has to change. Paths are
 * those of the customer's body, so `components` must be in the order in which they came.
 */
export function checkTemplate(entry: CatalogEntry, sent: Pick<TemplateSend, 'components' | 'code'>): Checked {
  if (!isApproved(entry)) return { ok: false, ...refuseStatus([entry], { name: entry.name, language: entry.language }) }
  if (sent.code !== undefined) return sent.components === undefined ? expandCode(entry, sent.code) : codeAndComponents()
  const components = sent.components ?? []
  const refusal = refusalOf(
    needsCode(entry, components)
      ? [codeMissing(entry)]
      : [...checkComponents(entry.wants, components, PATH), ...checkCode(entry, components)],
  )
  return refusal ? { ok: false, ...refusal } : { ok: true, components }
}

const PATH = 'template.components'
const NO_TEXT: TextWants = { text: '', variables: [], fixedLength: 0 }
const NO_PARAMETERS: readonly TemplateParameter[] = []

type Parts = { header?: HeaderWants; body?: TextWants; buttons: ButtonWants[]; longestBody: number; isNamed: boolean }

function checkComponents(wants: Wants, components: readonly TemplateComponent[], path: string): Finding[] {
  const isLoneBody = !wants.header && !wants.footer && wants.buttons.length === 0 && !wants.cards && !wants.offer
  const parts: Parts = { ...wants, longestBody: isLoneBody ? LONGEST_LONE_BODY : LONGEST_BODY }
  const findings = checkParts(parts, components, path)
  findings.push(...checkOffer(wants, components, path))
  findings.push(...checkCarousel(wants, components, path))
  return findings
}

/** Header, body and buttons: what a template and a card have in common. */
function checkParts(parts: Parts, components: readonly TemplateComponent[], path: string): Finding[] {
  const findings: Finding[] = []
  const at = (type: string) => firstOf(components, type)
  const header = at('header')
  findings.push(...checkHeader(parts.header, parametersOf(components[header]), placeOf(header, path), parts.isNamed))
  const body = at('body')
  const place = { part: 'body', takes: BODY_TEXT, longest: parts.longestBody, isNamed: parts.isNamed }
  findings.push(...checkText(parts.body ?? NO_TEXT, parametersOf(components[body]), placeOf(body, path), place))
  const buttons: SentButton[] = []
  components.forEach((component, i) => {
    if ('sub_type' in component) buttons.push({ component, path: `${path}.${i}` })
    else if (at(component.type.toLowerCase()) !== i)
      findings.push(repeated(component.type.toLowerCase(), `${path}.${i}`))
  })
  findings.push(...checkButtons(parts.buttons, buttons, path))
  return findings
}

function firstOf(components: readonly TemplateComponent[], type: string): number {
  return components.findIndex((component) => component.type.toLowerCase() === type)
}

function parametersOf(component: TemplateComponent | undefined): readonly TemplateParameter[] {
  return component && 'parameters' in component ? (component.parameters ?? NO_PARAMETERS) : NO_PARAMETERS
}

/** Where a component's parameters stand, or the list of components when there is no such component. */
function placeOf(index: number, path: string): string {
  return index < 0 ? path : `${path}.${index}.parameters`
}

function repeated(type: string, path: string): Finding {
  return finding(132000, `${type}: component is given twice`, path, {
    rule: 'unique',
    wants: `one ${type} component`,
    got: 'another one',
  })
}

/** Expiry times before this (the year 2001 in milliseconds) were surely meant in seconds. */
const EARLIEST_MS = 1_000_000_000_000

function checkOffer(wants: Wants, components: readonly TemplateComponent[], path: string): Finding[] {
  const index = firstOf(components, 'limited_time_offer')
  const parameters = parametersOf(components[index])
  const at = placeOf(index, path)
  if (!wants.offer) {
    if (index < 0) return []
    return [
      finding(132012, 'limited_time_offer: the template has no limited time offer', `${path}.${index}`, {
        rule: 'unknownKey',
        wants: 'no limited_time_offer component',
        got: 'one',
      }),
    ]
  }
  const [first, ...more] = parameters
  if (!first) return wants.offer.hasExpiration || index >= 0 ? [offerMissing(at)] : []
  if (!('limited_time_offer' in first) || more.length > 0) {
    return [
      finding(132012, 'limited_time_offer: Format mismatch, expected LIMITED_TIME_OFFER', at, {
        rule: 'type',
        wants: 'one limited_time_offer parameter',
        got: more.length > 0 ? String(parameters.length) : `a ${first.type} parameter`,
      }),
    ]
  }
  const expires = first.limited_time_offer.expiration_time_ms
  if (expires >= EARLIEST_MS) return []
  return [
    finding(
      131009,
      'limited_time_offer: expiration_time_ms is in the past',
      `${at}.0.limited_time_offer.expiration_time_ms`,
      {
        rule: 'minimum',
        limit: EARLIEST_MS,
        actual: expires,
        wants: 'Unix milliseconds',
        got: `${expires}, which looks like seconds`,
        message: `must be Unix milliseconds; ${expires} looks like seconds`,
      },
    ),
  ]
}

function offerMissing(path: string): Finding {
  return finding(131008, 'limited_time_offer: expiration_time_ms is required', path, {
    rule: 'required',
    wants: 'a limited_time_offer component with expiration_time_ms',
    got: 'none',
  })
}

function checkCarousel(wants: Wants, components: readonly TemplateComponent[], path: string): Finding[] {
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
      finding(131008, 'carousel: cards are required', path, {
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

const isAuthentication = (entry: CatalogEntry) => entry.category === 'AUTHENTICATION'

function needsCode(entry: CatalogEntry, components: readonly TemplateComponent[]): boolean {
  return isAuthentication(entry) && components.length === 0
}

function codeMissing(entry: CatalogEntry): Finding {
  const expected = entry.wants.body?.variables.length ?? 0
  const details = `body: number of localizable_params (0) does not match the expected number of params (${expected})`
  return finding(132000, details, 'template.code', {
    rule: 'required',
    wants: 'the one-time code in template.code',
    got: 'none',
  })
}

function codeAndComponents(): Checked {
  const refused = finding(132012, 'code and components exclude each other', 'template.code', {
    rule: 'exclusive',
    wants: 'template.code or template.components',
    got: 'both',
    message: 'goes without components: the code fills the body and the button by itself',
  })
  return { ok: false, ...refusalOf([refused])! }
}

/** An authentication send in Meta's own form: the same short code in the body and in the button. */
function checkCode(entry: CatalogEntry, components: readonly TemplateComponent[]): Finding[] {
  if (!isAuthentication(entry)) return []
  const findings: Finding[] = []
  let first: string | undefined
  components.forEach((component, i) => {
    const parameter = parametersOf(component)[0]
    if (!parameter || !('text' in parameter)) return
    const path = `${PATH}.${i}.parameters.0.text`
    findings.push(...lengthFindings(parameter.text, LONGEST_CODE, path, 'code'))
    if (first !== undefined && parameter.text !== first) {
      findings.push(
        finding(132012, 'buttons: the code differs from the code in the body', path, {
          rule: 'consistent',
          wants: 'the same code in the body and in the button',
          got: 'two different ones',
        }),
      )
    }
    first ??= parameter.text
  })
  return findings
}

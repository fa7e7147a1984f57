import type {
  ButtonWants,
  CardWants,
  CatalogEntry,
  HeaderWants,
  TextWants,
} from '../../../src/templates/catalog-entry.ts'
import { mediaFrom } from './fields.tsx'
import type { Json } from './draft.ts'

/** What a template asks for, as a flat list of inputs; and what was given, by the same keys. */
export type Wish = { key: string; label: string; kind: 'text' | 'media' | 'latitude' | 'code' | 'date'; of: string }
export type Values = Record<string, string>

export const isOneTimeCode = (entry: CatalogEntry): boolean => entry.wants.buttons.some((button) => button.isOtp)

export function wishesOf(entry: CatalogEntry): Wish[] {
  if (isOneTimeCode(entry)) return [{ key: 'code', label: 'code', kind: 'code', of: 'code' }]
  const { wants } = entry
  const wishes = partWishes(wants, '')
  if (wants.offer?.hasExpiration) wishes.push({ key: 'offer', label: 'offer', kind: 'date', of: 'offer' })
  wants.cards?.forEach((card, i) => wishes.push(...partWishes(card, `card.${i}.`)))
  return wishes
}

function partWishes(wants: CardWants, at: string): Wish[] {
  const wishes: Wish[] = []
  const { header } = wants
  if (header?.kind === 'text') wishes.push(...textWishes(header.text, `${at}header`))
  else if (header?.kind === 'location') {
    for (const one of ['latitude', 'longitude', 'name', 'address'])
      wishes.push({ key: `${at}header.${one}`, label: one, kind: 'latitude', of: `${at}header` })
  } else if (header && header.kind !== 'product' && header.kind !== 'other')
    wishes.push({ key: `${at}header.media`, label: header.kind, kind: 'media', of: `${at}header` })
  wishes.push(...textWishes(wants.body, `${at}body`))
  wants.buttons.forEach((button, i) => {
    if (button.hasVariable || button.kind === 'copy_code')
      wishes.push({ key: `${at}button.${i}`, label: button.text, kind: 'text', of: `${at}button` })
  })
  return wishes
}

const textWishes = (wants: TextWants | undefined, of: string): Wish[] =>
  (wants?.variables ?? []).map((name) => ({ key: `${of}.${name}`, label: `{{${name}}}`, kind: 'text', of }))

/** The `template` of a send. */
export function templateOf(entry: CatalogEntry, values: Values): Json {
  const base = { name: entry.name, language: entry.language }
  if (isOneTimeCode(entry)) return { ...base, code: values.code ?? '' }
  const components = partComponents(entry.wants, '', values, entry.wants.isNamed)
  if (entry.wants.offer?.hasExpiration) {
    const at = new Date(values.offer ?? '').getTime()
    const time = { type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: Number.isNaN(at) ? 0 : at } }
    components.push({ type: 'limited_time_offer', parameters: [time] })
  }
  if (entry.wants.cards) {
    const cards = entry.wants.cards.map((card, i) => ({
      card_index: i,
      components: partComponents(card, `card.${i}.`, values, entry.wants.isNamed),
    }))
    components.push({ type: 'carousel', cards })
  }
  return components.length === 0 ? base : { ...base, components }
}

function partComponents(wants: CardWants, at: string, values: Values, isNamed: boolean): Json[] {
  const components: Json[] = []
  const header = wants.header && headerParameters(wants.header, at, values, isNamed)
  if (header && header.length > 0) components.push({ type: 'header', parameters: header })
  const body = textParameters(wants.body, `${at}body`, values, isNamed)
  if (body.length > 0) components.push({ type: 'body', parameters: body })
  wants.buttons.forEach((button, i) => {
    const parameter = buttonParameter(button, values[`${at}button.${i}`] ?? '')
    if (parameter) components.push({ type: 'button', sub_type: button.kind, index: String(i), parameters: [parameter] })
  })
  return components
}

function headerParameters(header: HeaderWants, at: string, values: Values, isNamed: boolean): Json[] {
  const value = (name: string): string => values[`${at}header.${name}`] ?? ''
  if (header.kind === 'text') return textParameters(header.text, `${at}header`, values, isNamed)
  if (header.kind === 'location') {
    const location = Object.fromEntries(['latitude', 'longitude', 'name', 'address'].map((one) => [one, value(one)]))
    return [{ type: 'location', location }]
  }
  if (header.kind === 'product' || header.kind === 'other') return []
  return [{ type: header.kind, [header.kind]: mediaFrom(value('media'), {}) }]
}

const textParameters = (wants: TextWants | undefined, at: string, values: Values, isNamed: boolean): Json[] =>
  (wants?.variables ?? []).map((name) => ({
    type: 'text',
    ...(isNamed && { parameter_name: name }),
    text: values[`${at}.${name}`] ?? '',
  }))

function buttonParameter(button: ButtonWants, value: string): Json | undefined {
  if (button.kind === 'copy_code') return { type: 'coupon_code', coupon_code: value }
  return button.hasVariable ? { type: 'text', text: value } : undefined
}

import { LIMITS } from '../../../gateway/src/domain/messages/limits.ts'
import type {
  ButtonWants,
  CardWants,
  CatalogEntry,
  TextWants,
} from '../../../gateway/src/domain/templates/catalog-entry.ts'
import { LONGEST_COUPON } from '../../../gateway/src/domain/templates/check-buttons.ts'
import type { Json } from './draft.ts'

/**
 * One input of a template's form. `of` names its target: header, body, button, offer or code, of the template or of a
 * card.
 */
export type Wish = {
  key: string
  label: string
  kind: 'text' | 'media' | 'code' | 'date' | 'number' | 'json' | 'sections'
  of: string
  /** Of a button: the input that it needs beside its text. */
  asks?: string
  limit?: number
  optional?: true
}
/** The values of the inputs by key. Sections are a list, all other values are text. */
export type Values = Record<string, string | Json[]>

const word = (text: string): string => text

export const isOneTimeCode = (entry: CatalogEntry): boolean => entry.wants.buttons.some((button) => button.isOtp)

/** Returns the inputs that a template needs, as a flat list. */
export function wishesOf(entry: CatalogEntry): Wish[] {
  if (isOneTimeCode(entry)) return [{ key: 'code', label: 'code', kind: 'code', of: 'code', limit: LIMITS.code }]
  const { wants } = entry
  const wishes = partWishes(wants, '')
  if (wants.offer?.hasExpiration) wishes.push({ key: 'offer', label: 'offer', kind: 'date', of: 'offer' })
  wants.cards?.forEach((card, i) => wishes.push(...partWishes(card, `card.${i}.`)))
  return wishes
}

function partWishes(wants: CardWants, at: string): Wish[] {
  const wishes: Wish[] = []
  const { header } = wants
  const of = `${at}header`
  if (header?.kind === 'text') wishes.push(...textWishes(header.text, of))
  else if (header?.kind === 'location') {
    for (const one of ['latitude', 'longitude'])
      wishes.push({ key: `${of}.${one}`, label: word(one), kind: 'text', of })
    for (const one of ['name', 'address'])
      wishes.push({ key: `${of}.${one}`, label: word(one), kind: 'text', of, optional: true })
  } else if (header?.kind === 'product') {
    wishes.push({ key: `${of}.catalog`, label: word('Catalog id'), kind: 'text', of })
    wishes.push({ key: `${of}.product`, label: word('Product id (SKU)'), kind: 'text', of })
  } else if (header && header.kind !== 'other')
    wishes.push({ key: `${of}.media`, label: header.kind, kind: 'media', of })
  wishes.push(...textWishes(wants.body, `${at}body`))
  wants.buttons.forEach((button, i) => wishes.push(...buttonWishes(button, `${at}button.${i}`, `${at}button`)))
  return wishes
}

function buttonWishes(button: ButtonWants, key: string, of: string): Wish[] {
  const base = { label: button.text, of, kind: 'text' as const }
  const thumbnail: Wish = {
    ...base,
    key: `${key}.thumbnail`,
    asks: word('Product whose picture is shown, if any'),
    optional: true,
  }
  switch (button.kind) {
    case 'url':
      return button.hasVariable ? [{ ...base, key }] : []
    case 'copy_code':
      return [{ ...base, key, asks: word('Offer code'), limit: LONGEST_COUPON }]
    case 'quick_reply':
      return [{ ...base, key, asks: word('Reply payload (optional)'), optional: true }]
    case 'flow':
      return [
        { ...base, key: `${key}.token`, asks: word('Flow token, if any'), optional: true },
        {
          ...base,
          key: `${key}.data`,
          asks: word('Data for the first screen as JSON, if any'),
          kind: 'json',
          optional: true,
        },
      ]
    case 'catalog':
      return [thumbnail]
    case 'mpm':
      return [thumbnail, { ...base, key: `${key}.sections`, kind: 'sections' }]
    case 'order_details':
      return [{ ...base, key: `${key}.order`, asks: word('Order details as JSON'), kind: 'json' }]
    case 'voice_call':
      return [
        {
          ...base,
          key: `${key}.minutes`,
          asks: word('Valid for minutes (default: one week)'),
          kind: 'number',
          optional: true,
        },
        {
          ...base,
          key: `${key}.payload`,
          asks: word('Payload of the call (optional)'),
          limit: LIMITS.callPayload,
          optional: true,
        },
      ]
    default:
      return []
  }
}

const textWishes = (wants: TextWants | undefined, of: string): Wish[] =>
  (wants?.variables ?? []).map((name) => ({ key: `${of}.${name}`, label: `{{${name}}}`, kind: 'text', of }))

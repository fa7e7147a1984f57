import type {
  ButtonWants,
  CardWants,
  CatalogEntry,
  HeaderWants,
  TextWants,
} from '../../../gateway/src/domain/templates/catalog-entry.ts'
import { mediaFrom, type Json } from './draft.ts'
import { isOneTimeCode, type Values } from './template-wishes.ts'

/** The `template` of a send, and the path of each input in the body, so that problems can be shown beside the input. */
export type Filled = { template: Json; places: Record<string, string> }

export function fillTemplate(entry: CatalogEntry, values: Values): Filled {
  const base = { name: entry.name, language: entry.language }
  if (isOneTimeCode(entry))
    return { template: { ...base, code: textAt(values, 'code') }, places: { code: 'template.code' } }
  const { wants } = entry
  const filling: Filling = { values, places: {}, isNamed: wants.isNamed }
  const components = fillParts(wants, '', 'template.components', filling)
  if (wants.offer?.hasExpiration) {
    const at = new Date(textAt(values, 'offer')).getTime()
    const time = { type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: Number.isNaN(at) ? 0 : at } }
    filling.places.offer = `template.components.${components.length}`
    components.push({ type: 'limited_time_offer', parameters: [time] })
  }
  if (wants.cards) {
    const path = `template.components.${components.length}.cards`
    const cards = wants.cards.map((card, i) => ({
      card_index: i,
      components: fillParts(card, `card.${i}.`, `${path}.${i}.components`, filling),
    }))
    components.push({ type: 'carousel', cards })
  }
  return { template: components.length === 0 ? base : { ...base, components }, places: filling.places }
}

type Filling = { values: Values; places: Record<string, string>; isNamed: boolean }
/** A parameter, and the path of each input inside it. */
type Part = { parameter: Json; at: Record<string, string> }

const textAt = (values: Values, key: string): string => {
  const value = values[key]
  return typeof value === 'string' ? value : ''
}

function fillParts(wants: CardWants, at: string, path: string, filling: Filling): Json[] {
  const components: Json[] = []
  const add = (component: Json, parts: Part[]): void => {
    if (parts.length === 0) return
    parts.forEach((part, i) => {
      for (const [key, place] of Object.entries(part.at))
        filling.places[key] = `${path}.${components.length}.parameters.${i}${place}`
    })
    components.push({ ...component, parameters: parts.map((part) => part.parameter) })
  }
  if (wants.header) add({ type: 'header' }, headerParts(wants.header, `${at}header`, filling))
  add({ type: 'body' }, textParts(wants.body, `${at}body`, filling))
  wants.buttons.forEach((button, i) =>
    add(
      { type: 'button', sub_type: button.kind, index: String(i) },
      buttonParts(button, `${at}button.${i}`, filling.values),
    ),
  )
  return components
}

function headerParts(header: HeaderWants, of: string, filling: Filling): Part[] {
  const value = (name: string): string => textAt(filling.values, `${of}.${name}`)
  if (header.kind === 'text') return textParts(header.text, of, filling)
  if (header.kind === 'other') return []
  if (header.kind === 'location') {
    const names = ['latitude', 'longitude', 'name', 'address']
    const location = Object.fromEntries(names.map((one) => [one, value(one)]))
    const at = Object.fromEntries(names.map((one) => [`${of}.${one}`, `.location.${one}`]))
    return [{ parameter: { type: 'location', location }, at }]
  }
  if (header.kind === 'product') {
    const product = { catalog_id: value('catalog'), product_retailer_id: value('product') }
    return [
      {
        parameter: { type: 'product', product },
        at: { [`${of}.catalog`]: '.product.catalog_id', [`${of}.product`]: '.product.product_retailer_id' },
      },
    ]
  }
  const parameter = { type: header.kind, [header.kind]: mediaFrom(value('media'), {}) }
  return [{ parameter, at: { [`${of}.media`]: `.${header.kind}` } }]
}

const textParts = (wants: TextWants | undefined, of: string, { values, isNamed }: Filling): Part[] =>
  (wants?.variables ?? []).map((name) => ({
    parameter: { type: 'text', ...(isNamed && { parameter_name: name }), text: textAt(values, `${of}.${name}`) },
    at: { [`${of}.${name}`]: '.text' },
  }))

/** Leaves out optional parameters that are empty. */
function buttonParts(button: ButtonWants, key: string, values: Values): Part[] {
  const value = (name = ''): string => textAt(values, key + name)
  const action = (entries: [input: string, name: string, value: unknown][]): Part[] => {
    const given = entries.filter(([, , one]) => one !== '' && one !== undefined)
    if (given.length === 0) return []
    return [
      {
        parameter: { type: 'action', action: Object.fromEntries(given.map(([, name, one]) => [name, one])) },
        at: Object.fromEntries(given.map(([input, name]) => [key + input, `.action.${name}`])),
      },
    ]
  }
  const thumbnail: [string, string, unknown] = ['.thumbnail', 'thumbnail_product_retailer_id', value('.thumbnail')]
  switch (button.kind) {
    case 'url':
      return button.hasVariable ? [{ parameter: { type: 'text', text: value() }, at: { [key]: '.text' } }] : []
    case 'copy_code':
      return [{ parameter: { type: 'coupon_code', coupon_code: value() }, at: { [key]: '.coupon_code' } }]
    case 'quick_reply':
      return value() === '' ? [] : [{ parameter: { type: 'payload', payload: value() }, at: { [key]: '.payload' } }]
    case 'flow':
      return action([
        ['.token', 'flow_token', value('.token')],
        ['.data', 'flow_action_data', jsonOf(value('.data'))],
      ])
    case 'catalog':
      return action([thumbnail])
    case 'mpm':
      return action([thumbnail, ['.sections', 'sections', values[`${key}.sections`] ?? []]])
    case 'order_details':
      return action([['.order', 'order_details', jsonOf(value('.order'))]])
    case 'voice_call': {
      const minutes = value('.minutes')
      const payload = value('.payload')
      const ttl = /^\d{1,15}$/.test(minutes) ? Number(minutes) : minutes
      return [
        ...(minutes === ''
          ? []
          : [{ parameter: { type: 'ttl_minutes', ttl_minutes: ttl }, at: { [`${key}.minutes`]: '.ttl_minutes' } }]),
        ...(payload === ''
          ? []
          : [{ parameter: { type: 'payload', payload }, at: { [`${key}.payload`]: '.payload' } }]),
      ]
    }
    default:
      return []
  }
}

/** A text that is not JSON stays a text: the schema then reports that it should be an object. */
function jsonOf(text: string): unknown {
  if (text.trim() === '') return ''
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

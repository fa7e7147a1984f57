import type { WireTemplateButton, WireTemplateDefinition } from '../../../cloud-api/src/wire.ts'
import type { CatalogEntry } from '../../../gateway/src/domain/templates/catalog-entry.ts'
import { variablesIn } from '../../../gateway/src/domain/templates/variables.ts'
import { isLike } from '../../../ui/src/kept.ts'

/** A template as the form stores it. */
export type Sketch = SketchText & {
  name: string
  language: string
  category: string
  header: { format: HeaderFormat; text: string; example: string }
  /** A limited-time offer. It replaces the footer. */
  offer: { text: string; hasExpiration: boolean } | null
  footer: string
  buttons: SketchButton[]
  /** Cards side by side below the body, all of one shape. They replace header, footer and buttons. */
  cards: SketchCard[] | null
}
export type HeaderFormat = 'NONE' | 'TEXT' | 'IMAGE' | 'VIDEO' | 'GIF' | 'DOCUMENT' | 'LOCATION' | 'PRODUCT'
export type SketchText = {
  body: string
  /** Examples by the name of the variable. */
  examples: Record<string, string>
}
export type SketchCard = SketchText & {
  header: { format: CardFormat; example: string }
  buttons: SketchButton[]
}
export type CardFormat = 'IMAGE' | 'VIDEO' | 'PRODUCT'

export const BUTTON_TYPES = [
  'QUICK_REPLY',
  'URL',
  'PHONE_NUMBER',
  'COPY_CODE',
  'FLOW',
  'CATALOG',
  'MPM',
  'SPM',
  'VOICE_CALL',
] as const
export type ButtonType = (typeof BUTTON_TYPES)[number]
export type SketchButton = {
  type: ButtonType
  text: string
  /** A URL, a phone number, or the id of a flow, by the kind of the button. */
  value: string
  example: string
  /** Of a flow: its first screen. */
  screen: string
}

type Json = Record<string, unknown>

export const emptyButton = (type: ButtonType = 'QUICK_REPLY'): SketchButton => ({
  type,
  text: '',
  value: '',
  example: '',
  screen: '',
})

export const emptySketch = (): Sketch => ({
  name: '',
  language: 'en_US',
  category: 'UTILITY',
  header: { format: 'NONE', text: '', example: '' },
  body: '',
  examples: {},
  offer: null,
  footer: '',
  buttons: [],
  cards: null,
})

/** True when a stored value has the shape of this version's form. */
export function isSketch(value: unknown): value is Sketch {
  const { offer: _offer, cards: _cards, ...model } = { ...emptySketch(), buttons: [emptyButton()] }
  if (!isLike(value, model)) return false
  const { offer, cards } = value as Sketch
  return (
    (offer === null || isLike(offer, { text: '', hasExpiration: true })) &&
    (cards === null || isLike(cards, [cardLike()])) &&
    [value as Sketch, ...(cards ?? [])].every((one) => Object.values(one.examples).every((e) => typeof e === 'string'))
  )
}

/** An empty card of the same shape as the given one. */
export const cardLike = (card?: SketchCard): SketchCard => ({
  header: { format: card?.header.format ?? 'IMAGE', example: '' },
  body: '',
  examples: {},
  buttons: (card?.buttons ?? [emptyButton()]).map((button) => emptyButton(button.type)),
})

const TOP = new Set(['HEADER', 'BODY', 'FOOTER', 'BUTTONS', 'LIMITED_TIME_OFFER', 'CAROUSEL'])
const OF_CARD = new Set(['HEADER', 'BODY', 'BUTTONS'])
const BUTTONS: ReadonlySet<string> = new Set(BUTTON_TYPES)
/** Keys of a flow button that the form can edit. A button with other keys is edited as JSON, so that no key is lost. */
const OF_FLOW = new Set(['type', 'text', 'flow_id', 'flow_action', 'navigate_screen'])

/** The form of an existing template, or undefined when the form cannot hold all of it. */
export function sketchOf(entry: CatalogEntry): Sketch | undefined {
  const parts = entry.components
  if (entry.category === 'AUTHENTICATION' || !fits(parts, TOP)) return undefined
  const carousel = partOf(parts, 'CAROUSEL')
  const cards = (carousel?.cards as { components: WireTemplateDefinition[] }[] | undefined)?.map(
    (one) => one.components,
  )
  // Besides cards, the form has no fields for other components.
  if (
    cards &&
    (['HEADER', 'FOOTER', 'BUTTONS'].some((type) => partOf(parts, type)) || !cards.every((one) => fits(one, OF_CARD)))
  )
    return undefined
  const header = partOf(parts, 'HEADER')
  const offer = partOf(parts, 'LIMITED_TIME_OFFER')?.limited_time_offer as
    { text?: string; has_expiration?: boolean } | undefined
  return {
    name: entry.name,
    language: entry.language,
    category: entry.category,
    header: {
      format: (header?.format?.toUpperCase() ?? (header ? 'TEXT' : 'NONE')) as HeaderFormat,
      text: header?.text ?? '',
      example: firstText(header?.example),
    },
    ...textOf(parts),
    offer: offer ? { text: offer.text ?? '', hasExpiration: offer.has_expiration === true } : null,
    footer: partOf(parts, 'FOOTER')?.text ?? '',
    buttons: buttonsOf(parts),
    cards: cards
      ? cards.map((components) => ({
          header: {
            format: (partOf(components, 'HEADER')?.format?.toUpperCase() ?? 'IMAGE') as CardFormat,
            example: firstText(partOf(components, 'HEADER')?.example),
          },
          ...textOf(components),
          buttons: buttonsOf(components),
        }))
      : null,
  }
}

const partOf = (parts: readonly WireTemplateDefinition[], type: string): WireTemplateDefinition | undefined =>
  parts.find((one) => one.type.toUpperCase() === type)

function fits(parts: readonly WireTemplateDefinition[], known: ReadonlySet<string>): boolean {
  const fitting = (button: WireTemplateButton): boolean => {
    const type = button.type.toUpperCase()
    if (type !== 'FLOW') return BUTTONS.has(type)
    const leads = firstText(button.flow_action) || 'navigate'
    return leads.toLowerCase() === 'navigate' && Object.keys(button).every((key) => OF_FLOW.has(key))
  }
  return (
    parts.every((part) => known.has(part.type.toUpperCase())) &&
    (partOf(parts, 'BUTTONS')?.buttons ?? []).every(fitting)
  )
}

function textOf(parts: readonly WireTemplateDefinition[]): SketchText {
  const part = partOf(parts, 'BODY')
  const body = part?.text ?? ''
  const given = (part?.example ?? {}) as {
    body_text?: string[][]
    body_text_named_params?: { param_name?: string; example?: string }[]
  }
  const named = new Map(given.body_text_named_params?.map((one) => [one.param_name, one.example]))
  const names = [...new Set(variablesIn(body))]
  return {
    body,
    examples: Object.fromEntries(names.map((name, i) => [name, named.get(name) ?? given.body_text?.[0]?.[i] ?? ''])),
  }
}

const buttonsOf = (parts: readonly WireTemplateDefinition[]): SketchButton[] =>
  (partOf(parts, 'BUTTONS')?.buttons ?? []).map((button) => ({
    type: button.type.toUpperCase() as ButtonType,
    text: button.text ?? '',
    value: String(button.url ?? button.phone_number ?? (button as Json).flow_id ?? ''),
    example: firstText(button.example),
    screen: firstText((button as Json).navigate_screen),
  }))

function firstText(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return firstText(value[0])
  if (typeof value === 'object' && value !== null) return firstText(Object.values(value)[0])
  return ''
}

/** The request body that creates the template. */
export function templateFrom(sketch: Sketch): Json {
  return { name: sketch.name, language: sketch.language, category: sketch.category, components: componentsFrom(sketch) }
}

/** The parts in the order of their components, so that the path of a problem leads to its place in the form. */
export function partsOf(sketch: Sketch): string[] {
  const plain = sketch.cards === null
  return [
    ...(plain && sketch.header.format !== 'NONE' ? ['HEADER'] : []),
    ...(plain && sketch.offer ? ['LIMITED_TIME_OFFER'] : []),
    'BODY',
    ...(plain && !sketch.offer && sketch.footer !== '' ? ['FOOTER'] : []),
    ...(plain && sketch.buttons.length > 0 ? ['BUTTONS'] : []),
    ...(plain ? [] : ['CAROUSEL']),
  ]
}

export function componentsFrom(sketch: Sketch): Json[] {
  if (sketch.category === 'AUTHENTICATION') {
    return [
      { type: 'BODY', add_security_recommendation: true },
      { type: 'FOOTER', code_expiration_minutes: 10 },
      { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
    ]
  }
  return partsOf(sketch).map((part) => {
    switch (part) {
      case 'HEADER':
        return headerFrom(sketch.header.format, sketch.header)
      case 'LIMITED_TIME_OFFER': {
        const { text, hasExpiration } = sketch.offer!
        return { type: part, limited_time_offer: { text, has_expiration: hasExpiration } }
      }
      case 'FOOTER':
        return { type: part, text: sketch.footer }
      case 'BUTTONS':
        return { type: part, buttons: sketch.buttons.map(buttonFrom) }
      case 'CAROUSEL':
        return { type: part, cards: sketch.cards!.map((card) => ({ components: cardFrom(card) })) }
      default:
        return bodyFrom(sketch)
    }
  })
}

export const partsOfCard = (card: SketchCard): string[] => [
  'HEADER',
  ...(card.body === '' ? [] : ['BODY']),
  ...(card.buttons.length === 0 ? [] : ['BUTTONS']),
]

function cardFrom(card: SketchCard): Json[] {
  return partsOfCard(card).map((part) => {
    if (part === 'HEADER') return headerFrom(card.header.format, card.header)
    return part === 'BODY' ? bodyFrom(card) : { type: part, buttons: card.buttons.map(buttonFrom) }
  })
}

function headerFrom(format: string, { text = '', example }: { text?: string; example: string }): Json {
  if (format === 'TEXT') {
    const given = variablesIn(text).length > 0 ? { example: { header_text: [example] } } : {}
    return { type: 'HEADER', format, text, ...given }
  }
  if (format === 'LOCATION' || format === 'PRODUCT') return { type: 'HEADER', format }
  return { type: 'HEADER', format, example: { header_handle: [example] } }
}

function bodyFrom({ body, examples }: SketchText): Json {
  const names = [...new Set(variablesIn(body))]
  const isNamed = names.some((name) => !/^\d+$/.test(name))
  const example = isNamed
    ? { body_text_named_params: names.map((name) => ({ param_name: name, example: examples[name] ?? '' })) }
    : { body_text: [names.map((name) => examples[name] ?? '')] }
  return { type: 'BODY', text: body, ...(names.length > 0 && { example }) }
}

function buttonFrom({ type, text, value, example, screen }: SketchButton): Json {
  switch (type) {
    case 'PHONE_NUMBER':
      return { type, text, phone_number: value }
    case 'COPY_CODE':
      return { type, example }
    case 'URL':
      return { type, text, url: value, ...(variablesIn(value).length > 0 && { example: [example] }) }
    case 'FLOW':
      return { type, text, flow_id: value, flow_action: 'navigate', ...(screen !== '' && { navigate_screen: screen }) }
    default:
      return { type, text }
  }
}

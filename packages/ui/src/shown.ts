/** The visible parts of a message of any type, read from WhatsApp's own form, inbound or outbound. */
export type Shown = {
  heading?: string
  media?: ShownMedia
  place?: Place
  people?: Card[]
  text?: string
  footer?: string
  offer?: { text: string; expiresAt?: number }
  buttons: ShownButton[]
  list?: { button: string; sections: { title: string; rows: Row[] }[] }
  cards?: Shown[]
  /** What is to be paid, or how an order goes. */
  order?: Order
  /** Products of a catalog, by their ids. */
  products?: { title?: string; ids: string[] }[]
  /** An emoji on another message. */
  emoji?: string
  /** A type that is named and not drawn. */
  kind?: string
}

export type ShownMedia = {
  kind: 'image' | 'video' | 'audio' | 'document' | 'sticker' | 'gif'
  link?: string
  id?: string
  filename?: string
  voice?: boolean
}
export type Place = { latitude: string; longitude: string; name?: string; address?: string }
export type Card = { name: string; lines: string[] }
export type Money = { value: number; offset: number; currency: string }
export type Order = {
  reference: string
  status?: string
  description?: string
  items: { name: string; quantity: number; amount?: Money }[]
  sums: { name: string; amount: Money }[]
  total?: Money
}
export type Row = { id: string; title: string; description?: string }
export type ShownButton = {
  kind: 'reply' | 'url' | 'phone' | 'call' | 'copy' | 'flow' | 'location' | 'other'
  title: string
  /** The id that a tap returns. */
  id?: string
  url?: string
  code?: string
  /** The text is WhatsApp's own, in the language of the phone. */
  fixed?: true
}

type Json = Record<string, unknown>

export const asObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
export const asList = (value: unknown): Json[] => (Array.isArray(value) ? value.map(asObject) : [])
export const asText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined

const MEDIA = new Set(['image', 'video', 'audio', 'document', 'sticker', 'gif'])

/** `content` is the value under the key that is named like the type. */
export function shownOf(type: string, content: unknown): Shown {
  const given = asObject(content)
  if (MEDIA.has(type)) return compact({ media: mediaOf(type, given), text: asText(given.caption), buttons: [] })
  switch (type) {
    case 'text':
      return compact({ text: asText(content) ?? asText(given.body), buttons: [] })
    case 'location':
      return { place: placeOf(given), buttons: [] }
    case 'contacts':
      return { people: asList(content).map(cardOf), buttons: [] }
    case 'reaction':
      return { emoji: asText(given.emoji) ?? '', buttons: [] }
    case 'button':
      return { text: asText(given.text) ?? '', buttons: [] }
    case 'system':
      return { text: asText(given.body) ?? '', kind: 'system', buttons: [] }
    case 'order':
      return compact({ text: asText(given.text), kind: 'order', buttons: [] })
    case 'interactive':
      return interactiveOf(given)
    default:
      return compact({ text: asText(given.text) ?? asText(given.body), kind: type, buttons: [] })
  }
}

const frameOf = (given: Json) => ({
  ...headerOf(asObject(given.header)),
  text: asText(asObject(given.body).text),
  footer: asText(asObject(given.footer).text),
})

function interactiveOf(given: Json): Shown {
  const reply = asObject(given.button_reply ?? given.list_reply)
  if (asText(reply.title)) {
    const description = asText(reply.description)
    return { text: asText(reply.title)! + (description ? `\n${description}` : ''), buttons: [] }
  }
  if (given.nfm_reply !== undefined) {
    const filled = asObject(given.nfm_reply)
    return { text: answersIn(filled), kind: asText(filled.name) ?? 'flow', buttons: [] }
  }
  if (given.call_permission_reply !== undefined)
    return {
      text: asText(asObject(given.call_permission_reply).response) ?? '',
      kind: 'call_permission_reply',
      buttons: [],
    }
  const kind = asText(given.type) ?? 'interactive'
  const action = asObject(given.action)
  const parameters = asObject(action.parameters)
  const base = frameOf(given)
  switch (kind) {
    case 'button':
      return compact({ ...base, buttons: asList(action.buttons).map((one) => replyOf(asObject(one.reply))) })
    case 'cta_url':
      return compact({ ...base, buttons: [urlOf(parameters)] })
    case 'list':
      return compact({
        ...base,
        buttons: [],
        list: { button: asText(action.button) ?? '', sections: asList(action.sections).map(sectionOf) },
      })
    case 'carousel':
      return compact({ ...base, buttons: [], cards: asList(action.cards).map(cardShown) })
    case 'flow':
      return compact({
        ...base,
        buttons: [{ kind: 'flow', title: asText(parameters.flow_cta) ?? '', id: asText(parameters.flow_token) ?? '' }],
      })
    case 'location_request_message':
      return compact({ ...base, buttons: [{ kind: 'location', title: 'Send location' }] })
    case 'product':
      return { ...compact(base), products: [productsOf([action])], buttons: [fixed(word('View'))] }
    case 'product_list':
      return {
        ...compact(base),
        products: asList(action.sections).map((one) => productsOf(asList(one.product_items), asText(one.title))),
        buttons: [fixed(word('View items'))],
      }
    case 'catalog_message': {
      const first = asText(parameters.thumbnail_product_retailer_id)
      return compact({
        ...base,
        products: first === undefined ? undefined : [{ ids: [first] }],
        buttons: [fixed(word('View catalog'))],
      })
    }
    case 'address_message':
      return { ...compact(base), buttons: [fixed(word('Provide address'))] }
    case 'call_permission_request':
      return { ...compact(base), buttons: [fixed(word('Allow calls')), fixed(word('Not now'))] }
    case 'voice_call': {
      const own = asText(parameters.display_text)
      return {
        ...compact(base),
        buttons: [own ? { kind: 'call', title: own } : { ...fixed(word('Call Now')), kind: 'call' }],
      }
    }
    case 'order_details':
    case 'order_status': {
      const buttons = kind === 'order_details' ? [fixed(word('Review and pay'))] : []
      return { ...compact(base), order: orderOf(parameters), buttons }
    }
    case 'request_contact_info':
      return { ...compact(base), buttons: [fixed(word('Share contact'))] }
    default:
      return compact({ ...base, kind, buttons: [] })
  }
}

const word = (text: string): string => text
const fixed = (title: string): ShownButton => ({ kind: 'other', title, fixed: true })

const productsOf = (items: Json[], title?: string): { title?: string; ids: string[] } =>
  compact({ title, ids: items.map((one) => asText(one.product_retailer_id) ?? '').filter((id) => id !== '') })

const SUMS = [word('subtotal'), word('tax'), word('shipping'), word('discount')]

function orderOf(parameters: Json): Order {
  const order = asObject(parameters.order)
  const currency = asText(parameters.currency) ?? ''
  const money = (given: unknown): Money | undefined => {
    const { value, offset } = asObject(given)
    return typeof value === 'number' ? { value, offset: Number(offset) || 100, currency } : undefined
  }
  const sums = SUMS.flatMap((name) => {
    const amount = money(order[name])
    return amount ? [{ name, amount }] : []
  })
  return compact({
    reference: asText(parameters.reference_id) ?? '',
    status: asText(order.status),
    description: asText(order.description),
    items: asList(order.items).map((item) =>
      compact({ name: asText(item.name) ?? '', quantity: Number(item.quantity) || 1, amount: money(item.amount) }),
    ),
    // A single sum says what the total says.
    sums: sums.length > 1 ? sums : [],
    total: money(parameters.total_amount),
  })
}

/** The fields of a filled form, one per line. The token of a flow is left out: it means nothing to a reader. */
function answersIn(reply: Json): string {
  let answers: Json = {}
  try {
    answers = asObject(JSON.parse(asText(reply.response_json) ?? ''))
  } catch {
    // Not JSON, or no answer: the body still says that something was sent.
  }
  const lines = Object.entries(answers.values === undefined ? answers : asObject(answers.values))
    .filter(([name]) => name !== 'flow_token')
    .map(([name, value]) => `${name}: ${asText(value) ?? JSON.stringify(value)}`)
  return [asText(reply.body), ...lines].filter(Boolean).join('\n')
}

const sectionOf = (section: Json): { title: string; rows: Row[] } => ({
  title: asText(section.title) ?? '',
  rows: asList(section.rows).map((row) =>
    compact({ id: asText(row.id) ?? '', title: asText(row.title) ?? '', description: asText(row.description) }),
  ),
})

function cardShown(card: Json): Shown {
  const action = asObject(card.action)
  if (action.product_retailer_id !== undefined)
    return { products: [productsOf([action])], buttons: [fixed(word('View'))] }
  const replies = asList(action.buttons).map((one) => replyOf(asObject(one.quick_reply)))
  return compact({
    ...headerOf(asObject(card.header)),
    text: asText(asObject(card.body).text),
    buttons: replies.length > 0 ? replies : action.parameters ? [urlOf(asObject(action.parameters))] : [],
  })
}

const replyOf = (reply: Json): ShownButton => ({
  kind: 'reply',
  title: asText(reply.title) ?? '',
  id: asText(reply.id) ?? '',
})

const urlOf = (parameters: Json): ShownButton => ({
  kind: 'url',
  title: asText(parameters.display_text) ?? '',
  url: asText(parameters.url) ?? '',
})

/** Headers of interactive messages and of filled templates have the same form. */
function headerOf(header: Json): Pick<Shown, 'heading' | 'media' | 'place'> {
  const type = (asText(header.type) ?? asText(header.format) ?? '').toLowerCase()
  if (type === '') return {}
  if (type === 'text') return { heading: asText(header.text) ?? '' }
  if (type === 'location') return { place: placeOf(asObject(header.location)) }
  return MEDIA.has(type) ? { media: mediaOf(type, asObject(header[type])) } : {}
}

function mediaOf(kind: string, given: Json): ShownMedia {
  return compact({
    kind: kind as ShownMedia['kind'],
    link: asText(given.link),
    id: asText(given.id),
    filename: asText(given.filename),
    voice: given.voice === true ? true : undefined,
  })
}

const placeOf = (given: Json): Place =>
  compact({
    latitude: asText(given.latitude) ?? '',
    longitude: asText(given.longitude) ?? '',
    name: asText(given.name),
    address: asText(given.address),
  })

const cardOf = (card: Json): Card => ({
  name: asText(asObject(card.name).formatted_name) ?? '',
  lines: [
    ...asList(card.phones).map((one) => asText(one.phone) ?? ''),
    ...asList(card.emails).map((one) => asText(one.email) ?? ''),
    asText(asObject(card.org).company) ?? '',
  ].filter((line) => line !== ''),
})

/** Reads the form in which the sandbox shows a filled template. */
export function shownOfFace(face: unknown): Shown {
  const given = asObject(face)
  return compact({
    ...headerOf(asObject(given.header)),
    text: asText(given.body),
    footer: asText(given.footer),
    buttons: asList(given.buttons).map(faceButton),
    cards: given.cards === undefined ? undefined : asList(given.cards).map(shownOfFace),
  })
}

function faceButton(button: Json): ShownButton {
  const type = (asText(button.type) ?? '').toLowerCase()
  const title = asText(button.text) ?? ''
  if (type === 'quick_reply') return { kind: 'reply', title, id: asText(button.payload) ?? title }
  if (type === 'copy_code') return compact({ kind: 'copy', title, code: asText(button.coupon_code) })
  if (type === 'voice_call') return { kind: 'call', title }
  if (type === 'phone_number') return { kind: 'phone', title }
  if (type === 'flow') return { kind: 'flow', title, id: asText(asObject(button.action).flow_token) ?? '' }
  if (type !== 'url') return { kind: 'other', title }
  const url = asText(button.url) ?? ''
  // The button of a one-time code is a URL button that copies the text after `otp`.
  const isCopied = /otp_type=COPY_CODE/i.test(url)
  const code = isCopied ? /[?&]code=(?:otp)?([^&]*)/i.exec(url)?.[1] : undefined
  return code === undefined ? { kind: 'url', title, url } : { kind: 'copy', title, code: decodeURIComponent(code) }
}

/** Removes keys without a value. */
function compact<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never
}

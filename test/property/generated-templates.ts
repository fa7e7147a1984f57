import fc from 'fast-check'
import type { WireTemplateDefinition, WireTemplateEntry } from '../../packages/cloud-api/src/wire.ts'

/** Templates in the form of Meta's list, each with a valid send. */

export type Json = Record<string, unknown>
export type Generated = { wire: WireTemplateEntry; right: Json[] }

type Part<T> = { part: T; sent: Json[] }

const word = fc.constantFrom('order', 'Ann', 'tomorrow', 'café', '🎁 gift', 'a long way', '12 %')

/** A text with variables, none at its ends, and the parameters that fill it. */
const textWith = (most: number, isNamed: boolean) =>
  fc.array(word, { maxLength: most }).map((values) => {
    const names = values.map((_, i) => (isNamed ? `name_${i + 1}` : String(i + 1)))
    const text = `Hello${names.map((name) => ` {{${name}}},`).join('')} goodbye.`
    const sent = values.map((value, i) => ({
      type: 'text',
      text: value,
      ...(isNamed && { parameter_name: names[i] }),
    }))
    return { text, sent }
  })

const link = (kind: string) => ({ type: kind, [kind]: { link: `https://files.example/a.${kind}` } })

const MEDIA: Record<string, Json> = {
  IMAGE: link('image'),
  VIDEO: link('video'),
  GIF: link('gif'),
  DOCUMENT: link('document'),
  LOCATION: { type: 'location', location: { latitude: '1.5', longitude: '2.5', name: 'Pier', address: 'Harbour 1' } },
  PRODUCT: { type: 'product', product: { product_retailer_id: 'p1', catalog_id: '77' } },
}

const header = (isNamed: boolean, formats: string[]) =>
  fc
    .oneof(
      fc.constantFrom(...formats).map((format): Part<WireTemplateDefinition> => ({
        part: { type: 'HEADER', format },
        sent: [{ type: 'header', parameters: [MEDIA[format]!] }],
      })),
      textWith(formats.length > 2 ? 1 : 0, isNamed).map(({ text, sent }): Part<WireTemplateDefinition> => ({
        part: { type: 'HEADER', format: 'TEXT', text },
        sent: sent.length > 0 ? [{ type: 'header', parameters: sent }] : [],
      })),
    )
    .filter(({ part }) => formats.length > 2 || part.format !== 'TEXT')

const body = (isNamed: boolean) =>
  textWith(3, isNamed).map(({ text, sent }): Part<WireTemplateDefinition> => ({
    part: { type: 'BODY', text },
    sent: sent.length > 0 ? [{ type: 'body', parameters: sent }] : [],
  }))

type Button = { part: { type: string; [key: string]: unknown }; parameter?: Json }

const BUTTONS: Button[] = [
  { part: { type: 'QUICK_REPLY', text: 'Yes' } },
  { part: { type: 'QUICK_REPLY', text: 'No' }, parameter: { type: 'payload', payload: 'no-1' } },
  { part: { type: 'URL', text: 'Shop', url: 'https://shop.example' } },
  {
    part: { type: 'URL', text: 'Order', url: 'https://shop.example/o/{{1}}' },
    parameter: { type: 'text', text: '8812' },
  },
  { part: { type: 'COPY_CODE', text: 'Copy offer code' }, parameter: { type: 'coupon_code', coupon_code: 'SAVE20' } },
  { part: { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+15550001111' } },
  { part: { type: 'FLOW', text: 'Book', flow_id: '1' } },
  {
    part: { type: 'FLOW', text: 'Book', flow_id: '1' },
    parameter: { type: 'action', action: { flow_token: 't', flow_action_data: { a: 1 } } },
  },
  { part: { type: 'CATALOG', text: 'View catalog' } },
  {
    part: { type: 'CATALOG', text: 'View catalog' },
    parameter: { type: 'action', action: { thumbnail_product_retailer_id: 'p1' } },
  },
  {
    part: { type: 'MPM', text: 'View items' },
    parameter: {
      type: 'action',
      action: {
        thumbnail_product_retailer_id: 'p1',
        sections: [{ title: 'All', product_items: [{ product_retailer_id: 'p1' }] }],
      },
    },
  },
  { part: { type: 'SPM', text: 'View' } },
  { part: { type: 'VOICE_CALL', text: 'Call now' }, parameter: { type: 'ttl_minutes', ttl_minutes: 60 } },
  { part: { type: 'VOICE_CALL', text: 'Call now' } },
  {
    part: { type: 'ORDER_DETAILS', text: 'Review and pay' },
    parameter: { type: 'action', action: { order_details: { reference_id: 'r1' } } },
  },
]

const buttons = (choices: Button[], most: number) =>
  fc.array(fc.constantFrom(...choices), { maxLength: most }).map((list): Part<WireTemplateDefinition> => ({
    part: { type: 'BUTTONS', buttons: list.map((button) => button.part) },
    sent: list.flatMap(({ part, parameter }, index) =>
      parameter
        ? [{ type: 'button', sub_type: part.type.toLowerCase(), index: String(index), parameters: [parameter] }]
        : [],
    ),
  }))

const ON_CARDS = BUTTONS.filter(({ part }) => ['QUICK_REPLY', 'URL', 'PHONE_NUMBER'].includes(part.type))

const join = (parts: (Part<WireTemplateDefinition> | undefined)[]): Part<WireTemplateDefinition[]> => {
  const there = parts.filter((part) => part !== undefined)
  return {
    part: there.map(({ part }) => part).filter((part) => part.type !== 'BUTTONS' || (part.buttons ?? []).length > 0),
    sent: there.flatMap(({ sent }) => sent),
  }
}

const card = (isNamed: boolean) =>
  fc
    .tuple(header(isNamed, ['IMAGE', 'VIDEO']), fc.option(body(isNamed), { nil: undefined }), buttons(ON_CARDS, 2))
    .map(join)

const carousel = (isNamed: boolean) =>
  fc.array(card(isNamed), { minLength: 2, maxLength: 3 }).map((cards): Part<WireTemplateDefinition> => ({
    part: { type: 'CAROUSEL', cards: cards.map(({ part }) => ({ components: part })) },
    sent: [{ type: 'carousel', cards: cards.map(({ sent }, i) => ({ card_index: i, components: sent })) }],
  }))

const offer = fc.boolean().map((hasExpiration): Part<WireTemplateDefinition> => ({
  part: {
    type: 'LIMITED_TIME_OFFER',
    limited_time_offer: { text: 'Today only', has_expiration: hasExpiration },
  },
  sent: hasExpiration
    ? [
        {
          type: 'limited_time_offer',
          parameters: [{ type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: 1_900_000_000_000 } }],
        },
      ]
    : [],
}))

const footer = fc.constant<Part<WireTemplateDefinition>>({ part: { type: 'FOOTER', text: 'Harbour shop' }, sent: [] })

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

const plain = fc
  .boolean()
  .chain((isNamed) =>
    fc
      .oneof(
        fc.tuple(maybe(header(isNamed, Object.keys(MEDIA))), body(isNamed), maybe(footer), buttons(BUTTONS, 4)),
        fc.tuple(maybe(header(isNamed, ['IMAGE', 'VIDEO'])), body(isNamed), offer, buttons(BUTTONS.slice(2, 5), 2)),
        fc.tuple(body(isNamed), carousel(isNamed)),
      )
      .map((parts) => ({ ...join(parts), isNamed })),
  )

const wire = (category: string, format: string, components: WireTemplateDefinition[]): WireTemplateEntry => ({
  id: '1478820956612233',
  name: 'generated',
  language: 'en_US',
  status: 'APPROVED',
  category,
  parameter_format: format as 'NAMED',
  components,
})

const code: Json = { type: 'text', text: '482913' }

const authentication = fc.boolean().map((hasFooter): Generated => ({
  wire: wire('AUTHENTICATION', 'POSITIONAL', [
    { type: 'BODY', text: '*{{1}}* is your verification code.' },
    ...(hasFooter ? [{ type: 'FOOTER', text: 'This code expires in 10 minutes.' }] : []),
    {
      type: 'BUTTONS',
      buttons: [{ type: 'URL', text: 'Copy code', url: 'https://www.whatsapp.com/otp/code/?code=otp{{1}}' }],
    },
  ]),
  right: [
    { type: 'body', parameters: [code] },
    { type: 'button', sub_type: 'url', index: '0', parameters: [code] },
  ],
}))

export const templates: fc.Arbitrary<Generated> = fc.oneof(
  {
    weight: 9,
    arbitrary: plain.map(({ part, sent, isNamed }) => ({
      wire: wire('MARKETING', isNamed ? 'NAMED' : 'POSITIONAL', part),
      right: sent,
    })),
  },
  { weight: 1, arbitrary: authentication },
)

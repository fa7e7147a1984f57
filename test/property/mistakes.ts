import fc from 'fast-check'
import type { Json } from './generated-templates.ts'

/** Mutations of a valid send. Each picks its place by a number, and does nothing when there is none. */
export type Mistake = { what: string; pick: number; make: (components: Json[], pick: number) => void }

const listsOf = (components: Json[]): Json[][] => [
  components,
  ...components.flatMap(
    (one) => (one.cards as { components: Json[] }[] | undefined)?.map((card) => card.components) ?? [],
  ),
]
const all = (components: Json[]): Json[] => listsOf(components).flat()
const at = <T>(list: readonly T[], pick: number): T | undefined => list[pick % Math.max(1, list.length)]
const parametersOf = (one: Json | undefined): Json[] | undefined => one?.parameters as Json[] | undefined
const everyParameter = (components: Json[]): Json[] => all(components).flatMap((one) => parametersOf(one) ?? [])

const KINDS: Json[] = [
  { type: 'text', text: 'other' },
  { type: 'text', text: 'other', parameter_name: 'name_1' },
  { type: 'currency', currency: { fallback_value: '$5', code: 'USD', amount_1000: 5000 } },
  { type: 'date_time', date_time: { fallback_value: '1 May' } },
  { type: 'image', image: { link: 'https://files.example/a.png' } },
  { type: 'video', video: { id: '990011223344556' } },
  { type: 'document', document: { link: 'https://files.example/a.pdf', filename: 'a.pdf' } },
  { type: 'location', location: { latitude: 1, longitude: 2 } },
  { type: 'product', product: { product_retailer_id: 'p', catalog_id: '1' } },
  { type: 'payload', payload: 'p' },
  { type: 'coupon_code', coupon_code: 'TWENTYCHARACTERSLONG' },
  { type: 'coupon_code', coupon_code: 'TWENTYONECHARACTERSXX' },
  { type: 'action', action: { flow_token: 't' } },
  { type: 'action', action: { flow_action_data: {} } },
  { type: 'action', action: { order_details: { reference_id: 'r' } } },
  { type: 'action', action: { sections: [{ title: 'A', product_items: [{ product_retailer_id: 'p' }] }] } },
  { type: 'ttl_minutes', ttl_minutes: 5 },
  { type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: 1_900_000_000_000 } },
]
const SUB_TYPES = ['quick_reply', 'url', 'copy_code', 'flow', 'catalog', 'mpm', 'spm', 'voice_call', 'order_details']
const TEXTS = [
  '',
  'two\nlines',
  'a\ttab',
  'five     spaces',
  'four    spaces',
  'x'.repeat(61),
  'x'.repeat(1025),
  '1234567890123456',
]

const MISTAKES: Omit<Mistake, 'pick'>[] = [
  {
    what: 'a component is left out',
    make(components, pick) {
      const list = at(listsOf(components), pick)!
      list.splice(pick % Math.max(1, list.length), 1)
    },
  },
  {
    what: 'a component comes twice',
    make(components, pick) {
      const list = at(listsOf(components), pick)!
      const one = at(list, pick)
      if (one) list.push(structuredClone(one))
    },
  },
  {
    what: 'a parameter is left out',
    make: (components, pick) => void parametersOf(at(all(components), pick))?.pop(),
  },
  {
    what: 'all parameters are left out',
    make(components, pick) {
      const one = at(all(components), pick)
      if (one?.parameters) one.parameters = []
    },
  },
  {
    what: 'one parameter more',
    make: (components, pick) =>
      void parametersOf(at(all(components), pick))?.push(structuredClone(at(KINDS, pick * 7)!)),
  },
  {
    what: 'a parameter of another kind',
    make(components, pick) {
      const list = parametersOf(at(all(components), pick))
      if (list && list.length > 0) list[pick % list.length] = structuredClone(at(KINDS, pick * 5)!)
    },
  },
  {
    what: 'another text',
    make(components, pick) {
      const parameter = at(everyParameter(components), pick)
      if (parameter && 'text' in parameter) parameter.text = at(TEXTS, pick * 3)
    },
  },
  {
    what: 'a name too many, too few, or another one',
    make(components, pick) {
      const parameter = at(everyParameter(components), pick)
      if (parameter?.type !== 'text') return
      if (pick % 3 === 0) delete parameter.parameter_name
      else parameter.parameter_name = pick % 3 === 1 ? 'name_1' : 'unknown_name'
    },
  },
  {
    what: 'another button index',
    make(components, pick) {
      const button = at(
        all(components).filter((one) => one.type === 'button'),
        pick,
      )
      if (button) button.index = pick % 2 === 0 ? String(pick % 5) : pick % 5
    },
  },
  {
    what: 'another kind of button',
    make(components, pick) {
      const button = at(
        all(components).filter((one) => one.type === 'button'),
        pick,
      )
      if (button) button.sub_type = at(SUB_TYPES, pick * 5)
    },
  },
  {
    what: 'a component that nobody asked for',
    make(components, pick) {
      const parameter = structuredClone(at(KINDS, pick * 3)!)
      const surplus: Json[] = [
        { type: 'header', parameters: [parameter] },
        { type: 'body', parameters: [parameter] },
        { type: 'button', sub_type: at(SUB_TYPES, pick), index: String(pick % 4), parameters: [parameter] },
        { type: 'limited_time_offer', parameters: [KINDS.at(-1)!] },
        { type: 'carousel', cards: [{ card_index: 0, components: [] }] },
        { type: 'header' },
        { type: 'body', parameters: [] },
      ]
      const one = at(surplus, pick)!
      if (!components.some((other) => other.type === one.type && one.type !== 'button')) components.push(one)
    },
  },
  {
    what: 'other cards',
    make(components, pick) {
      const cards = components.find((one) => one.cards)?.cards as Json[] | undefined
      if (!cards || cards.length === 0) return
      if (pick % 4 === 0) cards.pop()
      else if (pick % 4 === 1) cards.push({ ...structuredClone(cards[0]!), card_index: cards.length })
      else if (pick % 4 === 2) cards.reverse()
      else cards[0]!.card_index = pick % 5
    },
  },
  {
    what: 'words in capitals',
    make(components, pick) {
      const one = at(all(components), pick)
      if (one) one.type = String(one.type).toUpperCase()
      if (one?.sub_type) one.sub_type = String(one.sub_type).toUpperCase()
    },
  },
]

export const mistakes: fc.Arbitrary<Mistake[]> = fc.array(
  fc.tuple(fc.constantFrom(...MISTAKES), fc.nat(10_000)).map(([mistake, pick]) => ({ ...mistake, pick })),
  { maxLength: 3 },
)

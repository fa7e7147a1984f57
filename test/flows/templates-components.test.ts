import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { WireTemplateDefinition } from '../../packages/cloud-api/src/wire.ts'
import { startWorld, type World } from '../support/world.ts'

type Json = Record<string, unknown>

const text = (words: string): Json => ({ type: 'text', text: words })
const media = (kind: string): Json => ({ type: kind, [kind]: { link: `https://files.example/a-${kind}` } })
const header = (...parameters: Json[]): Json => ({ type: 'header', parameters })
const body = (...parameters: Json[]): Json => ({ type: 'body', parameters })
const button = (sub_type: string, index: number | string, ...parameters: Json[]): Json => ({
  type: 'button',
  sub_type,
  index,
  parameters,
})
const card = (card_index: number, ...components: Json[]): Json => ({ card_index, components })
const cards = (...list: Json[]): Json => ({ type: 'carousel', cards: list })
const code: Json = { type: 'coupon_code', coupon_code: 'SAVE20' }
const order: Json = { type: 'action', action: { order_details: { reference_id: 'r1' } } }
const items: Json = {
  type: 'action',
  action: { sections: [{ title: 'All', product_items: [{ product_retailer_id: 'p1' }] }] },
}
const ends: Json = { type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: 1_900_000_000_000 } }
const offer = (...parameters: Json[]): Json => ({ type: 'limited_time_offer', parameters })

const plain: WireTemplateDefinition = { type: 'BODY', text: 'Hello.' }
const withButton = (one: Json): WireTemplateDefinition[] => [
  plain,
  { type: 'BUTTONS', buttons: [one as { type: string }] },
]
const AT = 'template.components'

/** The sent components, and the expected error: Meta's code and the path in the customer's body. */
type Wrong = [components: Json[] | undefined, code: number, path: string]
type Row = {
  what: string
  has: WireTemplateDefinition[]
  category?: string
  named?: boolean
  right: (Json[] | undefined)[]
  missing?: Wrong
  surplus: Wrong
  wrong: Wrong
}

const ROWS: Row[] = [
  {
    what: 'header text',
    has: [{ type: 'HEADER', format: 'TEXT', text: 'Order {{1}}' }, plain],
    right: [[header(text('8812'))]],
    missing: [[], 132000, AT],
    surplus: [[header(text('a'), text('b'))], 132000, `${AT}.0.parameters`],
    wrong: [[header(media('image'))], 132012, `${AT}.0.parameters.0`],
  },
  ...['image', 'video', 'document'].map((kind): Row => ({
    what: `header ${kind}`,
    has: [{ type: 'HEADER', format: kind.toUpperCase() }, plain],
    right: [[header(media(kind))]],
    missing: [undefined, 132012, AT],
    surplus: [[header(media(kind), media(kind))], 132000, `${AT}.0.parameters`],
    wrong: [[header(text('a'))], 132012, `${AT}.0.parameters.0`],
  })),
  {
    what: 'header location',
    has: [{ type: 'HEADER', format: 'LOCATION' }, plain],
    right: [[header({ type: 'location', location: { latitude: '1', longitude: '2', name: 'Pier', address: 'A' } })]],
    missing: [[], 132012, AT],
    surplus: [[header(media('image')), body(text('x'))], 132012, `${AT}.0.parameters.0`],
    wrong: [[header(media('image'))], 132012, `${AT}.0.parameters.0`],
  },
  {
    what: 'no header',
    has: [plain],
    right: [undefined, [], [body()]],
    surplus: [[header(text('a'))], 132000, `${AT}.0.parameters`],
    wrong: [[header(media('image'))], 132000, `${AT}.0.parameters`],
  },
  {
    what: 'body',
    has: [{ type: 'BODY', text: 'Dear {{1}}, it costs {{2}} now.' }],
    right: [
      [body(text('Ann'), text('5'))],
      [body(text('Ann'), { type: 'currency', currency: { fallback_value: '$5', code: 'USD', amount_1000: 5000 } })],
    ],
    missing: [[body(text('Ann'))], 132000, `${AT}.0.parameters`],
    surplus: [[body(text('a'), text('b'), text('c'))], 132000, `${AT}.0.parameters`],
    wrong: [[body(text('a'), media('image'))], 132012, `${AT}.0.parameters.1`],
  },
  {
    what: 'named body',
    named: true,
    has: [{ type: 'BODY', text: 'Dear {{first_name}}, welcome.' }],
    right: [[body({ ...text('Ann'), parameter_name: 'first_name' })]],
    missing: [[], 132000, AT],
    surplus: [
      [body({ ...text('A'), parameter_name: 'first_name' }, { ...text('B'), parameter_name: 'first_name' })],
      132000,
      `${AT}.0.parameters`,
    ],
    wrong: [[body(text('Ann'))], 132012, `${AT}.0.parameters.0.parameter_name`],
  },
  {
    what: 'button quick_reply',
    has: withButton({ type: 'QUICK_REPLY', text: 'Yes' }),
    right: [undefined, [button('quick_reply', '0', { type: 'payload', payload: 'p' })]],
    surplus: [[button('quick_reply', '1', { type: 'payload', payload: 'p' })], 132018, `${AT}.0.index`],
    wrong: [[button('quick_reply', 0, text('x'))], 132012, `${AT}.0.parameters.0.type`],
  },
  {
    what: 'button url with a variable',
    has: withButton({ type: 'URL', text: 'Go', url: 'https://shop.example/{{1}}' }),
    right: [[button('url', '0', text('a'))]],
    missing: [[], 131008, AT],
    surplus: [[button('url', '0', text('a'), text('b'))], 132000, `${AT}.0.parameters`],
    wrong: [[button('URL', '0', code)], 132012, `${AT}.0.parameters.0.type`],
  },
  {
    what: 'button url that is fixed',
    has: withButton({ type: 'URL', text: 'Go', url: 'https://shop.example' }),
    right: [undefined],
    surplus: [[button('url', '0', text('a'))], 132000, `${AT}.0.parameters`],
    wrong: [[button('quick_reply', '0', { type: 'payload', payload: 'p' })], 132012, `${AT}.0.sub_type`],
  },
  {
    what: 'button copy_code',
    has: withButton({ type: 'COPY_CODE', text: 'Copy offer code' }),
    right: [[button('COPY_CODE', '0', code)]],
    missing: [undefined, 131008, AT],
    surplus: [[button('copy_code', '0', code, code)], 132000, `${AT}.0.parameters`],
    wrong: [[button('copy_code', '0', text('a'))], 132012, `${AT}.0.parameters.0.type`],
  },
  {
    what: 'button phone number',
    has: withButton({ type: 'PHONE_NUMBER', text: 'Call', phone_number: '+15550001111' }),
    right: [undefined],
    surplus: [[button('url', '1', text('a'))], 132018, `${AT}.0.index`],
    wrong: [[button('url', '0', text('a'))], 132012, `${AT}.0.sub_type`],
  },
  {
    what: 'button flow',
    has: withButton({ type: 'FLOW', text: 'Book', flow_id: '1' }),
    right: [undefined, [button('flow', '0', { type: 'action', action: { flow_token: 't' } })]],
    surplus: [[button('flow', '0', items, items)], 132000, `${AT}.0.parameters`],
    wrong: [[button('flow', '0', text('a'))], 132012, `${AT}.0.parameters.0.type`],
  },
  {
    what: 'button mpm',
    has: withButton({ type: 'MPM', text: 'View items' }),
    right: [[button('mpm', '0', items)]],
    missing: [undefined, 131008, AT],
    surplus: [[button('mpm', '0', items, items)], 132000, `${AT}.0.parameters`],
    wrong: [[button('mpm', '0', order)], 131008, `${AT}.0.parameters.0.action.sections`],
  },
  {
    what: 'button order_details',
    has: withButton({ type: 'ORDER_DETAILS', text: 'Review and pay' }),
    right: [[button('order_details', '0', order)]],
    missing: [undefined, 131008, AT],
    surplus: [[button('order_details', '0', order, order)], 132000, `${AT}.0.parameters`],
    wrong: [[button('order_details', '0', items)], 131008, `${AT}.0.parameters.0.action.order_details`],
  },
  {
    what: 'button voice_call',
    has: withButton({ type: 'VOICE_CALL', text: 'Call now' }),
    right: [undefined, [button('voice_call', '0', { type: 'ttl_minutes', ttl_minutes: 5 })]],
    surplus: [
      [button('voice_call', '0', ...[1, 2, 3].map((ttl_minutes) => ({ type: 'ttl_minutes', ttl_minutes })))],
      132000,
      `${AT}.0.parameters`,
    ],
    wrong: [[button('voice_call', '0', text('a'))], 132012, `${AT}.0.parameters.0.type`],
  },
  {
    what: 'limited time offer',
    has: [plain, { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Today', has_expiration: true } }],
    right: [[offer(ends)]],
    missing: [[], 131008, AT],
    surplus: [[offer(ends, ends)], 132000, `${AT}.0.parameters`],
    wrong: [[offer(text('a'))], 132012, `${AT}.0.parameters`],
  },
  {
    what: 'carousel',
    has: [
      plain,
      {
        type: 'CAROUSEL',
        cards: [1, 2].map(() => ({
          components: [
            { type: 'HEADER', format: 'IMAGE' },
            { type: 'BODY', text: 'Only {{1}} left.' },
          ],
        })),
      },
    ],
    right: [
      [cards(card(0, header(media('image')), body(text('3'))), card(1, header(media('image')), body(text('4'))))],
      [cards(card(1, header(media('image')), body(text('3'))), card(0, header(media('image')), body(text('4'))))],
    ],
    missing: [[cards(card(0, header(media('image')), body(text('3'))))], 132000, `${AT}.0.cards`],
    surplus: [
      [cards(...[0, 1, 2].map((i) => card(i, header(media('image')), body(text('3')))))],
      132000,
      `${AT}.0.cards`,
    ],
    wrong: [
      [cards(card(0, header(media('image')), body(text('3'))), card(1, header(media('video')), body(text('4'))))],
      132012,
      `${AT}.0.cards.1.components.0.parameters.0`,
    ],
  },
  {
    what: 'authentication',
    category: 'AUTHENTICATION',
    has: [
      { type: 'BODY', text: '*{{1}}* is your verification code.' },
      {
        type: 'BUTTONS',
        buttons: [{ type: 'URL', text: 'Copy code', url: 'https://www.whatsapp.com/otp/code/?code=otp{{1}}' }],
      },
    ],
    right: [[body(text('482913')), button('url', '0', text('482913'))]],
    missing: [[body(text('482913'))], 131008, AT],
    surplus: [[body(text('482913'), text('482913')), button('url', '0', text('482913'))], 132000, `${AT}.0.parameters`],
    wrong: [[body(text('482913')), button('url', '0', text('482914'))], 132012, `${AT}.1.parameters.0.text`],
  },
]

let people = 0

suite('every component: valid, missing, surplus, of the wrong kind', () => {
  let world: World
  before(async () => {
    world = await startWorld({ webhook: false })
    ROWS.forEach((row, i) => {
      world.sandbox.addTemplate({
        name: `row_${i}`,
        category: row.category ?? 'MARKETING',
        parameter_format: row.named ? 'NAMED' : 'POSITIONAL',
        components: row.has,
      })
    })
    await world.admin('POST', '/admin/channels/1/templates/sync')
    // This tests the templates; the links in them are not reachable.
    await world.admin('PATCH', '/admin/channels/1', { media_check: 'off' })
  })
  after(() => world.stop())

  const send = (i: number, components: Json[] | undefined) =>
    world.customer('POST', '/external/messages/whatsapp', {
      to: String(85_260_000_000 + people++),
      type: 'template',
      template: { name: `row_${i}`, ...(components && { components }) },
    })
  const atMeta = () => world.sandbox.received().filter((call) => call.path.endsWith('/messages')).length

  ROWS.forEach((row, i) => {
    test(`${row.what}: valid`, async () => {
      for (const components of row.right) {
        const answer = await send(i, components)
        assert.equal(answer.http, 200, JSON.stringify(answer))
      }
    })
    for (const which of ['missing', 'surplus', 'wrong'] as const) {
      const expected = row[which]
      if (!expected) continue
      test(`${row.what}: ${which}`, async () => {
        const [components, code, path] = expected
        const before = atMeta()
        const answer = await send(i, components)
        assert.deepEqual([answer.http, answer.code], [400, 10002], JSON.stringify(answer))
        const error = answer.error as unknown as {
          reason: string
          upstream: { code: number; details: string; http_status: null }
          fields: { path: string; wants: string; got: string; message: string }[]
          template: { name: string; language: string; text: string }
        }
        assert.equal(answer.message.slice(0, 10), `(#${code}) `)
        assert.deepEqual([error.reason, error.upstream.code], ['template_mismatch', code])
        assert.equal(error.fields[0]?.path, path)
        for (const field of error.fields) assert.ok(field.wants && field.got && field.message)
        assert.deepEqual(
          [error.template.name, error.template.text],
          [`row_${i}`, row.has.find((part) => part.type === 'BODY')?.text],
        )
        assert.equal(atMeta(), before, 'Meta was not called')
      })
    }
  })
})

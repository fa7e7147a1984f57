import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { parseMessage } from '../../packages/gateway/src/domain/messages/parse.ts'
import { toCloudApi } from '../../packages/gateway/src/domain/messages/to-cloud-api.ts'
import { startSandbox, type Sandbox } from '../../packages/sandbox/src/index.ts'
import { graph } from '../../packages/sandbox/src/testing.ts'

/*
 * For every kind, a body with each of its keys and the largest allowed values. Postern accepts it, WhatsApp (the
 * sandbox, which was written independently of Postern) accepts Postern's request for it, and both refuse one more.
 */

type Json = Record<string, unknown>
type Case = {
  what: string
  body: Json
  /** Paths of texts and lists at their limit, and the path of the problem when it differs. */
  full: string[]
  /** Limits that Postern checks and WhatsApp's documentation does not mention. */
  ours?: string[]
}

const TO = '85268411234'
const x = (n: number): string => 'x'.repeat(n)
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i))
/** Different texts of `n` characters. */
const nth = (i: number, n: number): string => `${i}${x(n)}`.slice(0, n)
const link = 'https://files.example/a.png'
const imageHeader = { type: 'image', image: { link } }
const interactive = (content: Json): Json => ({ type: 'interactive', interactive: content })
const head = { header: { type: 'text', text: x(60) }, body: { text: x(1024) }, footer: { text: x(60) } }
const HEAD = ['interactive.header.text', 'interactive.body.text', 'interactive.footer.text']

const CASES: Case[] = [
  { what: 'text', body: { type: 'text', text: { body: x(4096), preview_url: true } }, full: ['text.body'] },
  { what: 'image', body: { type: 'image', image: { link, caption: x(1024) } }, full: ['image.caption'] },
  {
    what: 'video',
    body: { type: 'video', video: { link: 'https://files.example/a.mp4', caption: x(1024) } },
    full: ['video.caption'],
  },
  { what: 'audio', body: { type: 'audio', audio: { link: 'https://files.example/a.ogg', voice: true } }, full: [] },
  {
    what: 'document',
    body: { type: 'document', document: { link: 'https://files.example/a.pdf', caption: x(1024), filename: 'a.pdf' } },
    full: ['document.caption'],
  },
  { what: 'sticker', body: { type: 'sticker', sticker: { link: 'https://files.example/a.webp' } }, full: [] },
  {
    what: 'location',
    body: { type: 'location', location: { latitude: 90, longitude: -180, name: x(1000), address: x(1000) } },
    full: ['location.name', 'location.address'],
    ours: ['location.name', 'location.address'],
  },
  {
    what: 'contacts',
    body: {
      type: 'contacts',
      contacts: times(257, (i) => ({
        name: {
          formatted_name: `Ann ${i}`,
          first_name: 'Ann',
          last_name: 'Lee',
          middle_name: 'B',
          suffix: 'Jr',
          prefix: 'Dr',
        },
        phones: [{ phone: '+85291234567', type: 'CELL', wa_id: '85291234567' }],
        emails: [{ email: 'ann@shop.example', type: 'WORK' }],
        addresses: [{ street: 's', city: 'c', state: 's', zip: 'z', country: 'c', country_code: 'hk', type: 'HOME' }],
        org: { company: 'c', department: 'd', title: 't' },
        urls: [{ url: 'https://shop.example', type: 'WORK' }],
        birthday: '1990-12-31',
      })),
    },
    full: ['contacts'],
  },
  {
    what: 'reply buttons',
    body: interactive({
      type: 'button',
      ...head,
      action: { buttons: times(3, (i) => ({ type: 'reply', reply: { id: nth(i, 256), title: nth(i, 20) } })) },
    }),
    full: [
      ...HEAD,
      'interactive.action.buttons',
      'interactive.action.buttons.0.reply.id',
      'interactive.action.buttons.2.reply.title',
    ],
  },
  {
    what: 'list with ten sections of one row',
    body: interactive({
      type: 'list',
      ...head,
      body: { text: x(4096) },
      action: {
        button: x(20),
        sections: times(10, (i) => ({
          title: nth(i, 24),
          rows: [{ id: nth(i, 200), title: nth(i, 24), description: x(72) }],
        })),
      },
    }),
    full: [
      ...HEAD,
      'interactive.action.button',
      'interactive.action.sections',
      'interactive.action.sections.9.title',
      'interactive.action.sections.9.rows.0.id',
      'interactive.action.sections.9.rows.0.title',
      'interactive.action.sections.9.rows.0.description',
    ],
  },
  {
    what: 'list with one section of ten rows',
    body: interactive({
      type: 'list',
      body: { text: 'x' },
      action: {
        button: 'x',
        sections: [{ title: 'All', rows: times(10, (i) => ({ id: `r${i}`, title: `Row ${i}` })) }],
      },
    }),
    full: ['interactive.action.sections.0.rows'],
  },
  {
    what: 'URL button',
    body: interactive({
      type: 'cta_url',
      ...head,
      action: { name: 'cta_url', parameters: { display_text: x(20), url: 'https://shop.example/' } },
    }),
    full: [...HEAD, 'interactive.action.parameters.display_text'],
  },
  {
    what: 'carousel of URL buttons',
    body: interactive({
      type: 'carousel',
      body: { text: x(1024) },
      action: {
        cards: times(10, (i) => ({
          card_index: i,
          type: 'cta_url',
          header: imageHeader,
          body: { text: `${x(79)}\n\n${x(79)}` },
          action: { name: 'cta_url', parameters: { display_text: x(20), url: 'https://shop.example/' } },
        })),
      },
    }),
    full: [
      'interactive.body.text',
      'interactive.action.cards',
      'interactive.action.cards.9.body.text',
      'interactive.action.cards.0.action.parameters.display_text',
    ],
  },
  {
    what: 'carousel of quick replies',
    body: interactive({
      type: 'carousel',
      body: { text: 'x' },
      action: {
        cards: times(2, (i) => ({
          card_index: i,
          header: imageHeader,
          action: {
            buttons: times(2, (j) => ({
              type: 'quick_reply',
              quick_reply: { id: nth(2 * i + j, 256), title: nth(2 * i + j, 20) },
            })),
          },
        })),
      },
    }),
    full: [
      'interactive.action.cards.0.action.buttons.0.quick_reply.id',
      'interactive.action.cards.1.action.buttons.1.quick_reply.title',
    ],
  },
  {
    what: 'flow',
    body: interactive({
      type: 'flow',
      ...head,
      action: {
        name: 'flow',
        parameters: {
          flow_message_version: '3',
          flow_id: '1',
          flow_cta: x(30),
          flow_token: 'token',
          mode: 'published',
          flow_action: 'navigate',
          flow_action_payload: { screen: 'FIRST', data: { a: 1 } },
        },
      },
    }),
    full: [...HEAD, 'interactive.action.parameters.flow_cta'],
  },
  {
    what: 'location request',
    body: interactive({
      type: 'location_request_message',
      body: { text: x(1024) },
      action: { name: 'send_location' },
    }),
    full: ['interactive.body.text'],
  },
  {
    what: 'product list',
    body: interactive({
      type: 'product_list',
      ...head,
      action: {
        catalog_id: 'c',
        sections: times(10, (i) => ({
          title: nth(i, 24),
          product_items: times(3, (j) => ({ product_retailer_id: `p${i}-${j}` })),
        })),
      },
    }),
    full: [
      ...HEAD,
      'interactive.action.sections',
      'interactive.action.sections.0.product_items',
      'interactive.action.sections.9.title',
    ],
  },
  {
    what: 'product',
    body: interactive({
      type: 'product',
      body: { text: x(1024) },
      footer: { text: x(60) },
      action: { catalog_id: 'c', product_retailer_id: 'p' },
    }),
    full: ['interactive.body.text', 'interactive.footer.text'],
  },
  {
    what: 'catalog',
    body: interactive({
      type: 'catalog_message',
      body: { text: x(1024) },
      footer: { text: x(60) },
      action: { name: 'catalog_message', parameters: { thumbnail_product_retailer_id: 'p' } },
    }),
    full: ['interactive.body.text', 'interactive.footer.text'],
  },
  {
    what: 'address request',
    body: interactive({
      type: 'address_message',
      body: { text: x(1024) },
      action: { name: 'address_message', parameters: { country: 'IN' } },
    }),
    full: ['interactive.body.text'],
  },
  {
    what: 'call permission',
    body: interactive({
      type: 'call_permission_request',
      body: { text: x(1024) },
      action: { name: 'call_permission_request' },
    }),
    full: ['interactive.body.text'],
  },
  {
    what: 'call button',
    body: interactive({
      type: 'voice_call',
      body: { text: x(1024) },
      action: { name: 'voice_call', parameters: { display_text: x(20), ttl_minutes: 43_200, payload: x(512) } },
    }),
    full: [
      'interactive.body.text',
      'interactive.action.parameters.display_text',
      'interactive.action.parameters.payload',
    ],
  },
  {
    what: 'contact request',
    body: interactive({
      type: 'request_contact_info',
      body: { text: x(1024) },
      action: { name: 'request_contact_info' },
    }),
    full: ['interactive.body.text'],
  },
  {
    what: 'order to pay',
    body: interactive({
      type: 'order_details',
      body: { text: x(1024) },
      footer: { text: x(60) },
      action: {
        name: 'review_and_pay',
        parameters: {
          reference_id: x(60),
          type: 'digital-goods',
          currency: 'INR',
          total_amount: { value: 1, offset: 100 },
          order: {
            status: 'pending',
            items: [{ name: x(60), amount: { value: 1, offset: 100 }, quantity: 1 }],
            subtotal: { value: 1, offset: 100 },
          },
        },
      },
    }),
    full: ['interactive.body.text', 'interactive.footer.text', 'interactive.action.parameters.reference_id'],
  },
  {
    what: 'state of an order',
    body: interactive({
      type: 'order_status',
      body: { text: x(1024) },
      footer: { text: x(60) },
      action: { name: 'review_order', parameters: { reference_id: x(60), order: { status: 'shipped' } } },
    }),
    full: ['interactive.body.text', 'interactive.footer.text', 'interactive.action.parameters.reference_id'],
  },
]

test('every interactive kind is tested', () => {
  const kinds = new Set(CASES.map(({ body }) => (body.interactive as { type?: string } | undefined)?.type))
  const refused = parseMessage({ to: TO, type: 'interactive', interactive: { type: 'nothing', body: { text: 'x' } } })
  assert.ok(!refused.ok)
  const named = [...refused.problems[0]!.message.matchAll(/"(\w+)"/g)].map(([, name]) => name!)
  assert.ok(named.length > 12, refused.problems[0]!.message)
  assert.deepEqual(
    named.filter((name) => name !== 'nothing' && !kinds.has(name)),
    [],
  )
})

/** The body with one more character, or item, at this path. */
function oneMore(body: Json, path: string): Json {
  const copy = structuredClone(body)
  const keys = path.split('.')
  const last = keys.pop()!
  let place: Json = copy
  for (const key of keys) place = place[key] as Json
  const there = place[last]
  if (typeof there === 'string') place[last] = `${there}x`
  else if (Array.isArray(there)) place[last] = [...(there as unknown[]), another(there as Json[])]
  else throw new Error(`nothing to add to at ${path}`)
  return copy
}

/** A copy of the last item with unique values where items must differ. */
function another(items: Json[]): Json {
  const copy = structuredClone(items.at(-1)!)
  if ('card_index' in copy) copy.card_index = items.length
  if ('id' in copy) copy.id = 'another'
  if ('title' in copy) copy.title = 'Another'
  if ('reply' in copy) copy.reply = { id: 'another', title: 'Another' }
  if (Array.isArray(copy.rows)) copy.rows = [{ id: 'another', title: 'Another' }]
  return copy
}

let sandbox: Sandbox
before(async () => {
  sandbox = await startSandbox({ statusDelayMs: 0 })
  await sandbox.phone(TO).says('hi')
})
after(() => sandbox.close())

const whatsappTakes = async (wire: object): Promise<boolean> => {
  const { status, body } = await graph(sandbox.url, 'POST', '/v25.0/302702419599374/messages', wire)
  assert.ok(status === 200 || body.error, JSON.stringify(body))
  return status === 200
}

for (const { what, body, full, ours = [] } of CASES) {
  test(`${what}: both accept the limit, and both refuse one more`, async () => {
    const whole = { to: TO, biz_opaque_callback_data: x(512), context: { message_id: 'wamid.x' }, ...body }
    const parsed = parseMessage(whole)
    assert.ok(parsed.ok, JSON.stringify(parsed))
    const wire = toCloudApi(parsed.message, { reference: x(512) } as Parameters<typeof toCloudApi>[1]) as object as Json
    assert.ok(await whatsappTakes({ ...wire, context: undefined }), 'WhatsApp takes it')
    for (const path of full) {
      const more = parseMessage(oneMore(whole, path))
      assert.ok(!more.ok, `${path}: Postern refuses one more`)
      if (!ours.includes(path))
        assert.equal(await whatsappTakes({ ...oneMore(wire, path), context: undefined }), false, `${path}: WhatsApp`)
    }
  })
}

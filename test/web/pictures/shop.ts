import type { World } from '../../support/world.ts'
import { tellBroadcasts } from '../broadcast-story.ts'

export const MEI = '85268411234'
export const PABLO = '16505551234'
export const NOOR = '971509876543'
export const LONG = '4915112345678'

export type Shop = {
  failed: string
  draft: string
  ready: string
  done: string
  file: string
  noor: string
  long: string
  incidents: object[]
}

type Send = (body: object) => Promise<string>

/** A shop by the harbour with something of each kind: chats in three scripts, broadcasts, people, and some failures. */
export async function tellShop(world: World, pictures: string): Promise<Shop> {
  const { sandbox, receiver } = world
  await world.admin('PATCH', '/admin/channels/1', { media_check: 'off' })
  await addTemplates(world)
  await mei(world, pictures)
  await pablo(world, pictures)
  await others(world)
  await office(world)
  sandbox.fault({ on: 'statuses', code: 131026, times: 2 })
  for (let i = 0; i < 2; i++)
    await world.send({ to: '16505550199', type: 'template', template: { name: 'test_button_reply_1' } })
  const failed = await receiver.gets({ event: 'message_status_update', message_status: 'failed' })
  const told = await tellBroadcasts(world)
  receiver.behaviour = 503
  await sandbox.phone(MEI).says('I am on my way')
  await receiver.until(() => receiver.calls > receiver.received.length, 'a delivery that failed')
  await sandbox.settled()
  const of = async (words: string): Promise<string> => {
    const found = await world.admin('GET', `/admin/conversations?q=${encodeURIComponent(words)}`)
    const { conversations } = found.data as { conversations: { contact_id: number | string }[] }
    return String(conversations[0]?.contact_id ?? 1)
  }
  return {
    ...told,
    failed: String(failed.body.message_id),
    noor: await of(NOOR),
    long: await of(LONG),
    incidents: INCIDENTS,
  }
}

const INCIDENTS = [
  ['token_rejected', 'critical', 12, 'WhatsApp rejects the access token of channel 1 (code 190).'],
  ['endpoint_failing', 'warning', 56, 'The endpoint https://shop.example/hooks/whatsapp answers 503.'],
  ['number_throttled', 'warning', 340, 'WhatsApp takes 6 messages per second instead of 80.'],
  ['template_paused', 'info', 1, 'The template autumn_offer is paused for low quality.'],
].map(([kind, severity, count, what], i) => ({
  ...{ id: `inc_${String(kind)}`, kind, severity, since: Math.floor(Date.now() / 1000) - 900 * (i + 1), count, what },
  advice: 'Make a new token in Business Manager, and replace it on the channel’s page.',
  links: [],
}))

async function mei(world: World, pictures: string): Promise<void> {
  const { sandbox, receiver } = world
  const phone = sandbox.phone(MEI)
  await phone.says('Hi! Is the *blue bag* still there?')
  await world.send({
    to: MEI,
    type: 'image',
    image: { link: `${pictures}/bag.png`, caption: 'It is, Mei. The last one.' },
  })
  const asked = await world.send({
    to: MEI,
    type: 'interactive',
    interactive: {
      type: 'button',
      body: { text: 'Shall we put it aside for you until tonight?' },
      footer: { text: 'Open until 20:00' },
      action: {
        buttons: [
          { type: 'reply', reply: { id: 'yes', title: 'Yes, please' } },
          { type: 'reply', reply: { id: 'no', title: 'No, thank you' } },
        ],
      },
    },
  })
  await phone.taps('Yes, please', { on: asked })
  const done = await world.send({ to: MEI, type: 'text', text: 'Done. See you tonight at _Harbour Street 5_!' })
  await phone.sees('See you tonight at _Harbour Street 5_!').catch(() => undefined)
  phone.reads()
  await phone.reacts(done, '🙏')
  await receiver.gets({ event: 'message_status_update', message_id: done, message_status: 'read' })
}

async function pablo(world: World, pictures: string): Promise<void> {
  const phone = world.sandbox.phone(PABLO)
  const order = await world.send({ to: PABLO, type: 'template', template: { name: 'test_button_reply_1' } })
  await phone.taps('No', { on: order })
  const row = (id: string, title: string, description: string) => ({ id, title, description })
  await world.send({
    to: PABLO,
    type: 'interactive',
    interactive: {
      type: 'list',
      body: { text: 'Then how shall we send it?' },
      action: {
        button: 'Ways',
        sections: [
          {
            title: 'By post',
            rows: [row('normal', 'Normal', 'Three days'), row('express', 'Express', 'Tomorrow before noon')],
          },
        ],
      },
    },
  })
  await phone.picks('Express')
  await phone.says('And what is new?')
  const card = (index: number, text: string) => ({
    card_index: index,
    type: 'cta_url',
    header: { type: 'image', image: { link: `${pictures}/${index}.png` } },
    body: { text },
    action: { name: 'cta_url', parameters: { display_text: 'To the shop', url: `https://shop.example/${index}` } },
  })
  await world.send({
    to: PABLO,
    type: 'interactive',
    interactive: {
      type: 'carousel',
      body: { text: 'New this week' },
      action: { cards: [card(0, 'Canvas, 39 €'), card(1, 'Leather, 129 €'), card(2, 'Straw, 25 €')] },
    },
  })
}

const LONG_NAME = 'Dr. Maximiliane-Josephine von Hohenzollern-Sigmaringen und zu Waldburg-Zeil 👩🏽‍🔬'

/** Arabic, Chinese, a name that is too long, a text that is too long, and an ordinary day's other chats. */
async function others({ sandbox, send }: Pick<World, 'sandbox'> & { send: Send }): Promise<void> {
  const chats: [number: string, name: string, asks: string, answer: string][] = [
    [
      '85291234567',
      '陳大文',
      '請問藍色手提包還有貨嗎？我想今天下午過來看看，順便問一下可不可以用八達通付款。',
      '有的，最後一個。',
    ],
    [
      LONG,
      LONG_NAME,
      `${'What does the bag cost, and how long is its strap? '.repeat(30)}🙂`,
      'https://shop.example/bags/'.padEnd(180, 'long-'),
    ],
    [NOOR, 'نور الهدى', 'هل الحقيبة الزرقاء ABC-123 متوفرة؟', 'نعم، لدينا واحدة (ABC-123).'],
  ]
  for (const [number, name, asks, answer] of chats) {
    const phone = sandbox.phone(number)
    phone.is({ name })
    await phone.says(asks)
    await send({ to: number, type: 'text', text: answer })
    await phone.says(asks.slice(0, 34))
  }
  for (let i = 0; i < 24; i++) {
    const to = `1650555${String(2000 + i)}`
    await sandbox.phone(to).says('Hello')
    await send({ to, type: 'text', text: `Order ${4800 + i} is on its way.` })
  }
}

async function addTemplates({ sandbox, admin }: World): Promise<void> {
  const add = (name: string, more: object, ...components: object[]) =>
    sandbox.addTemplate({ name, components, ...more } as Parameters<typeof sandbox.addTemplate>[0])
  const body = (text: string) => ({ type: 'BODY', text })
  const buttons = (...texts: string[]) => ({
    type: 'BUTTONS',
    buttons: texts.map((text) => ({ type: 'QUICK_REPLY', text })),
  })
  const ready = 'Hello {{1}}, your order {{2}} is ready. Come until *20:00*, Harbour Street 5.'
  add(
    'order_ready',
    {},
    { type: 'HEADER', format: 'TEXT', text: 'Order ready' },
    body(ready),
    buttons('On my way', 'Later'),
  )
  add('order_ready', { language: 'zh_HK' }, body('{{1}}，你的訂單 {{2}} 已經準備好。營業至 *20:00*，海旁街 5 號。'))
  add('order_ready', { language: 'ar' }, body('مرحبا {{1}}، طلبك {{2}} جاهز.'))
  add(
    'summer_sale',
    { status: 'REJECTED', category: 'MARKETING', rejected_reason: 'INVALID_FORMAT' },
    body('Sale! {{1}}'),
  )
  add('new_hours', { status: 'PENDING' }, body('From Monday we are open from 9:00 to 20:00.'))
  await admin('POST', '/admin/channels/1/templates/sync')
}

/** The users, keys, alarms, notes and a second channel with a long name. */
async function office({ admin, sandbox }: World): Promise<void> {
  const ann = await admin('POST', '/admin/users', { email: 'ann@shop.example', name: 'Ann Lee', role: 'admin' })
  await admin('POST', '/admin/users', { email: 'noor@shop.example', name: 'نور الهدى', role: 'agent', channels: [1] })
  const long = { email: 'maximiliane.josephine@customers.harbour-street.example', name: LONG_NAME, role: 'viewer' }
  const { data } = await admin('POST', '/admin/users', long)
  await admin('PATCH', `/admin/users/${(data as { user_id: string }).user_id}`, { disabled: true })
  await admin('POST', '/admin/keys', { name: 'Web shop', scopes: { channels: [1] } })
  await admin('POST', '/admin/keys', { name: 'Reports of the night', scopes: { read_only: true } })
  const list = await admin('GET', `/admin/conversations?q=${MEI}`)
  const contact = (list.data as { conversations: { contact_id: string }[] }).conversations[0]?.contact_id ?? '1'
  await admin('PATCH', `/admin/conversations/1/${contact}`, {
    note: 'Prefers the evening. Pays cash.',
    labels: ['regular', 'harbour street', 'VIP'],
    assignee: (ann.data as { user_id: string }).user_id,
  })
  await admin('POST', '/admin/alarms', {
    type: 'slack',
    name: '#shop-alarms',
    url: 'https://hooks.slack.com/services/T/B/x',
  })
  await admin('POST', '/admin/alarms', { type: 'url', name: 'مناوب الليل', url: 'https://pager.example/postern' })
  await admin('POST', '/admin/saved-replies', { name: 'Hours', text: 'We are open from 9:00 to 20:00.' })
  const { number, token } = sandbox.addNumber({ number: '971501112233', verifiedName: 'مطعم البحر' })
  await admin('POST', '/admin/channels', {
    name: 'مطعم البحر Sea Restaurant, the second house by the harbour',
    phone_number_id: number.id,
    waba_id: number.wabaId,
    business_phone: number.number,
    access_token: token,
  })
}

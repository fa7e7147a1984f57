import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { post, webhook } from '../support/meta.ts'
import { type Answer, startWorld, type World } from '../support/world.ts'

/*
 * Who holds a conversation: the sandbox plays a second program that answers, takes the conversation and gives it back.
 */

const NUMBER = '302702419599374'
const METADATA = { display_phone_number: '6281519236680', phone_number_id: NUMBER }

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.stop())

let people = 0
/** A person nobody knows yet. */
const somebody = (): string => `1555011${String(++people).padStart(4, '0')}`

type Known = { owner: { owner: string; role: string | null; since: number } | null; window: { open: boolean } }
const ownerOf = async (name: string) => (await known(name)).owner
const known = async (name: string): Promise<Known> =>
  (await world.customer('GET', `/external/contacts/${name}`)).data as Known
const say = (to: string, more: object = {}): Promise<Answer> =>
  world.customer('POST', '/external/messages/whatsapp', { to, type: 'text', text: 'hello', ...more })
const thread = (to: string, body: object): Promise<Answer> =>
  world.customer('POST', `/external/contacts/${to}/thread`, body)
const settings = async (settings: object): Promise<void> => {
  const response = await fetch(`${world.sandbox.url}/sandbox/numbers/${NUMBER}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ settings }),
  })
  assert.equal(response.status, 200)
}
/** In another second: in the one in which a conversation was taken, it stays taken. */
function handBack(phone: { isHandedTo(to: 'app'): Promise<void> }): Promise<void> {
  world.sandbox.clock.advance(1_000)
  return phone.isHandedTo('app')
}
const sendsAt = (): number =>
  world.sandbox.received().filter(({ method, path }) => method === 'POST' && /\/messages$/.test(path)).length
const eventsOf = (to: string) =>
  world.receiver.received
    .map(({ body }) => body)
    .filter((body) => JSON.stringify(body).includes(to))
    .map((body) => (body.event === 'conversation_owner' ? `owner ${body.owner as string}` : String(body.event)))

test('a handover tells who answers; while another program does, if_owner refuses and WhatsApp is not asked', async () => {
  const to = somebody()
  const phone = world.sandbox.phone(to)
  await phone.says('hello')
  await world.receiver.gets({ event: 'new_message' })
  assert.equal(await ownerOf(to), null)
  assert.equal((await say(to, { if_owner: true })).http, 200)

  await phone.isHandedTo('other', { newRole: 'escalation' })
  const taken = await world.receiver.gets({ event: 'conversation_owner', owner: 'other' })
  const { contact, role, since, value } = taken.body as Record<string, unknown>
  assert.equal((contact as { phone: string }).phone, to)
  assert.deepEqual([role, (value as { type: string }).type], ['escalation', 'control_taken'])
  assert.deepEqual(await ownerOf(to), { owner: 'other', role, since })

  const before = sendsAt()
  const refused = await say(to, { if_owner: true })
  assert.deepEqual([refused.http, refused.error.reason, refused.error.role], [409, 'not_owner', 'escalation'])
  assert.equal(sendsAt(), before)
  assert.equal((await say(to, { if_owner: false })).http, 200)
  assert.equal((await say(to)).http, 200)

  await handBack(phone)
  await world.receiver.gets({ event: 'conversation_owner', owner: 'us' })
  assert.equal((await ownerOf(to))?.owner, 'us')
  assert.equal((await say(to, { if_owner: true })).http, 200)
  assert.equal((await say(to, { if_owner: 'yes' })).http, 422)
})

test('a message on standby is delivered once, opens the window, and shows another program', async () => {
  const to = somebody()
  const said = { from: to, id: `wamid.${to}`, timestamp: String(Math.floor(Date.now() / 1000)), type: 'text' }
  const value = { contacts: [{ profile: { name: 'Mira' }, wa_id: to }], messages: [{ ...said, text: { body: 'hi' } }] }
  const change = { messaging_product: 'whatsapp', metadata: METADATA, standby: value }
  await post(world, {
    object: 'whatsapp_business_account',
    entry: [{ id: '102290129340398', changes: [{ field: 'standby', value: change }] }],
  })
  const told = await world.receiver.gets({ event: 'new_message', standby: true })
  assert.equal((told.body.message as { messages: { id: string }[] }).messages[0]!.id, said.id)
  const { owner, window } = await known(to)
  assert.deepEqual([owner?.owner, window.open], ['other', true])

  // The same message as the owner, twice.
  await post(world, webhook(value))
  await post(world, webhook(value))
  await world.receiver.until(() => eventsOf(to).includes('owner us'), 'we hold the conversation')
  assert.equal((await ownerOf(to))?.owner, 'us')
  assert.deepEqual(eventsOf(to), ['new_message', 'owner other', 'owner us'])
})

test('a conversation is passed on, given up and taken by a call, which is an event too', async () => {
  const to = somebody()
  await world.sandbox.phone(to).says('hello')
  await world.receiver.until(() => eventsOf(to).length > 0, 'the message')
  const passed = await thread(to, { action: 'pass', role: 'ai_agent', metadata: 'case 88 solved' })
  assert.equal(passed.http, 200, JSON.stringify(passed))
  const { request_id: id, since, ...owner } = passed.data as Record<string, unknown>
  assert.deepEqual(owner, { owner: 'other', role: 'ai_agent' })
  assert.equal(typeof id, 'string')
  assert.deepEqual(await ownerOf(to), { ...owner, since })
  const call = world.sandbox.received().findLast(({ path }) => path.endsWith('/thread_control'))
  assert.deepEqual((call as unknown as { body: unknown }).body, {
    messaging_product: 'whatsapp',
    to,
    action: 'pass',
    control_pass: { target_role: 'ai_agent' },
    metadata: 'case 88 solved',
  })
  assert.equal((await say(to, { if_owner: true })).http, 409)

  const refused = await thread(to, { action: 'take' })
  assert.deepEqual([refused.http, refused.error.reason], [400, 'upstream_refused'])
  const { code, advice } = refused.error.upstream as unknown as { code: number; advice: string }
  assert.deepEqual([code, advice], [2_494_191, 'Wait until the other program passes the conversation.'])
  assert.equal((await ownerOf(to))?.owner, 'other')

  await settings({ escalation_partner: true })
  assert.equal((await thread(to, { action: 'take' })).http, 200)
  assert.equal((await say(to, { if_owner: true })).http, 200)
  assert.equal((await thread(to, { action: 'release' })).http, 200)
  await settings({ escalation_partner: false })
  assert.equal((await ownerOf(to))?.owner, 'idle')
  await world.receiver.until(() => eventsOf(to).includes('owner idle'), 'the events')
  assert.deepEqual(
    eventsOf(to).filter((event) => event.startsWith('owner')),
    ['owner other', 'owner us', 'owner idle'],
  )

  for (const [body, path] of [
    [{ action: 'take', role: 'ai_agent' }, 'role'],
    [{ action: 'keep' }, 'action'],
    [{ action: 'pass', metadata: 'x'.repeat(2001) }, 'metadata'],
    [{ action: 'pass', to: '1' }, 'to'],
  ] as const) {
    const wrong = await thread(to, body)
    assert.deepEqual([wrong.http, (wrong.error.fields as unknown as { path: string }[])[0]!.path], [422, path])
  }
  assert.equal((await thread('nobody', { action: 'take' })).http, 422)
})

test('a channel with standby "store" keeps such messages and delivers none of them', async () => {
  const to = somebody()
  const phone = world.sandbox.phone(to)
  const patched = await world.admin('PATCH', `/admin/channels/${DEMO.channelId}`, { standby: 'store' })
  assert.equal((patched.data as { standby: string }).standby, 'store')
  await phone.isHandedTo('other')
  await phone.says('where is my parcel?')
  await handBack(phone)
  const last = await phone.says('are you there?')
  await world.receiver.until(() => JSON.stringify(eventsOf(to)).includes('new_message'), 'the message to us')
  await world.admin('PATCH', `/admin/channels/${DEMO.channelId}`, { standby: 'deliver' })
  const messages = world.receiver.received
    .map(({ body }) => body)
    .filter((body) => body.event === 'new_message' && JSON.stringify(body).includes(to))
  assert.deepEqual(
    messages.map((body) => (body.message as { messages: { id: string }[] }).messages[0]!.id),
    [last.id],
  )
  assert.ok(!JSON.stringify(world.receiver.received.map(({ body }) => body)).includes('where is my parcel'))
  const kept = (await world.customer('GET', `/external/messages?to=${to}`)).data as { content: unknown }[]
  assert.equal(kept.length, 2)
})

test('races of handovers and sends: once another program holds the conversation, no send reaches WhatsApp', async () => {
  await settings({ refuse_non_owner: true })
  const rounds = Array.from({ length: 25 }, async () => {
    const to = somebody()
    const phone = world.sandbox.phone(to)
    await phone.says('hello')
    const racing = [phone.isHandedTo('other'), say(to, { if_owner: true }), say(to, { if_owner: true })] as const
    const [, ...answers] = await Promise.all(racing)
    for (const { http, error } of answers)
      assert.ok(http === 200 || http === 409 || error.reason === 'upstream_refused')
    const answer = await say(to, { if_owner: true })
    assert.deepEqual([answer.http, answer.error.reason], [409, 'not_owner'])
    // Whoever spoke on the phone held the conversation: WhatsApp takes no other message.
    const accepted = answers.filter(({ http }) => http === 200).length
    const spoken = phone.messages().filter(({ direction }) => direction === 'out').length
    assert.ok(spoken <= accepted)
    await handBack(phone)
    assert.equal((await say(to, { if_owner: true })).http, 200)
  })
  await Promise.all(rounds)
  await settings({ refuse_non_owner: false })
})

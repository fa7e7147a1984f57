import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startWorld, type World } from '../support/world.ts'

const GROUP = 'Y2FwaV9ncm91cDoxOTUwNTU1MDA3OToxMjAzNjM0'
const PHONES = ['12065550121', '12065550122', '12065550123'] as const

let world: World
before(async () => {
  world = await startWorld()
  for (const number of PHONES) world.sandbox.phone(number).is({ name: `Person ${number}` })
  world.sandbox.addGroup({ id: GROUP, subject: 'Harbour VIP', participants: [...PHONES] })
  await world.receiver.gets({ event: 'group_lifecycle_update' })
})
after(() => world.stop())

type Body = Record<string, unknown> & { value: { groups: { type: string }[] } }
const received = (event: string): Body[] =>
  world.receiver.received.map(({ body }) => body as Body).filter((body) => body.event === event)
const says = (number: string, body: string) =>
  world.sandbox.phone(number).says({ type: 'text', text: { body }, group_id: GROUP })
const messagesOf = async (name: string) =>
  (await world.customer('GET', `/external/messages?to=${encodeURIComponent(name)}`)).data as {
    msg_id: string
    status: string
    contact: string
    direction: string
  }[]

test('messages of a group stand in a conversation of their own, in order, and open no window', async () => {
  await Promise.all(PHONES.map((number, i) => says(number, `hello ${i}`)))
  await world.receiver.until(() => received('new_message').length === 3, 'three messages')
  await says(PHONES[0], 'later')
  await world.receiver.until(() => received('new_message').length === 4, 'the fourth message')
  const last = (received('new_message').at(-1)!.message as { messages: { group_id: string; from: string }[] })
    .messages[0]!
  assert.deepEqual([last.group_id, last.from], [GROUP, PHONES[0]])

  const kept = await messagesOf(GROUP)
  assert.deepEqual(
    kept.map(({ direction, contact }) => [direction, contact]),
    Array(4).fill(['inbound', GROUP]),
  )
  for (const number of PHONES) {
    assert.deepEqual(await messagesOf(number), [], 'nothing in the chat of the person')
    const { data } = await world.customer('GET', `/external/contacts/${number}/window`)
    assert.equal((data as { open: boolean }).open, false)
  }
  const { data } = await world.admin('GET', `/admin/conversations?channel_id=${DEMO.channelId}`)
  const [group] = (data as { conversations: { name: string; phone: null; group_id: string }[] }).conversations.filter(
    (one) => one.group_id === GROUP,
  )
  assert.deepEqual([group?.name, group?.phone], ['Harbour VIP', null])
})

test('a message to a group: a status of each participant, with our reference, in the lane of the group', async () => {
  const body = {
    recipient_type: 'group',
    to: GROUP,
    type: 'text',
    text: 'Tasting on Friday!',
    biz_opaque_callback_data: 'x',
  }
  const wamid = await world.send(body)
  const statuses = (word: string) =>
    received('message_status_update').filter((one) => one.message_id === wamid && one.message_status === word)
  await world.receiver.until(() => statuses('delivered').length === 3, 'three deliveries')
  assert.deepEqual(
    statuses('delivered')
      .map(({ recipient }) => recipient)
      .sort(),
    [...PHONES],
  )
  for (const told of statuses('delivered')) {
    assert.match(told.reference as string, /^msg_/)
    assert.equal(told.callback_data, 'x')
    assert.equal(told.recipient_id, GROUP)
  }
  const [sent] = await messagesOf(GROUP)
  assert.deepEqual([sent?.msg_id, sent?.status, sent?.contact], [wamid, 'delivered', GROUP])
  const request = world.sandbox.received().findLast(({ path }) => path.endsWith('/messages'))!.body as Record<
    string,
    unknown
  >
  assert.deepEqual([request.recipient_type, request.to], ['group', GROUP])
})

test('who comes and goes, and what changes, is told in the lane of the group', async () => {
  await world.sandbox.phone('12065550124').joins(GROUP)
  await world.sandbox.phone(PHONES[2]).leaves(GROUP)
  const types = () => received('group_participants_update').map(({ value }) => value.groups[0]!.type)
  await world.receiver.until(() => types().length === 2, 'two changes')
  assert.deepEqual(types(), ['group_participants_add', 'group_participants_remove'])
  // Nobody of them is a contact by that.
  assert.equal((await world.customer('GET', '/external/contacts/12065550124')).http, 404)
  const other = await world.customer('POST', '/external/messages/whatsapp', {
    recipient_type: 'group',
    to: 'unknown',
    type: 'text',
    text: 'x',
  })
  const { upstream } = other.error as unknown as { upstream: { code: number; advice: string } }
  assert.deepEqual([other.code, upstream.code], [10002, 131041])
  assert.match(upstream.advice, /group/)
})

test('an erased person is gone from the group, and the others are not', async () => {
  const feed = async (): Promise<string> =>
    JSON.stringify((await world.customer('GET', '/external/events?count=100')).data)
  const before = await messagesOf(GROUP)
  assert.ok((await feed()).includes(PHONES[0]))
  const erased = await world.admin('DELETE', `/admin/channels/${DEMO.channelId}/contacts/${PHONES[0]}`)
  assert.equal(erased.http, 200)
  const { counts } = erased.data as { counts: { messages: number; contacts: number } }
  assert.deepEqual([counts.messages, counts.contacts], [2, 0])
  const after = await messagesOf(GROUP)
  assert.equal(after.length, before.length - 2)
  const events = await feed()
  for (const name of [PHONES[0], `Person ${PHONES[0]}`]) assert.ok(!events.includes(name), name)
  assert.ok(events.includes(PHONES[1]))
  assert.equal((await world.admin('DELETE', `/admin/channels/${DEMO.channelId}/contacts/${PHONES[0]}`)).http, 404)
})

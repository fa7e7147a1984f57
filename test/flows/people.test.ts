import assert from 'node:assert/strict'
import { test } from 'node:test'
import { post, status, text, webhook } from '../support/meta.ts'
import { startWorld, type World } from '../support/world.ts'

const METADATA = { display_phone_number: '6281519236680', phone_number_id: '302702419599374' }
const now = (): string => String(Math.floor(Date.now() / 1000))

/** A webhook of another field than `messages`. */
function fieldWebhook(field: string, value: object): object {
  const changes = [{ field, value: { messaging_product: 'whatsapp', metadata: METADATA, ...value } }]
  return { object: 'whatsapp_business_account', entry: [{ id: '102290129340398', changes }] }
}

type Window = { open: boolean; state: string; last_inbound_at: number | null; closes_at: number | null }
const windowOf = async (world: World, name: string): Promise<Window> =>
  (await world.customer('GET', `/external/contacts/${name}/window`)).data as Window
const idsOf = async (world: World, name: string): Promise<(string | null)[]> =>
  ((await world.customer('GET', `/external/messages?to=${name}&count=100`)).data as { msg_id: string | null }[]).map(
    (message) => message.msg_id,
  )

const hidden = (userId: string, id: string, more: object = {}): Record<string, unknown> => ({
  contacts: [{ profile: { name: 'Noor', username: 'noor.reads' }, user_id: userId }],
  messages: [{ from_user_id: userId, id, timestamp: now(), type: 'text', text: { body: 'hi' }, ...more }],
})
const note = (id: string, system: object, from: object = {}): Record<string, unknown> => ({
  messages: [{ ...from, id, timestamp: now(), type: 'system', system }],
})

test('a contact whose id changes stays one contact: one window, one history, and a message event reports it', async () => {
  await using world = await startWorld()
  await post(world, webhook(hidden('US.OLD', 'wamid.before')))
  const system = { type: 'user_changed_user_id', user_id: 'US.NEW', previous_user_id: 'US.OLD', body: 'changed' }
  await post(world, webhook(note('wamid.note', system)))
  await post(world, webhook(hidden('US.NEW', 'wamid.after')))
  const told = await world.receiver.gets({
    event: 'new_message',
    message: { messages: [{ id: 'wamid.note' }] },
  } as never)
  assert.deepEqual((told.body.message as { messages: { system: unknown }[] }).messages[0]!.system, system)
  const window = await windowOf(world, 'US.NEW')
  assert.deepEqual([window.open, window.state], [true, 'open'])
  assert.deepEqual(await windowOf(world, 'US.OLD'), window)
  assert.deepEqual((await idsOf(world, 'US.NEW')).sort(), ['wamid.after', 'wamid.before', 'wamid.note'])
  assert.deepEqual(await idsOf(world, 'US.OLD'), await idsOf(world, 'US.NEW'))
})

test('a recycled number is another contact, with its own window and history', async () => {
  await using world = await startWorld()
  const number = '15550007001'
  await post(world, webhook(text(number, 'wamid.first', 'mine')))
  const second = text(number, 'wamid.second', 'mine now')
  ;(second.contacts as { user_id: string }[])[0]!.user_id = 'US.SECOND'
  ;(second.messages as { from_user_id: string }[])[0]!.from_user_id = 'US.SECOND'
  await post(world, webhook(second))
  assert.deepEqual(await idsOf(world, number), ['wamid.second'])
  assert.deepEqual(await idsOf(world, 'US.SECOND'), ['wamid.second'])
  assert.deepEqual(await idsOf(world, `US.${number}`), ['wamid.first'])
})

type Known = Record<string, unknown> & { window: { open: boolean; until: number }; notes: { kind: string }[] }
const contactOf = async (world: World, name: string): Promise<Known> =>
  (await world.customer('GET', `/external/contacts/${name}`)).data as Known

test('what is known of a contact is shown by any of the names, the earlier ones among them', async () => {
  await using world = await startWorld()
  const ids = (n: number) => ({ user_id: `US.ID${n}`, parent_user_id: `US.ENT.ID${n}` })
  const value = hidden('US.ID1', 'wamid.first')
  ;(value.contacts as object[])[0] = { profile: { name: 'Noor', username: 'noor' }, ...ids(1) }
  await post(world, webhook(value))
  const { window, notes, ...first } = await contactOf(world, 'US.ENT.ID1')
  assert.deepEqual(first, {
    phone: null,
    ...ids(1),
    username: 'noor',
    name: 'Noor',
    earlier_user_ids: [],
    earlier_parent_user_ids: [],
    earlier_phones: [],
    owner: null,
    marketing: null,
    marketing_limited_until: null,
    calls: null,
  })
  assert.ok(window.open && window.until > Date.now() / 1000)
  assert.deepEqual(
    notes.map(({ kind }) => kind),
    ['number_hidden'],
  )

  // Any other card may be of somebody else.
  const card = (origin: string, phone: string) => ({
    type: 'contacts',
    contacts: [{ origin, phones: [{ phone: `+${phone}`, wa_id: phone, type: 'CELL' }] }],
  })
  await post(world, webhook(hidden('US.ID1', 'wamid.card', card('other', '15550007101'))))
  assert.equal((await contactOf(world, 'US.ID1')).phone, null)
  assert.equal((await world.customer('GET', '/external/contacts/15550007101')).http, 404)
  await post(world, webhook(hidden('US.ID1', 'wamid.shared', card('contact_request', '15550007102'))))
  assert.equal((await contactOf(world, '15550007102')).user_id, 'US.ID1')
  assert.deepEqual((await contactOf(world, '15550007102')).notes, [])

  const previous = { previous_user_id: 'US.ID1', previous_parent_user_id: 'US.ENT.ID1' }
  await post(
    world,
    webhook(note('wamid.note', { type: 'user_changed_user_id', ...ids(2), ...previous, body: 'changed' })),
  )
  const after = await contactOf(world, 'US.ID1')
  for (const name of ['US.ID2', 'US.ENT.ID1', 'US.ENT.ID2', '+1 555 000 7102'])
    assert.deepEqual(await contactOf(world, encodeURIComponent(name)), after)
  assert.deepEqual(
    [after.user_id, after.parent_user_id, after.phone, after.earlier_user_ids, after.earlier_parent_user_ids],
    ['US.ID2', 'US.ENT.ID2', '15550007102', ['US.ID1'], ['US.ENT.ID1']],
  )
})

test('a parent id identifies its contact: in a window, a list, and as the recipient of a message', async () => {
  await using world = await startWorld()
  const value = hidden('US.CHILD', 'wamid.child')
  ;(value.contacts as { parent_user_id?: string }[])[0]!.parent_user_id = 'US.ENT.PARENT'
  await post(world, webhook(value))
  assert.equal((await windowOf(world, 'US.ENT.PARENT')).state, 'open')
  assert.deepEqual(await idsOf(world, 'US.ENT.PARENT'), ['wamid.child'])
})

test('a call and a message on standby open the window; a group message and our own call do not', async () => {
  await using world = await startWorld()
  const contact = (n: number) => ({ from: `1555000800${n}`, from_user_id: `US.800${n}` })
  const call = (more: object) => ({ id: 'wacid.1', event: 'connect', timestamp: now(), ...more })
  await post(
    world,
    fieldWebhook('calls', {
      calls: [call({ ...contact(1), to: METADATA.display_phone_number, direction: 'USER_INITIATED' })],
    }),
  )
  const ours = {
    from: METADATA.display_phone_number,
    to: '15550008002',
    to_user_id: 'US.8002',
    direction: 'BUSINESS_INITIATED',
  }
  await post(world, fieldWebhook('calls', { calls: [call(ours)] }))
  const said = { id: 'wamid.standby', timestamp: now(), type: 'text', text: { body: 'Where is it?' } }
  await post(world, fieldWebhook('standby', { standby: { messages: [{ ...contact(3), ...said }] } }))
  await post(world, webhook({ messages: [{ ...contact(4), ...said, id: 'wamid.group', group_id: 'Y2Fw' }] }))
  assert.equal((await windowOf(world, 'US.8001')).state, 'open')
  assert.notEqual((await windowOf(world, 'US.8002')).state, 'open')
  assert.equal((await windowOf(world, '15550008003')).state, 'open')
  assert.notEqual((await windowOf(world, 'US.8004')).state, 'open')
  await world.receiver.gets({ event: 'new_message', standby: true })
})

test('the window of a contact without messages on a young channel is unknown', async () => {
  await using world = await startWorld()
  assert.deepEqual(await windowOf(world, '15550009999'), {
    open: false,
    state: 'unknown',
    last_inbound_at: null,
    closes_at: null,
    free_until: null,
  })
})

test('two transactions of one payment, and two participants of one group, are two events each', async () => {
  await using world = await startWorld()
  const payment = (id: string) => ({ type: 'payment', payment: { reference_id: 'order', transaction: { id } } })
  const of = (participant: string) => ({
    recipient_id: 'Y2Fw',
    recipient_type: 'group',
    recipient_participant_id: participant,
  })
  for (const value of [
    status('15550008101', 'wamid.pay', 'captured', payment('t1')),
    status('15550008101', 'wamid.pay', 'captured', payment('t2')),
    status('15550008101', 'wamid.pay', 'captured', payment('t2')),
    {
      statuses: [of('15550008102'), of('15550008103')].map((more) => ({
        id: 'wamid.grp',
        status: 'read',
        timestamp: now(),
        ...more,
      })),
    },
    text('15550008101', 'wamid.end', 'the control'),
  ])
    await post(world, webhook(value))
  await world.receiver.gets({ event: 'new_message' })
  await world.receiver.until(() => world.receiver.received.length >= 5, 'two and two and the control')
  const told = world.receiver.received.map(({ body }) => body)
  const transactions = told
    .filter((body) => body.event === 'payment_status')
    .map((body) => (body.value as { statuses: { payment: unknown }[] }).statuses[0]!.payment)
  assert.deepEqual(transactions, [payment('t1').payment, payment('t2').payment])
  const readers = told
    .filter((body) => body.event === 'message_status_update' && body.message_id === 'wamid.grp')
    .map((body) => body.recipient)
  assert.deepEqual(readers.sort(), ['15550008102', '15550008103'])
})

test('callbacks and GET show price, conversation, the whole error, and the customer’s callback data', async () => {
  await using world = await startWorld()
  const to = '85268411234'
  const wamid = await world.send({ to, type: 'text', text: 'hello', biz_opaque_callback_data: 'order "8812"' })
  await world.receiver.gets({ message_id: wamid, message_status: 'delivered' })
  const read = async () =>
    (await world.customer('GET', `/external/messages/${encodeURIComponent(wamid)}`)).data as Record<string, unknown>
  const more = {
    pricing: { category: 'service', type: 'regular' },
    conversation: { id: 'c1', expiration_timestamp: '1' },
  }
  await post(world, webhook(status(to, wamid, 'played', more)))
  const played = await world.receiver.gets({ message_id: wamid, message_status: 'played' })
  const kept = await read()
  for (const shown of [played.body, kept]) {
    assert.equal(shown.callback_data, 'order "8812"')
    assert.deepEqual([shown.pricing, shown.conversation], [more.pricing, more.conversation])
  }
  assert.equal(played.body.reference, kept.reference)

  const errors = [
    { code: 131026, title: 'Undeliverable', message: 'm', error_data: { details: 'Why' } },
    { code: 1, title: 'Another' },
  ]
  await post(world, webhook(status(to, wamid, 'failed', { errors })))
  const failed = await world.receiver.gets({ message_id: wamid, message_status: 'failed' })
  const whole = { ...errors[0], details: 'Why' }
  for (const shown of [failed.body, await read()]) {
    assert.deepEqual(shown.error, whole)
    assert.deepEqual(shown.errors, [whole, errors[1]])
  }
})

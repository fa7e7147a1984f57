import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { startSandbox, type Sandbox } from './index.ts'
import { graph, startCallback, type Callback, type Loose } from './testing.ts'

/* What several people and several apps do with one number: the business's own app, other responders, calls, groups. */

const NUMBER = '302702419599374'
const MEI = '85268411234'
const PABLO = '16505551234'
const DAY = 24 * 3_600_000

let sandbox: Sandbox
let callback: Callback
beforeEach(async () => {
  sandbox = await startSandbox({ statusDelayMs: 0 })
  callback = await startCallback(sandbox.verifyToken)
  await sandbox.subscribe(callback.url)
})
afterEach(async () => {
  await sandbox.close()
  await callback.close()
})

const call = (method: string, path: string, body?: object) =>
  graph(sandbox.url, method, `/v26.0/${path}`, body && { messaging_product: 'whatsapp', ...body })
const send = (body: object) => call('POST', `${NUMBER}/messages`, { to: MEI, type: 'text', ...body })
const text = (body: string) => ({ type: 'text', text: { body } })
const control = (method: string, path: string, body?: object) =>
  graph(sandbox.url, method, `/sandbox/${path}`, body, null)
const fieldsSince = (before: number): string[] =>
  callback
    .changes()
    .slice(before)
    .map(({ field }) => field)
const newest = (field: string): Loose => callback.changes().findLast((change) => change.field === field)?.value

test('what the owner writes in the app is on the person’s phone; edits and deletions change it; reading it is not told', async () => {
  const owner = sandbox.businessApp()
  const mei = sandbox.phone(MEI)
  const id = await owner.says(MEI, 'On our way, 20 minutes')
  assert.equal((await mei.sees('20 minutes')).by, 'app')
  await owner.edits(MEI, id, 'On our way, 30 minutes')
  const shown = (): Loose => mei.messages().find((message) => message.id === id)
  assert.deepEqual(shown().content, { body: 'On our way, 30 minutes' })
  assert.ok(shown().edited > 0)
  await owner.revokes(MEI, id)
  assert.ok(shown().revoked > 0)

  const other = await owner.says(MEI, 'We are there')
  const before = callback.changes().length
  mei.reads()
  await sandbox.settled()
  assert.equal(callback.changes().length, before)
  assert.equal(mei.messages().find((message) => message.id === other)?.status, 'read')
  sandbox.clock.advance(16 * 60_000)
  await assert.rejects(owner.edits(MEI, other, 'too late'), /15 minutes/)
})

test('a person’s edit and deletion are on the phone, with the app and without it', async () => {
  const mei = sandbox.phone(MEI)
  const { id } = await mei.says('at three')
  await mei.edits(id, 'at four')
  assert.deepEqual(mei.messages().find((message) => message.id === id)?.content, { body: 'at four' })
  await mei.revokes(id)
  assert.ok(mei.messages().find((message) => message.id === id)?.revoked)
  assert.deepEqual(fieldsSince(0), ['messages', 'messages'], 'the message, and an edit that cannot be shown')
})

test('a message for an offline phone waits, and reaches it without a status', async () => {
  const mei = sandbox.phone(MEI)
  mei.goesOffline()
  await sandbox.businessApp().says(MEI, 'for later')
  assert.equal(mei.messages().length, 0)
  mei.comesOnline()
  await mei.sees('for later')
  await sandbox.settled()
  assert.equal(callback.statuses().length, 0)
})

test('a disconnected number sends nothing and hears nothing until it is back', async () => {
  const owner = sandbox.businessApp()
  await owner.disconnects({ reason: 'PRIMARY_INACTIVITY' })
  const told = newest('account_update')
  assert.deepEqual(
    [told.event, told.phone_number, told.disconnection_info],
    ['PARTNER_REMOVED', '6281519236680', { reason: 'PRIMARY_INACTIVITY', initiated_by: 'SYSTEM' }],
  )
  assert.equal((await send(text('x'))).body.error.code, 10)
  const before = callback.changes().length
  await sandbox.phone(MEI).says('anybody?')
  await owner.says(MEI, 'yes, in the app')
  assert.equal(callback.changes().length, before)
  await owner.reconnects()
  assert.equal(newest('account_update').event, 'ACCOUNT_RECONNECTED')
  assert.equal((await send(text('x'))).status, 200)
  await assert.rejects(owner.disconnects({ reason: 'BOREDOM' }), /must be one of/)
  const wrong = await control('POST', `numbers/${NUMBER}/app`, { does: 'disconnects', reason: 7 })
  assert.equal(wrong.body.error.message, '"reason" must be a text.')
})

test('a number in the app is never registered or deregistered, and syncs once, within a day', async () => {
  const sync = () => call('POST', `${NUMBER}/smb_app_data`, { sync_type: 'history' })
  sandbox.businessApp()
  assert.equal((await call('POST', `${NUMBER}/register`, { pin: '123456' })).status, 400)
  assert.equal((await call('POST', `${NUMBER}/deregister`, {})).status, 400)
  assert.equal((await sync()).status, 200)
  assert.equal((await sync()).body.error.code, 4)
  sandbox.businessApp().onboards()
  sandbox.clock.advance(DAY + 1)
  assert.match((await sync()).body.error.message, /24 hours/)
})

test('a history of 10,000 messages goes out in small chunks, in order, and opens no window', async () => {
  const { body: done } = await control('POST', `numbers/${NUMBER}/app`, { does: 'sharesAll' })
  assert.equal(done.messages, 10_000)
  const chunks = callback.changes().map(({ value }) => (value as Loose).history[0])
  assert.equal(chunks.length, done.chunks)
  const sizes = chunks.map((chunk) => chunk.threads.flatMap((thread: Loose) => thread.messages).length)
  assert.equal(
    sizes.reduce((a, b) => a + b, 0),
    10_000,
  )
  assert.ok(Math.max(...sizes) <= 200)
  assert.ok(Math.max(...callback.got.map(({ raw }) => raw.length)) < 200_000)
  assert.deepEqual([...new Set(chunks.map(({ metadata }) => metadata.phase))], [0, 1, 2])
  assert.equal(chunks.at(-1).metadata.progress, 100)
  assert.equal(chunks.filter(({ metadata }) => metadata.progress === 100).length, 1)
  const ids = new Set(
    chunks.flatMap(({ threads }) => threads.flatMap((t: Loose) => t.messages.map((m: Loose) => m.id))),
  )
  assert.equal(ids.size, 10_000)
  const { body: person } = await control('GET', 'phones/4915550010000')
  assert.equal(person.windows[NUMBER], false)
  assert.equal(person.messages, 0, 'the past is not kept twice')
  await assert.rejects(sandbox.businessApp().sharesAll({ messages: 0 }), /whole number/)
})

test('the sandbox’s own messages are shared in chunks too', async () => {
  const mei = sandbox.phone(MEI)
  sandbox.businessApp()
  for (let i = 0; i < 250; i++) await mei.says(`line ${i}`)
  const before = callback.changes().length
  await call('POST', `${NUMBER}/smb_app_data`, { sync_type: 'history' })
  const history = (): Loose[] =>
    callback
      .changes()
      .slice(before)
      .map(({ value }) => (value as Loose).history[0])
  await callback.until(() => history().at(-1)?.metadata.progress === 100, 'the last chunk')
  assert.deepEqual(
    history().map(({ metadata, threads }) => [metadata.chunk_order, metadata.progress, threads[0].messages.length]),
    [
      [1, 80, 200],
      [2, 100, 50],
    ],
  )
})

test('a thread has one owner: taken, answered, given back; idle after a quiet day', async () => {
  const mei = sandbox.phone(MEI)
  const owner = async (): Promise<Loose> => (await control('GET', `phones/${MEI}`)).body.owners[NUMBER]
  assert.equal((await owner()).who, 'app')
  await mei.isHandedTo('other', { newRole: 'ai_agent' })
  assert.deepEqual([(await owner()).who, (await owner()).role], ['other', 'ai_agent'])
  await mei.isAnswered('Your parcel leaves today.')
  assert.equal((await mei.sees('parcel')).by, 'other')
  mei.reads()
  await sandbox.settled()
  assert.equal(newest('standby').standby.statuses[0].status, 'read')
  assert.equal((await send(text('two voices'))).status, 200, 'lenient, unless the number says so')
  await control('PATCH', `numbers/${NUMBER}`, { settings: { refuse_non_owner: true } })
  assert.equal((await send(text('two voices'))).body.error.code, 10)
  const control_ = (action: string) => call('POST', `${NUMBER}/thread_control`, { action, to: MEI })
  assert.equal((await control_('release')).body.error.code, 10)
  await control('PATCH', `numbers/${NUMBER}`, { settings: { escalation_partner: true } })
  assert.equal((await send(text('let me take over'))).status, 200)
  assert.equal((await owner()).who, 'app', 'the escalation partner takes the thread by writing')
  await control_('pass')
  assert.equal((await owner()).role, 'escalation')
  await mei.says('and now?')
  assert.ok(newest('standby').standby.messages)
  sandbox.clock.advance(DAY)
  assert.equal((await owner()).who, 'idle')
  await mei.says('a day later')
  assert.equal(newest('messages').messages[0].text.body, 'a day later')
  await control_('release')
  await control('PATCH', `numbers/${NUMBER}`, { settings: { first_responder: 'ai_agent' } })
  await mei.says('hello agent')
  assert.equal(newest('standby').standby.messages[0].text.body, 'hello agent')
})

test('a call that nobody takes ends after a minute; one call at a time; limits when they are on', async () => {
  const mei = sandbox.phone(MEI)
  const ring = await mei.calls()
  sandbox.clock.advance(60_001)
  await callback.until(() => newest('calls')?.calls[0].event === 'terminate', 'the end')
  assert.equal(newest('calls').calls[0].status, 'FAILED')
  assert.equal((await control('GET', 'calls')).body.data.find((one: Loose) => one.id === ring.id).missed, 'no answer')

  const dial = () =>
    call('POST', `${NUMBER}/calls`, { action: 'connect', to: MEI, session: { sdp_type: 'offer', sdp: 'v=0\r\n' } })
  assert.equal((await dial()).body.error.code, 138006)
  await call('POST', `${NUMBER}/settings`, { calling: { status: 'ENABLED', callback_permission_status: 'ENABLED' } })
  const asked = await mei.calls()
  const [reply] = newest('messages').messages
  assert.deepEqual([reply.interactive.call_permission_reply.response_source, reply.context.id], ['automatic', asked.id])
  assert.equal((await dial()).body.error.code, 138003)
  await mei.hangsUp()
  sandbox.limits({ calls: true })
  for (let i = 0; i < 5; i++) {
    assert.equal((await dial()).status, 200)
    await sandbox.settled()
    await mei.answers()
    await mei.hangsUp()
  }
  assert.equal((await dial()).body.error.code, 138012)
  const { body } = await call('GET', `${NUMBER}/call_permissions?user_wa_id=${MEI}`)
  assert.deepEqual([body.actions[1].can_perform_action, body.actions[1].limits[0].current_usage], [false, 5])
  const ask = () =>
    send({
      type: 'interactive',
      interactive: {
        type: 'call_permission_request',
        body: { text: 'May we?' },
        action: { name: 'call_permission_request' },
      },
    })
  assert.equal((await ask()).status, 200)
  assert.equal((await ask()).body.error.code, 138009)
  await call('POST', `${NUMBER}/settings`, { calling: { status: 'DISABLED' } })
  assert.equal((await dial()).body.error.code, 138000)
})

test('a group of three: everybody sees what is written while they are in it', async () => {
  const people = [MEI, PABLO, '4915112345678']
  const { id } = (await control('POST', 'groups', { subject: 'Ferns' })).body
  const chat = async (phone: string): Promise<string[]> =>
    (await control('GET', `groups/${id}/messages?phone=${phone}`)).body.data.map((line: Loose) =>
      line.note ? `${line.from} ${line.note}` : `${line.from ?? 'business'}: ${line.message.text}`,
    )
  for (const phone of people.slice(0, 2)) await sandbox.phone(phone).joins(id)
  sandbox.clock.advance(1_000)
  await sandbox.phone(MEI).says({ type: 'text', text: { body: 'Hello all' }, group_id: id })
  sandbox.clock.advance(1_000)
  await sandbox.phone(people[2]!).joins(id)
  await call('POST', `${NUMBER}/messages`, { recipient_type: 'group', to: id, ...text('Tasting on Friday') })
  await sandbox.settled()
  const [first, second, third] = await Promise.all(people.map(chat))
  assert.deepEqual(second, [
    `${PABLO} joined`,
    `${MEI}: Hello all`,
    `${people[2]} joined`,
    'business: Tasting on Friday',
  ])
  assert.deepEqual(first, [`${MEI} joined`, ...second!])
  assert.deepEqual(third, [`${people[2]} joined`, 'business: Tasting on Friday'])
  sandbox.clock.advance(1_000)
  await sandbox.phone(PABLO).leaves(id)
  sandbox.clock.advance(1_000)
  await sandbox.phone(MEI).says({ type: 'text', text: { body: 'without Pablo' }, group_id: id })
  assert.equal((await chat(PABLO)).at(-1), `${PABLO} left`)
  assert.equal((await chat(people[2]!)).at(-1), `${MEI}: without Pablo`)
  await assert.rejects(
    sandbox.phone(PABLO).says({ type: 'text', text: { body: 'x' }, group_id: id }),
    /is not in the group/,
  )
  const before = callback.statuses().length
  sandbox.phone(MEI).reads({ group: null })
  await sandbox.settled()
  assert.equal(callback.statuses().length, before, 'the chat with the business has nothing to read')
  sandbox.phone(MEI).reads({ group: id })
  await sandbox.settled()
  assert.equal(callback.statuses().at(-1)!['recipient_type'], 'group')
})

test('who joins a group second does not see the first join, also when both join in the same millisecond', async () => {
  for (let i = 0; i < 20; i++) {
    const { id } = (await control('POST', 'groups', { subject: 'Ferns' })).body
    await Promise.all([MEI, PABLO].map((phone) => sandbox.phone(phone).joins(id)))
    const { data } = (await control('GET', `groups/${id}/messages?phone=${PABLO}`)).body
    assert.deepEqual(
      data.map((line: Loose) => `${line.from} ${line.note}`),
      [`${PABLO} joined`],
    )
  }
})

test('blocks and reports lower the quality and then the limit; old ones no longer count', async () => {
  const number = async (): Promise<Loose> => (await control('GET', `numbers/${NUMBER}`)).body
  await control('POST', `numbers/${NUMBER}/verdict`, { limit: 'TIER_10K' })
  assert.deepEqual(
    callback
      .changes()
      .map(({ field, value }) => [field, value['event'], value['max_daily_conversations_per_business']]),
    [
      ['phone_number_quality_update', 'UPGRADE', 'TIER_10K'],
      ['business_capability_update', undefined, 10_000],
    ],
  )
  const complain = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i++) await sandbox.phone(`1650555${2000 + i}`).reports()
    await sandbox.settled()
  }
  await complain(0, 3)
  assert.equal((await number()).quality, 'YELLOW')
  const before = callback.changes().length
  await complain(3, 5)
  assert.deepEqual([(await number()).quality, (await number()).messagingLimit], ['RED', 'TIER_2K'])
  assert.deepEqual(
    callback
      .changes()
      .slice(before)
      .map(({ value }) => value['event'] ?? value['max_daily_conversations_per_business']),
    ['FLAGGED', 'DOWNGRADE', 2_000],
  )
  const { body } = await call('GET', `${NUMBER}?fields=quality_rating,whatsapp_business_manager_messaging_limit`)
  assert.deepEqual([body.quality_rating, body.whatsapp_business_manager_messaging_limit], ['RED', 'TIER_2K'])
  sandbox.clock.advance(8 * DAY)
  await callback.until(() => newest('phone_number_quality_update')?.event === 'UNFLAGGED', 'the recovery')
  assert.equal((await number()).quality, 'GREEN')
  const wrong = await control('POST', `numbers/${NUMBER}/verdict`, { quality: 'BLUE' })
  assert.match(wrong.body.error.message, /must be one of GREEN/)
})

test('the messaging limit counts people outside a window, when it is on', async () => {
  sandbox.limits({ messaging: true })
  await control('POST', `numbers/${NUMBER}/verdict`, { limit: 'TIER_250' })
  const to = (i: number) => `4915550${String(10_000 + i)}`
  const template = { type: 'template', template: { name: 'hello_world', language: { code: 'en_US' } } }
  await Promise.all(Array.from({ length: 250 }, (_, i) => send({ ...template, to: to(i) })))
  await sandbox.settled()
  await send({ ...template, to: to(0) })
  await send({ ...template, to: MEI })
  const over = await send({ ...template, to: to(250) })
  await sandbox.settled()
  const failed = callback.statuses().filter(({ status }) => status === 'failed')
  assert.deepEqual(
    failed.map(({ id, errors }) => [id, errors![0]!.code]),
    [[over.body.messages[0].id, 131048]],
  )
})

test('the bill of a month counts deliveries by category and price', async () => {
  sandbox.clock.advance(Math.max(0, Date.UTC(2026, 10, 2) - sandbox.clock.now()))
  const mei = sandbox.phone(MEI)
  await mei.says('hi')
  for (let i = 0; i < 2; i++) await send(text('service'))
  await send({ type: 'template', template: { name: 'hello_world', language: { code: 'en_US' } } })
  await sandbox.settled()
  await sandbox.businessApp().says(MEI, 'free, from the app')
  const { body } = await control('GET', `numbers/${NUMBER}/bill`)
  assert.deepEqual(body.service, { delivered: 2, free: 1_000 })
  assert.deepEqual(body.rows, [
    { category: 'service', type: 'free_customer_service', billable: false, count: 2 },
    { category: 'utility', type: 'regular', billable: true, count: 1 },
  ])
})

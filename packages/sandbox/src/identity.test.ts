import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { startSandbox, type Sandbox } from './index.ts'
import { graph, startCallback, type Callback, type Loose } from './testing.ts'

/* The identity of a person: numbers, BSUIDs, their changes, and what webhooks hide. */

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

const PABLO = '16505551234'
const SEND = '/v25.0/302702419599374/messages'
const messages = (): Loose[] => callback.changes().flatMap((c) => c.value.messages ?? [])
const raw = (): string => callback.got.map((g) => g.raw.toString()).join('\n')
const send = (to: object): Promise<{ status: number; body: Loose }> =>
  graph(sandbox.url, 'POST', SEND, { messaging_product: 'whatsapp', ...to, type: 'text', text: { body: 'x' } })

test('a change of number sends one system message with the previous ids, and no other webhook', async () => {
  const phone = sandbox.phone(PABLO)
  await phone.says('from the old number')
  const before = messages()[0].from_user_id
  const moved = await phone.changesNumber('+1 650 555 9999')
  await moved.says('from the new one')
  await sandbox.settled()
  const [, system, after] = messages()
  assert.deepEqual(system.system, {
    body: 'User Pablo Morales changed from 16505551234 to 16505559999',
    wa_id: '16505559999',
    user_id: after.from_user_id,
    previous_user_id: before,
    type: 'user_changed_number',
  })
  assert.equal(system.from, PABLO)
  assert.notEqual(after.from_user_id, before)
  assert.deepEqual([...new Set(callback.changes().map((c) => c.field))], ['messages'])
})

test('a change of a hidden number sends BSUIDs only, and no webhook shows the number', async () => {
  const phone = sandbox.phone(PABLO)
  phone.hides('pablo.m')
  const first = await phone.says('hi')
  await phone.replies(first.id, 'as I said')
  const moved = await phone.changesNumber('16505559999')
  await moved.says('me again')
  await send({ recipient: messages().at(-1).from_user_id })
  await sandbox.settled()
  const system = messages().find((m) => m.type === 'system')
  assert.deepEqual(Object.keys(system).sort(), ['id', 'system', 'timestamp', 'type'])
  assert.equal(system.system.type, 'user_changed_user_id')
  assert.equal(system.system.previous_user_id, messages()[0].from_user_id)
  assert.equal(system.system.user_id, messages().at(-1).from_user_id)
  const decoded = raw().replace(/wamid\.([A-Za-z0-9+\\/=]+)/g, (_, text: string) =>
    Buffer.from(text.replaceAll('\\/', '/'), 'base64').toString('latin1'),
  )
  assert.doesNotMatch(decoded, /16505551234|16505559999/)
})

test('a change reaches every business that the person has written to', async () => {
  const { number } = sandbox.addNumber()
  await sandbox.phone(PABLO, { with: number.id }).says('hi')
  callback.got.length = 0
  await sandbox.phone(PABLO).changesUserId()
  await sandbox.settled()
  const told = callback.changes().map((c) => c.value.metadata?.phone_number_id)
  assert.deepEqual(told.sort(), [number.id, '302702419599374'].sort())
  const previous = messages().map((m) => m.system.previous_user_id)
  assert.notEqual(previous[0], previous[1], 'another portfolio knows the person by another BSUID')
})

test('after a change of BSUID a send to the old one is refused, and a send to the new one arrives', async () => {
  const phone = sandbox.phone(PABLO)
  await phone.says('hi')
  const before = messages()[0].from_user_id
  await phone.changesUserId()
  const { user_id: now } = messages().at(-1).system
  assert.equal((await send({ recipient: before })).body.error.code, 131009)
  assert.equal((await send({ recipient: now })).body.contacts[0].user_id, now)
})

test('a recycled number is a new person: another BSUID, a closed window', async () => {
  const phone = sandbox.phone(PABLO)
  await phone.says('hi')
  const before = messages()[0].from_user_id
  phone.changesOwner({ name: 'Somebody Else' })
  const { body } = await send({ to: PABLO })
  await callback.until(() => callback.statuses(body.messages[0].id).length === 1, 'the failure')
  assert.equal(callback.statuses(body.messages[0].id)[0]!.errors![0]!.code, 131047)
  await phone.says('who is this?')
  assert.notEqual(messages().at(-1).from_user_id, before)
  assert.equal(callback.changes().at(-1)!.value.contacts![0]!.profile!.name, 'Somebody Else')
})

test('an account with parent BSUIDs shows them beside the others, and accepts them as recipient', async () => {
  const { wabaId } = sandbox.addAccount({ parentUserIds: true })
  const { number, token } = sandbox.addNumber({ wabaId })
  const phone = sandbox.phone('447700900123', { with: number.id })
  await phone.says('hi')
  const { contacts, messages: said } = callback.changes()[0]!.value
  const parent = contacts![0]!.parent_user_id!
  assert.match(parent, /^GB\.ENT\.\d+$/)
  assert.equal(said![0]!['from_parent_user_id'], parent)
  const body = { messaging_product: 'whatsapp', recipient: parent, type: 'text', text: { body: 'x' } }
  const sent = await graph(sandbox.url, 'POST', `/v25.0/${number.id}/messages`, body, token)
  assert.deepEqual(sent.body.contacts, [{ input: parent, user_id: parent }])
  await callback.until(() => callback.statuses().length === 2)
  assert.equal(callback.statuses()[0]!['recipient_parent_user_id'], parent)
  await phone.changesUserId()
  const { system } = messages().at(-1)
  assert.equal(system.previous_parent_user_id, parent)
  assert.notEqual(system.parent_user_id, parent)
})

test('after unhiding, webhooks show the number again', async () => {
  const phone = sandbox.phone(PABLO)
  phone.hides()
  await phone.says('hidden')
  phone.unhides()
  await phone.says('shown')
  assert.deepEqual(
    messages().map((m) => m.from),
    [undefined, PABLO],
  )
})

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import type { shownState } from '../../packages/gateway/src/domain/channels/shown-state.ts'
import { startWorld, type World } from '../support/world.ts'

let world: World
before(async () => void (world = await startWorld()))
after(() => world.stop())

const [MEI, PABLO] = DEMO.phones as [string, string]

type Message = {
  msg_id: string
  direction: string
  type: string
  status: string
  origin?: string
  content: Record<string, unknown>
  earlier?: { content: Record<string, unknown> }[]
  edited_at?: number
  revoked_at?: number
  created_at: number
}

const message = async (id: string): Promise<Message> =>
  (await world.customer('GET', `/external/messages/${encodeURIComponent(id)}`)).data as Message
const conversation = async (to: string, count = 100): Promise<Message[]> =>
  (await world.customer('GET', `/external/messages?to=${to}&count=${count}`)).data as Message[]
const state = async (): Promise<ReturnType<typeof shownState>> =>
  ((await world.customer('GET', '/external/channel')).data as { state: ReturnType<typeof shownState> }).state
const windowOf = async (to: string): Promise<string> =>
  ((await world.customer('GET', `/external/contacts/${to}/window`)).data as { state: string }).state

test('a message of the business’s own app: an event, outbound in the conversation, no window, once', async () => {
  const stranger = '15550007001'
  const before = await windowOf(stranger)
  const id = await world.sandbox.businessApp().says(stranger, 'On our way')
  const { body } = await world.receiver.gets({ event: 'message_echo', message_id: id })
  assert.equal((body.contact as { phone: string }).phone, stranger)
  const shown = await message(id)
  assert.deepEqual([shown.direction, shown.origin, shown.type], ['outbound', 'app', 'text'])
  assert.deepEqual(
    (await conversation(stranger)).map(({ msg_id }) => msg_id),
    [id],
  )
  assert.equal(await windowOf(stranger), before)

  world.sandbox.fault({ on: 'webhooks', copies: 3 })
  const again = await world.sandbox.businessApp().says(stranger, 'Nearly there')
  await world.sandbox.phone(stranger).says('Thank you')
  await world.receiver.until(
    () => world.receiver.received.some(({ body: one }) => JSON.stringify(one).includes('Thank you')),
    'the next message of the contact',
  )
  assert.equal(world.receiver.received.filter(({ body: one }) => one.message_id === again).length, 1)
  assert.equal((await state()).coexistence?.value, true, 'such a number is in the app')
})

test('an edit shows the new text and keeps the old one; a removal is marked; on both sides', async () => {
  const app = world.sandbox.businessApp()
  const sent = await app.says(MEI, '20 minutes')
  const edit = await app.edits(MEI, sent, '30 minutes')
  await world.receiver.gets({ event: 'message_edit', original_message_id: sent })
  const shown = await message(sent)
  assert.deepEqual(shown.content.text, { body: '30 minutes' })
  assert.deepEqual(
    shown.earlier?.map(({ content }) => content.text),
    [{ body: '20 minutes' }],
  )
  assert.equal(typeof shown.edited_at, 'number')
  assert.equal((await message(edit)).type, 'edit')

  const phone = world.sandbox.phone(MEI)
  const { id: written } = await phone.says('see you')
  await phone.edits(written, 'see you at 5')
  await phone.revokes(written)
  await world.receiver.gets({ event: 'message_revoke', original_message_id: written })
  const revoked = await message(written)
  assert.deepEqual(revoked.content.text, { body: 'see you at 5' })
  assert.equal(typeof revoked.revoked_at, 'number')
  const [listed] = (await conversation(MEI)).filter(({ msg_id }) => msg_id === written)
  assert.deepEqual(listed, revoked, 'the list shows the same')
})

test('an edit that comes before its message is applied to it', async () => {
  const value = { messaging_product: 'whatsapp', metadata: { phone_number_id: '302702419599374' } }
  const from = { from: DEMO.businessPhone, to: PABLO, timestamp: String(Math.floor(Date.now() / 1000)) }
  const edit = { original_message_id: 'wamid.late', message: { type: 'text', text: { body: 'new' } } }
  await world.sandbox.tell({
    field: 'smb_message_echoes',
    value: { ...value, message_echoes: [{ ...from, id: 'wamid.edit', type: 'edit', edit }] },
  })
  await world.sandbox.tell({
    field: 'smb_message_echoes',
    value: { ...value, message_echoes: [{ ...from, id: 'wamid.late', type: 'text', text: { body: 'old' } }] },
  })
  await world.receiver.gets({ event: 'message_echo', message_id: 'wamid.late' })
  assert.deepEqual((await message('wamid.late')).content.text, { body: 'new' })
})

test('what was synced: asked for once, what is missing and until when; names come from the app', async () => {
  const missing = (await state()).coexistence
  assert.deepEqual(missing?.missing, ['contacts', 'history'])
  assert.ok(missing.until > Date.now() / 1000)
  await world.sandbox.businessApp().saves([{ phone: PABLO, fullName: 'Pablo from the harbour' }])
  await world.receiver.gets({ event: 'contact_update', what: 'name' } as never)

  const { data, http } = await world.admin('POST', '/admin/channels/1/sync')
  assert.equal(http, 200)
  const { history } = data as NonNullable<Awaited<ReturnType<typeof state>>['coexistence']>
  assert.ok(history.request_id, 'Meta’s id of the request')
  await world.sandbox.settled()
  const after = (await state()).coexistence
  assert.deepEqual([after?.missing, after?.history.state, after?.history.progress], [[], 'done', 100])
  const asked = world.sandbox.received().filter(({ path }) => path.includes('smb_app_data')).length
  assert.equal((await world.admin('POST', '/admin/channels/1/sync')).http, 200)
  assert.equal(world.sandbox.received().filter(({ path }) => path.includes('smb_app_data')).length, asked)
  assert.equal(world.sandbox.received().filter(({ path }) => /register/.test(path)).length, 0)
  const { data: channel } = await world.customer('GET', '/external/channel')
  assert.equal((channel as { messages_per_second: number }).messages_per_second, 20)
})

test('a disconnected number: a refused send says why, and what to do', async () => {
  await world.sandbox.tell({ kind: 'app_disconnected' })
  await world.receiver.gets({ event: 'channel_update', what: 'account' } as never)
  const account = (await state()).account
  assert.deepEqual([account?.value, account?.reason], ['PARTNER_REMOVED', 'PRIMARY_INACTIVITY (SYSTEM)'])
  world.sandbox.fault({ on: 'messages', code: 10 })
  const refused = await world.customer('POST', '/external/messages/whatsapp', {
    to: MEI,
    type: 'text',
    text: 'hello',
  })
  assert.equal(refused.code, 10002)
  assert.match(refused.message, /PARTNER_REMOVED, PRIMARY_INACTIVITY .* Connect it again/)
})

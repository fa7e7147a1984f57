import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, test } from 'node:test'
import { startSandbox, type Sandbox } from '../index.ts'
import { graph, startCallback, type Callback, type Loose } from '../testing.ts'
import { VERBS } from './verbs.ts'

/* Actions of people and of Meta, by control calls alone. */

const NUMBER = '302702419599374'
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

const ask = async (method: string, path: string, body?: object): Promise<Loose> => {
  const answer = await graph(sandbox.url, method, `/sandbox${path}`, body ?? (method === 'GET' ? undefined : {}), null)
  assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`)
  return answer.body
}
const does = (verb: string, body: object = {}, phone = '16505551234'): Promise<Loose> =>
  ask('POST', `/phones/${phone}/${verb}`, body)
const newest = (): Loose => callback.changes().at(-1)
const send = (body: object): Promise<{ status: number; body: Loose }> =>
  graph(sandbox.url, 'POST', `/v25.0/${NUMBER}/messages`, { messaging_product: 'whatsapp', ...body })

test('every listed kind of webhook can be sent, with own values in it', async () => {
  const { data } = await ask('GET', '/kinds')
  assert.ok(data.length >= 30)
  for (const kind of data) await ask('POST', '/tell', { kind })
  assert.equal(callback.changes().length, data.length)
  await ask('POST', '/tell', {
    kind: 'account_restricted',
    values: {
      phone_number: null,
      restriction_info: { restriction_type: 'RESTRICTED_UTILITY_TEMPLATES', expiration: null },
    },
  })
  const { value } = newest()
  assert.equal(value.phone_number, undefined)
  assert.deepEqual(Object.keys(value.restriction_info[0]), ['restriction_type', 'remediation'])
  const unknown = await graph(sandbox.url, 'POST', '/sandbox/tell', { kind: 'constructor' }, null)
  assert.equal(unknown.status, 400)
  assert.match(unknown.body.error.message, /There are: account_alert/)
})

test('a call rings, is answered and ends; it opens the window; a business needs permission to call', async () => {
  const stranger = '4915112345678'
  const { call } = await does('calls', { payload: 'spring' }, stranger)
  assert.equal(newest().value.calls[0].deeplink_payload, 'spring')
  assert.equal((await ask('GET', `/phones/${stranger}`)).windows[NUMBER], true)
  await does('hangsUp', { call: call.id }, stranger)
  assert.equal(newest().value.calls[0].status, 'FAILED', 'nobody answered')

  const connect = { action: 'connect', to: '16505551234', session: { sdp_type: 'offer', sdp: 'v=0\r\n' } }
  const dial = (): Promise<{ status: number; body: Loose }> =>
    graph(sandbox.url, 'POST', `/v25.0/${NUMBER}/calls`, { messaging_product: 'whatsapp', ...connect })
  assert.equal((await dial()).body.error.code, 138006)
  await send({
    to: '16505551234',
    type: 'interactive',
    interactive: { type: 'call_permission_request', action: { name: 'call_permission_request' } },
  })
  await does('permitsCalls')
  assert.equal((await dial()).status, 200)
  await sandbox.settled()
  await does('answers')
  sandbox.clock.advance(60_000)
  await does('hangsUp')
  const ended = newest().value.calls[0]
  assert.deepEqual([ended.event, ended.status, ended.duration], ['terminate', 'COMPLETED', 60])
  sandbox.clock.advance(8 * 24 * 3_600_000)
  assert.equal((await dial()).body.error.code, 138006, 'a week is over')
})

test('only a number with the app gets edits and revokes', async () => {
  const { message } = await does('says', { text: 'three' })
  await does('edits', { to: message.id, text: 'four' })
  assert.deepEqual(newest().value.messages[0].unsupported, { type: 'edit' })
  const before = callback.changes().length
  await does('revokes', { to: message.id })
  assert.equal(callback.changes().length, before)
  await ask('PATCH', `/numbers/${NUMBER}`, { onBizApp: true })
  await does('edits', { to: message.id, text: 'four' })
  assert.equal(newest().value.messages[0].edit.message.text.body, 'four')
  await does('revokes', { to: message.id })
  assert.equal(newest().value.messages[0].revoke.original_message_id, message.id)
})

test('a thread of another responder arrives on standby, and returns to messages', async () => {
  await does('isHandedTo', { owner: 'other' })
  assert.equal(newest().value.type, 'control_taken')
  await does('says', { text: 'hello?' })
  assert.equal(newest().field, 'standby')
  assert.equal(newest().value.standby.messages[0].text.body, 'hello?')
  await does('isAnswered', { text: 'hello' })
  assert.equal(newest().value.standby.statuses[0].status, 'delivered')
  await does('isHandedTo', { owner: 'app', summary: 'They said hello.' })
  await does('says', { text: 'again' })
  assert.equal(newest().field, 'messages')
  const control = (body: object): Promise<{ status: number; body: Loose }> =>
    graph(sandbox.url, 'POST', `/v25.0/${NUMBER}/thread_control`, {
      messaging_product: 'whatsapp',
      to: '16505551234',
      ...body,
    })
  assert.equal((await control({ action: 'take' })).body.error.code, 2494191)
  assert.ok((await control({ action: 'pass', control_pass: { target_role: 'ai_agent' } })).body.request_id)
  await does('says', { text: 'to the agent' })
  assert.equal(newest().field, 'standby')
})

test('a group: a person joins and writes, the business writes, everybody reads, the person leaves', async () => {
  const { id } = await ask('POST', '/groups', { subject: 'Ferns' })
  await does('joins', { group: id })
  await does('joins', { group: id }, '85268411234')
  const sent = await send({ recipient_type: 'group', to: id, type: 'text', text: { body: 'Tasting on Friday!' } })
  assert.deepEqual(sent.body.contacts, [{ input: id }])
  assert.equal(sent.body.messages[0].group_id, id)
  await sandbox.settled()
  await does('sees', { text: 'Tasting' })
  await does('sees', { text: 'Tasting' }, '85268411234')
  await ask('POST', `/groups/${id}/reads`)
  const { statuses } = newest().value
  assert.deepEqual(
    statuses.map((s: Loose) => [s.status, s.recipient_id, s.recipient_participant_id]),
    [
      ['read', id, '16505551234'],
      ['read', id, '85268411234'],
    ],
  )
  await does('leaves', { group: id })
  assert.equal(newest().value.groups[0].initiated_by, 'participant')
  await ask('POST', `/groups/${id}/suspend`)
  const refused = await send({ recipient_type: 'group', to: id, type: 'text', text: { body: 'x' } })
  assert.equal(refused.body.error.code, 131207)
  const unknown = await send({ recipient_type: 'group', to: 'nowhere', type: 'text', text: { body: 'x' } })
  assert.equal(unknown.body.error.code, 131041)
})

test('the business in its app: echoes, contacts, history', async () => {
  const app = (body: object): Promise<Loose> => ask('POST', `/numbers/${NUMBER}/app`, body)
  const { id } = await app({ does: 'says', phone: '16505551234', text: 'On our way' })
  assert.equal(newest().value.message_echoes[0].id, id)
  await app({ does: 'edits', phone: '16505551234', to: id, text: 'Nearly there' })
  await app({ does: 'revokes', phone: '16505551234', to: id })
  assert.equal(newest().value.message_echoes[0].type, 'revoke')
  await app({ does: 'saves', entries: [{ phone: '16505551234' }] })
  assert.equal(newest().value.state_sync[0].contact.full_name, 'Pablo Morales')
  const messages = [{ type: 'text', text: { body: 'From before' }, at: 1_788_000_000_000 }]
  await app({ does: 'shares', phase: 1, threads: [{ phone: '16505551234', messages }] })
  assert.equal(newest().value.history[0].threads[0].messages[0].timestamp, '1788000000')
  await app({ does: 'declines' })
  assert.equal(newest().value.history[0].errors[0].code, 2593109)
  const wrong = await graph(sandbox.url, 'POST', `/sandbox/numbers/${NUMBER}/app`, { does: 'dances' }, null)
  assert.equal(wrong.status, 400)
})

test('a hidden number that a person shared is visible until it is deleted from the contact book', async () => {
  await does('hides', { username: 'pablo.m' })
  await does('says', { text: 'hi' })
  const recipient: string = newest().value.messages[0].from_user_id
  const request = { type: 'request_contact_info', body: { text: 'Number?' }, action: { name: 'request_contact_info' } }
  await send({ recipient, type: 'interactive', interactive: request })
  await does('sharesNumber')
  const [shared] = newest().value.messages
  assert.equal(shared.from, undefined)
  assert.equal(shared.contacts[0].phones[0].wa_id, '16505551234')
  await does('says', { text: 'shown' })
  assert.equal(newest().value.messages[0].from, '16505551234')
  const path = `/v25.0/${NUMBER}/contact_book?messaging_product=whatsapp&bsuid=${recipient}`
  assert.equal((await graph(sandbox.url, 'DELETE', path)).body.deleted, true)
  assert.equal((await graph(sandbox.url, 'DELETE', path)).body.deleted, false)
  await does('says', { text: 'hidden again' })
  assert.equal(newest().value.messages[0].from, undefined)
})

test('an order is paid, or its payment fails', async () => {
  const amount = { value: 2_100, offset: 100 }
  const parameters = {
    reference_id: 'order-1',
    type: 'digital-goods',
    currency: 'INR',
    total_amount: amount,
    order: { status: 'pending', items: [{ name: 'Fern', amount, quantity: 1 }], subtotal: amount },
  }
  const interactive = { type: 'order_details', body: { text: 'x' }, action: { name: 'review_and_pay', parameters } }
  await send({ to: '16505551234', type: 'interactive', interactive })
  await sandbox.settled()
  await does('pays', { status: 'failed' })
  await does('pays')
  const states = callback.statuses().filter((s) => s['type'] === 'payment')
  assert.deepEqual(
    states.map((s: Loose) => [s.status, s.payment.reference_id, s.payment.amount]),
    [
      ['failed', 'order-1', amount],
      ['captured', 'order-1', amount],
    ],
  )
})

test('the docs page names every kind and every verb', async () => {
  const page = readFileSync(new URL('../../../../docs/sandbox.md', import.meta.url), 'utf8')
  const missing = [...(await ask('GET', '/kinds')).data, ...Object.keys(VERBS)].filter(
    (name: string) => !new RegExp(`\`${name}\\b`).test(page),
  )
  assert.deepEqual(missing, [])
})

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { type Answer, startWorld, type World } from '../support/world.ts'

const [MEI, PABLO] = DEMO.phones as [string, string]
const SEND = '/external/messages/whatsapp'
const CODE = {
  type: 'button',
  sub_type: 'copy_code',
  index: '0',
  parameters: [{ type: 'coupon_code', coupon_code: 'A10' }],
}
const MARKETING = { type: 'template', template: { name: 'test_button_code_1', components: [CODE] } }
const UTILITY = { type: 'template', template: { name: 'hello_world' } }

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.stop())

/** On a busy machine nothing was sent, and the answer says to send again. */
async function post(body: object, headers?: Record<string, string>): Promise<Answer> {
  for (;;) {
    const answer = await world.customer('POST', SEND, body, headers)
    if (answer.http !== 503) return answer
    await sleep(300)
  }
}
const marketing = (to: string) => post({ to, ...MARKETING })
const prefer = (to: string, wish: string) =>
  world.customer('PUT', `/external/contacts/${to}/preferences`, { marketing: wish })
const known = async (to: string) =>
  (
    (await world.customer('GET', `/external/contacts/${to}`)).data as {
      marketing: { state: string; by: string } | null
    }
  ).marketing
const gotBy = (to: string): number =>
  world.sandbox
    .phone(to)
    .messages()
    .filter((message) => message.direction === 'out').length

type Broadcast = { state: string; failures: { recipient: string; error: { reason: string } }[] }

async function ended(body: object): Promise<Broadcast> {
  const made = await world.customer('POST', '/external/broadcasts', body)
  const { id } = made.data as { id: string }
  let shown: Broadcast
  do {
    shown = (await world.customer('GET', `/external/broadcasts/${id}`)).data as never
  } while (shown.state === 'preparing' || shown.state === 'running')
  return shown
}

async function mustBeRefused(to: string, by: string): Promise<void> {
  const calls = world.sandbox.received().length
  const answer = await marketing(to)
  const { reason, by: told } = answer.error as unknown as { reason: string; by: string }
  assert.deepEqual([answer.http, answer.code, reason, told], [400, 10002, 'opted_out', by], JSON.stringify(answer))
  assert.match(answer.message, /^\(#131050\) /)
  assert.equal(world.sandbox.received().length, calls, 'WhatsApp was not asked')
}

test('a marketing template to a contact who stopped marketing is refused; everything else goes out', async () => {
  assert.equal((await prefer(MEI, 'stopped')).http, 200)
  const { body } = await world.receiver.gets({ event: 'contact_update', what: 'preferences' })
  assert.deepEqual([body.preference, body.by, (body.contact as { phone: string }).phone], ['stop', 'business', MEI])
  await mustBeRefused(MEI, 'business')
  assert.equal((await post({ to: MEI, type: 'text', text: 'an answer' })).http, 200)
  assert.equal((await post({ to: MEI, ...UTILITY })).http, 200)
  assert.equal((await prefer(MEI, 'allowed')).http, 200)
  assert.equal((await marketing(MEI)).http, 200)
  for (const body of [{ marketing: 'no' }, {}, { marketing: 'stopped', more: 1 }])
    assert.equal((await world.customer('PUT', `/external/contacts/${MEI}/preferences`, body)).http, 422)
  assert.equal((await prefer('nobody', 'stopped')).http, 422)
})

test('the wish of a person who was never written to is kept', async () => {
  assert.equal((await prefer('15550720001', 'stopped')).http, 200)
  assert.deepEqual((await known('15550720001'))?.state, 'stopped')
  await mustBeRefused('15550720001', 'business')
})

test('what the contact says in WhatsApp counts, and a refusal of WhatsApp’s', async () => {
  const pablo = world.sandbox.phone(PABLO)
  await pablo.stopsMarketing()
  await world.sandbox.settled()
  await mustBeRefused(PABLO, 'contact')
  await pablo.stopsMarketing(false)
  await world.sandbox.settled()
  assert.equal((await marketing(PABLO)).http, 200)

  world.sandbox.fault({ on: 'messages', code: 131050, match: { to: '15550720002' } })
  assert.equal((await marketing('15550720002')).http, 200)
  await world.receiver.gets({ event: 'message_status_update', message_status: 'failed' })
  await world.sandbox.settled()
  await mustBeRefused('15550720002', 'whatsapp')
})

test('a broadcast leaves out who stopped, and goes on', async () => {
  const people = ['15550720011', '15550720012', '15550720013']
  await prefer(people[1]!, 'stopped')
  const shown = await ended({ message: MARKETING, recipients: people })
  assert.equal(shown.state, 'done')
  assert.deepEqual(
    shown.failures.map(({ recipient, error }) => [recipient, error.reason]),
    [[people[1], 'opted_out']],
  )
  assert.deepEqual(people.map(gotBy), [1, 0, 1])
})

test('after 131049 nobody of the account repeats marketing to the contact within 24 hours', async () => {
  const person = '15550720021'
  world.sandbox.fault({ on: 'messages', code: 131049, match: { to: person } })
  assert.equal((await marketing(person)).http, 200)
  await world.receiver.gets({ event: 'message_status_update', error: { code: 131049 } })
  const failedAt = Math.floor(Date.now() / 1000)
  const calls = world.sandbox.received().length
  const mustBeLimited = (answer: Answer): void => {
    const { reason, retry_at: retryAt } = answer.error as unknown as { reason: string; retry_at: number }
    assert.deepEqual([answer.http, answer.code, reason], [400, 10002, 'marketing_limited'], JSON.stringify(answer))
    assert.match(answer.message, /^\(#131049\) /)
    assert(Math.abs(retryAt - failedAt - 86_400) < 60, String(retryAt))
  }
  mustBeLimited(await marketing(person))

  const { data } = await world.admin('GET', '/admin/channels/1')
  const { waba_id: wabaId } = data as { waba_id: string }
  const number = { business_phone: '15550729999', phone_number_id: '990001', access_token: 'sandbox-token' }
  const made = await world.admin('POST', '/admin/channels', { name: 'of the same account', waba_id: wabaId, ...number })
  assert.equal(made.http, 201, JSON.stringify(made))
  const headers = { 'certification-code': (made.data as { certification_code: string }).certification_code }
  mustBeLimited(await post({ to: person, ...MARKETING }, headers))

  const broadcast = await ended({ message: MARKETING, recipients: [person] })
  assert.deepEqual(
    broadcast.failures.map(({ error }) => error.reason),
    ['marketing_limited'],
  )
  const later = await world.customer('POST', SEND, { to: person, ...MARKETING, send_at: failedAt })
  const { reference } = later.data as { reference: string }
  const { body } = await world.receiver.gets({ event: 'message_scheduled_update', reference })
  assert.deepEqual([body.state, (body.error as { reason: string }).reason], ['failed', 'marketing_limited'])
  assert.equal(world.sandbox.received().length, calls, 'WhatsApp was not asked')

  assert.equal((await post({ to: person, ...UTILITY })).http, 200)
  const shown = (await world.customer('GET', `/external/contacts/${person}`)).data as {
    marketing: null
    marketing_limited_until: number
  }
  assert.equal(shown.marketing, null)
  assert(Math.abs(shown.marketing_limited_until - failedAt - 86_400) < 60)
})

test('131049 as the answer to a send counts the same', async () => {
  world.sandbox.fault({ on: 'messages', code: 131049, as: 'answer', match: { to: '15550720031' } })
  assert.equal((await marketing('15550720031')).http, 400)
  const again = await marketing('15550720031')
  assert.equal((again.error as unknown as { reason: string }).reason, 'marketing_limited')
})

test('after a stop is acknowledged nothing of marketing goes out, however the two meet', async () => {
  for (let i = 0; i < 60; i++) {
    const to = String(15_550_721_000 + i)
    const sends = [marketing(to)]
    const stopped = prefer(to, 'stopped')
    sends.push(marketing(to))
    assert.equal((await stopped).http, 200)
    const later = await marketing(to)
    assert.equal((later.error as unknown as { reason: string }).reason, 'opted_out')
    const accepted = (await Promise.all(sends)).filter((answer) => answer.http === 200).length
    assert.equal(gotBy(to) <= accepted, true)
  }
})

test('a stop that an operator records is answered when WhatsApp has answered what was on its way', async () => {
  const to = '15550722001'
  world.sandbox.fault({ on: 'messages', latencyMs: 1_500, match: { to } })
  const sending = marketing(to)
  type Conversations = { conversations: { contact_id: number }[] }
  let contact: Conversations['conversations'][number] | undefined
  while (!contact) {
    const { data } = await world.admin('GET', `/admin/conversations?channel_id=1&q=${to}`)
    contact = (data as Conversations).conversations[0]
  }
  assert.equal(gotBy(to), 0)
  const place = `/admin/conversations/1/${contact.contact_id}/preferences`
  assert.equal((await world.admin('PUT', place, { marketing: 'stopped' })).http, 200)
  assert.equal(gotBy(to), 1)
  assert.equal((await sending).http, 200)
})

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startWorld, type World } from '../support/world.ts'

const [MEI, PABLO] = DEMO.phones as [string, string]
const SEND = '/external/messages/whatsapp'
const CODE = {
  type: 'button',
  sub_type: 'copy_code',
  index: '0',
  parameters: [{ type: 'coupon_code', coupon_code: 'A10' }],
}
const MARKETING = { type: 'template', template: { name: 'test_button_code_1', components: [CODE] } }

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.stop())

const marketing = (to: string) => world.customer('POST', SEND, { to, ...MARKETING })
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
  assert.equal((await world.customer('POST', SEND, { to: MEI, type: 'text', text: 'an answer' })).http, 200)
  const utility = { type: 'template', template: { name: 'hello_world' } }
  assert.equal((await world.customer('POST', SEND, { to: MEI, ...utility })).http, 200)
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
  const made = await world.customer('POST', '/external/broadcasts', { message: MARKETING, recipients: people })
  const { id } = made.data as { id: string }
  let shown: { state: string; failures: { recipient: string; error: { reason: string } }[] }
  do {
    shown = (await world.customer('GET', `/external/broadcasts/${id}`)).data as never
  } while (shown.state === 'running')
  assert.equal(shown.state, 'done')
  assert.deepEqual(
    shown.failures.map(({ recipient, error }) => [recipient, error.reason]),
    [[people[1], 'opted_out']],
  )
  assert.deepEqual(people.map(gotBy), [1, 0, 1])
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

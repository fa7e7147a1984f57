import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startWorld } from '../support/world.ts'

test('a template is sent, its statuses arrive, and a tap on its button reaches the endpoint', async () => {
  await using world = await startWorld()
  const { receiver, sandbox } = world
  const wamid = await world.send({ to: '85268411234', type: 'template', template: { name: 'test_button_reply_1' } })
  assert.match(wamid, /^wamid\./)

  const phone = sandbox.phone('85268411234')
  const seen = await phone.sees((message) => message.id === wamid)
  await receiver.gets({ event: 'message_status_update', message_id: wamid, message_status: 'sent' })
  await receiver.gets({ event: 'message_status_update', message_id: wamid, message_status: 'delivered' })
  phone.reads()
  const read = await receiver.gets({ event: 'message_status_update', message_id: wamid, message_status: 'read' })
  assert.deepEqual(Object.keys(read.body), [
    'event',
    'channel_id',
    'business_phone',
    'message_id',
    'message_status',
    'error',
    'received_at',
    'recipient',
    'contact',
    'reference',
  ])
  assert.equal(read.body.error, null)
  assert.equal(read.body.recipient, '85268411234')
  assert.ok(Number.isInteger(read.body.received_at))

  const [button] = (seen as { choices?: { title: string }[] }).choices ?? []
  await phone.taps(button?.title ?? 'Yes', { on: wamid })
  const tapped = await receiver.gets({ event: 'new_message' })
  const message = tapped.body.message as { messages: { type: string; context: { id: string } }[] }
  assert.equal(message.messages[0]!.type, 'button')
  assert.equal(message.messages[0]!.context.id, wamid)

  const { data } = await world.customer('GET', `/external/messages/${encodeURIComponent(wamid)}`)
  const looked = data as { status: string; reference: string; timeline: { status: string }[] }
  assert.equal(looked.status, 'read')
  assert.equal(looked.reference, read.body.reference)
  assert.deepEqual(
    looked.timeline.map((step) => step.status),
    ['created', 'accepted', 'sent', 'delivered', 'read'],
  )
  assert.equal(receiver.badSignatures, 0)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startWorld } from '../support/world.ts'

const amount = { value: 149_900, offset: 100 }

test('an order is sent, paid in the chat, and shipped: each payment state is an event', async () => {
  await using world = await startWorld()
  const [to] = ['85268411234']
  const phone = world.sandbox.phone(to)
  const parameters = {
    reference_id: 'order-8812',
    type: 'physical-goods',
    currency: 'INR',
    total_amount: amount,
    order: { status: 'pending', items: [{ name: 'Fern', amount, quantity: 1 }], subtotal: amount },
  }
  const interactive = {
    type: 'order_details',
    body: { text: 'Your order' },
    action: { name: 'review_and_pay', parameters },
  }
  const wamid = await world.send({ to, type: 'interactive', interactive })
  const request = world.sandbox.received().findLast(({ path }) => path.endsWith('/messages'))!.body as object
  assert.deepEqual((request as { interactive: unknown }).interactive, interactive)
  await world.sandbox.settled()

  await phone.pays({ status: 'pending' })
  await phone.pays()
  const { body } = await world.receiver.gets({ event: 'payment_status', payment_status: 'captured' })
  assert.deepEqual([body.message_id, body.reference_id], [wamid, 'order-8812'])
  assert.equal((body.contact as { phone: string }).phone, to)
  const { statuses } = body.value as { statuses: { payment: { transaction: object } }[] }
  assert.ok(statuses[0]!.payment.transaction, 'everything that WhatsApp tells of the payment')
  const states = world.receiver.received.filter(({ body: one }) => one.event === 'payment_status')
  assert.deepEqual(
    states.map(({ body: one }) => one.payment_status),
    ['pending', 'captured'],
  )
  // A payment is not a status of the message.
  const { data } = await world.customer('GET', `/external/messages/${encodeURIComponent(wamid)}`)
  assert.ok(['accepted', 'sent', 'delivered'].includes((data as { status: string }).status))

  const order = { status: 'shipped', description: 'Arrives on Monday' }
  const action = { name: 'review_order', parameters: { reference_id: 'order-8812', order } }
  const update = { type: 'order_status', body: { text: 'On its way' }, action }
  assert.match(await world.send({ to, type: 'interactive', interactive: update }), /^wamid\./)
})

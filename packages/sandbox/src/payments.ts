import { isObject, type Json } from './checker.ts'
import { accountOf, numberIsShown, seconds, sendWebhook, userIdOf, valueOf, type Cloud } from './cloud.ts'
import { changed } from './edits.ts'
import { digitsFrom } from './identifiers.ts'
import type { Contact, Message } from './world.ts'

const STATES = { captured: 'success', pending: 'pending', failed: 'failed' } as const

/** Reports the payment of an order. The webhook lists it among the statuses of messages. */
export function tellPayment(
  cloud: Cloud,
  contact: Contact,
  message: Message,
  { status = 'captured', method = 'upi' }: { status?: keyof typeof STATES; method?: string },
): Promise<void> {
  const number = cloud.world.numbers.get(message.numberId)
  if (!number) return Promise.resolve()
  const { businessId } = accountOf(cloud, number)
  const action = (message.content as Json)['action'] as Json
  const parameters = isObject(action['parameters']) ? action['parameters'] : {}
  const { reference_id, currency, total_amount } = parameters
  const { value, offset } = (isObject(total_amount) ? total_amount : {}) as Json
  const amount = { value, offset }
  const now = Math.floor(cloud.clock.now() / 1000)
  message.payment = { status, at: cloud.clock.now() }
  changed(cloud, message, 'payment')
  const told = {
    id: message.id,
    type: 'payment',
    status,
    timestamp: seconds(cloud.clock.now()),
    ...(numberIsShown(contact, businessId)
      ? { recipient_id: contact.number }
      : { recipient_user_id: userIdOf(cloud, contact, businessId) }),
    payment: {
      reference_id,
      amount,
      currency,
      transaction: {
        id: `order_${digitsFrom(cloud.source.draw('transaction'), 12)}`,
        type: 'razorpay',
        status: STATES[status],
        created_timestamp: now,
        updated_timestamp: now,
        amount,
        method: { type: method },
        ...(status === 'failed' && { error: { code: 'payment_failed', reason: 'The payment was declined.' } }),
      },
    },
  }
  return new Promise((resolve) => {
    sendWebhook(
      cloud,
      accountOf(cloud, number),
      number,
      'messages',
      { ...valueOf(number), statuses: [told] },
      contact.number,
      {
        onAnswered: resolve,
      },
    )
  })
}

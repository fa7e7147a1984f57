// An order bot: a list to choose from, buttons to confirm, and an order number. `createOrderBot` gives a function that
// takes events; examples/order-bot.test.ts gives it to a gateway in the test. By itself it is a program with a webhook:
//   1. npm run postern -- endpoint add 1 http://127.0.0.1:3001/ --name orders --events new_message     prints a secret
//   2. WEBHOOK_SECRET=whsec_… npx node examples/order-bot.ts
import { createServer } from 'node:http'
import { buttons, createClient, list, replyOf, type CallbackEvent, type Client } from '@postern/client'
import { createMemoryStore, receiver } from '@postern/client/node'

const MENU = [
  { id: 'soup', title: 'Soup of the day', description: 'Pumpkin, with bread', price: '6.50' },
  { id: 'salad', title: 'Green salad', description: 'Small or large', price: '5.00' },
  { id: 'pasta', title: 'Pasta', description: 'With tomatoes', price: '9.00' },
]

/** `now` and `newNumber` make what differs in each run, so that a test may give its own. */
export function createOrderBot(
  client: Pick<Client, 'send'>,
  { now = () => new Date(), newNumber = () => String(Math.floor(100_000 + Math.random() * 900_000)) } = {},
): (event: CallbackEvent, callback: { id: string }) => Promise<void> {
  return async (event, { id }) => {
    if (event.event !== 'new_message') return
    const message = event.message.messages?.[0]
    if (message?.from === undefined) return
    const to = message.from
    // The event's id as key: when the event comes again, the answer is not sent twice.
    const once = { idempotencyKey: id }
    const reply = replyOf(message)
    const picked = reply?.kind === 'list' ? MENU.find((dish) => dish.id === reply.id) : undefined
    const [verb, dishId] = reply?.kind === 'button' ? reply.id.split(':') : []
    const ordered = MENU.find((dish) => dish.id === dishId)

    if (verb === 'order' && ordered) {
      const arrival = new Date(now().getTime() + 30 * 60_000).toISOString().slice(11, 16)
      const text = `${ordered.title}: order ${newNumber()}. We are with you at ${arrival}.`
      await client.send({ to, type: 'text', text }, once)
    } else if (picked) {
      const yes = { id: `order:${picked.id}`, title: 'Yes, please' }
      const question = buttons(`${picked.title} for ${picked.price}. Shall we bring it?`, yes, 'Back')
      await client.send(question.footer('Paid at the door').for(to), once)
    } else {
      const [first, ...others] = MENU.map(({ id: row, title, description }) => ({ id: row, title, description }))
      await client.send(
        list('What may we cook for you?', 'Menu')
          .section('Today', first!, ...others)
          .for(to),
        once,
      )
    }
  }
}

if (import.meta.main) {
  const answer = createOrderBot(
    createClient({
      url: process.env.POSTERN_URL ?? 'http://127.0.0.1:8080',
      certificationCode: process.env.CERTIFICATION_CODE ?? 'postern-demo-certification-code',
    }),
  )
  const receive = receiver({ secret: process.env.WEBHOOK_SECRET, seen: createMemoryStore() }, answer)
  const port = Number(process.env.BOT_PORT ?? 3001)
  createServer(receive).listen(port, '127.0.0.1', () =>
    console.log(`The order bot listens at http://127.0.0.1:${port}/`),
  )
}

// A bot: asks when to come, and books the time that is tapped. Start the gateway, then:
//   npx node examples/bot.ts
// and write something on the phone at http://127.0.0.1:8081/. It reads events as they come, so it needs no address
// that the gateway can call; a webhook, as in receiver.ts, would do as well.
import { buttons, createClient, PosternError, replyOf, type NewMessage } from '@postern/client'

const client = createClient({
  url: process.env.POSTERN_URL ?? 'http://127.0.0.1:8080',
  certificationCode: process.env.CERTIFICATION_CODE ?? 'postern-demo-certification-code',
})

async function answer(event: NewMessage, key: string): Promise<void> {
  const message = event.message.messages?.[0]
  if (message?.from === undefined) return
  const tapped = replyOf(message)
  // The event's id as key: when we are stopped half-way and read the event again, nothing is sent twice.
  const once = { idempotencyKey: key }
  if (tapped?.kind === 'button') {
    await client.send({ to: message.from, type: 'text', text: `Booked: ${tapped.title}. See you!` }, once)
    console.log(`${message.from} booked ${tapped.title}`)
    return
  }
  await client.markRead(message.id, { typing: true })
  await client.send(buttons('When shall we come?', 'Morning', 'Afternoon').for(message.from), once)
}

// A real bot keeps the id of the last event it has handled, and goes on with `events({ after: thatId })`.
const startedAt = Math.floor(Date.now() / 1000)
console.log('The bot listens. Write to it.')
for await (const { id, created_at, body } of client.events({ events: ['new_message'] })) {
  if (body.event !== 'new_message' || created_at < startedAt) continue
  await answer(body, id).catch((error: unknown) => {
    console.error(error instanceof PosternError ? `${error.reason}: ${error.message}` : error)
  })
}

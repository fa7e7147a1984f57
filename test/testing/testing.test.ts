import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { buttons, replyOf } from '@postern/client'
import { startPostern, type CallbackEvent, type Postern } from 'postern/testing'

const MEI = '85268411234'
const HOUR = 3_600_000

let postern: Postern
before(async () => {
  postern = await startPostern()
})
after(() => postern.stop())

const isStatus = (event: CallbackEvent): boolean => event.event === 'message_status_update'

test('a send reaches the phone, and settled() resolves when the last callback was accepted', async () => {
  const webhook = await postern.webhook(() => {})
  const { msg_id } = await postern.client.send({ to: MEI, type: 'text', text: 'Your table is ready.' })
  await postern.settled()
  const statuses = webhook.received.filter(isStatus) as { message_id: string; message_status: string }[]
  assert.deepEqual(
    statuses.map((one) => [one.message_id, one.message_status]),
    [
      [msg_id, 'sent'],
      [msg_id, 'delivered'],
    ],
  )
  await postern.phone(MEI).sees('Your table is ready.')
  postern.phone(MEI).reads()
  await postern.settled()
  assert.equal((webhook.received.at(-1) as { message_status: string }).message_status, 'read')
})

test('a function answers as a bot does, and the tap arrives at it', async () => {
  await using own = await startPostern()
  await own.webhook(
    async (event) => {
      if (event.event !== 'new_message') return
      const message = event.message.messages![0]!
      const tapped = replyOf(message)
      await own.client.send(
        tapped?.kind === 'button'
          ? { to: message.from!, type: 'text', text: `Booked: ${tapped.title}` }
          : buttons('When?', 'Morning', 'Evening').for(message.from!),
      )
    },
    { events: ['new_message'] },
  )
  const phone = own.phone('16505551234')
  await phone.says('hello')
  await phone.sees('When?')
  await phone.taps('Evening')
  await own.settled()
  assert.deepEqual(
    phone.messages().map((message) => message.direction),
    ['in', 'out', 'in', 'out'],
  )
  await phone.sees('Booked: Evening')
})

test('the clock closes windows and makes retries and scheduled sends due; callbacks are still verified', async () => {
  await using own = await startPostern()
  let failures = 2
  const errors: unknown[] = []
  const webhook = await own.webhook(
    () => {
      if (failures-- > 0) throw new Error('not today')
    },
    { events: ['message_scheduled_update'], onError: (error) => errors.push(error) },
  )
  const at = own.clock.now() + HOUR
  await own.client.schedule({ to: MEI, type: 'text', text: 'Tomorrow at ten', send_at: Math.ceil(at / 1000) })
  await own.settled()
  assert.equal(own.phone(MEI).messages().length, 0)
  own.clock.advance(HOUR + 1000)
  await own.settled()
  await own.phone(MEI).sees('Tomorrow at ten')
  assert.deepEqual([webhook.received.length, errors.length], [0, 1])
  for (let i = 0; i < 2; i++) {
    own.clock.advance(HOUR)
    await own.settled()
  }
  assert.deepEqual([webhook.received.length, errors.length], [1, 2])
  own.clock.advance(24 * HOUR)
  await assert.rejects(own.client.send({ to: MEI, type: 'text', text: 'too late' }), { reason: 'window_closed' })
})

test('a fault of the sandbox: a message that fails later is told to the webhook', async () => {
  await using own = await startPostern()
  const webhook = await own.webhook(() => {}, { events: ['message_status_update'] })
  own.fault({ on: 'messages', code: 131026 })
  await own.client.send({ to: MEI, type: 'text', text: 'lost' })
  await own.settled()
  const failed = webhook.received.at(-1) as { message_status: string; error: { code: number } }
  assert.deepEqual([failed.message_status, failed.error.code], ['failed', 131026])
})

test('a broadcast is settled when its last message has arrived', async () => {
  await using own = await startPostern()
  const recipients = ['85268411234', '16505551234']
  const template = { name: 'test_button_reply_1' }
  const { id } = await own.client.broadcasts.create({ message: { type: 'template', template }, recipients })
  await own.settled()
  assert.equal((await own.client.broadcasts.get(id)).state, 'done')
  for (const number of recipients) assert.equal(own.phone(number).messages().length, 1)
})

test('a webhook with a URL and a secret of one’s own; a wrong URL is refused with the gateway’s words', async () => {
  const secret = `whsec_${Buffer.alloc(24, 3).toString('base64')}`
  const added = await postern.webhook('http://127.0.0.1:9/', { secret, events: ['call'] })
  assert.equal(added.secret, secret)
  await assert.rejects(postern.webhook('ftp://127.0.0.1/'), /was not added: url/)
})

test('wrong settings are named, and stop() removes the files', async () => {
  await assert.rejects(startPostern({ settings: { PORT: 'http' } }), /PORT/)
  await assert.rejects(
    startPostern({ settings: { CLOUD_API_URL: 'http://127.0.0.1:9', META_APP_SECRET: 'a', META_VERIFY_TOKEN: 'b' } }),
    /remove CLOUD_API_URL/,
  )
  const { makeFolder } = await import('../../packages/gateway/src/testing/folder.ts')
  const folder = makeFolder()
  assert.ok(existsSync(folder.path))
  folder.remove()
  assert.ok(!existsSync(folder.path))
})

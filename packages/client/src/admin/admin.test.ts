import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEMO } from '../../../gateway/src/app/demo.ts'
import { Receiver } from '../../../../test/support/receiver.ts'
import { ADMIN_TOKEN, startWorld } from '../../../../test/support/world.ts'
import { createAdmin, PosternError } from './index.ts'

test('an operator adds an endpoint, tests, pauses and resumes it, replays to it, and removes it', async (t) => {
  await using world = await startWorld()
  const bot = await Receiver.start()
  t.after(() => bot.close())
  const { endpoints } = createAdmin({ url: world.gateway.url, adminToken: ADMIN_TOKEN })

  const { endpoint_id: id, secret } = await endpoints.add(1, { name: 'bot', url: bot.url, events: ['new_message'] })
  bot.secret = secret
  assert.deepEqual(
    (await endpoints.list(1)).map(({ name, events }) => [name, events]),
    [
      ['webhook', null],
      ['bot', ['new_message']],
    ],
  )
  assert.equal((await endpoints.test(1, id)).delivered, true)

  assert.equal((await endpoints.pause(1, id)).state, 'paused')
  await world.sandbox.phone(DEMO.phones[0]).says('Is it ready?')
  await world.receiver.gets({ event: 'new_message' })
  assert.equal((await endpoints.get(1, id)).waiting, 1)
  // The event that waits proves first that the endpoint works.
  assert.equal((await endpoints.resume(1, id)).state, 'resting')
  const messages = () => bot.received.filter(({ body }) => body.event === 'new_message')
  await bot.until(() => messages().length === 1, 'the message that waited')

  assert.deepEqual(await endpoints.replay(1, id, { from_event_id: messages()[0]!.id }), { replayed: 1 })
  await bot.until(() => messages().length === 2, 'the message again')

  const changed = await endpoints.change(1, id, { name: 'assistant', types: ['text'] })
  assert.deepEqual([changed.name, changed.types], ['assistant', ['text']])
  assert.equal((await endpoints.retry(1, id)).state, 'active')
  bot.secret = (await endpoints.rotateSecret(1, id)).secret
  assert.equal((await endpoints.test(1, id)).delivered, true)
  await endpoints.remove(1, id)
  await assert.rejects(endpoints.get(1, id), (error) => error instanceof PosternError && error.http === 404)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEMO } from '../../gateway/src/app/demo.ts'
import { Receiver } from '../../../test/support/receiver.ts'
import { ADMIN_TOKEN, startWorld } from '../../../test/support/world.ts'
import { createEndpoints, PosternError } from './index.ts'

test('an operator adds an endpoint, tests, pauses and resumes it, replays to it, and removes it', async (t) => {
  await using world = await startWorld()
  const bot = await Receiver.start()
  t.after(() => bot.close())
  const channel = createEndpoints({ url: world.gateway.url, adminToken: ADMIN_TOKEN }, 1)

  const { endpoint_id: id, secret } = await channel.add({ name: 'bot', url: bot.url, events: ['new_message'] })
  bot.secret = secret
  assert.deepEqual(
    (await channel.list()).map(({ name, events }) => [name, events]),
    [
      ['webhook', null],
      ['bot', ['new_message']],
    ],
  )
  assert.equal((await channel.test(id)).delivered, true)

  assert.equal((await channel.pause(id)).state, 'paused')
  await world.sandbox.phone(DEMO.phones[0]).says('Is it ready?')
  await world.receiver.gets({ event: 'new_message' })
  assert.equal((await channel.get(id)).waiting, 1)
  // The event that waits proves first that the endpoint works.
  assert.equal((await channel.resume(id)).state, 'resting')
  const messages = () => bot.received.filter(({ body }) => body.event === 'new_message')
  await bot.until(() => messages().length === 1, 'the message that waited')

  assert.deepEqual(await channel.replay(id, { from_event_id: messages()[0]!.id }), { replayed: 1 })
  await bot.until(() => messages().length === 2, 'the message again')

  const changed = await channel.change(id, { name: 'assistant', types: ['text'] })
  assert.deepEqual([changed.name, changed.types], ['assistant', ['text']])
  assert.equal((await channel.retry(id)).state, 'active')
  bot.secret = (await channel.rotateSecret(id)).secret
  assert.equal((await channel.test(id)).delivered, true)
  await channel.remove(id)
  await assert.rejects(channel.get(id), (error) => error instanceof PosternError && error.http === 404)
})

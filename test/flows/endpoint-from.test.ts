import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Receiver } from '../support/receiver.ts'
import { startWorld } from '../support/world.ts'

test('an endpoint that is added with a place to begin at gets what came since, before what is new', async (t) => {
  await using world = await startWorld()
  const receiver = await Receiver.start()
  t.after(() => receiver.close())
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  receiver.secret = secret
  const phone = world.sandbox.phone('85268411234')
  const words = Array.from({ length: 12 }, (_, i) => `word ${i}`)
  for (const word of words) await phone.says(word)
  await phone.says({ type: 'location', location: { latitude: 1, longitude: 2 } })
  await world.receiver.until(() => world.receiver.received.length >= 13, 'all messages')
  const from = world.receiver.received.find(({ body }) => JSON.stringify(body).includes('"word 3"'))!.id
  const fields = { name: 'Late', url: receiver.url, events: ['new_message'], types: ['text'], secret, from }
  const added = await world.admin('POST', '/admin/channels/1/endpoints', fields)
  assert.equal(added.http, 201, JSON.stringify(added))
  await phone.says('and a new one')
  await receiver.until(() => JSON.stringify(receiver.received).includes('and a new one'), 'the new one')
  const told = receiver.received.map(({ body }) => /"body":"([^"]+)"/.exec(JSON.stringify(body))?.[1])
  assert.deepEqual(told, [...words.slice(3), 'and a new one'])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Channel } from '../../domain/channels/channel.ts'
import { quietHoursOf, sortByQuiet } from './broadcast-quiet.ts'

const night = { from: '21:00', to: '08:00' }
const channel = { quietHours: night } as Channel

test('the quiet hours of a broadcast go before those of its channel', () => {
  assert.deepEqual(quietHoursOf(null, channel), night)
  assert.deepEqual(quietHoursOf('{"from":"20:00","to":"09:00"}', channel), { from: '20:00', to: '09:00' })
  assert.equal(quietHoursOf('null', channel), undefined)
  assert.equal(quietHoursOf(null, { quietHours: null }), undefined)
})

// 20:30 UTC: night in Hong Kong, noon in Los Angeles and half past three in New York.
const now = Date.UTC(2026, 8, 1, 20, 30)
const recipients = ['85260000001', '15550000001'].map((contact, n) => ({
  ...{ n, contact, own: null, messageId: null, tries: 0 },
}))
const message = JSON.stringify({ type: 'template', template: { name: 'hello' } })
const sorted = async (isMarketing: boolean, quietHours: Parameters<typeof sortByQuiet>[1]) => {
  const given = { channel, message, isMarketing: async () => isMarketing, now }
  const { now: goes, held } = await sortByQuiet(recipients, quietHours, given)
  return [goes.map(({ contact }) => contact), held.map(({ n, until }) => [n, new Date(until).toISOString()])]
}

test('only those whose night it is are held, until their morning', async () => {
  assert.deepEqual(await sorted(true, night), [['15550000001'], [[0, '2026-09-02T00:00:00.000Z']]])
})

test('other messages than marketing are held only when the quiet hours say so', async () => {
  assert.deepEqual(await sorted(false, night), [['85260000001', '15550000001'], []])
  assert.deepEqual(await sorted(false, { ...night, for: 'all' }), [['15550000001'], [[0, '2026-09-02T00:00:00.000Z']]])
})

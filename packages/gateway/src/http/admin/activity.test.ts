import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../../runtime/src/clock.ts'
import type { Directory } from '../../store/directory.ts'
import { firstMessageIdAt } from '../../platform/ids.ts'
import type { Store } from '../../store/store.ts'
import { activityRoutes } from './activity.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

type Counts = { sent: number; delivered: number; read: number; failed: number }
type Asked = { from: number; to: number; hours: Counts[]; total: Counts }
type Sent = { at: number; status: string; accepted?: number }

/** The route over a list of messages of one channel, and how often an hour was counted. */
function world(clock: ManualClock, sent: Sent[]) {
  let counts = 0
  const sql = {
    all: (text: string, [, from, to]: [number, string, string]) => {
      if (!text.includes('group by')) return Promise.resolve([])
      counts++
      const rows = sent.filter(({ at }) => firstMessageIdAt(at) >= from && firstMessageIdAt(at) < to)
      return Promise.resolve(rows.map(({ status, accepted = 1 }) => ({ direction: 'out', status, accepted, n: 1 })))
    },
  }
  const [route] = activityRoutes({
    store: { sql } as unknown as Store,
    directory: { channels: () => [{ id: 1, messagesPerSecond: 80 }] } as unknown as Directory,
    clock,
  })
  return {
    ask: async (query: object) => (await route!.handle({ query } as never)) as Asked,
    async look(hours: number) {
      counts = 0
      const data = (await route!.handle({ query: { hours } } as never)) as {
        total: { read: number; sent: number; failed: number; refused: number }
      }
      return { ...data.total, counts }
    },
  }
}

test('a message that is read the day after is counted as read, within a 24th of its age', async () => {
  const clock = new ManualClock()
  const message = { at: clock.now() - 5 * MINUTE, status: 'delivered' }
  const { look } = world(clock, [message])
  assert.equal((await look(48)).read, 0)
  clock.advance(24 * HOUR)
  assert.deepEqual(await look(48).then(({ sent, read }) => ({ sent, read })), { sent: 1, read: 0 })
  message.status = 'read'
  clock.advance(61 * MINUTE)
  assert.equal((await look(48)).read, 1)
})

test('a repeated request counts the last hours and not the whole month', async () => {
  const clock = new ManualClock()
  const { look } = world(clock, [])
  assert.ok((await look(720)).counts >= 720)
  assert.ok((await look(720)).counts <= 5)
  // One request every ten seconds for an hour.
  let counts = 0
  for (let i = 0; i < 360; i++) {
    clock.advance(10_000)
    counts += (await look(720)).counts
  }
  const beyondTheLast = counts - 360 * 5
  assert.ok(beyondTheLast < 400, `${beyondTheLast} old hours were counted anew`)
})

test('what WhatsApp refused is not counted as sent, and what failed after it was accepted is', async () => {
  const clock = new ManualClock()
  const at = clock.now() - MINUTE
  const { look } = world(clock, [
    { at, status: 'accepted' },
    { at, status: 'delivered' },
    { at, status: 'failed' },
    { at, status: 'failed', accepted: 0 },
    { at, status: 'sending', accepted: 0 },
    { at, status: 'unknown', accepted: 0 },
  ])
  const { sent, failed, refused } = await look(24)
  assert.deepEqual({ sent, failed, refused }, { sent: 3, failed: 2, refused: 1 })
})

test('a period of its own has whole hours, and ends where it ends', async () => {
  const clock = new ManualClock()
  const hour = Math.floor(clock.now() / HOUR) * HOUR
  const { ask } = world(clock, [
    { at: hour - 3 * HOUR, status: 'read' },
    { at: hour - 2 * HOUR - 1, status: 'read' },
    { at: hour - 2 * HOUR, status: 'delivered' },
  ])
  // From within the first hour to within the second.
  const within = await ask({ hours: 24, from: (hour - 2.5 * HOUR) / 1000, to: (hour - 1.5 * HOUR) / 1000 })
  assert.deepEqual([within.from, within.to], [(hour - 3 * HOUR) / 1000, (hour - HOUR) / 1000])
  assert.deepEqual(
    within.hours.map(({ read, delivered }) => [read, delivered]),
    [
      [2, 2],
      [0, 1],
    ],
  )
  const exact = await ask({ hours: 24, from: (hour - 3 * HOUR) / 1000, to: (hour - 2 * HOUR) / 1000 })
  assert.deepEqual([exact.hours.length, exact.total.sent], [1, 2])
  const open = await ask({ hours: 24, from: (hour - HOUR) / 1000 })
  assert.equal(open.to, (hour + HOUR) / 1000, 'without an end it lasts until now')
  for (const wrong of [
    { to: hour / 1000 },
    { from: hour / 1000, to: hour / 1000 },
    // Both in one hour, and the wrong way round.
    { from: hour / 1000 - 5, to: hour / 1000 - 10 },
    { from: (hour + 2 * HOUR) / 1000 },
    { from: (hour - 721 * HOUR) / 1000, to: hour / 1000 },
  ])
    await assert.rejects(ask({ hours: 24, ...wrong }), JSON.stringify(wrong))
})

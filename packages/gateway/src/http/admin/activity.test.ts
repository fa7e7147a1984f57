import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../../runtime/src/clock.ts'
import type { Directory } from '../../store/directory.ts'
import { firstMessageIdAt } from '../../platform/ids.ts'
import type { Store } from '../../store/store.ts'
import { activityRoutes } from './activity.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

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

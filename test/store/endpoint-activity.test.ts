import assert from 'node:assert/strict'
import { countAttempt, noAttempts } from '../../packages/gateway/src/domain/channels/attempt-counts.ts'
import { createActivityBook } from '../../packages/gateway/src/flows/deliver/activity.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { keepActivity, SPAN_MS, spanOf, waitingOf } from '../../packages/gateway/src/store/endpoint-activity.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { CHANNEL, onBothEngines, OTHER } from './engines.ts'
import { inbound, phone } from './facts.ts'

const HOUR_MS = 3_600_000

onBothEngines('what two processes counted is told together, also after one of them is gone', async (world) => {
  const { store, clock } = world
  const book = (holder: string) => createActivityBook({ store, clock, log: silentLog, holder })
  const [one, other] = [book('one'), book('other')]
  const attempt = { endpointId: CHANNEL, outcome: 'delivered', status: 200, ms: 40, problem: null }
  for (let i = 0; i < 3; i++) one.note(attempt)
  other.note({ ...attempt, outcome: 'retry', status: null, problem: 'no answer within 10000 ms' })
  await one.keep()
  await other.keep()
  clock.advance(1)
  // Written again as a whole, so nothing counts twice.
  one.note(attempt)
  await one.keep()
  for (const reader of [one, other, book('third')]) {
    const { counts, lastAnswer } = (await reader.of([CHANNEL, OTHER])).get(CHANNEL)!
    assert.deepEqual([counts.succeeded, counts.failed], [4, 1])
    assert.equal(Object.values(counts.answered)[0], 4)
    assert.deepEqual([lastAnswer!.status, lastAnswer!.at], [200, clock.now()])
    const none = (await reader.of([CHANNEL, OTHER])).get(OTHER)!
    assert.deepEqual([none.counts, none.lastAnswer], [noAttempts(), undefined])
  }
  await one.stop()
  await other.stop()
})

onBothEngines('what is older than an hour is told no more, and goes', async ({ store, clock }) => {
  const book = createActivityBook({ store, clock, log: silentLog, holder: 'one' })
  book.note({ endpointId: CHANNEL, outcome: 'delivered', status: 200, ms: 40, problem: null })
  await book.keep()
  clock.advance(HOUR_MS + SPAN_MS)
  assert.equal((await book.of([CHANNEL])).get(CHANNEL)!.counts.succeeded, 0)
  const late = createActivityBook({ store, clock, log: silentLog, holder: 'two' })
  assert.equal((await late.of([CHANNEL])).get(CHANNEL)!.counts.succeeded, 0)
  assert.equal((await late.of([CHANNEL])).get(CHANNEL)!.lastAnswer!.status, 200, 'the newest answer stays')
  clock.advance(2 * HOUR_MS)
  late.note({ endpointId: CHANNEL, outcome: 'delivered', status: 200, ms: 40, problem: null })
  await late.keep()
  assert.equal((await rows(store)).length, 1)
  await book.stop()
  await late.stop()
})

const rows = (store: Store) => store.sql.all('select * from endpoint_activity')

onBothEngines('an older answer does not replace a newer one', async ({ store, clock }) => {
  const counts = noAttempts()
  countAttempt(counts, true, 1)
  const now = clock.now()
  const answer = { endpointId: CHANNEL, at: now, outcome: 'delivered', status: 200, ms: 1, problem: null }
  const spans = [{ span: spanOf(now), endpointId: CHANNEL, counts }]
  await keepActivity(store.sql, 'one', { spans, answers: [answer] }, now)
  await keepActivity(store.sql, 'two', { spans, answers: [{ ...answer, at: now - 1, status: 500 }] }, now)
  const book = createActivityBook({ store, clock, log: silentLog, holder: 'three' })
  assert.equal((await book.of([CHANNEL])).get(CHANNEL)!.lastAnswer!.status, 200)
})

onBothEngines('what waits for each endpoint, and since when', async ({ store, clock }) => {
  const at = clock.now()
  await store.applyFacts([inbound({ phone: phone(1) })], null)
  clock.advance(1000)
  await store.applyFacts([inbound({ phone: phone(2) })], null)
  const waiting = await waitingOf(store.sql, [CHANNEL, OTHER])
  assert.deepEqual(waiting.get(CHANNEL), { pending: 2, dead: 0, oldestPendingAt: at })
  assert.deepEqual(waiting.get(OTHER), { pending: 0, dead: 0, oldestPendingAt: null })
})

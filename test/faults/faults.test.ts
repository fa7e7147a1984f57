import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreUnavailable } from '../../packages/gateway/src/platform/errors.ts'
import { openStore } from '../../packages/gateway/src/store/open.ts'
import { post, text, webhook } from '../support/meta.ts'
import { freshDatabase } from '../support/shared-postgres.ts'
import { startWorld } from '../support/world.ts'
import { startCluster } from './cluster.ts'
import { killBroadcast, lineOfBroadcast } from './scenarios/broadcast.ts'
import { clockJumps } from './scenarios/clock.ts'
import { judgeRows, killWithEndpoints } from './scenarios/endpoints.ts'
import { badNetwork } from './scenarios/network.ts'
import { unavailable, type Row, type Scale } from './scenarios/row.ts'
import { postgresReadOnly } from './scenarios/store-away.ts'
import { startTraffic } from './traffic.ts'

// A short version of `npm run test:faults`, so that the suite itself stays correct.
const scale = (rounds: number): Scale => ({ rounds, say: () => {} })

function held(row: Row): string {
  assert.deepEqual(row.verdict.broken, [])
  const { events, sends, duplicates } = row.verdict
  return `${row.what}, ${row.engine}: ${events} events and ${sends} sends acknowledged, none lost; ${duplicates} repeated`
}

test(
  'a PostgreSQL that accepts no writes: requests are refused by name, and succeed when it is back',
  { timeout: 120_000 },
  async (t) => {
    t.diagnostic(held(await postgresReadOnly(scale(1))))
  },
)

test('bad connections to WhatsApp: no message is sent twice', { timeout: 120_000 }, async (t) => {
  t.diagnostic(held(await badNetwork(scale(2), 'whatsapp')))
})

test('kills before three endpoints: each event once in the customer’s database', { timeout: 240_000 }, async (t) => {
  t.diagnostic(held(await killWithEndpoints(scale(2), { kills: 'gateway' })))
  t.diagnostic(held(await killWithEndpoints(scale(2), { kills: 'database', databaseUrl: await freshDatabase() })))
})

test('the judge sees rows that are missing, twice or out of order', () => {
  const row = (id: string, contact: string) => ({ event_id: id, contact, body: '' })
  const told = new Set(['1', '2', '3'])
  assert.deepEqual(judgeRows([row('1', 'a'), row('3', 'b'), row('2', 'a')], told), [])
  assert.deepEqual(judgeRows([row('1', 'a'), row('1', 'a'), row('3', 'a'), row('2', 'a')], told), [
    '1 rows were written twice',
    '1 contacts have rows out of order',
  ])
  assert.deepEqual(judgeRows([row('1', 'a')], told), ['2 events are not in the database: 2, 3'])
})

test('a clock that is set ahead and back: every request is served', { timeout: 120_000 }, async (t) => {
  t.diagnostic(held(await clockJumps(scale(3))))
})

test('the checker finds refusals that the fault does not explain', () => {
  const seen = (refused: Record<string, number>, more: { sends?: number; acknowledged?: number } = {}) =>
    unavailable(
      { sends: 100, acknowledged: 100, posted: 100, refused, ...more },
      { available: 0.5, explains: ['no answer'] },
    )
  assert.deepEqual(seen({ 'no answer': 100 }), [])
  assert.deepEqual(seen({ '429 rate_limited': 1 }), [])
  assert.deepEqual(seen({ 'no answer': 101 }), ['only 50 % of 201 sends were answered 2xx'])
  assert.deepEqual(seen({}, { acknowledged: 49 }), ['only 49 % of 100 webhooks were answered 2xx'])
  assert.deepEqual(seen({ '429 rate_limited': 2 }), ['refused without a reason in the fault: 2 × 429 rate_limited'])
})

test('the checker finds missing, repeated and reordered events', { timeout: 60_000 }, async () => {
  const cluster = await startCluster()
  try {
    const traffic = startTraffic(cluster, { people: 3, senders: 2 })
    await cluster.receiver.until(() => cluster.receiver.received.length > 60, 'some traffic')
    const { received } = cluster.receiver
    // As if the customer had got one event twice, one never, and two in the wrong order.
    const lost = received.findIndex(({ body }) => body.event === 'new_message')
    received.splice(lost, 1)
    received.push(received[0]!)
    const mine = received.map(({ raw }, i) => (raw.includes('wamid.in1-') ? i : -1)).filter((i) => i >= 0)
    const [first, second] = mine as [number, number]
    ;[received[first], received[second]] = [received[second]!, received[first]!]
    const verdict = await traffic.judge(2_000)
    assert.equal(verdict.duplicates, 1)
    assert.equal(verdict.broken.filter((line) => line.includes('1 acknowledged events are lost')).length, 1)
    assert.equal(verdict.broken.filter((line) => line.includes('out of order')).length, 1)
  } finally {
    await cluster.close()
  }
})

test('the checker finds what a restore lost, and what it tells under a second id', { timeout: 60_000 }, async () => {
  const cluster = await startCluster()
  try {
    const traffic = startTraffic(cluster, { people: 3, senders: 2 })
    const { received } = cluster.receiver
    await cluster.receiver.until(() => received.length > 60 && traffic.sent > 10, 'some traffic')
    const mark = traffic.mark()
    await cluster.receiver.until(() => received.length > 120, 'more traffic')
    traffic.wentBack(mark)
    const isMessage = ({ body }: (typeof received)[number]): boolean => body.event === 'new_message'
    // As if one from before the backup had another id when it came again, and one from after it had never come.
    received.push({ ...received.find(isMessage)!, id: 'evt_other' })
    const late = received.findIndex(
      (one) => isMessage(one) && !mark.events.has(wamidOf(one.body)) && !one.id.endsWith('other'),
    )
    const [lost] = received.splice(late, 1)
    await traffic.repeat(mark, 20)
    const verdict = await traffic.judge(5_000)
    assert.equal(verdict.broken.filter((line) => line.includes('1 events were told under two ids')).length, 1)
    assert.equal(verdict.broken.length, 1, `${verdict.broken.join('; ')} ${wamidOf(lost!.body)}`)
  } finally {
    await cluster.close()
  }
})

const wamidOf = (body: Record<string, unknown>): string =>
  (body.message as { messages: { id: string }[] }).messages[0]!.id

test('an attempt whose record the store refuses for a moment is recorded and not repeated', async () => {
  let refusals = 3
  let recorded = 0
  await using world = await startWorld({
    gateway: {
      async openStore(config, clock, log) {
        const store = await openStore(config, clock, log)
        const record = store.recordAttempt.bind(store)
        store.recordAttempt = async (attempt) => {
          if (refusals-- > 0) throw new StoreUnavailable('the disk is full')
          const next = await record(attempt)
          recorded++
          return next
        }
        return store
      },
    },
  })
  assert.equal((await post(world, webhook(text('16505551234', 'wamid.once', 'hello')))).status, 200)
  await world.receiver.until(() => recorded > 0, 'the record', 30_000)
  await post(world, webhook(text('16505551234', 'wamid.then', 'and then')))
  await world.receiver.until(() => world.receiver.received.length >= 2, 'both')
  assert.deepEqual(
    world.receiver.received.map(({ raw }) => /wamid\.\w+/.exec(raw)![0]),
    ['wamid.once', 'wamid.then'],
  )
})

test(
  'kills in the middle of a broadcast on PostgreSQL: nobody gets it twice, and who did not get it is named',
  { timeout: 240_000 },
  async (t) => {
    const run = { people: 300, kills: 2, say: () => {}, databaseUrl: await freshDatabase() }
    const result = await killBroadcast(run)
    assert.deepEqual(result.broken, [])
    t.diagnostic(lineOfBroadcast('PostgreSQL', run, result))
  },
)

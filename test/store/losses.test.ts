import assert from 'node:assert/strict'
import type { Channel } from '../../packages/gateway/src/domain/channels/channel.ts'
import { createAudit } from '../../packages/gateway/src/flows/losses/audit.ts'
import { createDailyAudit } from '../../packages/gateway/src/flows/losses/daily.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { ManualClock } from '../../packages/runtime/src/clock.ts'
import { missingOf } from '../../packages/gateway/src/domain/losses/loss.ts'
import { firstMessageIdAt } from '../../packages/gateway/src/platform/ids.ts'
import { callbacksToAudit, messagesToAudit } from '../../packages/gateway/src/store/losses.ts'
import type { LeasedLane, Store } from '../../packages/gateway/src/store/store.ts'
import { CHANNEL, onBothEngines, OTHER, SILENT } from './engines.ts'
import { attemptAt, draft, inbound, notice, offerOf, phone, sent, status } from './facts.ts'

const range = { channelId: CHANNEL, afterSeq: 0, lastSeq: Number.MAX_SAFE_INTEGER, provenFrom: 0, limit: 100 }
const openOf = async (store: Store, more: Partial<typeof range> = {}): Promise<string[]> => {
  const { open } = await callbacksToAudit(store.sql, { ...range, ...more })
  return open.map(({ state, kind, wamid }) => `${state} ${kind}${wamid === null ? '' : ` ${wamid}`}`)
}

onBothEngines('messages are read in pages, and what is missing of each is judged', async ({ store, clock }) => {
  const minute = 60_000
  const begun = clock.now()
  const make = () => ({ id: firstMessageIdAt(clock.now()), createdAt: clock.now() })
  const told = await sent(store, { phone: phone(1) }, make())
  clock.advance(1)
  const untold = await sent(store, { phone: phone(1) }, make())
  clock.advance(1)
  const lost = draft({ phone: phone(2) }, make())
  await store.beginMessage(lost)
  await store.settleMessage({ channelId: CHANNEL, id: lost.id, at: clock.now(), status: 'unknown', error: '{}' })
  clock.advance(1)
  const refused = draft({ phone: phone(2) }, make())
  await store.beginMessage(refused)
  await store.settleMessage({ channelId: CHANNEL, id: refused.id, at: clock.now(), status: 'failed', error: '{}' })
  await store.applyFacts([status('sent', told, { phone: phone(1) })], null)

  const span = { channelId: CHANNEL, beforeId: firstMessageIdAt(clock.now() + minute) }
  const first = await messagesToAudit(store.sql, { ...span, afterId: firstMessageIdAt(begun - 1), limit: 2 })
  assert.deepEqual(
    first.map(({ wamid }) => wamid),
    [told.wamid, untold.wamid],
  )
  const rest = await messagesToAudit(store.sql, { ...span, afterId: first[1]!.id, limit: 9 })
  assert.equal(rest.length, 2)
  assert.deepEqual(await messagesToAudit(store.sql, { ...span, channelId: OTHER, afterId: '', limit: 9 }), [])
  const judged = (after: number) =>
    [...first, ...rest].flatMap((row) => missingOf(row, begun + after, 5 * minute) ?? []).sort()
  assert.deepEqual(judged(4 * minute), [], 'nothing is late yet')
  assert.deepEqual(judged(6 * minute), ['no_status'])
  assert.deepEqual(judged(11 * minute), ['no_status', 'outcome_unknown'])
})

onBothEngines('callbacks are acknowledged, wait, are dead, or nobody knows', async ({ store, clock }) => {
  const message = await sent(store, { phone: phone(4) })
  const facts = [1, 2, 3].map((n) => inbound({ phone: phone(n) }))
  const { leased } = await store.applyFacts(
    [...facts, status('sent', message, { phone: phone(4) }), notice('n1'), inbound({ phone: phone(1) }, { channelId: SILENT })], // prettier-ignore
    offerOf('n1'),
  )
  const { events, last } = await callbacksToAudit(store.sql, range)
  assert.equal(events, 5)
  assert.deepEqual((await openOf(store)).sort(), [
    ...['waiting message_status_update ' + message.wamid],
    ...facts.map(({ wamid }) => `waiting new_message ${wamid}`).sort(),
    'waiting template_status_update',
  ])
  assert.deepEqual(await openOf(store, { channelId: SILENT }), [], 'it has no endpoint')
  assert.deepEqual(await openOf(store, { afterSeq: last! }), [])

  const attempt = (lane: LeasedLane, outcome: 'delivered' | 'dead' | 'retry') =>
    store.recordAttempt(attemptAt(lane, 'n1', clock.now(), outcome))
  const [a, b, c, ...others] = [...leased].sort((x, y) => x.events[0]!.seq - y.events[0]!.seq)
  await attempt(a!, 'delivered')
  await attempt(b!, 'dead')
  await attempt(c!, 'retry')
  for (const lane of others) await attempt(lane, 'delivered')
  assert.deepEqual(await openOf(store), [
    `dead new_message ${facts[1]!.wamid}`,
    `waiting new_message ${facts[2]!.wamid}`,
  ])

  // Replayed: it waits again, and its acknowledgement ends that.
  await store.replayEvents(CHANNEL, CHANNEL, [b!.events[0]!.seq])
  assert.match((await openOf(store))[0]!, /^waiting/)

  // The cursor is past it, and no attempt says that the endpoint took it.
  await store.sql.run('delete from attempts where seq = $1', [a!.events[0]!.seq])
  assert.equal((await openOf(store))[0], `unproven new_message ${facts[0]!.wamid}`)
  assert.equal((await openOf(store, { provenFrom: clock.now() + 1 })).length, 2, 'retention may have removed it')
})

const HOUR = 3_600_000
const DAY = 24 * HOUR

for (const apart of [DAY, -DAY])
  onBothEngines(
    `a node whose clock is a day ${apart > 0 ? 'ahead of' : 'behind'} the store's finds what is missing of the last day, and no more`,
    async ({ store, clock }) => {
      const node = new ManualClock()
      node.advance(apart > 0 ? 2 * DAY : 0)
      // The store's clock is the other one.
      clock.advance(apart > 0 ? DAY : DAY + (node.now() - clock.now()))
      const skewed = node.now() - clock.now()
      assert.equal(skewed, apart)
      const audit = createAudit({
        ...{ clock: node, attemptsDays: 30, channels: () => [{ id: CHANNEL } as Channel] },
        store: { ...store, now: async () => clock.now() },
        cloudApi: { messageHistory: () => Promise.reject(new Error('nobody is asked')) },
      })
      const pass = (ms: number): void => {
        clock.advance(ms)
        node.advance(ms)
      }
      const old = inbound({ phone: phone(1) })
      await store.applyFacts([old], null)
      pass(30 * HOUR)
      const lost = inbound({ phone: phone(2) })
      const { leased } = await store.applyFacts([lost], offerOf('n1'))
      const [lane] = leased.filter(({ events }) => events.some(({ seq }) => seq > 1))
      await store.recordAttempt(attemptAt(lane!, 'n1', clock.now(), 'dead'))
      const found = async () => {
        const { losses } = await audit({ since: node.now() - DAY, until: node.now() }, undefined)
        return losses.filter(({ messageId }) => messageId === lost.wamid || messageId === old.wamid)
      }
      assert.deepEqual(await found(), [], 'it is too young to be missed')
      const at = node.now()
      pass(20 * 60_000)
      const [one, ...others] = await found()
      assert.deepEqual([one!.missing, one!.messageId, one!.since, others], ['callback_dead', lost.wamid, at, []])
    },
  )

onBothEngines(
  'an audit that fails is told by its name and without its text, until one ends',
  async ({ store, clock }) => {
    let isBroken = true
    const daily = createDailyAudit({
      ...{ store, clock, log: silentLog, isOurs: () => true },
      async audit() {
        if (isBroken) throw new RangeError('a text with 16505551234 in it')
        return { messages: 0, events: 0, losses: [], next: undefined }
      },
    })
    assert.equal(daily.fact(), undefined)
    const first = clock.now()
    await daily.look()
    clock.advance(60_000)
    await daily.look()
    assert.deepEqual(daily.fact(), { goodAt: null, failedSince: first, failures: 2, problem: 'RangeError' })
    isBroken = false
    await daily.look()
    assert.deepEqual(daily.fact(), { goodAt: clock.now(), failedSince: null, failures: 0, problem: null })
    clock.advance(HOUR)
    await daily.look()
    assert.equal(daily.fact()!.goodAt, clock.now() - HOUR)
  },
)

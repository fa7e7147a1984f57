import assert from 'node:assert/strict'
import { dayOf } from '../../packages/gateway/src/domain/costs/cost.ts'
import { billedSums, countedSums } from '../../packages/gateway/src/store/costs.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { CHANNEL, onBothEngines, OTHER } from './engines.ts'
import { draft, notice, phone, sent, status } from './facts.ts'

const priceOf = (category: string, type = 'regular'): string =>
  JSON.stringify({ billable: type === 'regular', pricing_model: 'PMP', type, category })
const MIDNIGHT = Date.UTC(2026, 9, 1)
const [before, after] = [MIDNIGHT - 1000, MIDNIGHT + 1000]
const september = dayOf(before)

async function addChannels(store: Store): Promise<void> {
  for (const [id, waba] of [
    [CHANNEL, 'waba 1'],
    [OTHER, 'waba 1'],
    [30, 'waba 2'],
  ] as const)
    await store.sql.run(
      `insert into channels (id, name, business_phone, phone_number_id, waba_id, access_token, window_policy, media_check,
         media_mode, messages_per_second, created_at, updated_at) values ($1, '', '1', $2, $3, $4, 'enforce', 'off', 'link', 80, 0, 0)`,
      [id, `number ${id}`, waba, new Uint8Array([1])],
    )
}

const ALL = { from: 0, to: 100_000, grouping: 'day' as const }
const counted = async (store: Store, asked: Parameters<typeof countedSums>[1] = ALL): Promise<string[]> =>
  (await countedSums(store.sql, asked))
    .map(({ key, type, late, messages }) => {
      assert.deepEqual([typeof late, typeof messages], ['number', 'number'])
      return `${key} ${type} ${messages}`
    })
    .sort()

onBothEngines('a message is counted once, whichever of its statuses has the price', async ({ store }) => {
  await addChannels(store)
  const to = { phone: phone(1) }
  const pricing = priceOf('marketing')
  for (const priced of [['sent'], ['delivered'], ['read'], ['sent', 'delivered', 'read']]) {
    const message = await sent(store, to)
    for (const word of ['sent', 'delivered', 'read'] as const) {
      const fact = status(word, message, to, { at: before, ...(priced.includes(word) && { pricing }) })
      await store.applyFacts([fact, fact], null)
    }
  }
  assert.deepEqual(await counted(store), [`${september} regular 4`])
})

onBothEngines('it counts on the day of its delivery, with its last price, and not when it fails', async ({ store }) => {
  await addChannels(store)
  const to = { phone: phone(1) }
  const message = await sent(store, to)
  const [free, regular] = [priceOf('service', 'free_customer_service'), priceOf('service')]
  await store.applyFacts([status('sent', message, to, { at: before, pricing: free })], null)
  assert.deepEqual(await counted(store), [`${september} free_customer_service 1`])
  await store.applyFacts([status('delivered', message, to, { at: after, pricing: regular })], null)
  assert.deepEqual(await counted(store), [`${september + 1} regular 1`])
  const other = await sent(store, to)
  await store.applyFacts([status('sent', other, to, { at: after, pricing: regular })], null)
  assert.deepEqual(await counted(store), [`${september + 1} regular 2`])
  await store.applyFacts([status('failed', other, to, { at: after })], null)
  assert.deepEqual(await counted(store), [`${september + 1} regular 1`])
})

onBothEngines(
  'a status before the answer of its send, and messages of other programs, are counted once',
  async ({ store, clock }) => {
    await addChannels(store)
    const to = { phone: phone(1) }
    const pricing = priceOf('utility')
    const early = draft(to)
    await store.beginMessage(early)
    await store.applyFacts([status('sent', { wamid: 'w 1' }, to, { at: before, pricing })], null)
    await store.settleMessage({ channelId: CHANNEL, id: early.id, at: clock.now(), status: 'accepted', wamid: 'w 1' })
    await store.applyFacts(
      [status('delivered', { wamid: 'w 1', reference: early.id }, to, { at: before, pricing })],
      null,
    )
    await store.applyFacts([status('sent', { wamid: 'w 2' }, { userId: 'BR.1' }, { at: before, pricing })], null)
    assert.deepEqual(await counted(store), [`${september} regular 2`])
    assert.deepEqual(await counted(store, { ...ALL, grouping: 'country' }), ['BR regular 1', 'US regular 1'])
  },
)

onBothEngines('a message to a group is counted for each participant', async ({ store }) => {
  await addChannels(store)
  const cost = { day: september, country: 'US', category: 'group_utility', type: 'regular' }
  for (const [n, participant] of ['a', 'a', 'b'].entries())
    await store.applyFacts([{ ...notice(`group ${n}`), cost: { key: `cost ${participant}`, ...cost } }], null)
  assert.deepEqual(await counted(store), [`${september} regular 2`])
})

onBothEngines('billable messages come with the other channels of the account', async ({ store }) => {
  await addChannels(store)
  const to = { phone: phone(1) }
  for (const [channelId, count] of [
    [CHANNEL, 1],
    [OTHER, 2],
    [30, 4],
  ] as const)
    for (let i = 0; i < count; i++)
      await store.applyFacts(
        [
          status('sent', { wamid: `w ${channelId} ${i}` }, to, {
            channelId,
            at: before,
            pricing: priceOf('marketing'),
          }),
        ],
        null,
      )
  const asked = { from: september, to: september }
  const shown = async (channelId?: number) =>
    (await billedSums(store.sql, { ...asked, channelId }))
      .map((one) => {
        assert.equal(typeof one.messages, 'number')
        return one
      })
      .map((one) => `${one.wabaId} ${one.place} ${one.messages}`)
      .sort()
  assert.deepEqual(await shown(OTHER), ['waba 1 0 1', 'waba 1 1 2'])
  assert.deepEqual(await shown(CHANNEL), ['waba 1 1 1', 'waba 1 2 2'])
  assert.deepEqual(await shown(), ['waba 1 1 3', 'waba 2 1 4'])
  assert.deepEqual(await counted(store, { ...ALL, channelId: 30 }), [`${september} regular 4`])
  assert.deepEqual(await counted(store, { ...ALL, to: september - 1 }), [])
})

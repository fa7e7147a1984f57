import assert from 'node:assert/strict'
import { stateChanges } from '../../packages/gateway/src/domain/channels/signals.ts'
import { applyStateChanges, channelStates } from '../../packages/gateway/src/store/channel-state.ts'
import { CHANNEL, onBothEngines, OTHER } from './engines.ts'

onBothEngines(
  'signals of a channel: an older one changes nothing, a repeat changes nothing, the last of one second wins',
  async ({ store, clock }) => {
    const now = clock.now()
    const second = Math.floor(now / 1000) * 1000 - 100_000
    const review = (decision: string, at: number, channelId = CHANNEL) =>
      applyStateChanges(
        store.sql,
        stateChanges('account_review_update', { decision }, at).map((change) => ({ ...change, channelId })),
        now,
      )
    const known = async (channelId = CHANNEL) => (await channelStates(store.sql)).get(channelId)?.get('review')

    await review('PENDING', second)
    await review('REJECTED', second - 1000)
    assert.equal((await known())?.value, 'PENDING', 'an older signal')
    await review('REJECTED', second)
    assert.equal((await known())?.value, 'REJECTED', 'the same second, stored later')
    await review('PENDING', second)
    assert.equal((await known())?.value, 'REJECTED', 'a repeat of the first one')
    await review('REJECTED', second + 5000)
    const kept = await known()
    assert.deepEqual([kept?.since, kept?.at], [second, second + 5000], 'the same value holds since its first signal')
    await review('APPROVED', now + 3_600_000)
    assert.equal((await known())?.at, now, 'a signal of the future counts as of now')

    await review('PENDING', second, OTHER)
    assert.equal((await known(OTHER))?.value, 'PENDING')
    assert.deepEqual([...(await channelStates(store.sql, [OTHER])).keys()], [OTHER])
  },
)

onBothEngines('signals in any order, each several times: the newest remains', async ({ store, clock }) => {
  const now = clock.now()
  const words = ['PENDING', 'DEFERRED', 'REJECTED', 'APPROVED']
  const signals = words.flatMap((decision, i) =>
    stateChanges('account_review_update', { decision }, now - 10_000 + i * 1000),
  )
  for (let round = 0; round < 20; round++) {
    const shuffled = [...signals, ...signals].sort(() => Math.random() - 0.5)
    await applyStateChanges(
      store.sql,
      shuffled.map((change) => ({ ...change, channelId: 100 + round })),
      now,
    )
    const state = (await channelStates(store.sql, [100 + round])).get(100 + round)
    assert.equal(state?.get('review')?.value, 'APPROVED')
  }
})

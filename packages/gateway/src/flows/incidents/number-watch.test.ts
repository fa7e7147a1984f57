import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { ManualClock } from '@postern/runtime/clock'
import { silentLog } from '../../platform/log.ts'
import { createNumberWatch } from './number-watch.ts'

test('a node that asks again after another one knows nothing of before, and asks at once', async () => {
  const clock = new ManualClock()
  let asks = true
  let calls = 0
  const watch = createNumberWatch({
    cloudApi: {
      getPhoneNumber: async () => (calls++, { id: '1' }) as never,
      subscribedApps: async () => [{ id: '9', name: 'ours' }] as never,
      debugToken: async () => ({ app_id: '9', expires_at: 0 }) as never,
    },
    ...{ clock, log: silentLog, ourAddress: undefined, asks: () => asks },
    observer: { called() {}, template() {}, unknownField() {}, serverTime() {} },
    channels: () => [{ id: 1, accessToken: 't', phoneNumberId: '1', wabaId: 'w' }] as never,
    keepState: async () => {},
  })
  const passes = async (seconds: number): Promise<void> => {
    for (let n = 0; n < seconds; n += 5) {
      clock.advance(5_000)
      for (let turns = 0; turns < 10; turns++) await turn()
    }
  }
  watch.start()
  await passes(30)
  assert.equal(calls, 1)
  assert.deepEqual(watch.of(1)?.apps, { ours: true, others: [] })
  assert.equal(watch.of(1)?.expiresAt, null)
  const { tokenSince } = watch.of(1)!

  asks = false
  await passes(10)
  assert.equal(watch.of(1)?.apps, undefined)
  assert.equal(watch.of(1)?.token, undefined)
  assert.equal(watch.of(1)?.tokenSince, tokenSince)
  await passes(3600)
  assert.equal(calls, 1, 'another node asks')

  asks = true
  await passes(10)
  assert.equal(calls, 2)
  assert.deepEqual(watch.of(1)?.apps, { ours: true, others: [] })
  watch.stop()
})

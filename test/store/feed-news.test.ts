import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFeedNews } from '../../packages/gateway/src/flows/feed/news.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { ManualClock, systemClock } from '../../packages/runtime/src/clock.ts'
import { CHANNEL, inWorld, OTHER } from './engines.ts'
import { inbound, phone } from './facts.ts'

test('a node hears from another that a channel has events', { timeout: 60_000 }, () =>
  inWorld('postgres', async ({ store, node }) => {
    // Its own looks at the store find nothing out, so that only the other node can tell.
    const away = { ...store.sql, get: () => Promise.reject(new Error('away')) }
    const clock = new ManualClock()
    const here = createFeedNews({ store: { ...store, sql: away }, clock, log: silentLog })
    const there = createFeedNews({ store: await node(), clock: systemClock, log: silentLog })
    const hour = 3_600_000
    const heard = here.open(CHANNEL, 'call').changed(hour)
    const otherHeard = here.open(OTHER, 'call').changed(hour)
    const tell = async (channelId: number, fact: Promise<boolean>): Promise<boolean | undefined> => {
      // Until the other node has heard that somebody reads here.
      for (let i = 0; i < 300; i++) {
        clock.advance(2_000)
        there.arrived([channelId])
        const settled = await Promise.race([fact, sleep(50).then(() => undefined)])
        if (settled !== undefined) return settled
      }
      return undefined
    }
    assert.equal(await tell(CHANNEL, heard), true)
    assert.equal(await Promise.race([otherHeard, sleep(100).then(() => 'nothing')]), 'nothing')
    assert.equal(await tell(OTHER, otherHeard), true)
    here.close()
    there.close()
  }),
)

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`${engine}: what no notification tells is found by a look`, { timeout: 60_000 }, () =>
    inWorld(engine, async ({ store }) => {
      const clock = new ManualClock()
      const news = createFeedNews({ store, clock, log: silentLog })
      const reader = news.open(CHANNEL, 'stream')
      const look = async (fact: Promise<boolean>): Promise<boolean> => {
        for (let i = 0; i < 200; i++) {
          clock.advance(2_000)
          const settled = await Promise.race([fact, sleep(20).then(() => undefined)])
          if (settled !== undefined) return settled
        }
        return false
      }
      const week = 7 * 24 * 3_600_000
      assert.equal(await look(reader.changed(week)), true, 'the first look wakes everybody')
      await store.applyFacts([inbound({ phone: phone(1) })], null)
      assert.equal(await look(reader.changed(week)), true)
      await store.applyFacts([inbound({ phone: phone(1) }, { channelId: OTHER })], null)
      const nothing = reader.changed(week)
      for (let i = 0; i < 5; i++) {
        clock.advance(2_000)
        await sleep(20)
      }
      assert.equal(await Promise.race([nothing, sleep(20).then(() => 'nothing')]), 'nothing')
      news.close()
      assert.equal(await nothing, false)
      assert.equal(clock.waiting, 0)
    }),
  )
}

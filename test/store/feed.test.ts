import assert from 'node:assert/strict'
import { systemClock } from '../../packages/runtime/src/clock.ts'
import { EVERYTHING } from '../../packages/gateway/src/domain/channels/endpoint.ts'
import { readFeed } from '../../packages/gateway/src/flows/feed/read.ts'
import { channelsAfter, feedSlice, newestPlace } from '../../packages/gateway/src/store/feed.ts'
import { CHANNEL, onBothEngines, OTHER, SILENT } from './engines.ts'
import { inbound, phone, status } from './facts.ts'

const TEXT = '{"event":"new_message","message":{"messages":[{"type":"text"}]}}'

onBothEngines('a reader with a filter misses nothing while nodes write', async ({ store, node }) => {
  const nodes = [store, await node(), await node()]
  let writing = true
  const seen: number[] = []
  const read = async (): Promise<void> => {
    let after = 0
    for (;;) {
      const finished = !writing
      const question = { channelId: CHANNEL, after, filter: { ...EVERYTHING, events: ['message_status_update'] } }
      const page = await readFeed(nodes[0]!.sql, systemClock, { ...question, count: 3, mostBytes: 1e6 })
      for (const event of page.events) seen.push(event.seq)
      assert.ok(page.cursor >= after)
      after = page.cursor
      if (page.state === 'level' && page.events.length === 0 && finished) return
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const reader = read()
  await Promise.all(
    nodes.map(async (one, w) => {
      for (let i = 0; i < 30; i++) {
        const wanted = status('delivered', { wamid: `wamid.s${w}_${i}` }, { phone: phone(w * 100) })
        const left = Array.from({ length: i % 5 }, (_, p) => inbound({ phone: phone(w * 100 + p) }))
        await one.applyFacts(
          [...left, wanted, ...left.map(() => inbound({ phone: phone(w) }, { channelId: OTHER }))],
          null,
        )
      }
    }),
  )
  writing = false
  await reader
  const all = await store.sql.all<{ seq: number }>(
    `select seq from events where channel_id = $1 and kind = 'message_status_update' order by seq`,
    [CHANNEL],
  )
  assert.equal(all.length, 90)
  assert.deepEqual(
    seen,
    all.map((row) => row.seq),
  )
})

onBothEngines('what a slice reads is bounded in rows and bytes, and its end is known', async ({ store }) => {
  const large = 'x'.repeat(10_000)
  for (let i = 0; i < 6; i++)
    await store.applyFacts(
      [inbound({ phone: phone(1) }, { body: JSON.stringify({ event: 'new_message', large }) })],
      null,
    )
  const slice = (more: object) =>
    feedSlice(store.sql, { channelId: CHANNEL, after: 0, kinds: null, mostRows: 100, mostBytes: 1e6, ...more })
  assert.deepEqual([(await slice({})).rows.length, (await slice({})).isLast], [6, true])
  const byRows = await slice({ mostRows: 4 })
  assert.deepEqual([byRows.rows.length, byRows.isLast], [4, false])
  const byBytes = await slice({ mostBytes: 15_000 })
  assert.deepEqual([byBytes.rows.length, byBytes.isLast], [2, false])
  assert.equal((await slice({ mostBytes: 1 })).rows.length, 1, 'one is always read')
  // Bodies that nobody asked for are not read, and weigh nothing.
  const others = await slice({ kinds: ['calls'], mostBytes: 1 })
  assert.deepEqual([others.rows.length, others.rows.every(({ body }) => body === null), others.isLast], [6, true, true])
  const last = byBytes.rows.at(-1)!.seq
  assert.equal((await slice({ after: last })).rows.length, 4)
})

onBothEngines('a long stretch that a filter leaves out ends with a cursor behind it', async ({ store }) => {
  for (let i = 0; i < 8; i++)
    await store.applyFacts(
      Array.from({ length: 100 }, (_, n) => inbound({ phone: phone(n) }, { body: TEXT })),
      null,
    )
  const question = {
    channelId: CHANNEL,
    after: 0,
    filter: { ...EVERYTHING, types: ['image'] },
    count: 10,
    mostBytes: 1e6,
  }
  const page = await readFeed(store.sql, systemClock, question)
  assert.deepEqual([page.events, page.state, page.cursor], [[], 'level', await newestPlace(store.sql)])
})

onBothEngines('which channels have events after a place', async ({ store }) => {
  assert.equal(await newestPlace(store.sql), 0, 'no event is skipped by who begins before the first one')
  await store.applyFacts([inbound({ phone: phone(1) })], null)
  const newest = await newestPlace(store.sql)
  assert.deepEqual(await channelsAfter(store.sql, newest, 10), { newest, channelIds: [] })
  await store.applyFacts(
    [OTHER, SILENT, OTHER].map((channelId) => inbound({ phone: phone(1) }, { channelId })),
    null,
  )
  const found = await channelsAfter(store.sql, newest, 10)
  assert.deepEqual(found.channelIds?.sort(), [OTHER, SILENT])
  assert.equal((await channelsAfter(store.sql, newest, 2)).channelIds, null)
  assert.deepEqual((await channelsAfter(store.sql, found.newest, 10)).channelIds, [])
})

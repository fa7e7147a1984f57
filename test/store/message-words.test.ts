import assert from 'node:assert/strict'
import { newMessageId } from '../../packages/gateway/src/platform/ids.ts'
import { pricedSums, ROWS_A_LOOK as PRICES_A_LOOK } from '../../packages/gateway/src/store/contact-costs.ts'
import { conditionsOf, findByWords, LOOKS, ROWS_A_LOOK } from '../../packages/gateway/src/store/message-words.ts'
import { searchMessages } from '../../packages/gateway/src/store/search.ts'
import type { Sql } from '../../packages/gateway/src/store/sql.ts'
import { CHANNEL, onBothEngines, OTHER, type World } from './engines.ts'
import { draft, inbound, phone } from './facts.ts'
import { recorded, scanned } from './scans.ts'

const BOTH = [CHANNEL, OTHER]
const content = (body: string): string => JSON.stringify({ type: 'text', text: { body } })

const says = ({ store, clock }: World, n: number, body: string, channelId = CHANNEL) => {
  clock.advance(1_000)
  return store.applyFacts(
    [inbound({ phone: phone(n), name: `P${n}` }, { channelId, content: content(body), at: clock.now() })],
    null,
  )
}

/** What is found, over all answers. */
async function found(world: World, search: string, channelIds = BOTH, count = 2): Promise<string[]> {
  const all: string[] = []
  let beforeId: string | undefined
  do {
    const { hits, next } = await findByWords(world.store, { channelIds, search, beforeId, count })
    for (const { name, excerpt } of hits) all.push(`${name}: ${excerpt.map(({ text }) => text).join('')}`)
    assert.ok(hits.length <= count)
    beforeId = next
  } while (beforeId !== undefined)
  return all
}

/** Many messages of one contact at once, the oldest first. */
async function fill(sql: Sql, contactId: number, count: number, pricing: string | null): Promise<void> {
  const from = Date.UTC(2026, 7, 1)
  for (let i = 0; i < count; i += 1_000) {
    const rows = Array.from({ length: Math.min(1_000, count - i) }, (_, j) => {
      const id = newMessageId(from + i + j)
      const priced = pricing === null ? 'null, null' : `'${pricing}', ${Date.UTC(2026, 7, 31, 23)}`
      return `(${CHANNEL}, '${id}', ${contactId}, 'out', 'text', 'delivered', '{"type":"text"}', ${from}, ${priced})`
    })
    await sql.run(
      `insert into messages (channel_id, id, contact_id, direction, type, status, content, created_at, pricing, delivered_at)
       values ${rows.join(', ')}`,
    )
  }
}

onBothEngines('messages are found by their words, the newest first, over channels and pages', async (world) => {
  await says(world, 1, 'Where is my INVOICE?')
  await says(world, 2, '请给我发票', OTHER)
  await says(world, 3, 'Ещё раз: Счёт!')
  await says(world, 4, 'أين الفاتورة يا أحمد؟')
  await says(world, 5, 'the invoice of 50% "off" C:\\x_y, invoice', OTHER)
  await says(world, 6, 'invoices')
  assert.deepEqual(await found(world, 'invoice'), [
    'P6: invoices',
    'P5: the invoice of 50% "off" C:\\x_y, invoice',
    'P1: Where is my INVOICE?',
  ])
  assert.deepEqual(await found(world, 'invoice', [CHANNEL]), ['P6: invoices', 'P1: Where is my INVOICE?'])
  assert.deepEqual(await found(world, 'my invoice'), ['P1: Where is my INVOICE?'])
  assert.deepEqual(await found(world, '发票'), ['P2: 请给我发票'])
  assert.deepEqual(await found(world, 'счёт'), ['P3: Ещё раз: Счёт!'])
  assert.deepEqual(await found(world, 'احمد'), ['P4: أين الفاتورة يا أحمد؟'])
  for (const word of ['50%', '"off"', 'c:\\X', 'x_y']) assert.equal((await found(world, word)).length, 1, word)
  // Whatever is searched, there are a handful of statements: each is prepared once.
  const texts = new Set(
    ['zz', 'zz zy', 'text', 'text type zz', 'счёт', 'счёт zz', 'счёт ёж', 'zz text', '发票 zz zy zx', 'ж 发'].map(
      (search) =>
        conditionsOf(search.split(' '), world.engine)
          .map(({ sql }) => sql)
          .join(),
    ),
  )
  assert.equal(texts.size, 6)
  // The keys of the stored JSON, wildcards, and nothing.
  for (const word of ['body', 'x%y', 'x?y', '*', ' ']) assert.deepEqual(await found(world, word), [], word)
})

onBothEngines('a search ends after a fixed number of rows, and continues from there', async (world) => {
  const { store } = world
  await says(world, 1, 'needle')
  // Older than all that follows.
  await store.sql.run(`update messages set id = $1`, [newMessageId(Date.UTC(2026, 6, 1))])
  await fill(store.sql, 99, LOOKS * ROWS_A_LOOK + 10, null)
  const { sql, asked } = recorded(store.sql)
  const search = { channelIds: [CHANNEL], search: 'needle', count: 5 }
  const first = await findByWords({ ...store, engine: store.engine, sql }, search)
  assert.deepEqual(first.hits, [])
  const second = await findByWords(store, { ...search, beforeId: first.next })
  assert.deepEqual([second.hits.length, second.next], [1, undefined])
  // Words of every row's JSON cost no more, and no row is skipped for them.
  for (const word of ['type', 'text', 'TEXT type']) {
    const { hits, next } = await findByWords(store, { ...search, search: word })
    assert.deepEqual([hits, next], [[], first.next], word)
  }
  for (const [text, params] of asked) assert.deepEqual(await scanned(store.engine, store.sql, text, params), [], text)
})

onBothEngines('the messages around one are read towards the newer ones, too', async (world) => {
  const { store } = world
  for (const n of [1, 2, 3, 4]) await says(world, 7, `m${n}`)
  const all = await searchMessages(store.sql, { channelIds: [CHANNEL], count: 9 })
  const ids = all.map(({ id }) => id)
  const contactId = Number(all[0]!.contact_id)
  const since = async (count: number): Promise<string[]> =>
    (await searchMessages(store.sql, { channelIds: [CHANNEL], contactId, sinceId: ids[2]!, count })).map(({ id }) => id)
  assert.deepEqual(await since(9), ids.slice(0, 3))
  assert.deepEqual(await since(2), ids.slice(1, 3))
})

onBothEngines('prices of a contact are summed over many messages, failed ones left out', async (world) => {
  const { store } = world
  await store.beginMessage(draft({ phone: phone(1) }))
  const { contact_id: id } = (await store.sql.get<{ contact_id: number }>('select contact_id from messages'))!
  const pricing = '{"billable":true,"category":"utility","type":"regular"}'
  await fill(store.sql, Number(id), PRICES_A_LOOK + 3, pricing)
  await store.sql.run(
    `update messages set status = 'failed' where id = (select max(id) from messages where pricing is not null)`,
  )
  const { sql, asked } = recorded(store.sql)
  const { sums, since } = await pricedSums(sql, CHANNEL, Number(id))
  assert.equal(since, undefined)
  assert.equal(
    sums.reduce((sum, one) => sum + one.messages, 0),
    PRICES_A_LOOK + 2,
  )
  assert.deepEqual([...new Set(sums.map(({ day }) => day))], [Math.floor(Date.UTC(2026, 7, 31) / 86_400_000)])
  for (const [text, params] of asked) assert.deepEqual(await scanned(store.engine, store.sql, text, params), [], text)
})

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRecipientsFiles, partsOf } from '../../packages/gateway/src/flows/recipients/files.ts'
import {
  backToDraft,
  broadcastWithContent,
  dropLoadLeases,
  enterRows,
  givenRecipients,
  idleLoads,
  leaseLoad,
  setChecked,
  setSettings,
  setTested,
  takeOut,
} from '../../packages/gateway/src/store/broadcast-drafts.ts'
import {
  addPart,
  beginFile,
  broadcastOfFile,
  contactFacts,
  endFile,
  findFile,
  readPart,
  removeFile,
  unusedFiles,
} from '../../packages/gateway/src/store/broadcast-files.ts'
import { addRecipients, createBroadcast, findBroadcast } from '../../packages/gateway/src/store/broadcasts.ts'
import { pruneBroadcasts } from '../../packages/gateway/src/store/retention.ts'
import type { Sql } from '../../packages/gateway/src/store/sql.ts'
import { CHANNEL, onBothEngines } from './engines.ts'
import { phone } from './facts.ts'
import { recorded, scanned } from './scans.ts'

const ID = 'bc_1'
const FOUND = { format: 'csv', delimiter: ',', columns: '["to"]', rows: 1, sha256: 'h' } as const
const made = { channelId: CHANNEL, id: ID, name: null, message: '{}', now: 1 }

async function addFile(sql: Sql, id: string, { now = 1, isReady = true, kind = 'recipients' as const } = {}) {
  await beginFile(sql, { channelId: CHANNEL, id, kind, filename: null, format: 'csv', now })
  for (const n of [0, 1]) await addPart(sql, id, n, Buffer.from(`to\n${n}\n`))
  if (isReady) await endFile(sql, CHANNEL, id, { ...FOUND, bytes: 10 })
}

const count = async (sql: Sql, table: string): Promise<number> =>
  Number((await sql.get<{ n: number }>(`select count(*) as n from ${table}`))!.n)

onBothEngines('statements about files and drafts read no growing table from end to end', async ({ engine, store }) => {
  const { sql, asked } = recorded(store.sql)
  await addFile(sql, 'bf_1')
  await createBroadcast(sql, { ...made, state: 'preparing', settings: { fileId: 'bf_1' } })
  await findFile(sql, CHANNEL, 'bf_1', 'recipients')
  await readPart(sql, 'bf_1', 0)
  await broadcastOfFile(sql, 'bf_1')
  await unusedFiles(sql, { unused: 5, unfinished: 6 }, 10)
  await contactFacts(sql, CHANNEL, ['p:1'])
  await setSettings(sql, CHANNEL, ID, { map: '{}' }, 1)
  await setChecked(sql, CHANNEL, ID, {
    report: '{}',
    reportFile: 'bf_2',
    at: 1,
    of: { map: null, total: 0, sha256: null },
  })
  await setTested(sql, CHANNEL, ID, 1)
  await idleLoads(sql, 1, 10)
  await leaseLoad(sql, CHANNEL, ID, { holder: 'a', until: 2, now: 1 })
  const lease = { channelId: CHANNEL, id: ID, holder: 'a', until: 2 }
  const rows = [{ n: 0, contact: phone(1), own: null, line: 2, name: null }]
  await enterRows(sql, lease, { rows, from: 0, upTo: 1, duplicates: 0, skipped: 0 }, 1)
  await givenRecipients(sql, ID, -1, 10)
  await takeOut(sql, lease, 10)
  await backToDraft(sql, CHANNEL, ID, 'a', '{}', 1)
  await broadcastWithContent(sql, CHANNEL, 'name', 'h')
  await dropLoadLeases(sql)
  await pruneBroadcasts(sql, 1, 10, '')
  await removeFile(sql, CHANNEL, 'bf_1')
  for (const [text, params] of asked) {
    if (/^(select|update|delete|with)/i.test(text.trim()))
      assert.deepEqual(await scanned(engine, store.sql, text, params), [], text)
  }
})

onBothEngines('whoever lost a broadcast takes nobody out of it', async ({ store: { sql } }) => {
  await createBroadcast(sql, { ...made, state: 'preparing', settings: { fileId: 'bf_1' } })
  await leaseLoad(sql, CHANNEL, ID, { holder: 'a', until: 10, now: 1 })
  await addRecipients(
    sql,
    CHANNEL,
    ID,
    [0, 1, 2].map((i) => ({ contact: phone(i), own: null })),
  )
  const of = (holder: string) => ({ channelId: CHANNEL, id: ID, holder, until: 99 })
  assert.equal(await takeOut(sql, of('a'), 2), 'some')
  assert.equal(await leaseLoad(sql, CHANNEL, ID, { holder: 'b', until: 100, now: 50 }), false, 'the lease is renewed')
  assert.equal(await leaseLoad(sql, CHANNEL, ID, { holder: 'b', until: 200, now: 150 }), true)
  assert.equal(await takeOut(sql, of('a'), 2), 'lost')
  assert.equal(await count(sql, 'broadcast_recipients'), 1)
  assert.equal(await takeOut(sql, of('b'), 2), 'none')
  assert.equal(await count(sql, 'broadcast_recipients'), 0)
})

onBothEngines('a file whose parts are gone is not read as a shorter one', async ({ store: { sql } }) => {
  await addFile(sql, 'bf_1')
  const whole = partsOf(sql, { id: 'bf_1', bytes: 10 })
  assert.deepEqual([(await whole())!.length, (await whole())!.length, await whole()], [5, 5, undefined])
  await sql.run('delete from broadcast_file_parts where n = 1')
  const rest = partsOf(sql, { id: 'bf_1', bytes: 10 })
  await rest()
  await assert.rejects(rest(), { reason: 'conflict', message: /5 of 10 bytes of the recipients’ file are gone/ })
})

onBothEngines('an interrupted upload goes after a day, an unused file after its life', async ({ store: { sql } }) => {
  const [old, young] = [100, 900]
  for (const [id, now, isReady] of [
    ['old', old, true],
    ['old-part', old, false],
    ['yesterday', 600, true],
    ['yesterday-part', 600, false],
    ['young-part', young, false],
    ['needed', old, true],
    ['report', old, true],
  ] as const)
    await addFile(sql, id, { now, isReady })
  await createBroadcast(sql, { ...made, state: 'draft', settings: { fileId: 'needed' } })
  await sql.run(`update broadcasts set report_file = 'report'`)
  const found = await unusedFiles(sql, { unused: 500, unfinished: 800 }, 10)
  assert.deepEqual(found.map(({ id }) => id).sort(), ['old', 'old-part', 'yesterday-part'])
})

onBothEngines('a refused upload leaves nothing, though its next part was on the way', async ({ store, clock }) => {
  const slow: Sql = {
    ...store.sql,
    async run(text, params) {
      // The refusal comes while this part is being stored.
      if (text.includes('into broadcast_file_parts') && params![1] === 1) await sleep(200)
      return store.sql.run(text, params)
    },
  }
  const files = createRecipientsFiles({ store: { ...store, sql: slow }, clock })
  async function* stream() {
    yield Buffer.from(`to\n1\0${'x'.repeat(300 * 1024)}`)
    yield Buffer.alloc(300 * 1024, 'y')
  }
  const upload = { stream: stream(), filename: null, format: 'csv' } as const
  await assert.rejects(files.upload(CHANNEL, upload), { reason: 'validation_failed' })
  assert.deepEqual([await count(store.sql, 'broadcast_files'), await count(store.sql, 'broadcast_file_parts')], [0, 0])
})

onBothEngines('retention takes forgotten drafts and the sums of failures', async ({ store: { sql } }) => {
  for (const [id, state, now] of [
    ['draft', 'draft', 1],
    ['checked', 'checked', 1],
    ['interrupted', 'preparing', 1],
    ['young', 'draft', 900],
    ['running', 'running', 1],
    ['paused', 'paused', 1],
  ] as const) {
    await createBroadcast(sql, { ...made, id, state, now })
    await sql.run(`insert into broadcast_failures (broadcast_id, reason, code, recipients) values ($1, 'x', 0, 1)`, [
      id,
    ])
  }
  await addRecipients(sql, CHANNEL, 'draft', [{ contact: phone(1), own: null }])
  await sql.run('update broadcasts set updated_at = 1 where created_at = 1')
  for (let next: string | undefined = ''; next !== undefined;) ({ next } = await pruneBroadcasts(sql, 500, 10, next))
  const rows = await sql.all<{ id: string }>('select id from broadcasts order by id')
  assert.deepEqual(
    rows.map(({ id }) => id),
    ['paused', 'running', 'young'],
  )
  assert.deepEqual([await count(sql, 'broadcast_failures'), await count(sql, 'broadcast_recipients')], [3, 0])
  assert.equal((await findBroadcast(sql, CHANNEL, 'young'))!.state, 'draft')
})

import assert from 'node:assert/strict'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { eraseContact } from '../../packages/gateway/src/flows/maintenance/erase.ts'
import { createEraseInBroadcasts } from '../../packages/gateway/src/flows/recipients/erase.ts'
import { createRecipientsFiles, partsOf } from '../../packages/gateway/src/flows/recipients/files.ts'
import { openRows, type FileFormat, type ReadRow } from '../../packages/gateway/src/flows/recipients/read-rows.ts'
import { enterRows, leaseLoad, setChecked } from '../../packages/gateway/src/store/broadcast-drafts.ts'
import { addPart, beginFile, endFile, readPart } from '../../packages/gateway/src/store/broadcast-files.ts'
import { createBroadcast, findBroadcast } from '../../packages/gateway/src/store/broadcasts.ts'
import { CHANNEL, onBothEngines, OTHER, type World } from './engines.ts'

const WHO = '85268411234'
const erase = (
  { store, clock }: Pick<World, 'store' | 'clock'>,
  name: Parameters<typeof eraseContact>[2] = { phone: WHO },
) =>
  eraseContact(
    { store, clock, log: silentLog, eraseInBroadcasts: createEraseInBroadcasts({ store, clock }) },
    CHANNEL,
    name,
  )

/** Stores a file in parts of any size, as uploads of other sizes do. */
async function stored(
  { store, clock }: Pick<World, 'store' | 'clock'>,
  text: string,
  partBytes: number,
  channelId = CHANNEL,
) {
  async function* stream() {
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; at += partBytes) yield bytes.subarray(at, at + partBytes)
  }
  const format: FileFormat = text.startsWith('{') ? 'jsonl' : 'csv'
  const file = await createRecipientsFiles({ store, clock }).upload(channelId, {
    stream: stream(),
    filename: null,
    format,
  })
  if (partBytes < text.length) {
    // The upload joins small parts: here the boundaries matter.
    await store.sql.run('delete from broadcast_file_parts where file_id = $1', [file.id])
    let n = 0
    for await (const part of stream()) await addPart(store.sql, file.id, n++, new Uint8Array(part))
  }
  return file
}

async function rowsOf(
  { store }: Pick<World, 'store'>,
  { id, bytes, format }: { id: string; bytes: number; format: FileFormat },
) {
  const next = partsOf(store.sql, { id, bytes })
  async function* parts() {
    for (let part = await next(); part !== undefined; part = await next()) yield part
  }
  const rows: ReadRow[] = []
  const { layout, rows: all } = await openRows(parts(), format)
  for await (const row of all) rows.push(row)
  return { layout, rows }
}

const CSV = [
  'Telefon;Name;Note',
  '+1 (650) 555-1234;Ana;x',
  '+852 6841-1234;"Ben; the\r\nsecond";"y"',
  '852684112345;Longer;x',
  `85268411234;Again;x`,
  '16505550000;Eve;"z\nz"',
].join('\r\n')

onBothEngines('the rows of an erased person are gone, and all others are where they were', async (world) => {
  for (const [text, partBytes] of [
    [CSV, 1e6],
    [CSV, 7],
    [`\uFEFFsep=;\r\n${CSV}\r\n`, 11],
  ] as const) {
    const file = await stored(world, text, partBytes)
    const before = await rowsOf(world, file)
    const erasure = await erase(world)
    assert.equal(erasure?.counts.broadcast_file_rows, 2, `parts of ${partBytes} bytes`)
    const { layout, rows } = await rowsOf(world, file)
    assert.deepEqual(layout, before.layout)
    const kept = [0, 2, 4]
    assert.deepEqual(
      rows.map((row, i) => ('erased' in row ? i : -1)).filter((i) => i >= 0),
      [1, 3],
    )
    for (const i of kept)
      assert.deepEqual('cells' in rows[i]! && rows[i].cells, (before.rows[i] as { cells: string[] }).cells)
    const bytes: Uint8Array[] = []
    for (let n = 0, part; (part = await readPart(world.store.sql, file.id, n)); n++) bytes.push(part)
    assert.doesNotMatch(Buffer.concat(bytes).toString(), /Ben|second|Again/)
    assert.equal(await erase(world), undefined, 'nothing is left of them')
  }
})

onBothEngines('a first row without a heading, lines of JSON, and other channels', async (world) => {
  const bare = await stored(world, `${WHO},"Ben, B"\n16505551234,Ana\n`, 1e6)
  const json = await stored(
    world,
    `{"to":"${WHO}","name":"Ben"}\n{"to":16505551234}\n{"a":{"b":["+852 6841 1234"]}}`,
    10,
  )
  const elsewhere = await stored(world, `${WHO},Ben\n`, 1e6, OTHER)
  assert.equal((await erase(world))?.counts.broadcast_file_rows, 3)
  const first = await rowsOf(world, bare)
  assert.equal(first.layout.hasHeader, false)
  assert.deepEqual(
    first.rows.map((row) => ('cells' in row ? row.cells : 'erased')),
    ['erased', ['16505551234', 'Ana']],
  )
  const lines = await rowsOf(world, json)
  assert.deepEqual(
    lines.rows.map((row) => ('object' in row ? row.object : 'erased')),
    ['erased', { to: 16505551234 }, 'erased'],
  )
  assert.deepEqual('cells' in (await rowsOf(world, elsewhere)).rows[0]!, true)
})

onBothEngines('whoever enters or checks rows of before begins anew', async (world) => {
  const { store } = world
  const { sql } = store
  const { id: fileId, sha256 } = await stored(world, `phone\n${WHO}\n16505551234\n`, 1e6)
  const made = { channelId: CHANNEL, name: null, message: '{}', now: 1, settings: { fileId } }
  await createBroadcast(sql, { ...made, id: 'loading', state: 'preparing' })
  await createBroadcast(sql, { ...made, id: 'checking', state: 'draft' })
  await leaseLoad(sql, CHANNEL, 'loading', { holder: 'a', until: 99, now: 1 })
  await erase(world)
  const lease = { channelId: CHANNEL, id: 'loading', holder: 'a', until: 99 }
  const rows = [{ n: 0, contact: WHO, own: null, line: 2, name: null }]
  assert.equal(await enterRows(sql, lease, { rows, from: 0, upTo: 1, duplicates: 0, skipped: 0 }, 2), false)
  const check = { report: '{}', reportFile: 'bf_x', at: 2 }
  assert.equal(await setChecked(sql, CHANNEL, 'checking', { ...check, of: { map: null, total: 0, sha256 } }), false)
  const now = (await sql.get<{ sha256: string }>('select sha256 from broadcast_files where id = $1', [fileId]))!
  assert.equal(await setChecked(sql, CHANNEL, 'checking', { ...check, of: { map: null, total: 0, ...now } }), true)
})

onBothEngines('reports of checks forget an erased person, in words and as a file', async (world) => {
  const { sql } = world.store
  const others = { preview: { to: '1650', name: 'Ana' }, bad: { line: 9, recipient: 'no number', reason: 'invalid' } }
  const report = {
    rows: 3,
    preview: [{ to: WHO, name: 'Ben' }, others.preview],
    samples: [{ to: WHO, own: null }],
    bad: { rows: 2, first: [{ line: 2, recipient: '+852 6841 1234', reason: 'duplicate' }, others.bad] },
  }
  await beginFile(sql, { channelId: CHANNEL, id: 'bf_r', kind: 'report', filename: null, format: 'csv', now: 1 })
  await addPart(sql, 'bf_r', 0, Buffer.from(`line,recipient,reason\r\n2,${WHO},duplicate\r\n9,no number,invalid\r\n`))
  await endFile(sql, CHANNEL, 'bf_r', { format: 'csv', delimiter: ',', columns: '[]', rows: 2, bytes: 1, sha256: null })
  const check = { report: JSON.stringify(report), reportFile: 'bf_r', at: 1 }
  await createBroadcast(sql, { channelId: CHANNEL, id: 'bc_1', name: null, message: '{}', now: 1, check })
  assert.equal((await erase(world))?.counts.broadcast_file_rows, 2)
  assert.deepEqual(JSON.parse((await findBroadcast(sql, CHANNEL, 'bc_1'))!.report!), {
    ...report,
    preview: [others.preview],
    samples: [],
    bad: { rows: 2, first: [others.bad] },
  })
  const text = Buffer.from((await readPart(sql, 'bf_r', 0))!).toString()
  assert.match(text, /^line,recipient,reason\r\n +\r\n9,no number,invalid\r\n$/)
})

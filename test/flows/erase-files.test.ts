import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { quarantine } from '../../packages/gateway/src/store/quarantine.ts'
import { startWorld, type World } from '../support/world.ts'

const OTHER = DEMO.phones[1]
/** No other number has these digits, and no remaining text has this word. */
const CONTACT = '4915112345678'
const WORD = 'Wildschweinbraten'

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'postern-erase-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** How often each trace occurs in the files of the store, whatever their names. */
function tracesIn(dataDir: string, traces: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of readdirSync(dataDir).filter((one) => one.startsWith('postern.db'))) {
    const text = readFileSync(join(dataDir, name)).toString('latin1')
    for (const trace of traces) {
      const count = text.split(trace).length - 1
      if (count > 0) counts[`${name}: ${trace}`] = count
    }
  }
  return counts
}

/** Messages and events of many contacts between those of one, with updates that make rows grow and move. */
async function talk(world: World, rounds: number): Promise<void> {
  const { sql } = world.gateway.store
  const said = (own: boolean): string => (own ? `${WORD} `.repeat(randomInt(1, 30)) : 'x'.repeat(randomInt(0, 600)))
  const contactOf = async (phone: string): Promise<number> => {
    const [row] = await sql.returning<{ id: number }>(
      'insert into contacts (channel_id, phone, name, created_at) values (1, $1, $2, 1) returning id',
      [phone, phone === CONTACT ? `${WORD}-name` : 'somebody'],
    )
    await sql.run('insert into contact_keys (channel_id, key, contact_id) values (1, $1, $2)', [`p:${phone}`, row!.id])
    return row!.id
  }
  const others = await Promise.all(
    Array.from({ length: 300 }, () => contactOf(String(10_000_000_000 + randomInt(80_000_000_000)))),
  )
  const erasedId = await contactOf(CONTACT)
  const written: Promise<unknown>[] = []
  for (let i = 0; i < rounds; i++) {
    // Many in one commit.
    if (written.length >= 100) await Promise.all(written.splice(0))
    const own = i % 7 === 0
    const contact = own ? erasedId : others[randomInt(others.length)]!
    const grown = `m${String(Math.max(0, i - randomInt(9))).padStart(8, '0')}`
    const write = sql.atomically([
      {
        sql: `insert into messages (channel_id, id, contact_id, direction, type, status, recipient, content, created_at)
              values (1, $1, $2, 'out', 'text', 'accepted', $3, $4, 1)`,
        params: [`m${String(i).padStart(8, '0')}`, contact, own ? CONTACT : '1', said(own)],
      },
      {
        sql: `insert into events (channel_id, contact_id, kind, body, created_at)
              values (1, $1, 'new_message', $2, 1)`,
        params: [contact, own ? `${said(own)}${CONTACT}` : said(own)],
      },
      {
        sql: `update messages set wamid = id || 'wamid', sent_at = 1700000000000, delivered_at = 1700000000000,
                error = $2 where channel_id = 1 and id = $1 and wamid is null`,
        params: [grown, 'e'.repeat(randomInt(300))],
      },
      {
        sql: 'update events set message_id = $2 where seq = $1',
        params: [Math.max(1, i - randomInt(9)), 'a'.repeat(randomInt(300))],
      },
    ])
    written.push(write)
  }
  await Promise.all(written)
}

test('an erased contact is in no file of the store, while the gateway runs and after it stopped', async (t) => {
  const dataDir = folder(t)
  const world = await startWorld({ dataDir })
  await talk(world, 3_000)
  const body = Buffer.from(JSON.stringify({ from: CONTACT, text: { body: WORD } }))
  await quarantine(world.gateway.store.sql, { reason: 'unknown_number', detail: '', body, now: 1 })
  const traces = [CONTACT, WORD]
  assert.ok(Object.keys(tracesIn(dataDir, traces)).length > 0, 'there is something to find')

  // Other contacts write meanwhile, so that pages are in memory and in the WAL.
  let busy = true
  const others = (async () => {
    for (let i = 0; busy; i++) {
      await world.gateway.store.sql.run('update messages set error = $1 where channel_id = 1 and id = $2', [
        'z'.repeat(randomInt(400)),
        `m${String(randomInt(3_000)).padStart(8, '0')}`,
      ])
    }
  })()
  const answer = await world.admin('DELETE', `/admin/channels/1/contacts/${CONTACT}`)
  const left = tracesIn(dataDir, traces)
  busy = false
  await others
  assert.equal(answer.http, 200, answer.message)
  assert.deepEqual(left, {}, 'at the very moment of the answer')
  assert.deepEqual(tracesIn(dataDir, traces), {}, 'and while others go on writing')

  await world.sandbox.phone(OTHER).says('and life goes on')
  await world.receiver.gets({ event: 'new_message' })
  await world.stop()
  assert.deepEqual(tracesIn(dataDir, traces), {}, 'after a clean stop')

  const file = new DatabaseSync(join(dataDir, 'postern.db'))
  assert.deepEqual(
    file
      .prepare('pragma integrity_check')
      .all()
      .map((row) => ({ ...row })),
    [{ integrity_check: 'ok' }],
  )
  assert.ok(Number(file.prepare('select count(*) as n from messages').get()!.n) > 2_000, 'what others said is there')
  file.close()
})

test('an inbound text and its answer disappear from the files as well', async (t) => {
  const dataDir = folder(t)
  await using world = await startWorld({ dataDir })
  const phone = world.sandbox.phone(OTHER)
  await phone.says(`${WORD} for two`)
  await world.send({ to: OTHER, type: 'text', text: `${WORD} it is` })
  await world.sandbox.settled()
  await world.receiver.gets({ event: 'message_status_update', message_status: 'delivered' })
  const answer = await world.admin('DELETE', `/admin/channels/1/contacts/${OTHER}`)
  assert.equal(answer.http, 200)
  assert.deepEqual(tracesIn(dataDir, [WORD, OTHER]), {})
})

test('remains in free pages from an earlier version disappear with the next erasure', async (t) => {
  const dataDir = folder(t)
  await (await startWorld({ dataDir, webhook: false })).stop()
  const old = new DatabaseSync(join(dataDir, 'postern.db'))
  old.exec('pragma secure_delete = off; create table gone (a text)')
  const row = old.prepare('insert into gone values (?)')
  for (let i = 0; i < 2_000; i++) row.run(`${WORD} `.repeat(20))
  old.exec('drop table gone')
  old.close()
  assert.ok(Object.keys(tracesIn(dataDir, [WORD])).length > 0)

  await using world = await startWorld({ dataDir, webhook: false })
  assert.equal((await world.admin('DELETE', `/admin/channels/1/contacts/${OTHER}`)).http, 200)
  assert.deepEqual(tracesIn(dataDir, [WORD]), {})
})

test('an erasure whose files were not overwritten is finished after the next start', async (t) => {
  const dataDir = folder(t)
  const first = await startWorld({ dataDir, webhook: false })
  const { store } = first.gateway
  await talk(first, 300)
  // The process ends between the commit and the overwriting.
  Object.assign(store, { overwriteDeleted: () => Promise.reject(new Error('the power went')) })
  assert.equal((await first.admin('DELETE', `/admin/channels/1/contacts/${CONTACT}`)).http, 200)
  await first.stop()
  await using world = await startWorld({ dataDir, webhook: false })
  const again = world.gateway.store
  assert.ok(await again.sql.get(`select 1 from meta where name = 'erasure_to_overwrite'`))
  const { createSweep } = await import('../../packages/gateway/src/flows/maintenance/sweep.ts')
  const { silentLog } = await import('../../packages/gateway/src/platform/log.ts')
  const { systemClock } = await import('../../packages/runtime/src/clock.ts')
  await createSweep({
    store: again,
    clock: systemClock,
    log: silentLog,
    channel: () => undefined,
    tell: async () => {},
  }).once()
  assert.equal(await again.sql.get(`select 1 from meta where name = 'erasure_to_overwrite'`), undefined)
  assert.deepEqual(tracesIn(dataDir, [CONTACT, WORD]), {})
})

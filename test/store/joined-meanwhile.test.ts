import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ManualClock } from '@postern/runtime/clock'
import pg from 'pg'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { openPostgres } from '../../packages/gateway/src/store/postgres/engine.ts'
import { adminQuery } from '../support/postgres-admin.ts'
import { dropDatabase, freshDatabase } from '../support/shared-postgres.ts'
import { CHANNEL } from './engines.ts'
import { inbound, phone } from './facts.ts'

test('postgres: a contact that is joined to another while its lock is awaited: the event goes to the one that stays', async () => {
  const url = await freshDatabase()
  const clock = new ManualClock()
  const store = await openPostgres({ url, clock, log: silentLog, storeTime: () => clock.now() })
  const other = new pg.Client({ connectionString: url, options: '-c search_path=postern' })
  await other.connect()
  try {
    const endpoint = `insert into endpoints (id, channel_id, url, secret, updated_at) values ($1, $1, 'https://x.example', '', 0)`
    await store.sql.run(endpoint, [CHANNEL])
    await store.applyFacts([inbound({ userId: 'US.one' }), inbound({ phone: phone(1) })], null)
    const [gone, stays] = await store.sql.all<{ id: number }>('select id from contacts order by id')

    // Another node learns that they are one person.
    await other.query('begin')
    await other.query('update contacts set merged_into = $2 where id = $1', [gone!.id, stays!.id])
    await other.query('update contact_keys set contact_id = $2 where contact_id = $1', [gone!.id, stays!.id])
    await other.query('delete from lanes where contact_id = $1', [gone!.id])
    const stored = store.applyFacts([inbound({ userId: 'US.one' })], null)
    const waits = `select 1 from pg_locks where not granted and pid in
      (select pid from pg_stat_activity where datname = current_database())`
    while ((await adminQuery(url, waits)).length === 0) await sleep(10)
    await other.query('commit')
    assert.equal((await stored).events, 1)

    const [last] = await store.sql.all<{ contact_id: number }>(
      'select contact_id from events order by seq desc limit 1',
    )
    assert.equal(last!.contact_id, stays!.id)
    assert.deepEqual(await store.sql.all('select 1 as n from lanes where contact_id = $1', [gone!.id]), [])
  } finally {
    await other.end()
    await store.close()
    await dropDatabase(url)
  }
})

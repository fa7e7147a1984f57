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
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { draft, inbound, phone } from './facts.ts'

/**
 * Two contacts, and another node that has just found that they are one person: `work` begins before that node commits,
 * and must wait for it.
 */
async function whileJoined(
  work: (store: Store) => Promise<unknown>,
): Promise<{ contactsOf: Record<string, number[]>; stays: number }> {
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
    const ids = [gone!.id, stays!.id]
    await other.query('begin')
    await other.query('update contacts set merged_into = $2 where id = $1', ids)
    await other.query('update contact_keys set contact_id = $2 where contact_id = $1', ids)
    await other.query('update messages set contact_id = $2 where contact_id = $1', ids)
    await other.query('delete from lanes where contact_id = $1', [gone!.id])
    const done = work(store)
    const waits = `select 1 from pg_locks where not granted and pid in
      (select pid from pg_stat_activity where datname = current_database())`
    while ((await adminQuery(url, waits)).length === 0) await sleep(10)
    await other.query('commit')
    await done
    const found: Record<string, number[]> = {}
    for (const name of ['events', 'messages', 'lanes'])
      found[name] = (
        await store.sql.all<{ contact_id: number }>(`select contact_id from ${name} where contact_id <> 0`)
      ).map((row) => row.contact_id)
    assert.ok(!found.lanes!.includes(gone!.id))
    return { contactsOf: found, stays: stays!.id }
  } finally {
    await other.end()
    await store.close()
    await dropDatabase(url)
  }
}

test('postgres: an event of a contact that another node merges meanwhile goes to the remaining contact', async () => {
  const { contactsOf, stays } = await whileJoined((store) => store.applyFacts([inbound({ userId: 'US.one' })], null))
  assert.equal(contactsOf.events!.filter((id) => id === stays).length, 2)
})

test('postgres: a send to a contact that another node merges meanwhile goes to the remaining contact', async () => {
  const { contactsOf, stays } = await whileJoined((store) => store.beginMessage(draft({ userId: 'US.one' })))
  assert.deepEqual(contactsOf.messages, [stays, stays, stays])
})

import type { Clock } from '@postern/runtime/clock'
import { newSecret } from '../../platform/ids.ts'
import { migrationsFor, missingFrom } from '../migrate.ts'
import type { Connect } from './connect.ts'
import { asStoreError } from './errors.ts'
import { settleIn } from './schema.ts'

// Any number that nothing else in this database locks.
const LOCK = 4_702_111_234_474_983

/**
 * Migrates the tables, one node at a time, and returns the installation's name. `storeTime`: see the engine; steps read
 * it as the setting `postern.now`.
 */
export async function migrate(connect: Connect, clock: Clock, storeTime?: () => number): Promise<string> {
  const connection = await connect('migration')
  const { client } = connection
  try {
    // The session holds the lock, so it ends with the session in any case.
    await client.query('select pg_advisory_lock($1)', [LOCK])
    await settleIn(client)
    const { rows } = await client.query<{ number: number }>('select number from migrations')
    const missing = missingFrom(
      rows.map(({ number }) => number),
      migrationsFor('postgres'),
    )
    await client.query(`select set_config('postern.now', $1, false)`, [String(storeTime?.() ?? '')])
    for (const migration of missing) {
      await client.query('begin')
      await client.query(migration.sql)
      await client.query('insert into migrations (number, name, applied_at) values ($1, $2, $3)', [
        migration.number,
        migration.name,
        clock.now(),
      ])
      await client.query('commit')
    }
    // Not a secret: it is part of every event's id, so that two installations never share one.
    await client.query(`insert into meta (name, value) values ('installation', $1) on conflict (name) do nothing`, [
      newSecret('', 6).replace(/[^A-Za-z0-9]/g, '0'),
    ])
    const found = await client.query<{ value: string }>(`select value from meta where name = 'installation'`)
    return found.rows[0]!.value
  } catch (error) {
    throw asStoreError(error)
  } finally {
    connection.close()
  }
}

import type { Sql, SqlValue, Statement } from '../sql.ts'
import type { Connection } from './connect.ts'
import { asStoreError, isConflict } from './errors.ts'
import type { Pool } from './pool.ts'
import { asWriteError } from './unconfirmed.ts'

/** The program has a fixed set of statements. More than this means that code builds statements from values. */
const MOST_PREPARED = 300
const TRIES = 4

/** The shared statements over a pool: prepared under a name at each connection's first use. */
export function sqlOver(pool: Pool): Sql {
  const names = new Map<string, string>()

  async function query<T>({ client }: Connection, sql: string, params: readonly SqlValue[] = []) {
    let name = names.get(sql)
    if (name === undefined && names.size < MOST_PREPARED) names.set(sql, (name = `s${names.size}`))
    return client.query<T & object>({ ...(name !== undefined && { name }), text: sql, values: params.map(plain) })
  }

  async function once<T>(sql: string, params?: readonly SqlValue[]) {
    return again(() => pool.use((connection) => query<T>(connection, sql, params)))
  }

  /** A single statement as its own transaction: once it was sent, a lost connection leaves its commit unknown. */
  async function write<T>(sql: string, params?: readonly SqlValue[]) {
    return again(() =>
      pool.use((connection) =>
        query<T>(connection, sql, params).catch((error: unknown) => {
          throw asWriteError(error)
        }),
      ),
    )
  }

  return {
    all: async <T>(sql: string, params?: readonly SqlValue[]) => (await once<T>(sql, params)).rows as T[],
    get: async <T>(sql: string, params?: readonly SqlValue[]) => (await once<T>(sql, params)).rows[0] as T | undefined,
    run: async (sql, params) => (await write(sql, params)).rowCount ?? 0,
    returning: async <T>(sql: string, params?: readonly SqlValue[]) => (await write<T>(sql, params)).rows as T[],
    atomically: (statements: readonly Statement[]) =>
      again(() =>
        pool.use(async (connection) => {
          await connection.client.query('begin')
          let committing = false
          try {
            const changed: number[] = []
            for (const { sql, params } of statements) changed.push((await query(connection, sql, params)).rowCount ?? 0)
            committing = true
            await connection.client.query('commit')
            return changed
          } catch (error) {
            if (committing) throw asWriteError(error)
            await connection.client.query('rollback').catch(() => connection.close())
            throw error
          }
        }),
      ),
    async feedEnd() {
      // The order matters: a batch marks the feed before it takes a place, and its mark ends with its commit.
      const [last] = (await once<{ seq: number }>('select last_value as seq from events_seq_seq')).rows
      const [mark] = (await once<{ seq: number | null }>(OLDEST_MARK)).rows
      return Math.min(last!.seq, mark?.seq ?? last!.seq)
    },
  }
}

// Each batch marks the current end of the order before it takes places (write.ts): events above the lowest mark may not
// all be visible yet.
const OLDEST_MARK = `select min(((classid::bigint << 32) | objid::bigint) & 281474976710655) as seq from pg_locks
  where locktype = 'advisory' and objsubid = 1 and mode = 'ShareLock' and (classid::bigint >> 16) = 20560
    and database = (select oid from pg_database where datname = current_database())`

/** PostgreSQL cannot store NUL in text. */
function plain(value: SqlValue): SqlValue {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value
}

/** Repeats work after a conflict with another node. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let i = 1; ; i++) {
    try {
      return await work()
    } catch (error) {
      if (i >= TRIES || !isConflict(error)) throw asStoreError(error)
    }
  }
}

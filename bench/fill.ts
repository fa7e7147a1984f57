import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import pg from 'pg'
import type { Home } from './sides.ts'

/** Runs SQL against a home whose gateways are stopped. `n` in it is the row's number: see the two `numbers`. */
export async function fill(home: Home, statements: (engine: 'sqlite' | 'postgres') => string[]): Promise<void> {
  if (!home.database) {
    const db = new DatabaseSync(join(home.folder, 'postern.db'))
    try {
      db.exec('pragma synchronous = off; pragma cache_size = -400000')
      for (const sql of statements('sqlite')) db.exec(sql)
      db.exec('analyze; pragma wal_checkpoint(truncate)')
    } finally {
      db.close()
    }
    return
  }
  const client = new pg.Client({ connectionString: home.database.url, options: '-c search_path=postern' })
  await client.connect()
  try {
    await client.query('set synchronous_commit = off; set maintenance_work_mem = "512MB"')
    for (const sql of statements('postgres')) await client.query(sql)
    await client.query('vacuum analyze')
    await client.query('checkpoint')
  } finally {
    await client.end()
  }
}

/** A table of the numbers from 1 to `count`, called `n`. */
export const numbers = (engine: 'sqlite' | 'postgres', count: number): string =>
  engine === 'sqlite'
    ? `(with recursive up (n) as (select 1 union all select n + 1 from up where n < ${count}) select n from up)`
    : `(select n from generate_series(1::bigint, ${count}) n) numbers`

/** A number as text of a fixed width. */
export const padded = (engine: 'sqlite' | 'postgres', expression: string, width: number): string =>
  engine === 'sqlite' ? `printf('%0${width}d', ${expression})` : `lpad((${expression})::text, ${width}, '0')`

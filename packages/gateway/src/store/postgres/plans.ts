import type { Client } from 'pg'
import { SCHEMA } from './connect.ts'

/** How often the tables are measured. */
const LOOK_MS = 1_000
/** Plans for tables of this many pages expect large tables, and stay valid for any growth. */
const LARGE_PAGES = 512
/** Below this, the planner knows too little: without statistics, one index of 200 rows is as good as another. */
const SMALL_PAGES = 64
/** Plans are made anew when a table has grown by this factor. */
const GROWN = 2

const PAGES = `select oid::int as oid, pg_relation_size(oid) / current_setting('block_size')::int as pages from pg_class
  where relnamespace = '${SCHEMA}'::regnamespace and relkind = 'r' and (relname in
    ('contacts', 'contact_keys', 'messages', 'lanes', 'seen', 'owed_events', 'dead_events', 'attempts')
    or oid in (select inhrelid from pg_inherits where inhparent = '${SCHEMA}.events'::regclass))`

/**
 * A connection keeps its plans. A plan made while a table was nearly empty may use any index, or the whole table,
 * instead of the right index, and would stay in use when the table is large. So plans are dropped when a table has
 * grown; the statements stay prepared.
 */
export function keepPlansFresh(client: Client): (now: number) => Promise<void> {
  let lookedAt = -Infinity
  let planned: Map<number, number> | undefined

  return async (now) => {
    if (now - lookedAt < LOOK_MS) return
    lookedAt = now
    const { rows } = await client.query<{ oid: number; pages: number }>(PAGES)
    const grown = rows.some(({ oid, pages }) => {
      const then = planned?.get(oid) ?? 0
      return pages >= SMALL_PAGES && then < LARGE_PAGES && pages > then * GROWN
    })
    if (planned && !grown) return
    if (planned) await client.query('discard plans')
    planned = new Map(rows.map(({ oid, pages }) => [oid, pages]))
  }
}

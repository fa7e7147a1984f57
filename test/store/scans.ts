import type { Sql, SqlValue, Statement } from '../../packages/gateway/src/store/sql.ts'

/** Tables that grow with every message, and are never read completely. */
const GROWING = [
  'messages',
  'events',
  'lanes',
  'attempts',
  'contacts',
  'conversations',
  'contact_keys',
  'owed_events',
  'dead_events',
  'broadcast_recipients',
  'broadcast_files',
  'broadcast_file_parts',
  'scheduled_sends',
  'seen',
  'idempotency',
  'media',
  'templates',
  'incidents',
]

/** Reads in the order of a key that end after a page: an apparent scan that reads the page only. */
export const FIRST_OF_A_TABLE = [
  'select seq from events order by seq desc limit 1',
  'select min(waiting_since) as since from lanes where waiting_since is not null',
]

/** The same: along the index of open incidents, which has nothing else, and along that of past ones. */
export const isPageOfIncidents = (text: string): boolean =>
  /^select id, kind, .+ from incidents where until_at is (not )?null order by \S+( desc, id desc)? limit \S+$/s.test(
    text,
  )

/** An `Sql` that records its statements. */
export function recorded(sql: Sql): { sql: Sql; asked: Map<string, readonly SqlValue[]> } {
  const asked = new Map<string, readonly SqlValue[]>()
  const note = (text: string, params: readonly SqlValue[] = []): void => void asked.set(text, params)
  return {
    asked,
    sql: {
      ...sql,
      all: (text, params) => (note(text, params), sql.all(text, params)),
      get: (text, params) => (note(text, params), sql.get(text, params)),
      run: (text, params) => (note(text, params), sql.run(text, params)),
      returning: (text, params) => (note(text, params), sql.returning(text, params)),
      atomically(statements: readonly Statement[]) {
        for (const one of statements) note(one.sql, one.params)
        return sql.atomically(statements)
      },
    },
  }
}

/** The growing tables that a plan reads completely. */
export async function scanned(engine: string, sql: Sql, text: string, params: readonly SqlValue[]): Promise<string[]> {
  if (engine === 'sqlite') {
    const names = new Map<string, string>()
    for (const [, table, alias] of text.matchAll(/(?:from|join|update|into)\s+(\w+)(?:\s+(?:as\s+)?(\w+))?/gi)) {
      names.set(table!, table!)
      if (alias !== undefined && !names.has(alias)) names.set(alias, table!)
    }
    const plan = await sql.all<{ detail: string }>(`explain query plan ${text}`, params)
    const tables = plan.map(({ detail }) => names.get(/^SCAN (\w+)/.exec(detail)?.[1] ?? ''))
    return tables.filter((table) => table !== undefined && GROWING.includes(table)) as string[]
  }
  const [row] = await sql.all<Record<string, [{ Plan: Plan }]>>(`explain (format json) ${text}`, params)
  return [...walked(Object.values(row!)[0]![0].Plan)]
}

type Plan = { 'Node Type': string; 'Relation Name'?: string; 'Index Cond'?: string; Plans?: Plan[] }

/** The growing tables that a plan of PostgreSQL's reads without a key: sequentially, or along an index. */
function* walked(plan: Plan): Generator<string> {
  const { 'Node Type': node, 'Relation Name': table = '', 'Index Cond': key } = plan
  const byKey = node === 'Bitmap Heap Scan' || node === 'Tid Scan' || key !== undefined
  // A partition is read as its table is.
  const of = table.replace(/^(events|messages)_\w+$/, '$1')
  if (/Scan$/.test(node) && GROWING.includes(of) && !byKey) yield of
  for (const below of plan.Plans ?? []) yield* walked(below)
}

import pg from 'pg'
import { afterReads } from '../../platform/deadline.ts'
import { StoreUnavailable } from '../../platform/errors.ts'
import { asStoreError } from './errors.ts'
import { type Prepared, type RoundTrip, Statements } from './round-trip.ts'
import type { Places } from '../../platform/postgres-url.ts'

/** A connection to a server that accepts writes. `lost` is true once it cannot be used any more. */
export type Connection = {
  readonly client: pg.Client
  readonly lost: boolean
  /** The server's warning that a commit is on one machine only, if there was one. */
  readonly unsafeCommit: boolean
  /** A new round trip of prepared statements. */
  roundTrip(): RoundTrip
  onLost: (() => void) | undefined
  close(): void
}

export type Connect = (purpose: Purpose) => Promise<Connection>
export type Purpose = 'writer' | 'reader' | 'listener' | 'migration'

/** The server's timeout comes first, so that its result is known. Ours is for servers that do not answer. */
const STATEMENT_MS = 15_000
export const PATIENCE = { connectMs: 5_000, silenceMs: 20_000 }

/**
 * The schema of all our tables. Other programs may have tables in the same database: our names are looked up nowhere
 * else.
 */
export const SCHEMA = 'postern'

const INT8 = 20
const parsers = { [INT8]: Number } as Record<number, (text: string) => unknown>
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    parsers[oid] ?? (pg.types.getTypeParser(oid, format as 'text') as (text: string) => unknown),
}

// Every lookup of ours uses an index and reads single rows. A plan made while a table was empty may prefer to read or
// join the whole table, and would stay in use when the table has grown.
const ALWAYS = `-c search_path=${SCHEMA} -c jit=off -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c lock_timeout=10s -c idle_in_transaction_session_timeout=30s`
const BY_PURPOSE: Record<Purpose, string> = {
  // All lookups are by key, so one plan fits every call.
  writer: `${ALWAYS} -c enable_bitmapscan=off -c plan_cache_mode=force_generic_plan -c statement_timeout=${STATEMENT_MS}`,
  reader: `${ALWAYS} -c statement_timeout=${STATEMENT_MS}`,
  listener: '-c statement_timeout=5000',
  // With the role's own search path: earlier versions created their tables there.
  migration: '-c statement_timeout=0 -c lock_timeout=0',
}

/** Finds the server that accepts writes among the places, the last used one first, and opens a session. */
export function createConnect(places: Places, patience = PATIENCE): Connect {
  let best = 0

  async function tryPlace(at: number, purpose: Purpose): Promise<Connection> {
    const url = places.urls[at]!
    try {
      return await open(url, purpose, places.writable, patience)
    } catch (error) {
      if (!places.plainWillDo || !/does not support SSL/.test((error as Error).message)) throw error
      return open(url.replace(/([?&])sslmode=require(&|$)/, '$1sslmode=disable$2'), purpose, places.writable, patience)
    }
  }

  return async (purpose) => {
    const problems: string[] = []
    const count = places.urls.length
    const first = best
    for (let i = 0; i < count; i++) {
      const at = (first + i) % count
      try {
        const connection = await tryPlace(at, purpose)
        best = at
        return connection
      } catch (error) {
        problems.push(`${places.names[at]}: ${asStoreError(error).message}`)
      }
    }
    throw new StoreUnavailable(problems.join('; '))
  }
}

async function open(url: string, purpose: Purpose, mustWrite: boolean, patience: typeof PATIENCE): Promise<Connection> {
  const client = new pg.Client({
    connectionString: url,
    options: BY_PURPOSE[purpose],
    application_name: `postern ${purpose}`,
    connectionTimeoutMillis: patience.connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: types as unknown as pg.CustomTypesConfig,
  })
  const silenceMs = purpose === 'migration' ? 600_000 : patience.silenceMs
  const submit = client.query.bind(client) as (statements: Statements) => unknown
  boundQueries(client, silenceMs)
  const prepared: Prepared = new Map()
  let lost = false
  let unsafe = false
  const connection: Connection = {
    client,
    get lost() {
      return lost
    },
    get unsafeCommit() {
      return unsafe
    },
    roundTrip() {
      const statements = new Statements(prepared, types)
      return {
        ask: (name, text, values) => statements.ask(name, text, values),
        async go() {
          const cancel = afterReads(silenceMs, () => statements.fail(silent(silenceMs)))
          try {
            submit(statements)
            return await statements.end
          } finally {
            cancel()
          }
        },
      }
    },
    onLost: undefined,
    close() {
      lost = true
      // Not awaited: a silent server would block here. end() sends the termination message, destroy closes the socket
      // anyway.
      client.end().catch(() => {})
      const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } }).connection
      setTimeout(() => stream.destroy(), 500).unref()
    },
  }
  // Without listeners a broken idle connection would end the process.
  client.on('error', () => {
    lost = true
    connection.onLost?.()
  })
  client.on('end', () => {
    lost = true
    connection.onLost?.()
  })
  client.on('notice', (notice) => {
    // An operator cancelled the wait for the standby: the commit is on this server only.
    if (/synchronous replication/.test(notice.message ?? '')) unsafe = true
  })
  try {
    await client.connect()
    const { rows } = await client.query<{ readonly: string; sync: string; path: string }>(
      `select current_setting('transaction_read_only') as readonly, current_setting('synchronous_commit') as sync,
         current_setting('search_path') as path`,
    )
    if (mustWrite && rows[0]!.readonly === 'on') throw new StoreUnavailable('it takes no writes now')
    // Acknowledged data must be on the disk: a server that is set to answer earlier is told to wait for these sessions.
    if (rows[0]!.sync === 'off' || rows[0]!.sync === 'local') await client.query(`set synchronous_commit = on`)
    // A pooler, or options in the URL, may have replaced our search path. In another schema we would read other
    // programs' tables.
    if (purpose !== 'migration' && rows[0]!.path !== SCHEMA) await client.query(`set search_path = ${SCHEMA}`)
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

/** Ends queries to a silent server. Not pg's own `query_timeout`, which fires before it reads the socket. */
function boundQueries(client: pg.Client, silenceMs: number): void {
  const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>
  const bounded = (...args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const cancel = afterReads(silenceMs, () => reject(silent(silenceMs)))
      query(...args)
        .then(resolve, reject)
        .finally(cancel)
    })
  client.query = bounded as unknown as typeof client.query
}

const silent = (ms: number): Error => new Error(`no answer within ${ms} ms`)

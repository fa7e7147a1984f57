import pg from 'pg'
import { afterReads } from '../../platform/deadline.ts'
import { StoreUnavailable } from '../../platform/errors.ts'
import { asStoreError } from './errors.ts'
import type { Places } from '../../platform/postgres-url.ts'

/** A connection to a server that takes writes. `lost` is true once it can be used no more. */
export type Connection = {
  readonly client: pg.Client
  readonly lost: boolean
  /** The server's warning that a commit is on one machine only, once there was one. */
  readonly unsafeCommit: boolean
  onLost: (() => void) | undefined
  close(): void
}

export type Connect = (purpose: Purpose) => Promise<Connection>
export type Purpose = 'writer' | 'reader' | 'listener' | 'migration'

/** The server gives up first, so that what it did is known; we give up on servers that say nothing. */
const STATEMENT_MS = 15_000
export const PATIENCE = { connectMs: 5_000, silenceMs: 20_000 }

/** The schema of all our tables. Others' tables may be in the same database: no name of ours is looked for elsewhere. */
export const SCHEMA = 'postern'

const INT8 = 20
const parsers = { [INT8]: Number } as Record<number, (text: string) => unknown>
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    parsers[oid] ?? (pg.types.getTypeParser(oid, format as 'text') as (text: string) => unknown),
}

// Every lookup of ours has an index and goes from row to row, but a plan made while a table was empty may prefer to read
// it whole, or to join it whole, and would keep doing so when it is not empty any more.
const ALWAYS = `-c search_path=${SCHEMA} -c jit=off -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c lock_timeout=10s -c idle_in_transaction_session_timeout=30s`
const BY_PURPOSE: Record<Purpose, string> = {
  // All lookups are by key, so one plan fits every call.
  writer: `${ALWAYS} -c enable_bitmapscan=off -c plan_cache_mode=force_generic_plan -c statement_timeout=${STATEMENT_MS}`,
  reader: `${ALWAYS} -c statement_timeout=${STATEMENT_MS}`,
  listener: '-c statement_timeout=5000',
  // With the role's own search path: versions before left their tables where it leads.
  migration: '-c statement_timeout=0 -c lock_timeout=0',
}

/** Finds the server that takes writes among the places, the last one that did first, and opens a session there. */
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
    // What a batch asks and writes is sent without waiting for one answer after the other.
    pipeline: purpose === 'writer',
    application_name: `postern ${purpose}`,
    connectionTimeoutMillis: patience.connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: types as unknown as pg.CustomTypesConfig,
  })
  boundQueries(client, purpose === 'migration' ? 600_000 : patience.silenceMs)
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
    onLost: undefined,
    close() {
      lost = true
      // Not waited for: a server that says nothing would keep us here. end() sends the goodbye, destroy ends it anyway.
      client.end().catch(() => {})
      const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } }).connection
      setTimeout(() => stream.destroy(), 500).unref()
    },
  }
  // Without listeners an idle connection that breaks would end the process.
  client.on('error', () => {
    lost = true
    connection.onLost?.()
  })
  client.on('end', () => {
    lost = true
    connection.onLost?.()
  })
  client.on('notice', (notice) => {
    // An operator cancelled the wait for the standby: the commit stands here and nowhere else.
    if (/synchronous replication/.test(notice.message ?? '')) unsafe = true
  })
  try {
    await client.connect()
    const { rows } = await client.query<{ readonly: string; sync: string; path: string }>(
      `select current_setting('transaction_read_only') as readonly, current_setting('synchronous_commit') as sync,
         current_setting('search_path') as path`,
    )
    if (mustWrite && rows[0]!.readonly === 'on') throw new StoreUnavailable('it takes no writes now')
    // What we acknowledge, we have: a server that is set to answer before the disk has it is asked to wait for us.
    if (rows[0]!.sync === 'off' || rows[0]!.sync === 'local') await client.query(`set synchronous_commit = on`)
    // A pooler, or options in the URL, may have put ours aside. In another schema we would read tables of others.
    if (purpose !== 'migration' && rows[0]!.path !== SCHEMA) await client.query(`set search_path = ${SCHEMA}`)
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

/** Gives up on a server that says nothing. Not pg's own `query_timeout`, which fires before it looks at the socket. */
function boundQueries(client: pg.Client, silenceMs: number): void {
  const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>
  const bounded = (...args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const cancel = afterReads(silenceMs, () => reject(new Error(`no answer within ${silenceMs} ms`)))
      query(...args)
        .then(resolve, reject)
        .finally(cancel)
    })
  client.query = bounded as unknown as typeof client.query
}

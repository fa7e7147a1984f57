import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import pg from 'pg'
import { afterReads } from '../../deadline.ts'
import type { Outbound } from '../../outbound/guard.ts'
import { tlsOptions } from './tls.ts'
import type { PostgresTarget } from './url.ts'

/** A connection to a customer's database. `lost` is true once it can be used no more. */
export type Connection = {
  readonly lost: boolean
  /** Runs `work`, whose statements may be sent without waiting for one answer after the other; closes late ones. */
  run<T>(timeoutMs: number, work: (client: pg.Client) => Promise<T>): Promise<T>
  close(): void
}

/** What a server may send in answer to one batch: some lines. A hostile one shall not fill our memory. */
const MOST_BYTES = 1 << 20

/** Connects to the first server that will do, at permitted addresses only. */
export async function connectPostgres(
  target: PostgresTarget,
  outbound: Pick<Outbound, 'socket'>,
  timeoutMs: number,
): Promise<Connection> {
  const until = performance.now() + timeoutMs
  const tls = await tlsOptions(target)
  const problems: Error[] = []
  for (const { host, port } of target.hosts) {
    const left = until - performance.now()
    if (left <= 0) break
    const patience = Math.min(left, target.connectTimeoutMs ?? left)
    const ways = waysOf(target, tls)
    for (const [i, ssl] of ways.entries()) {
      try {
        return await open(target, { host, port, ssl, outbound, timeoutMs: patience })
      } catch (error) {
        const isLast = i === ways.length - 1
        if (!isLast && REFUSES_TLS.test((error as Error).message)) continue
        problems.push(target.hosts.length > 1 ? named(error as Error, host, port) : (error as Error))
        break
      }
    }
  }
  if (problems.length === 1) throw problems[0]!
  throw new Error(problems.map(({ message }) => message).join('; ') || `no connection within ${timeoutMs} ms`)
}

const REFUSES_TLS = /does not support SSL/

/** `prefer` does without TLS where the server has none, and `allow` with it where the server asks for it. */
function waysOf({ sslMode }: PostgresTarget, tls: ConnectionOptions | false): (ConnectionOptions | false)[] {
  // libpq's `allow` begins without TLS. We begin with it: what can be encrypted is.
  return sslMode === 'prefer' || sslMode === 'allow' ? [tls, false] : [tls]
}

const named = (error: Error, host: string, port: number): Error => new Error(`${host}:${port}: ${error.message}`)

async function open(
  target: PostgresTarget,
  to: {
    host: string
    port: number
    ssl: ConnectionOptions | false
    outbound: Pick<Outbound, 'socket'>
    timeoutMs: number
  },
): Promise<Connection> {
  const client = new pg.Client({
    host: to.host.startsWith('[') ? to.host.slice(1, -1) : to.host,
    port: to.port,
    user: target.user,
    // A function, because pg looks into PGPASSWORD and ~/.pgpass when it is empty: those are not the customer's.
    password: () => target.password,
    database: target.database,
    ssl: to.ssl,
    stream: () => to.outbound.socket(),
    application_name: target.applicationName,
    ...(target.options !== undefined && { options: target.options }),
    client_encoding: 'UTF8',
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  })
  let lost = false
  const close = (): void => {
    lost = true
    // Not waited for: a server that says nothing would keep us here. end() sends the goodbye, destroy ends it anyway.
    client.end().catch(() => {})
    setTimeout(() => streamOf(client).destroy(), 500).unref()
  }
  // Without listeners an idle connection that breaks would end the process.
  client.on('error', () => (lost = true))
  client.on('end', () => (lost = true))
  const connection: Connection = {
    get lost() {
      return lost
    },
    async run(timeoutMs, work) {
      boundsOf(client).received = 0
      return within(timeoutMs, work(client), () => {
        lost = true
        streamOf(client).destroy()
      })
    },
    close,
  }
  try {
    const connecting = client.connect()
    boundAnswers(client, to.ssl !== false)
    await within(to.timeoutMs, connecting, () => streamOf(client).destroy())
    if (target.mustWrite) {
      const { rows } = await connection.run(to.timeoutMs, (one) =>
        one.query<{ transaction_read_only: string }>('show transaction_read_only'),
      )
      if (rows[0]?.transaction_read_only === 'on') throw new Error('it takes no writes now')
    }
    return connection
  } catch (error) {
    close()
    throw error
  }
}

function within<T>(ms: number, work: Promise<T>, onLate: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = afterReads(ms, () => {
      reject(new Error(`no answer within ${Math.round(ms)} ms`))
      onLate()
    })
    work.then(resolve, reject).finally(cancel)
  })
}

type Inner = { stream: Socket; once(event: 'sslconnect', listener: () => void): void }
const innerOf = (client: pg.Client): Inner => (client as unknown as { connection: Inner }).connection
const streamOf = (client: pg.Client): Socket => innerOf(client).stream

const bounds = new WeakMap<pg.Client, { received: number }>()

function boundsOf(client: pg.Client): { received: number } {
  let found = bounds.get(client)
  if (!found) bounds.set(client, (found = { received: 0 }))
  return found
}

/** Counts what the server sends, from the first byte that pg keeps, and ends the connection when it is too much. */
function boundAnswers(client: pg.Client, hasTls: boolean): void {
  const bound = boundsOf(client)
  const watch = (): void => {
    const stream = streamOf(client)
    stream.on('data', (chunk: Buffer) => {
      bound.received += chunk.length
      if (bound.received > MOST_BYTES) stream.destroy(new Error(`it sent more than ${MOST_BYTES} bytes`))
    })
  }
  if (hasTls) innerOf(client).once('sslconnect', watch)
  else watch()
}

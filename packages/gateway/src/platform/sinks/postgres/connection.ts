import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import pg from 'pg'
import { afterReads } from '../../deadline.ts'
import type { Outbound } from '../../outbound/guard.ts'
import { tlsOptions } from './tls.ts'
import type { PostgresTarget } from './url.ts'

/** A connection to a customer's database. `lost` is true once it cannot be used any more. */
export type Connection = {
  readonly lost: boolean
  /**
   * Runs `work`, whose statements may be sent without waiting for each answer; closes the connection when it takes too
   * long.
   */
  run<T>(timeoutMs: number, work: (client: pg.Client) => Promise<T>): Promise<T>
  close(): void
}

/** Maximum size of a server's answer to one batch, normally some lines. A hostile server must not fill our memory. */
const MOST_BYTES = 1 << 20

/** Connects to the first suitable server, at permitted addresses only. */
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

/** `prefer` connects without TLS when the server has none, and `allow` with TLS when the server requires it. */
function waysOf({ sslMode }: PostgresTarget, tls: ConnectionOptions | false): (ConnectionOptions | false)[] {
  // libpq's `allow` begins without TLS. We begin with TLS: whatever can be encrypted is.
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
    // A function, because pg reads PGPASSWORD and ~/.pgpass when it is empty: those are not the customer's.
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
    // Not awaited: a silent server would block here. end() sends the termination message, destroy closes the socket
    // anyway.
    client.end().catch(() => {})
    setTimeout(() => streamOf(client).destroy(), 500).unref()
  }
  // Without listeners a broken idle connection would end the process.
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

/**
 * Counts the bytes that the server sends, from the first byte that pg keeps, and ends the connection above the limit.
 */
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

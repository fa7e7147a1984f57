import { once } from 'node:events'
import { isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { AbstractConnector, Redis } from 'ioredis'
import { afterReads } from '../../deadline.ts'
import type { Outbound } from '../../outbound/guard.ts'
import { readPem } from '../pem.ts'
import type { RedisTarget } from './url.ts'

/** A connection to a customer's Redis. `lost` is true once it cannot be used any more. */
export type Connection = {
  readonly lost: boolean
  /** Runs `work`; ends the connection when it takes too long. */
  run<T>(timeoutMs: number, work: (redis: Redis) => Promise<T>): Promise<T>
  close(): void
}

/** Maximum size of a server's answer to one batch, normally some ids. A hostile server must not fill our memory. */
const MOST_BYTES = 1 << 20

/** Connects at permitted addresses only, authenticates and selects the database. */
export async function connectRedis(
  target: RedisTarget,
  outbound: Pick<Outbound, 'socket'>,
  timeoutMs: number,
): Promise<Connection> {
  let received = 0
  let lost = false
  let stream: Socket | undefined

  class Connector extends AbstractConnector {
    constructor() {
      super(0)
    }
    override async connect(): Promise<Socket> {
      this.connecting = true
      const socket = await openSocket(target, outbound, (opened) => (stream = opened))
      socket.on('data', (chunk: Buffer) => {
        received += chunk.length
        if (received > MOST_BYTES) socket.destroy(new Error(`it sent more than ${MOST_BYTES} bytes`))
      })
      this.stream = socket
      return socket
    }
  }
  const redis = new Redis({
    Connector,
    lazyConnect: true,
    protocol: 2,
    // A failure is reported at once, and the deliverer retries.
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // A user with few rights may not run this command.
    enableReadyCheck: false,
    disableClientInfo: true,
  })
  let problem: Error | undefined
  redis.on('error', (error: Error) => (problem ??= error))
  redis.on('end', () => (lost = true))
  const close = (): void => {
    lost = true
    redis.disconnect()
    stream?.destroy()
  }
  const connection: Connection = {
    get lost() {
      return lost
    },
    run(ms, work) {
      received = 0
      return new Promise((resolve, reject) => {
        const cancel = afterReads(ms, () => {
          reject(new Error(`no answer within ${Math.round(ms)} ms`))
          close()
        })
        work(redis)
          // ioredis only says that the connection is closed; the cause is more useful.
          .then(resolve, (error: Error) => reject(lost && problem ? problem : error))
          .finally(cancel)
      })
    },
    close,
  }
  try {
    await connection.run(timeoutMs, async () => {
      await redis.connect()
      if (target.username !== undefined) await redis.auth(target.username, target.password)
      else if (target.password !== '') await redis.auth(target.password)
      if (target.database !== 0) await redis.select(target.database)
    })
    return connection
  } catch (error) {
    close()
    throw error
  }
}

async function openSocket(
  target: RedisTarget,
  outbound: Pick<Outbound, 'socket'>,
  onOpen: (socket: Socket) => void,
): Promise<Socket> {
  const raw = outbound.socket()
  onOpen(raw)
  raw.setNoDelay(true)
  raw.connect(target.port, target.host)
  await once(raw, 'connect')
  raw.setKeepAlive(true, 10_000)
  if (!target.tls) return raw
  const host = target.host.replace(/^\[(.*)\]$/, '$1')
  const ca = target.caFile === undefined ? undefined : await readPem('cafile', target.caFile)
  const secure = connectTls({
    socket: raw,
    host,
    // SNI is for names (RFC 6066, 3).
    ...(isIP(host) === 0 && { servername: host }),
    ...(ca !== undefined && { ca }),
  })
  onOpen(secure)
  await once(secure, 'secureConnect')
  return secure
}

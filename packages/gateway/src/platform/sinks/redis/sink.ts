import { crc32 } from 'node:zlib'
import { type Answer, isOurs } from '../../answer.ts'
import type { Outbound } from '../../outbound/guard.ts'
import { type Sink, type SinkEvent, WRITTEN } from '../sink.ts'
import { createWriteQueue, type LaneEvents, type Written } from '../write-queue.ts'
import { connectRedis, type Connection } from './connection.ts'
import { type RedisTarget, streamsOf } from './url.ts'

export type RedisSinkOptions = {
  target: RedisTarget
  outbound: Pick<Outbound, 'socket'>
  mostRows?: number
  mostBytes?: number
  /** How long an idle connection is kept. */
  idleMs?: number
}

/**
 * Adds events to a stream of a customer's Redis, at least once: an entry whose acknowledgement was lost is added again,
 * with the same `event_id`. One connection and one transaction at a time, so that contacts keep their order.
 */
export function createRedisSink(options: RedisSinkOptions): Sink {
  const { target, outbound } = options
  const streams = streamsOf(target)
  let kept: Connection | undefined
  let cancelIdle = (): void => {}

  const queue = createWriteQueue({
    batches: 1,
    mostRows: options.mostRows ?? 500,
    mostBytes: options.mostBytes ?? 4 << 20,
    run: write,
  })

  async function write(batch: readonly LaneEvents[], timeoutMs: number): Promise<Written[]> {
    const until = performance.now() + timeoutMs
    cancelIdle()
    try {
      if (!kept || kept.lost) kept = await connectRedis(target, outbound, timeoutMs)
      await add(kept, batch, Math.max(1, until - performance.now()))
      closeWhenIdle()
      return batch.map(({ events }) => ({ status: WRITTEN, text: 'added', written: events.length }))
    } catch (error) {
      // Also after an error of one command: reusing the connection is not worth the risk.
      kept?.close()
      kept = undefined
      return batch.map(() => ({ ...failed(error), written: 0 }))
    }
  }

  /** All entries or none: commands that Redis refuses for lack of memory or rights end the transaction. */
  async function add(connection: Connection, batch: readonly LaneEvents[], timeoutMs: number): Promise<void> {
    await connection.run(timeoutMs, async (redis) => {
      const transaction = redis.multi()
      for (const { lane, events } of batch) {
        const stream = streams[crc32(lane) % streams.length]!
        const bound = target.maxLength === undefined ? [] : ['MAXLEN', '~', target.maxLength]
        for (const event of events) transaction.call('XADD', stream, ...bound, '*', ...fieldsOf(event))
      }
      const replies = await transaction.exec()
      if (!replies) throw new Error('Redis did not execute the transaction')
      for (const [error] of replies) if (error) throw error
    })
  }

  function closeWhenIdle(): void {
    const timer = setTimeout(() => {
      kept?.close()
      kept = undefined
    }, options.idleMs ?? 60_000).unref()
    cancelIdle = () => clearTimeout(timer)
  }

  const failed = (error: unknown): Omit<Answer, 'ms'> => ({
    status: null,
    text: wordsOf(error, target.password),
    ...(isOurs(error) && { notSent: true }),
  })

  async function test(event: SinkEvent, timeoutMs: number): Promise<Answer> {
    const startedAt = performance.now()
    const ms = (): number => performance.now() - startedAt
    let connection: Connection | undefined
    try {
      connection = await connectRedis(target, outbound, timeoutMs)
      await add(connection, [{ lane: 'test', events: [event] }], Math.max(1, timeoutMs - ms()))
      return { status: WRITTEN, text: 'an entry was added', ms: ms() }
    } catch (error) {
      return { ...failed(error), ms: ms() }
    } finally {
      connection?.close()
    }
  }

  return {
    write: queue.push,
    test,
    async close() {
      await queue.close()
      cancelIdle()
      kept?.close()
    },
  }
}

/** The fields of an entry. Values of a stream are text. */
function fieldsOf(event: SinkEvent): string[] {
  return [
    ...['event_id', event.id],
    ...['channel_id', String(event.channelId)],
    ...['event', event.event],
    ...['contact', event.contact ?? ''],
    ...['created_at', String(Math.floor(event.createdAt / 1000))],
    ...['body', event.body],
  ]
}

/** The message for an operator: Redis's own text without our values, and without the password. */
function wordsOf(error: unknown, password: string): string {
  const { message, name, code, previousErrors } = error as NodeJS.ErrnoException & { previousErrors?: Error[] }
  // An aborted transaction only says so; the error of its first command has the reason.
  const text = previousErrors?.[0]?.message ?? (message || name)
  const said = text.replace(/,? with args beginning with:.*$/s, '')
  const told = code && !said.includes(code) ? `${code}: ${said}` : said
  return (password.length < 3 ? told : told.replaceAll(password, '…')).slice(0, 500)
}

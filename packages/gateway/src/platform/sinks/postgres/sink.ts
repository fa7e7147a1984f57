import type pg from 'pg'
import { isOurs, type Answer } from '../../answer.ts'
import type { Outbound } from '../../outbound/guard.ts'
import { type Sink, type SinkEvent, WRITTEN } from '../sink.ts'
import { createWriteQueue, type LaneEvents, type Written } from '../write-queue.ts'
import { connectPostgres, type Connection } from './connection.ts'
import { prepareTables, type Shape } from './tables.ts'
import type { PostgresTarget } from './url.ts'
import { endsConnection, isOfSomeRow, isOfTables, wordsOf } from './words.ts'
import { beginSql, type Owner, writeEvents } from './write.ts'

export type PostgresSinkOptions = {
  target: PostgresTarget
  owner: Owner
  outbound: Pick<Outbound, 'socket'>
  /** Maximum number of connections for writes; one more for a test. */
  connections?: number
  mostRows?: number
  mostBytes?: number
  /** How long an idle connection is kept. */
  idleMs?: number
}

/**
 * Writes events into a customer's PostgreSQL, each exactly once: rows and cursors are in one transaction, and a write
 * whose answer was lost finds its cursor moved.
 */
export function createPostgresSink(options: PostgresSinkOptions): Sink {
  const { target, owner, outbound } = options
  const idle: { connection: Connection; since: number }[] = []
  let closed = false
  let shape: Shape | undefined
  let cancelSweep = (): void => {}

  const queue = createWriteQueue({
    batches: options.connections ?? 2,
    mostRows: options.mostRows ?? 500,
    mostBytes: options.mostBytes ?? 4 << 20,
    run: write,
  })

  async function take(timeoutMs: number): Promise<Connection> {
    for (let next = idle.pop(); next; next = idle.pop()) if (!next.connection.lost) return next.connection
    return connectPostgres(target, outbound, timeoutMs)
  }

  function giveBack(connection: Connection): void {
    if (closed || connection.lost) return connection.close()
    idle.push({ connection, since: performance.now() })
    cancelSweep()
    const idleMs = options.idleMs ?? 60_000
    const timer = setTimeout(() => {
      const until = performance.now() - idleMs
      for (const old of idle.filter(({ since }) => since <= until + 5)) {
        idle.splice(idle.indexOf(old), 1)
        old.connection.close()
      }
    }, idleMs).unref()
    cancelSweep = () => clearTimeout(timer)
  }

  async function write(batch: readonly LaneEvents[], timeoutMs: number): Promise<Written[]> {
    const until = performance.now() + timeoutMs
    try {
      const connection = await take(timeoutMs)
      const parts = await commitParts(connection, batch, until)
      giveBack(connection)
      return parts
    } catch (error) {
      return batch.map(() => failed(error, 0))
    }
  }

  /** Writes a batch in one transaction. When a row is refused, finds its lane. */
  async function commitParts(connection: Connection, batch: readonly LaneEvents[], until: number): Promise<Written[]> {
    const problem = await commit(connection, batch, until)
    if (problem === undefined) return batch.map(({ events }) => done(events.length))
    if (connection.lost || !isOfSomeRow(problem.error)) return batch.map(() => failed(problem.error, 0))
    if (batch.length === 1) return [await commitOneByOne(connection, batch[0]!, until, problem.error)]
    const parts: Written[] = []
    for (const one of batch) {
      const isOver = connection.lost || performance.now() >= until
      parts.push(...(isOver ? [failed(problem.error, 0)] : await commitParts(connection, [one], until)))
    }
    return parts
  }

  /** Writes the events of one lane before the refused one: only later events of that lane must wait. */
  async function commitOneByOne(
    connection: Connection,
    { lane, events }: LaneEvents,
    until: number,
    refusal: unknown,
  ): Promise<Written> {
    if (events.length === 1) return failed(refusal, 0)
    for (const [i, event] of events.entries()) {
      const problem = await commit(connection, [{ lane, events: [event] }], until)
      if (problem) return failed(problem.error, i)
    }
    return done(events.length)
  }

  /** One transaction. Returns the reason why it was not committed; closes an unusable connection. */
  async function commit(
    connection: Connection,
    batch: readonly LaneEvents[],
    until: number,
  ): Promise<{ error: unknown } | undefined> {
    const left = until - performance.now()
    try {
      if (left <= 0) throw new Error('the time for the write is over')
      await connection.run(left, (client) => transact(client, batch, left))
      return undefined
    } catch (error) {
      if (isOfTables(error)) shape = undefined
      if (endsConnection(error)) connection.close()
      return { error }
    }
  }

  async function transact(client: pg.Client, batch: readonly LaneEvents[], timeoutMs: number): Promise<void> {
    shape ??= await prepare(client, timeoutMs)
    // Sent together: when one fails, PostgreSQL rolls back at the commit.
    const [begun, written, ended] = await Promise.allSettled([
      client.query(beginSql(timeoutMs)),
      writeEvents(client, { owner, target, shape }, batch),
      client.query('commit'),
    ])
    for (const part of [begun, written, ended]) if (part.status === 'rejected') throw part.reason
    if (ended.status === 'fulfilled' && ended.value.command !== 'COMMIT')
      throw new Error('the database rolled the transaction back')
  }

  /** Creates missing tables, in a commit of its own. */
  async function prepare(client: pg.Client, timeoutMs: number): Promise<Shape> {
    await client.query(beginSql(timeoutMs))
    try {
      const found = await prepareTables(client, target)
      await client.query('commit')
      return found
    } catch (error) {
      await client.query('rollback')
      throw error
    }
  }

  const done = (written: number): Written => ({ status: WRITTEN, text: 'committed', written })
  const failed = (error: unknown, written: number): Written => ({
    status: null,
    text: wordsOf(error, target.password),
    written,
    ...(isOurs(error) && { notSent: true }),
  })

  async function test(event: SinkEvent, timeoutMs: number): Promise<Answer> {
    const startedAt = performance.now()
    const until = startedAt + timeoutMs
    let connection: Connection | undefined
    const answer = (given: Omit<Answer, 'ms'>): Answer => ({ ...given, ms: performance.now() - startedAt })
    try {
      connection = await connectPostgres(target, outbound, timeoutMs)
      const left = Math.max(1, until - performance.now())
      await connection.run(left, async (client) => {
        const found = await prepare(client, left)
        await client.query(beginSql(left))
        await writeEvents(client, { owner, target, shape: found }, [{ lane: `test ${event.id}`, events: [event] }])
        await client.query('rollback')
      })
      return answer({ status: WRITTEN, text: 'a row and a cursor were written and rolled back' })
    } catch (error) {
      return answer({ status: null, text: wordsOf(error, target.password), ...(isOurs(error) && { notSent: true }) })
    } finally {
      connection?.close()
    }
  }

  return {
    write: queue.push,
    test,
    async close() {
      closed = true
      cancelSweep()
      await queue.close()
      for (const { connection } of idle.splice(0)) connection.close()
    },
  }
}

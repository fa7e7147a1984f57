import { StoreUnavailable } from '../../platform/errors.ts'
import { newMessageId } from '../../platform/ids.ts'
import type { Settled } from '../batcher.ts'
import { decided } from '../core/decide.ts'
import type { Operation } from '../core/operations.ts'
import type { Connect, Connection } from './connect.ts'
import { asStoreError, endsConnection, isConflict, isOvertaken, isUniqueViolation } from './errors.ts'
import type { Gathering } from './gathering.ts'
import { load } from './load.ts'
import { keepPlansFresh } from './plans.ts'
import { asWriteError, unconfirmed } from './unconfirmed.ts'
import { write } from './write.ts'

const TRIES = 5
const MOST_FACTS = 2000

/** Epoch milliseconds of the database's clock, which all nodes share. */
export const SERVER_TIME = 'select (extract(epoch from clock_timestamp()) * 1000)::bigint as now'

/**
 * Commits batches, one at a time, on a connection of its own. A batch takes two round trips: one locks and loads its
 * rows (a second one, where the decision needs more), the other writes the decision and commits. A write that causes an error is found by halving the batch, so that
 * the others are stored.
 */
export function createWriter(options: {
  connect: Connect
  now?: (() => number) | undefined
  shard: number
  /** Gets each commit. */
  gathering: Pick<Gathering, 'committed'>
  /** Gets the time of each commit, by the store's clock. */
  onTime?: (at: number) => void
}) {
  const { connect, now, shard, gathering, onTime } = options
  const ids = { message: newMessageId }
  /** Unused contact ids. A failed batch loses the ids that it used. */
  const stock: number[] = []
  let connection: Connection | undefined
  let freshPlans: ((now: number) => Promise<void>) | undefined

  async function ready(): Promise<Connection> {
    if (!connection || connection.lost) {
      connection = undefined
      connection = await connect('writer')
      freshPlans = keepPlansFresh(connection.client)
    }
    const used = connection
    try {
      await freshPlans!(performance.now())
    } catch (error) {
      // Nothing was sent yet.
      used.close()
      if (connection === used) connection = undefined
      throw error
    }
    return used
  }

  async function run(operations: readonly Operation[]): Promise<Settled[]> {
    const used = await ready()
    const startedAt = performance.now()
    let began = false
    let handedOver = false
    try {
      let at = 0
      let time: { now: number }[] | Promise<{ now: number }[]> = []
      const { changes, answers } = await decided(
        operations,
        async (asked) => {
          const loading = used.roundTrip()
          if (!began) {
            began = true
            void loading.ask('begin', 'begin', [])
            time = now ? [{ now: now() }] : loading.ask<{ now: number }>('server_time', SERVER_TIME, [])
          }
          const rows = load(loading.ask, asked, now, stock)
          const [, [clock], snapshot] = await together([loading.go(), time, rows])
          return { ...snapshot, now: (at = clock!.now) }
        },
        ids,
      )
      stock.splice(0, changes.contactsMade.length)
      // From here on a lost connection leaves the commit unknown.
      handedOver = true
      const writing = used.roundTrip()
      const written = write(writing.ask, changes, at, shard)
      void writing.ask('commit', 'commit', [])
      const [tag] = await together([writing.go(), ...written])
      began = false
      if (tag !== 'COMMIT') throw new Error('a commit was rolled back')
      // Committed on one machine only: a loss of that machine would lose it. The caller must not take it as stored.
      if (used.unsafeCommit) throw unconfirmed()
      const places = changes.eventsMade.map(({ event }) => event.seq)
      gathering.committed({ ms: performance.now() - startedAt, writes: operations.length, places })
      onTime?.(at)
      return answers
    } catch (error) {
      if (endsConnection(error)) {
        used.close()
        if (connection === used) connection = undefined
      } else if (began) {
        await used.client.query('rollback').catch(() => used.close())
      }
      throw handedOver ? asWriteError(error) : error
    }
  }

  /** Tries again after conflicts with other nodes. */
  async function commit(operations: readonly Operation[]): Promise<Settled[]> {
    for (let i = 1; ; i++) {
      try {
        return await run(operations)
      } catch (error) {
        // The second snapshot contains the other node's row, so a unique violation becomes a known name or message.
        if (i >= TRIES || !(isConflict(error) || isUniqueViolation(error) || isOvertaken(error))) throw error
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5 * i))
      }
    }
  }

  async function settle(operations: readonly Operation[]): Promise<Settled[]> {
    try {
      return await commit(operations)
    } catch (cause) {
      const error = asStoreError(cause)
      if (error instanceof StoreUnavailable || operations.length === 1)
        return operations.map(() => ({ ok: false, error }))
      const half = operations.length >> 1
      return [...(await settle(operations.slice(0, half))), ...(await settle(operations.slice(half)))]
    }
  }

  return {
    async flush(operations: Operation[]): Promise<Settled[]> {
      const settled: Settled[] = []
      for (const part of parts(operations)) settled.push(...(await settle(part)))
      return settled
    },
    close(): void {
      connection?.close()
    },
  }
}

/** Divides the operations into transactions, in order: limited, because one webhook may have a thousand facts. */
function* parts(operations: readonly Operation[]): Generator<readonly Operation[]> {
  let from = 0
  let facts = 0
  for (const [i, operation] of operations.entries()) {
    const more = operation.kind === 'facts' ? operation.facts.length : 0
    if (i > from && facts + more > MOST_FACTS) {
      yield operations.slice(from, i)
      from = i
      facts = 0
    }
    facts += more
  }
  if (from < operations.length) yield operations.slice(from)
}

/**
 * Waits for all even when one fails, so that no statement is in progress after an answer. Then throws the first
 * failure.
 */
async function together<const T extends readonly unknown[]>(
  promises: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.allSettled(promises)
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  }) as never
}

import { StoreUnavailable } from '../../errors.ts'
import type { Settled } from '../batcher.ts'
import type { Applied, Fact } from '../store.ts'
import { argumentsOf, type BatchAnswer, COMMIT_SQL, type Op, resultsOf } from './batch.ts'
import type { Connect, Connection } from './connect.ts'
import { asStoreError, endsConnection, isConflict, isUniqueViolation } from './errors.ts'

const COMMIT = { name: 'commit', text: COMMIT_SQL }
const TRIES = 5
const MOST_FACTS = 2000

/**
 * Commits batches, one at a time, on a connection of its own. A batch is one statement and its own transaction; what
 * one write does wrong is found by halving, so that the others are kept.
 */
export function createWriter(options: { connect: Connect; now: () => number }) {
  const { connect, now } = options
  let connection: Connection | undefined

  async function ready(): Promise<Connection> {
    if (connection && !connection.lost) return connection
    connection = undefined
    connection = await connect('writer')
    return connection
  }

  async function run<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const used = await ready()
    try {
      const value = await work(used)
      // Committed on one machine only: if that one is lost, so is this. Whoever waits must not take it as kept.
      if (used.unsafeCommit) throw new StoreUnavailable('PostgreSQL: the standby did not confirm a commit')
      return value
    } catch (error) {
      if (endsConnection(error)) {
        used.close()
        if (connection === used) connection = undefined
      }
      throw error
    }
  }

  async function call(on: Connection, ops: readonly Op[]): Promise<unknown[]> {
    const at = now()
    const { rows } = await on.client.query<{ answer: BatchAnswer }>({ ...COMMIT, values: argumentsOf(ops, at) })
    return resultsOf(ops, rows[0]!.answer, at)
  }

  /** Tries again while other nodes are in the way. */
  async function commit(work: (connection: Connection) => Promise<unknown[]>): Promise<unknown[]> {
    for (let i = 1; ; i++) {
      try {
        return await run(work)
      } catch (error) {
        // At the second look the other node's row is there to be found, so a taken key may be one more duplicate.
        if (i >= TRIES || !(isConflict(error) || (isUniqueViolation(error) && i <= 3))) throw error
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5 * i))
      }
    }
  }

  async function settle(ops: readonly Op[]): Promise<Settled[]> {
    try {
      const results = await commit((on) => call(on, ops))
      return results.map((value) => ({ ok: true, value }))
    } catch (cause) {
      const error = asStoreError(cause)
      if (error instanceof StoreUnavailable || ops.length === 1) return ops.map(() => ({ ok: false, error }))
      const half = ops.length >> 1
      return [...(await settle(ops.slice(0, half))), ...(await settle(ops.slice(half)))]
    }
  }

  /** A webhook that renames somebody: what follows in it must see the new name, so its facts go one by one. */
  async function settleRenaming(op: Extract<Op, { kind: 'facts' }>): Promise<Settled> {
    try {
      const results = await commit(async (on) => {
        await on.client.query('begin')
        try {
          const parts: unknown[] = []
          for (const fact of op.facts) parts.push(...(await call(on, [{ ...op, facts: [fact] }])))
          await on.client.query('commit')
          return parts
        } catch (error) {
          await on.client.query('rollback').catch(() => on.close())
          throw error
        }
      })
      return { ok: true, value: joined(results) }
    } catch (error) {
      return { ok: false, error: asStoreError(error) }
    }
  }

  return {
    async flush(ops: Op[]): Promise<Settled[]> {
      const settled: Settled[] = []
      for (const run of runsOf(ops)) {
        const [first] = run
        if (run.length === 1 && first?.kind === 'facts' && goesAlone(first)) settled.push(await settleRenaming(first))
        else settled.push(...(await settle(run)))
      }
      return settled
    },
    close(): void {
      connection?.close()
    },
  }
}

const goesAlone = (op: Op): boolean => op.kind === 'facts' && op.facts.length > 1 && op.facts.some(renames)

/** What may share a statement, in order: bounded, since one webhook may carry a thousand facts. */
function* runsOf(ops: readonly Op[]): Generator<readonly Op[]> {
  let from = 0
  let facts = 0
  for (const [i, op] of ops.entries()) {
    const alone = goesAlone(op)
    const more = op.kind === 'facts' ? op.facts.length : 0
    if (i > from && (alone || facts + more > MOST_FACTS)) {
      yield ops.slice(from, i)
      from = i
      facts = 0
    }
    facts += more
    if (!alone) continue
    yield ops.slice(from, i + 1)
    from = i + 1
    facts = 0
  }
  if (from < ops.length) yield ops.slice(from)
}

const renames = (fact: Fact): boolean => fact.kind !== 'status' && fact.becomes !== undefined

/** What the parts of one webhook brought, as if it had been applied at once. */
function joined(parts: unknown[]): Applied {
  const all: Applied = { events: 0, duplicates: 0, leased: [], nudge: [] }
  const nudge = new Set<number>()
  for (const part of parts as Applied[]) {
    all.events += part.events
    all.duplicates += part.duplicates
    all.leased.push(...part.leased)
    for (const channelId of part.nudge) nudge.add(channelId)
  }
  return { ...all, nudge: [...nudge] }
}

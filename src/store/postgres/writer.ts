import { StoreUnavailable } from '../../errors.ts'
import type { Settled } from '../batcher.ts'
import type { Fact } from '../store.ts'
import { argumentsOf, type BatchAnswer, COMMIT_SQL, type Op, resultsOf } from './batch.ts'
import type { Connect, Connection } from './connect.ts'
import { asWriteError, unconfirmed } from './unconfirmed.ts'
import { asStoreError, endsConnection, isConflict, isUniqueViolation } from './errors.ts'
import { identify, needsIdentifying, unsettled } from './identify.ts'

const COMMIT = { name: 'commit', text: COMMIT_SQL }
const TRIES = 5
const MOST_FACTS = 2000
const MOST_IDENTIFIED = 100

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
      if (used.unsafeCommit) throw unconfirmed()
      return value
    } catch (error) {
      if (endsConnection(error)) {
        used.close()
        if (connection === used) connection = undefined
      }
      throw asWriteError(error)
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

  /** Sees to the names that a batch cannot judge. Answers the webhooks for which that failed, with the reason. */
  async function identifyAll(ops: readonly Op[]): Promise<Map<Op, Error>> {
    const failed = new Map<Op, Error>()
    const webhooks = ops.filter((op) => op.kind === 'facts' && op.facts.some(needsIdentifying))
    if (webhooks.length === 0) return failed
    const facts = (op: Op): Fact[] => (op.kind === 'facts' ? op.facts.filter(needsIdentifying) : [])
    try {
      await identifyFacts(webhooks.flatMap(facts))
    } catch (error) {
      if (webhooks.length === 1 || asStoreError(error) instanceof StoreUnavailable) {
        for (const op of webhooks) failed.set(op, asStoreError(error))
        return failed
      }
      // One of them spoils it for the others.
      for (const op of webhooks) {
        await identifyFacts(facts(op)).catch((reason: unknown) => failed.set(op, asStoreError(reason)))
      }
    }
    return failed
  }

  /** In transactions that are short, since all other nodes wait for their locks before they make somebody. */
  async function identifyFacts(facts: readonly Fact[]): Promise<void> {
    for (let from = 0; from < facts.length; from += MOST_IDENTIFIED) {
      await commit(async (on) => {
        const left = await unsettled(on.client, facts.slice(from, from + MOST_IDENTIFIED))
        if (left.length > 0) await inTransaction(on, () => identify(on.client, left, now()))
        return []
      })
    }
  }

  return {
    async flush(ops: Op[]): Promise<Settled[]> {
      const failed = await identifyAll(ops)
      const rest = failed.size === 0 ? ops : ops.filter((op) => !failed.has(op))
      const settled: Settled[] = []
      for (const run of runsOf(rest)) settled.push(...(await settle(run)))
      if (failed.size === 0) return settled
      const results = settled.values()
      return ops.map((op) => (failed.has(op) ? { ok: false, error: failed.get(op)! } : results.next().value!))
    },
    close(): void {
      connection?.close()
    },
  }
}

async function inTransaction(on: Connection, work: () => Promise<void>): Promise<void> {
  await on.client.query('begin')
  try {
    await work()
    await on.client.query('commit')
  } catch (error) {
    await on.client.query('rollback').catch(() => on.close())
    throw error
  }
}

/** What may share a statement, in order: bounded, since one webhook may carry a thousand facts. */
function* runsOf(ops: readonly Op[]): Generator<readonly Op[]> {
  let from = 0
  let facts = 0
  for (const [i, op] of ops.entries()) {
    const more = op.kind === 'facts' ? op.facts.length : 0
    if (i > from && facts + more > MOST_FACTS) {
      yield ops.slice(from, i)
      from = i
      facts = 0
    }
    facts += more
  }
  if (from < ops.length) yield ops.slice(from)
}

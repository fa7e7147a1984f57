import type { Clock } from '@postern/runtime/clock'
import { StoreUnavailable } from '../../platform/errors.ts'
import { keepUses } from '../../store/api-keys.ts'
import type { Sql } from '../../store/sql.ts'

const EVERY_MS = 60_000

export type KeyUses = {
  /** Notes that a key was used now. */
  used(id: string): void
  /** The last use that this node knows, in epoch milliseconds. */
  lastOf(id: string): number | undefined
  stop(): Promise<void>
}

/** When API keys were last used: in memory at each call, in the store once a minute. */
export function createKeyUses({ sql, clock }: { sql: Sql; clock: Clock }): KeyUses {
  const uses = new Map<string, number>()
  const unwritten = new Set<string>()
  let cancel: (() => void) | undefined

  async function write(): Promise<void> {
    cancel = undefined
    const ids = [...unwritten]
    unwritten.clear()
    if (ids.length === 0) return
    try {
      await keepUses(sql, new Map(ids.map((id) => [id, uses.get(id)!])))
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      for (const id of ids) unwritten.add(id)
    }
  }

  return {
    used(id) {
      uses.set(id, clock.now())
      unwritten.add(id)
      cancel ??= clock.after(EVERY_MS, () => void write())
    },
    lastOf: (id) => uses.get(id),
    async stop() {
      cancel?.()
      await write()
    },
  }
}

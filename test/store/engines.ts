import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ManualClock } from '../../packages/runtime/src/clock.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { openStore } from '../../packages/gateway/src/store/open.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { overPort } from '../support/over-port.ts'
import { dropDatabase, freshDatabase } from '../support/shared-postgres.ts'

export const CHANNEL = 7
export const OTHER = 8
/** Has no endpoint, so that nothing is delivered. */
export const SILENT = 9

/**
 * A store at the beginning of a test: empty except for the endpoints of two channels, each with its channel's number.
 */
export type World = {
  engine: 'sqlite' | 'postgres'
  store: Store
  clock: ManualClock
  /** The store of another node: another pool on PostgreSQL, the same file's only process on SQLite. */
  node(): Promise<Store>
  /** Closes everything and opens it again, as a restart does. */
  reopen(): Promise<Store>
}

const ENGINES = ['sqlite', 'postgres'] as const

/** One test for each engine: both must give the same result. */
export function onBothEngines(title: string, check: (world: World) => Promise<void>): void {
  for (const engine of ENGINES) {
    test(`${engine}: ${title}`, { timeout: 60_000 }, () => inWorld(engine, check))
  }
}

export async function inWorld(engine: World['engine'], check: (world: World) => Promise<void>): Promise<void> {
  const clock = new ManualClock()
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-store-'))
  const databaseUrl = engine === 'postgres' ? await freshDatabase() : undefined
  const stores: Store[] = []
  const open = async (): Promise<Store> => {
    const opened = await openStore({ dataDir, databaseUrl }, clock, silentLog, () => clock.now())
    const store = overPort(opened, clock)
    stores.push(store)
    return store
  }
  const closeAll = async (): Promise<void> => {
    for (const store of stores.splice(0)) await store.close()
  }
  try {
    const store = await open()
    for (const channelId of [CHANNEL, OTHER]) {
      await store.sql.run(
        `insert into endpoints (id, channel_id, url, secret, updated_at) values ($1, $1, $2, $3, $4)`,
        [channelId, 'https://customer.example/hook', new Uint8Array([1, 2, 3]), clock.now()],
      )
    }
    // The sequence does not notice ids that were chosen by hand, and would give them again.
    if (engine === 'postgres')
      await store.sql.get(`select setval(pg_get_serial_sequence('endpoints', 'id'), $1)`, [Math.max(CHANNEL, OTHER)])
    await check({
      engine,
      store,
      clock,
      node: async () => (engine === 'sqlite' ? stores[0]! : open()),
      async reopen() {
        await closeAll()
        return open()
      },
    })
  } finally {
    await closeAll()
    rmSync(dataDir, { recursive: true, force: true })
    if (databaseUrl !== undefined) await dropDatabase(databaseUrl)
  }
}

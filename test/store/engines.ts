import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ManualClock } from '../../src/clock.ts'
import { silentLog } from '../../src/log.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { dropDatabase, freshDatabase } from '../support/shared-postgres.ts'

export const CHANNEL = 7
export const OTHER = 8
/** Has no endpoint, so that nothing is delivered. */
export const SILENT = 9

/** One store as the test begins: empty but for three channels' endpoints. */
export type World = {
  engine: 'sqlite' | 'postgres'
  store: Store
  clock: ManualClock
  /** The store as another node sees it: another pool on PostgreSQL, the same file's only process on SQLite. */
  node(): Promise<Store>
  /** Closes everything and opens it again, as a restart does. */
  reopen(): Promise<Store>
}

/** Leases and due times by the clock of whichever node asks, as long as all share one. */
async function followClocksOfNodes(store: Store): Promise<void> {
  await store.sql.run(
    `create or replace function store_now(p_now bigint) returns bigint language sql volatile as 'select p_now'`,
  )
}

const ENGINES = ['sqlite', 'postgres'] as const

/** One test for each engine: what one does, the other does. */
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
    const store = await openStore({ dataDir, databaseUrl }, clock, silentLog)
    stores.push(store)
    // The database's clock cannot be moved; in its place stands the one that the test moves.
    if (engine === 'postgres') await followClocksOfNodes(store)
    return store
  }
  const closeAll = async (): Promise<void> => {
    for (const store of stores.splice(0)) await store.close()
  }
  try {
    const store = await open()
    for (const channelId of [CHANNEL, OTHER]) {
      await store.sql.run(`insert into endpoints (channel_id, url, secret, updated_at) values ($1, $2, $3, $4)`, [
        channelId,
        'https://customer.example/hook',
        new Uint8Array([1, 2, 3]),
        clock.now(),
      ])
    }
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

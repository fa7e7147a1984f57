import type { Clock } from '@postern/runtime/clock'
import type { Config } from '../platform/config.ts'
import type { Store } from './store.ts'

/** The log of an engine. */
export type OpenLog = { debug(what: { err: unknown }, event: string): void }

export type StoreSettings = Pick<Config, 'dataDir' | 'databaseUrl'> & Partial<Pick<Config, 'storeReaders'>>

/** Opens the engine of the settings and runs its migrations. The other engine is not loaded. */
export async function openStore(
  config: StoreSettings,
  clock: Clock,
  log: OpenLog = { debug: () => {} },
  /** The time for leases on PostgreSQL, when it is not the server's: a test moves it. */
  storeTime?: () => number,
): Promise<Store> {
  if (config.databaseUrl !== undefined) {
    const { openPostgres } = await import('./postgres/engine.ts')
    return openPostgres({ url: config.databaseUrl, clock, log, storeTime, readers: config.storeReaders })
  }
  const { openSqlite } = await import('./sqlite/engine.ts')
  return openSqlite({ dataDir: config.dataDir, clock, readers: config.storeReaders })
}

import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { type Log, silentLog } from '../log.ts'
import { openPostgres } from './postgres/engine.ts'
import { openSqlite } from './sqlite/engine.ts'
import type { Store } from './store.ts'

/** The engine the settings name, with its migrations done. */
export async function openStore(
  config: Pick<Config, 'dataDir' | 'databaseUrl'>,
  clock: Clock,
  log: Log = silentLog,
  /** The time that nodes on one PostgreSQL judge leases by, where it is not the server's: a test moves it. */
  storeTime?: () => number,
): Promise<Store> {
  if (config.databaseUrl !== undefined) return openPostgres({ url: config.databaseUrl, clock, log, storeTime })
  return openSqlite({ dataDir: config.dataDir, clock })
}

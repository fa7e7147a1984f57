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
): Promise<Store> {
  if (config.databaseUrl !== undefined) return openPostgres({ url: config.databaseUrl, clock, log })
  return openSqlite({ dataDir: config.dataDir, clock })
}

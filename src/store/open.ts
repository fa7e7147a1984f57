import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { openSqlite } from './sqlite/engine.ts'
import type { Log } from '../log.ts'
import type { Store } from './store.ts'

/** The engine the settings name, with its migrations done. */
export async function openStore(
  config: Pick<Config, 'dataDir' | 'databaseUrl'>,
  clock: Clock,
  _log?: Log,
): Promise<Store> {
  if (config.databaseUrl !== undefined) throw new Error('DATABASE_URL: this version has the embedded store only')
  return openSqlite({ dataDir: config.dataDir, clock })
}

import { systemClock } from '@postern/runtime/clock'
import { readConfig } from '../platform/config.ts'
import { StoreUnavailable } from '../platform/errors.ts'
import { migrationsFor } from '../store/migrate.ts'
import { openStore } from '../store/open.ts'
import { Failed, type Command } from './command.ts'
import { addressOf, answers } from './connect.ts'

export const migrate: Command = {
  name: 'migrate',
  summary: 'Run the database migrations of this version, then exit.',
  details: 'The gateway also runs them when it starts. Migrations add and never remove.',
  async run(call) {
    const config = readConfig(call.env)
    const url = addressOf(config)
    let engine: 'sqlite' | 'postgres' = 'sqlite'
    if (config.databaseUrl === undefined && config.port !== 0 && (await answers(url))) {
      // The embedded store belongs to the running gateway, which migrated it at its start.
      call.note(`A gateway runs at ${url} and did this when it started.`)
    } else {
      const store = await openStore(config, systemClock).catch((error: unknown) => {
        if (!(error instanceof StoreUnavailable)) throw error
        throw new Failed(`The store cannot be opened: ${error.message}.`)
      })
      engine = store.engine
      await store.close()
    }
    const last = migrationsFor(engine).at(-1)
    const name = last ? `${String(last.number).padStart(4, '0')}_${last.name}` : 'none'
    return { data: { store: engine, migration: name }, text: `${engine}: up to date (${name}).` }
  },
}

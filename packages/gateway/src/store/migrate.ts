import { readdirSync, readFileSync } from 'node:fs'

export type Migration = { number: number; name: string; sql: string }

const FOLDER = new URL('./migrations/', import.meta.url)

/** The numbered files of one engine, in order. Files are only added. */
export function migrationsFor(engine: 'sqlite' | 'postgres'): Migration[] {
  return readdirSync(FOLDER)
    .map((file) => /^(\d{4})_([\w-]+)\.(sqlite|postgres)\.sql$/.exec(file))
    .filter((match) => match !== null && match[3] === engine)
    .map((match) => ({
      number: Number(match![1]),
      name: match![2]!,
      sql: readFileSync(new URL(match![0], FOLDER), 'utf8'),
    }))
    .sort((a, b) => a.number - b.number)
}

/** A newer version of the program has migrated this store. Its changes are unknown here, so nothing is written. */
export class StoreTooNew extends Error {
  constructor(found: number, known: number) {
    super(
      `The store was brought up to date by a newer version of Postern (step ${found}; this version knows ${known}). ` +
        'Start that version or a newer one; to go back, restore the backup that was made before the upgrade.',
    )
    this.name = 'StoreTooNew'
  }
}

/** The database cannot hold our tables: the schema belongs to another program, or we lack the rights to create it. */
export class StoreNotOurs extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'StoreNotOurs'
  }
}

/** `newest` is the newest migration of the store; 0 for none. */
export function refuseNewer(newest: number, migrations: readonly Migration[]): void {
  const known = migrations.at(-1)?.number ?? 0
  if (newest > known) throw new StoreTooNew(newest, known)
}

/**
 * What a store has not had yet, in order. `applied`: the numbers in its table of migrations. A step whose number is
 * below the newest applied one counts too: two steps that were written side by side land in any order.
 */
export function missingFrom(applied: readonly number[], migrations: readonly Migration[]): Migration[] {
  refuseNewer(Math.max(0, ...applied), migrations)
  const had = new Set(applied)
  return migrations.filter(({ number }) => !had.has(number))
}

import { readdirSync, readFileSync } from 'node:fs'

export type Migration = { number: number; name: string; sql: string }

const FOLDER = new URL('./migrations/', import.meta.url)

/** The numbered files of one engine, in order. They are only ever added to. */
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

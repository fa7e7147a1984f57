import { createHash } from 'node:crypto'
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

/** What an engine computes with: `functions.<engine>.sql` as it is now, and a hash that tells one text from another. */
export function functionsOf(engine: 'postgres'): { sql: string; hash: string } {
  const sql = readFileSync(new URL(`functions.${engine}.sql`, FOLDER), 'utf8')
  return { sql, hash: createHash('sha256').update(sql).digest('hex') }
}

import type { CatalogEntry } from '../templates/catalog-entry.ts'
import type { Sql, Statement } from './sql.ts'

/** The catalog of one account, as it was when it was last fetched or told of. */
export async function catalogOf(sql: Sql, wabaId: string): Promise<CatalogEntry[]> {
  const rows = await sql.all<{ entry: string }>(
    'select entry from templates where waba_id = $1 order by name, language',
    [wabaId],
  )
  return rows.map((row) => JSON.parse(row.entry) as CatalogEntry)
}

/** When the catalog was last fetched whole; undefined when it never was. */
export async function catalogSyncedAt(sql: Sql, wabaId: string): Promise<number | undefined> {
  return (await sql.get<{ synced_at: number }>('select synced_at from catalogs where waba_id = $1', [wabaId]))
    ?.synced_at
}

/** Puts a freshly fetched catalog in the place of the old one, all at once. */
export async function replaceCatalog(
  sql: Sql,
  wabaId: string,
  entries: readonly CatalogEntry[],
  now: number,
): Promise<void> {
  const statements: Statement[] = [{ sql: 'delete from templates where waba_id = $1', params: [wabaId] }]
  for (const entry of entries) {
    statements.push({
      sql: `insert into templates (waba_id, id, name, language, status, entry, updated_at) values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (waba_id, id) do update set entry = excluded.entry`,
      params: [wabaId, entry.id, entry.name, entry.language, entry.status, JSON.stringify(entry), now],
    })
  }
  statements.push({
    sql: `insert into catalogs (waba_id, synced_at) values ($1, $2)
          on conflict (waba_id) do update set synced_at = excluded.synced_at`,
    params: [wabaId, now],
  })
  await sql.atomically(statements)
}

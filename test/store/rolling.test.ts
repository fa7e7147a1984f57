import assert from 'node:assert/strict'
import { readdirSync, readFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { ManualClock } from '../../packages/runtime/src/clock.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { openStore } from '../../packages/gateway/src/store/open.ts'
import { dropDatabase, freshDatabase } from '../support/shared-postgres.ts'

/*
 * In a rolling upgrade, nodes of the previous version work on a database that a newer one has migrated. Here is what
 * earlier versions ask of PostgreSQL (scripts/record-statements.ts), and the newest schema must take all of it.
 */
const FOLDER = join(import.meta.dirname, 'statements')
type Asked = { newest: number; tables: Record<string, Record<string, string>>; statements: string[] }
const VERSIONS = readdirSync(FOLDER).map((file) => ({
  name: file.replace('.json', ''),
  asked: JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Asked,
}))

/** The newest schema, perhaps with one more change. */
async function withSchema(change: string, check: (client: pg.Client) => Promise<void>): Promise<void> {
  const url = await freshDatabase()
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-rolling-'))
  const clock = new ManualClock()
  const store = await openStore({ dataDir, databaseUrl: url }, clock, silentLog, () => clock.now())
  await store.close()
  const client = new pg.Client({ connectionString: url, options: '-c search_path=postern' })
  await client.connect()
  try {
    if (change !== '') await client.query(change)
    await check(client)
  } finally {
    await client.end()
    await dropDatabase(url)
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** What a version asks for and the schema does not take. */
async function refusedBy(client: pg.Client, { tables, statements }: Asked): Promise<string[]> {
  const refused: string[] = []
  for (const text of statements) {
    try {
      await client.query(`prepare one as ${text}`)
      await client.query('deallocate one')
    } catch (error) {
      refused.push(`${(error as Error).message}: ${text}`)
    }
  }
  const { rows } = await client.query<{ table: string; column: string; type: string; needed: boolean }>(
    `select table_name as table, column_name as column, data_type as type,
       is_nullable = 'NO' and column_default is null and is_identity = 'NO' and is_generated = 'NEVER' as needed
     from information_schema.columns where table_schema = 'postern'`,
  )
  const found = new Map(rows.map((row) => [`${row.table}.${row.column}`, row]))
  for (const [table, columns] of Object.entries(tables))
    for (const [column, type] of Object.entries(columns)) {
      const now = found.get(`${table}.${column}`)?.type
      if (now !== type) refused.push(`${table}.${column} was ${type}, and is ${now ?? 'gone'}`)
    }
  // An old node's insert does not name it.
  for (const { table, column, needed } of rows)
    if (needed && tables[table] !== undefined && tables[table][column] === undefined)
      refused.push(`${table}.${column} is new, and an insert without it fails`)
  return refused
}

test('every schema takes what nodes of earlier versions ask of it', { timeout: 60_000 }, async () => {
  assert.ok(VERSIONS.length > 0)
  await withSchema('', async (client) => {
    for (const { name, asked } of VERSIONS) {
      assert.ok(asked.statements.length > 200, name)
      assert.deepEqual(await refusedBy(client, asked), [], `version ${name}`)
    }
  })
})

test('a migration that takes away, renames or demands something would be found', { timeout: 60_000 }, async () => {
  const change = `alter table contacts rename phone to number; alter table endpoints add must text not null;
    alter table endpoints alter must drop default; alter table meta alter value type varchar; drop table media`
  await withSchema(change, async (client) => {
    const refused = await refusedBy(client, VERSIONS[0]!.asked)
    for (const what of [
      /column "phone" .*does not exist/,
      /^contacts\.phone was text, and is gone/,
      /^endpoints\.must is new, and an insert without it fails/,
      /^meta\.value was text, and is character varying/,
      /relation "media" does not exist/,
    ])
      assert.ok(
        refused.some((line) => what.test(line)),
        `${what} in\n${refused.join('\n').slice(0, 2000)}`,
      )
  })
})

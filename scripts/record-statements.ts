import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { startPostgres } from '../test/support/postgres.ts'

/**
 * Writes what a version asks of PostgreSQL: its tables with their columns, and each statement that its store's tests make.
 * test/store/rolling.test.ts holds every later schema to it, so that nodes of that version work beside newer ones. Run it
 * when a version is released: npx node scripts/record-statements.ts <checkout> <name>
 */
const [checkout = '.', name = 'unnamed'] = process.argv.slice(2)
const from = resolve(checkout)
const OUT = join(import.meta.dirname, '../test/store/statements', `${name}.json`)
const folder = mkdtempSync(join(tmpdir(), 'postern-statements-'))
const noted = join(folder, 'noted')
writeFileSync(noted, '')
const server = await startPostgres()
try {
  const tests = globSync('test/store/*.test.ts', { cwd: from })
  const recorder = join(import.meta.dirname, 'statements/recorder.mjs')
  const args = ['--import', recorder, '--test', '--test-concurrency=2', '--test-name-pattern', 'postgres', ...tests]
  spawnSync(process.execPath, args, { cwd: from, env: { ...process.env, STATEMENTS_TO: noted }, stdio: 'inherit' })
  const url = await server.createDatabase()
  const { openStore } = (await import(join(from, 'packages/gateway/src/store/open.ts'))) as {
    openStore: (config: unknown, clock: unknown, log: unknown) => Promise<{ close(): Promise<void> }>
  }
  const { systemClock } = (await import(join(from, 'packages/runtime/src/clock.ts'))) as { systemClock: unknown }
  const { silentLog } = (await import(join(from, 'packages/gateway/src/platform/log.ts'))) as { silentLog: unknown }
  await (await openStore({ dataDir: folder, databaseUrl: url }, systemClock, silentLog)).close()
  writeFileSync(OUT, `${JSON.stringify(await contentOf(url), null, 1)}\n`)
} finally {
  await server.remove()
  rmSync(folder, { recursive: true, force: true })
}

async function contentOf(url: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, options: '-c search_path=postern' })
  await client.connect()
  try {
    const { rows } = await client.query<{ table: string; column: string; type: string }>(
      `select table_name as table, column_name as column, data_type as type from information_schema.columns c
       where table_schema = 'postern' and not exists (
         select 1 from pg_inherits where inhrelid = format('postern.%I', c.table_name)::regclass)
       order by table_name, column_name`,
    )
    const newest = await client.query<{ number: number }>('select max(number) as number from migrations')
    const tables: Record<string, Record<string, string>> = {}
    for (const { table, column, type } of rows) (tables[table] ??= {})[column] = type
    return { newest: newest.rows[0]!.number, tables, statements: await preparable(client) }
  } finally {
    await client.end()
  }
}

/** Those that the version's own schema takes: tests also make wrong ones. */
async function preparable(client: pg.Client): Promise<string[]> {
  const texts = new Set<string>()
  for (const line of readFileSync(noted, 'utf8').split('\n').filter(Boolean)) {
    const said = JSON.parse(line) as string
    // A comment ends with its line.
    const text = said.includes('--') ? said.trim() : said.replace(/\s+/g, ' ').trim()
    if (/^(select|insert|update|delete|with) /i.test(text)) texts.add(text)
  }
  const good: string[] = []
  for (const text of [...texts].sort()) {
    const fits = await client.query(`prepare one as ${text}`).then(
      () => client.query('deallocate one').then(() => true),
      () => false,
    )
    if (fits) good.push(text)
  }
  return good
}

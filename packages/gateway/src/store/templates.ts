import type { CatalogEntry } from '../domain/templates/catalog-entry.ts'
import type { KeptTemplate, TemplateUpdate } from '../domain/templates/kept-template.ts'
import type { Sql, SqlValue, Statement } from './sql.ts'
import { Where } from './where.ts'

type Row = {
  id: string
  status: string
  category: string
  quality: string
  rejected_reason: string | null
  entry: string
  channel_id: number | null
  created_at: number
  updated_at: number
  status_updated_at: number
  quality_updated_at: number
  category_updated_at: number
}

const COLUMNS = `id, status, category, quality, rejected_reason, entry, channel_id, created_at, updated_at,
  status_updated_at, quality_updated_at, category_updated_at`

/**
 * Meta's clock counts seconds, ours milliseconds: an update of the same second as the known state counts as newer,
 * because a fetch that included it has the same content.
 */
const SAME_SECOND_MS = 999

/** A new template may be missing from Meta's list for a moment. */
const NEW_FOR_MS = 60_000

function keptOf(row: Row): KeptTemplate {
  const rest = JSON.parse(row.entry) as Omit<CatalogEntry, 'status' | 'category' | 'quality' | 'rejectedReason'>
  return {
    entry: {
      ...rest,
      status: row.status,
      category: row.category,
      quality: row.quality,
      ...(row.rejected_reason !== null && { rejectedReason: row.rejected_reason }),
    },
    times: {
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      statusUpdatedAt: row.status_updated_at,
      qualityUpdatedAt: row.quality_updated_at,
      categoryUpdatedAt: row.category_updated_at,
    },
    channelId: row.channel_id,
  }
}

/** All templates of one account, by name and language. */
export async function templatesOf(sql: Sql, wabaId: string): Promise<KeptTemplate[]> {
  const rows = await sql.all<Row>(`select ${COLUMNS} from templates where waba_id = $1 order by name, language`, [
    wabaId,
  ])
  return rows.map(keptOf)
}

/** The catalog of one account, as of its last fetch or webhook. */
export async function catalogOf(sql: Sql, wabaId: string): Promise<CatalogEntry[]> {
  return (await templatesOf(sql, wabaId)).map((kept) => kept.entry)
}

export async function findTemplate(sql: Sql, wabaId: string, id: string): Promise<KeptTemplate | undefined> {
  const row = await sql.get<Row>(`select ${COLUMNS} from templates where waba_id = $1 and id = $2`, [wabaId, id])
  return row && keptOf(row)
}

export type TemplateFilter = {
  name?: string | undefined
  status?: string | undefined
  category?: string | undefined
  language?: string | undefined
  quality?: string | undefined
  /** The id of the last template of the previous page. */
  lastId?: string | undefined
  count: number
}

/** One page of an account's templates, the highest id first. Ids are numbers of any length, kept as text. */
export async function listTemplates(sql: Sql, wabaId: string, filter: TemplateFilter): Promise<KeptTemplate[]> {
  const { count, lastId, ...wanted } = filter
  const where = new Where().and('waba_id = ?', wabaId)
  for (const column of ['name', 'status', 'category', 'language', 'quality'] as const) {
    const value = wanted[column]
    if (value !== undefined) where.and(`${column} = ?`, value)
  }
  if (lastId !== undefined) {
    const [length, id] = [where.param(lastId.length), where.param(lastId)]
    where.and(`(length(id) < ${length} or (length(id) = ${length} and id < ${id}))`)
  }
  const limit = where.param(count)
  const rows = await sql.all<Row>(
    `select ${COLUMNS} from templates ${where.clause}
     order by length(id) desc, id desc limit ${limit}`,
    where.params,
  )
  return rows.map(keptOf)
}

/** The channels that created these templates. Templates that were created elsewhere are missing. */
export async function creatorsOf(sql: Sql, ids: readonly string[]): Promise<Map<string, number>> {
  const creators = new Map<string, number>()
  for (const id of new Set(ids)) {
    const row = await sql.get<{ channel_id: number }>(
      'select channel_id from templates where id = $1 and channel_id is not null',
      [id],
    )
    if (row) creators.set(id, row.channel_id)
  }
  return creators
}

export type CatalogState = { syncedAt: number; changedAt: number }

/** Time of the last complete fetch, and of the last change. Undefined when the catalog was never fetched. */
export async function catalogState(sql: Sql, wabaId: string): Promise<CatalogState | undefined> {
  const row = await sql.get<{ synced_at: number; changed_at: number }>(
    'select synced_at, changed_at from catalogs where waba_id = $1',
    [wabaId],
  )
  return row && { syncedAt: row.synced_at, changedAt: row.changed_at }
}

/**
 * Replaces the catalog by a new fetch, in one commit. `startedAt` is the start of the fetch: changes by webhooks and
 * creations after it are newer than the fetch and stay.
 */
export async function replaceCatalog(
  sql: Sql,
  wabaId: string,
  entries: readonly CatalogEntry[],
  startedAt: number,
  now = startedAt,
): Promise<void> {
  const statements = await differences(sql, wabaId, entries, startedAt, now)
  statements.push({
    sql: `insert into catalogs (waba_id, synced_at, changed_at) values ($1, $2, $3)
          on conflict (waba_id) do update set synced_at = excluded.synced_at,
            changed_at = case when catalogs.changed_at >= excluded.changed_at then catalogs.changed_at + 1 else excluded.changed_at end`,
    params: [wabaId, startedAt, now],
  })
  await sql.atomically(statements)
}

/** The same for the translations of one name, which were requested alone. */
export async function replaceNamed(
  sql: Sql,
  wabaId: string,
  name: string,
  entries: readonly CatalogEntry[],
  startedAt: number,
  now = startedAt,
): Promise<void> {
  const statements = await differences(sql, wabaId, entries, startedAt, now, name)
  if (statements.length > 0) await sql.atomically([...statements, touch(wabaId, now)])
}

/** The writes that make the store equal to the fetch. An account has thousands of templates; few of them change. */
async function differences(
  sql: Sql,
  wabaId: string,
  entries: readonly CatalogEntry[],
  startedAt: number,
  now: number,
  name?: string,
): Promise<Statement[]> {
  const known = await sql.all<Row>(
    `select ${COLUMNS} from templates where waba_id = $1${name === undefined ? '' : ' and name = $2'}`,
    name === undefined ? [wabaId] : [wabaId, name],
  )
  const byId = new Map(known.map((row) => [row.id, row]))
  const statements: Statement[] = []
  for (const entry of entries) {
    const row = byId.get(entry.id)
    byId.delete(entry.id)
    if (!row || !isSame(row, entry)) statements.push(upsert(wabaId, entry, startedAt, now))
  }
  for (const id of byId.keys()) {
    const sql = 'delete from templates where waba_id = $1 and id = $2 and seen_at < $3'
    statements.push({ sql, params: [wabaId, id, startedAt] })
  }
  return statements
}

function isSame(row: Row, entry: CatalogEntry): boolean {
  return (
    row.entry === restOf(entry) &&
    row.status === (entry.status ?? '') &&
    row.category === (entry.category ?? '') &&
    row.quality === (entry.quality ?? '') &&
    row.rejected_reason === (entry.rejectedReason ?? null)
  )
}

/** The part of an entry that no webhook changes, as it is stored. */
function restOf(entry: CatalogEntry): string {
  const { status: _status, category: _category, quality: _quality, rejectedReason: _reason, ...rest } = entry
  return JSON.stringify(rest)
}

function upsert(wabaId: string, entry: CatalogEntry, startedAt: number, now: number): Statement {
  const newer = (what: string) => `templates.${what}_updated_at > $10`
  const value = (what: string) => `case when ${newer(what)} then templates.${what} else excluded.${what} end`
  const time = (what: string) =>
    `case when ${newer(what)} or templates.${what} = excluded.${what} then templates.${what}_updated_at else excluded.updated_at end`
  return {
    sql: `insert into templates (waba_id, id, name, language, status, category, quality, rejected_reason, entry,
            seen_at, created_at, updated_at, status_updated_at, quality_updated_at, category_updated_at)
          values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, 0, 0, 0)
          on conflict (waba_id, id) do update set
            name = excluded.name, language = excluded.language, entry = excluded.entry,
            seen_at = excluded.seen_at, updated_at = excluded.updated_at,
            rejected_reason = case when ${newer('status')} then templates.rejected_reason else excluded.rejected_reason end,
            status = ${value('status')}, status_updated_at = ${time('status')},
            category = ${value('category')}, category_updated_at = ${time('category')},
            quality = ${value('quality')}, quality_updated_at = ${time('quality')}`,
    params: [wabaId, ...valuesOf(entry), startedAt, now],
  }
}

function valuesOf(entry: CatalogEntry): SqlValue[] {
  const { id, name, language, status, category, quality, rejectedReason } = entry
  return [id, name, language, status ?? '', category ?? '', quality ?? '', rejectedReason ?? null, restOf(entry)]
}

/** Two changes of one millisecond must not look like one to another node. */
const touch = (wabaId: string, now: number): Statement => ({
  sql: 'update catalogs set changed_at = case when changed_at >= $2 then changed_at + 1 else $2 end where waba_id = $1',
  params: [wabaId, now],
})

/** Stores a template that was just created through one of our channels. */
export async function insertCreated(
  sql: Sql,
  wabaId: string,
  entry: CatalogEntry,
  channelId: number,
  now: number,
): Promise<void> {
  await sql.atomically([
    {
      sql: `insert into templates (waba_id, id, name, language, status, category, quality, rejected_reason, entry,
              channel_id, seen_at, created_at, updated_at, status_updated_at, quality_updated_at, category_updated_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, 0, 0, 0)
            on conflict (waba_id, id) do update set channel_id = excluded.channel_id, seen_at = excluded.seen_at`,
      params: [wabaId, ...valuesOf(entry), channelId, now + NEW_FOR_MS, now],
    },
    touch(wabaId, now),
  ])
}

/** Stores one template as Meta shows it now. */
export async function keepTemplate(
  sql: Sql,
  wabaId: string,
  entry: CatalogEntry,
  startedAt: number,
  now = startedAt,
): Promise<void> {
  await sql.atomically([upsert(wabaId, entry, startedAt, now), touch(wabaId, now)])
}

export async function removeTemplate(sql: Sql, wabaId: string, id: string, now: number): Promise<boolean> {
  const [removed] = await sql.atomically([
    { sql: 'delete from templates where waba_id = $1 and id = $2', params: [wabaId, id] },
    touch(wabaId, now),
  ])
  return removed === 1
}

/** Removes all languages of a name. */
export async function removeNamed(sql: Sql, wabaId: string, name: string, now: number): Promise<void> {
  await sql.atomically([
    { sql: 'delete from templates where waba_id = $1 and name = $2', params: [wabaId, name] },
    touch(wabaId, now),
  ])
}

/** Applies template updates of webhooks. An update older than the known state changes nothing. */
export async function applyTemplateUpdates(
  sql: Sql,
  wabaId: string,
  updates: readonly TemplateUpdate[],
  now: number,
): Promise<void> {
  const statements = updates.map((one): Statement => {
    const { what, id, value } = one
    const at = Math.min(one.at, now)
    const reason = what === 'status' ? ', rejected_reason = $6' : ''
    return {
      sql: `update templates set ${what} = $3, ${what}_updated_at = $4${reason},
              updated_at = case when updated_at > $4 then updated_at else $4 end
            where waba_id = $1 and id = $2 and ${what} <> $3 and ${what}_updated_at <= $5`,
      params: [wabaId, id, value, at, at + SAME_SECOND_MS, ...(what === 'status' ? [one.reason] : [])],
    }
  })
  if (statements.length > 0) await sql.atomically([...statements, touch(wabaId, now)])
}

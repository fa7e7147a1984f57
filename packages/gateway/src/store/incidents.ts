import type { Incident, Kind, Severity } from '../domain/incidents/incident.ts'
import type { Sql, Statement } from './sql.ts'
import { Where } from './where.ts'

type Row = {
  id: string
  kind: string
  severity: string
  channel_id: number | null
  endpoint_id: string | null
  subject: string | null
  since: number
  until_at: number | null
  cases: number
  what: string
  advice: string
}

const COLUMNS = 'id, kind, severity, channel_id, endpoint_id, subject, since, until_at, cases, what, advice'
/** More cannot be of use to anybody. */
const MOST_OPEN = 20_000
const ROWS_AT_ONCE = 100

const incidentOf = (row: Row): Incident => ({
  id: row.id,
  kind: row.kind as Kind,
  severity: row.severity as Severity,
  ...(row.channel_id !== null && { channelId: Number(row.channel_id) }),
  ...(row.endpoint_id !== null && { endpointId: row.endpoint_id }),
  ...(row.subject !== null && { subject: row.subject }),
  since: Number(row.since),
  until: row.until_at === null ? null : Number(row.until_at),
  count: Number(row.cases),
  what: row.what,
  advice: row.advice,
})

export async function openIncidentsOf(sql: Sql): Promise<Incident[]> {
  const rows = await sql.all<Row>(
    `select ${COLUMNS} from incidents where until_at is null order by since limit ${MOST_OPEN}`,
  )
  return rows.map(incidentOf)
}

/** Past incidents, those that ended last first. `beforeId`: the last one of the page before. */
export async function pastIncidents(
  sql: Sql,
  { count, channelId, beforeId }: { count: number; channelId?: number | undefined; beforeId?: string | undefined },
): Promise<Incident[]> {
  const where = new Where()
  if (channelId !== undefined) where.and('channel_id = ?', channelId)
  if (beforeId !== undefined) {
    const last = await sql.get<{ until_at: number | null }>('select until_at from incidents where id = $1', [beforeId])
    if (!last || last.until_at === null) return []
    where.and('(until_at, id) < (?, ?)', Number(last.until_at), beforeId)
  }
  where.and('until_at is not null')
  const rows = await sql.all<Row>(
    `select ${COLUMNS} from incidents ${where.clause} order by until_at desc, id desc limit ${where.param(count)}`,
    where.params,
  )
  return rows.map(incidentOf)
}

const saved = (one: Incident): Statement => ({
  sql: `insert into incidents (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict (id) do update set severity = excluded.severity, until_at = excluded.until_at,
          cases = excluded.cases, what = excluded.what, advice = excluded.advice`,
  params: [
    ...[one.id, one.kind, one.severity, one.channelId ?? null, one.endpointId ?? null, one.subject ?? null],
    ...[one.since, one.until, one.count, one.what, one.advice],
  ],
})

/** Writes incidents that were opened, changed or closed, and whatever belongs into the same commit. */
export async function saveIncidents(
  sql: Sql,
  incidents: readonly Incident[],
  beside: readonly Statement[] = [],
): Promise<void> {
  await sql.atomically([...incidents.map(saved), ...beside])
}

export async function pruneIncidents(sql: Sql, before: number): Promise<void> {
  await sql.run(
    `delete from incidents where id in (
       select id from incidents where until_at is not null and until_at < $1 order by until_at limit $2)`,
    [before, ROWS_AT_ONCE],
  )
}

/**
 * Renews the right to judge. False: another node has taken it since, also when it has given it back. `holder` is judging
 * without a gap as long as this is true.
 */
export async function renewJudging(sql: Sql, holder: string, until: number): Promise<boolean> {
  const changed = await sql.run(`update incident_notes set at = $2 where name = 'judge' and value = $1`, [
    JSON.stringify(holder),
    until,
  ])
  return changed === 1
}

/** Takes or renews the right to judge, which one node has at a time. False: another node has it. */
export async function takeJudging(sql: Sql, holder: string, now: number, until: number): Promise<boolean> {
  const changed = await sql.run(
    `insert into incident_notes (name, value, at) values ('judge', $1, $2)
     on conflict (name) do update set value = excluded.value, at = excluded.at
     where incident_notes.at < $3 or incident_notes.value = excluded.value`,
    [JSON.stringify(holder), until, now],
  )
  return changed === 1
}

/** Gives it back, so that another node need not wait for its end. */
export async function leaveJudging(sql: Sql, holder: string): Promise<void> {
  await sql.run(`update incident_notes set at = 0 where name = 'judge' and value = $1`, [JSON.stringify(holder)])
}

export const noteStatement = (name: string, value: unknown, at: number): Statement => ({
  sql: `insert into incident_notes (name, value, at) values ($1, $2, $3)
        on conflict (name) do update set value = excluded.value, at = excluded.at`,
  params: [name, JSON.stringify(value), at],
})

export async function keepNote(sql: Sql, name: string, value: unknown, at: number): Promise<void> {
  await sql.atomically([noteStatement(name, value, at)])
}

export async function findNote<T>(sql: Sql, name: string): Promise<{ value: T; at: number } | undefined> {
  const row = await sql.get<{ value: string; at: number }>('select value, at from incident_notes where name = $1', [
    name,
  ])
  return row && { value: JSON.parse(row.value) as T, at: Number(row.at) }
}

/**
 * What machines have seen lately. Names begin with `machine `. The order of names depends on the collation of the
 * database, so no range of them is asked for.
 */
export async function notesOfMachines<T>(sql: Sql, since: number): Promise<{ name: string; value: T; at: number }[]> {
  const rows = await sql.all<{ name: string; value: string; at: number }>(
    `select name, value, at from incident_notes where name like 'machine %' and at >= $1
     order by name limit 200`,
    [since],
  )
  return rows.map(({ name, value, at }) => ({ name, value: JSON.parse(value) as T, at: Number(at) }))
}

export async function pruneNotesOfMachines(sql: Sql, before: number): Promise<void> {
  await sql.run(`delete from incident_notes where name like 'machine %' and at < $1`, [before])
}

import type { Alarm, AlarmNews, AlarmSettings, AlarmTarget } from '../domain/alarms/alarm.ts'
import type { Vault } from '../platform/secrets.ts'
import type { Sql, Statement } from './sql.ts'

type Row = {
  id: string
  name: string
  target: Uint8Array
  shown: string
  settings: string
  told_at: number
  last_at: number | null
  last_problem: string | null
}

const COLUMNS = 'id, name, target, shown, settings, told_at, last_at, last_problem'
export const MOST_ALARMS = 50
const PURPOSE = 'alarm'

export async function allAlarms(sql: Sql, vault: Vault): Promise<Alarm[]> {
  const rows = await sql.all<Row>(`select ${COLUMNS} from alarms order by id limit ${MOST_ALARMS}`)
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    target: JSON.parse(vault.open(row.target, PURPOSE)) as AlarmTarget,
    shown: row.shown,
    settings: JSON.parse(row.settings) as AlarmSettings,
    toldAt: Number(row.told_at),
    lastAt: row.last_at === null ? null : Number(row.last_at),
    lastProblem: row.last_problem,
  }))
}

export async function insertAlarm(sql: Sql, vault: Vault, alarm: Alarm, now: number): Promise<void> {
  await sql.run(
    `insert into alarms (id, name, type, target, shown, settings, created_at) values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      ...[alarm.id, alarm.name, alarm.target.type, vault.seal(JSON.stringify(alarm.target), PURPOSE)],
      ...[alarm.shown, JSON.stringify(alarm.settings), now],
    ],
  )
}

export async function changeAlarm(sql: Sql, { id, name, settings }: Alarm): Promise<void> {
  await sql.run('update alarms set name = $2, settings = $3 where id = $1', [id, name, JSON.stringify(settings)])
}

export async function removeAlarm(sql: Sql, id: string): Promise<boolean> {
  const [gone] = await sql.atomically([
    { sql: 'delete from alarms where id = $1', params: [id] },
    { sql: 'delete from alarm_deliveries where alarm_id = $1', params: [id] },
  ])
  return gone === 1
}

export type AlarmDelivery = { id: string; alarmId: string; news: AlarmNews; attempts: number; createdAt: number }
type DeliveryRow = { id: string; alarm_id: string; body: string; attempts: number; created_at: number }

const deliveryOf = (row: DeliveryRow): AlarmDelivery => ({
  id: row.id,
  alarmId: row.alarm_id,
  news: JSON.parse(row.body) as AlarmNews,
  attempts: Number(row.attempts),
  createdAt: Number(row.created_at),
})

/** Of each alarm what was never tried: news are added to it. */
export async function untriedDeliveries(sql: Sql): Promise<AlarmDelivery[]> {
  const rows = await sql.all<DeliveryRow>(
    'select id, alarm_id, body, attempts, created_at from alarm_deliveries where attempts = 0 order by id limit 200',
  )
  return rows.map(deliveryOf)
}

export async function dueDeliveries(sql: Sql, now: number): Promise<AlarmDelivery[]> {
  const rows = await sql.all<DeliveryRow>(
    `select id, alarm_id, body, attempts, created_at from alarm_deliveries where due_at <= $1
     order by due_at limit 50`,
    [now],
  )
  return rows.map(deliveryOf)
}

export const keepDelivery = (one: AlarmDelivery, dueAt: number): Statement => ({
  sql: 'insert into alarm_deliveries (id, alarm_id, body, due_at, attempts, created_at) values ($1, $2, $3, $4, 0, $5)',
  params: [one.id, one.alarmId, JSON.stringify(one.news), dueAt, one.createdAt],
})

/**
 * Adds news to a delivery that was not tried: `merged` has the news of both, `fresh` the new ones only. One that was taken
 * meanwhile is on its way without them, so they become a delivery of their own.
 */
export const addToDelivery = (merged: AlarmDelivery, dueAt: number, fresh: AlarmDelivery): Statement[] => [
  {
    sql: 'update alarm_deliveries set body = $2, due_at = $3 where id = $1 and attempts = 0',
    params: [merged.id, JSON.stringify(merged.news), dueAt],
  },
  {
    sql: `insert into alarm_deliveries (id, alarm_id, body, due_at, attempts, created_at)
          select $1, $2, $3, $4, 0, $5
          where not exists (select 1 from alarm_deliveries where id = $6 and attempts = 0)`,
    params: [fresh.id, fresh.alarmId, JSON.stringify(fresh.news), dueAt, fresh.createdAt, merged.id],
  },
]

/**
 * Takes a delivery for one attempt. Undefined: it is not as it was read, and is not sent now. `until`: when it is tried
 * again if nobody settles it.
 */
export async function takeDelivery(sql: Sql, one: AlarmDelivery, until: number): Promise<AlarmDelivery | undefined> {
  const changed = await sql.run(
    `update alarm_deliveries set attempts = attempts + 1, due_at = $4 where id = $1 and attempts = $2 and body = $3`,
    [one.id, one.attempts, JSON.stringify(one.news), until],
  )
  return changed === 1 ? { ...one, attempts: one.attempts + 1 } : undefined
}

/** The newest attempt of an alarm. `problem`: null when it was taken. */
export const attempted = (id: string, at: number, problem: string | null): Statement => ({
  sql: 'update alarms set last_at = $2, last_problem = $3 where id = $1',
  params: [id, at, problem?.slice(0, 300) ?? null],
})

/** Deliveries of alarms that are gone. */
export async function dropDeliveries(sql: Sql, ids: readonly string[]): Promise<void> {
  await sql.atomically(ids.map((id) => ({ sql: 'delete from alarm_deliveries where id = $1', params: [id] })))
}

export const alarmTold = (id: string, at: number): Statement => ({
  sql: 'update alarms set told_at = $2 where id = $1',
  params: [id, at],
})

/** Keeps what came of the attempt that `taken` was taken for. `againAt`: undefined when the delivery is over. */
export async function settleDelivery(
  sql: Sql,
  taken: AlarmDelivery,
  { at, problem, againAt }: { at: number; problem: string | null; againAt: number | undefined },
): Promise<void> {
  const { id, attempts } = taken
  await sql.atomically([
    againAt === undefined
      ? { sql: 'delete from alarm_deliveries where id = $1 and attempts = $2', params: [id, attempts] }
      : {
          sql: 'update alarm_deliveries set due_at = $3 where id = $1 and attempts = $2',
          params: [id, attempts, againAt],
        },
    attempted(taken.alarmId, at, problem),
  ])
}

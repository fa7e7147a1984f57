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
  sql: `insert into alarm_deliveries (id, alarm_id, body, due_at, attempts, created_at) values ($1, $2, $3, $4, $5, $6)
        on conflict (id) do update set body = excluded.body, due_at = excluded.due_at, attempts = excluded.attempts`,
  params: [one.id, one.alarmId, JSON.stringify(one.news), dueAt, one.attempts, one.createdAt],
})

export const alarmTold = (id: string, at: number): Statement => ({
  sql: 'update alarms set told_at = $2 where id = $1',
  params: [id, at],
})

/** Keeps what came of an attempt. `againAt`: undefined when the delivery is over. */
export async function settleDelivery(
  sql: Sql,
  one: AlarmDelivery,
  { at, problem, againAt }: { at: number; problem: string | null; againAt: number | undefined },
): Promise<void> {
  await sql.atomically([
    againAt === undefined
      ? { sql: 'delete from alarm_deliveries where id = $1', params: [one.id] }
      : keepDelivery({ ...one, attempts: one.attempts + 1 }, againAt),
    {
      sql: 'update alarms set last_at = $2, last_problem = $3 where id = $1',
      params: [one.alarmId, at, problem?.slice(0, 300) ?? null],
    },
  ])
}

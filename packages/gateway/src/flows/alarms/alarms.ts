import type { Clock } from '@postern/runtime/clock'
import { addNews, type Alarm, type AlarmNews, isMeant, passesQuiet, quietUntil } from '../../domain/alarms/alarm.ts'
import { type Incident, publicIncident } from '../../domain/incidents/incident.ts'
import { newId } from '../../platform/ids.ts'
import type { Log } from '../../platform/log.ts'
import type { Vault } from '../../platform/secrets.ts'
import {
  addToDelivery,
  type AlarmDelivery,
  alarmTold,
  allAlarms,
  dropDeliveries,
  dueDeliveries,
  keepDelivery,
  settleDelivery,
  takeDelivery,
  untriedDeliveries,
} from '../../store/alarms.ts'
import type { Statement } from '../../store/sql.ts'
import type { Store } from '../../store/store.ts'
import type { TellAlarm } from './tell.ts'

/** What opens or closes within this time is told together. */
const GROUPED_MS = 10_000
const FIRST_AGAIN_MS = 5_000
const LONGEST_AGAIN_MS = 10 * 60_000
/** An attempt that nobody settled for this long is made again. It is longer than a target may take to answer. */
const TAKEN_FOR_MS = 60_000
const GIVEN_UP_AFTER_MS = 24 * 60 * 60_000

type Changes = { opened: readonly Incident[]; closed: readonly Incident[] }

export type Alarms = {
  /** What is to be told of these changes, as writes for the commit that keeps them. */
  statements(changes: Changes, open: readonly Incident[], now: number): Promise<Statement[]>
  /** Sends what is due. One node at a time calls it. */
  deliver(): Promise<void>
  /** Tells at once and keeps nothing: while the store is away. */
  tellNow(opened: readonly Incident[]): Promise<void>
}

/**
 * Tells people of incidents that open, stay open and close. Each notification is a row until its target has taken it: it
 * survives a restart, and arrives at least once.
 */
export function createAlarms(options: { store: Store; vault: Vault; clock: Clock; log: Log; tell: TellAlarm }): Alarms {
  const { store, vault, clock, log, tell } = options
  /** As they were last read: for the time without the store. */
  let known: Alarm[] = []

  async function read(): Promise<Alarm[]> {
    return (known = await allAlarms(store.sql, vault))
  }

  const of = ({ settings }: Alarm, incidents: readonly Incident[]) =>
    incidents.filter(({ severity }) => isMeant(settings, severity)).map(publicIncident)

  /**
   * When it goes: soon after its first news, together with what follows; in quiet hours later, unless something critical
   * is in it that may pass. Later news do not put it off: in a wide outage there is always more.
   */
  function dueAt({ settings }: Alarm, { news, createdAt }: AlarmDelivery, now: number): number {
    const soon = createdAt + GROUPED_MS
    return passesQuiet(settings, news) ? soon : Math.max(soon, quietUntil(settings.quietHours, now) ?? 0)
  }

  async function statements(changes: Changes, open: readonly Incident[], now: number): Promise<Statement[]> {
    const alarms = await read()
    if (alarms.length === 0) return []
    const writes: Statement[] = []
    let untried: AlarmDelivery[] | undefined
    for (const alarm of alarms) {
      const { reminderMinutes } = alarm.settings
      const opened = of(alarm, changes.opened)
      const closed = of(alarm, changes.closed)
      const justOpened = new Set(opened.map(({ id }) => id))
      const old = of(alarm, open).filter(({ id }) => !justOpened.has(id))
      const isDue = reminderMinutes > 0 && old.length > 0 && now - alarm.toldAt >= reminderMinutes * 60_000
      // An alarm that was just made has told nothing: what is open now is told too.
      const news: AlarmNews = { opened, still_open: isDue ? old : [], closed }
      if (opened.length + news.still_open.length + closed.length === 0) continue
      untried ??= await untriedDeliveries(store.sql)
      const waiting = untried.find(({ alarmId }) => alarmId === alarm.id)
      const fresh: AlarmDelivery = { id: newId('ald', now), alarmId: alarm.id, news, attempts: 0, createdAt: now }
      if (waiting) {
        const merged = { ...waiting, news: addNews(waiting.news, news) }
        writes.push(...addToDelivery(merged, dueAt(alarm, merged, now), fresh))
      } else writes.push(keepDelivery(fresh, dueAt(alarm, fresh, now)))
      if (opened.length > 0 || isDue) writes.push(alarmTold(alarm.id, now))
    }
    return writes
  }

  async function deliverOne(one: AlarmDelivery, alarm: Alarm): Promise<void> {
    const startedAt = clock.now()
    const taken = await takeDelivery(store.sql, one, startedAt + TAKEN_FOR_MS)
    if (!taken) return
    const { delivered, answer } = await tell(alarm, one.id, one.news)
    const now = clock.now()
    const waitMs = Math.min(LONGEST_AGAIN_MS, FIRST_AGAIN_MS * 2 ** Math.min(one.attempts, 10))
    const isOver = delivered || now - one.createdAt > GIVEN_UP_AFTER_MS
    const problem = delivered ? null : answer
    await settleDelivery(store.sql, taken, { at: now, problem, againAt: isOver ? undefined : now + waitMs })
    const told = { alarm_id: alarm.id, type: alarm.target.type, delivered, ms: now - startedAt }
    if (delivered) log.info(told, 'alarm.told')
    else log.warn({ ...told, attempt: taken.attempts, given_up: isOver }, 'alarm.not_told')
  }

  return {
    statements,
    async deliver() {
      const due = await dueDeliveries(store.sql, clock.now())
      if (due.length === 0) return
      const alarms = new Map((await read()).map((alarm) => [alarm.id, alarm]))
      const orphans = due.filter(({ alarmId }) => !alarms.has(alarmId)).map(({ id }) => id)
      if (orphans.length > 0) await dropDeliveries(store.sql, orphans)
      await Promise.all(
        due.map(async (one) => {
          const alarm = alarms.get(one.alarmId)
          if (alarm) await deliverOne(one, alarm)
        }),
      )
    },
    async tellNow(opened) {
      await Promise.all(
        known.map(async (alarm) => {
          const news = { opened: of(alarm, opened), still_open: [], closed: [] }
          if (news.opened.length === 0) return
          // It is told when the store is back.
          const { settings } = alarm
          if (!passesQuiet(settings, news) && quietUntil(settings.quietHours, clock.now()) !== undefined) return
          const { delivered } = await tell(alarm, newId('ald', clock.now()), news)
          if (!delivered) log.warn({ alarm_id: alarm.id, type: alarm.target.type }, 'alarm.not_told')
        }),
      )
    },
  }
}

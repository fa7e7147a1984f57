import { createNumberWatch } from '../flows/incidents/number-watch.ts'
import { createRoom, type Room } from '../flows/incidents/room.ts'
import { type Audit, createAudit } from '../flows/losses/audit.ts'
import { createDailyAudit, type DailyAudit } from '../flows/losses/daily.ts'
import { WEBHOOK_PATH } from '../http/meta.ts'
import type { Incident } from '../domain/incidents/incident.ts'
import { applyStateChanges } from '../store/channel-state.ts'
import type { TellAlarm } from '../flows/alarms/tell.ts'
import { createAlarming } from './alarms.ts'
import { createScheduledBackups } from './backups.ts'
import type { Connections } from './connections.ts'
import { type Foundations, newHolder } from './foundations.ts'
import type { GatewayOptions } from './options.ts'
import type { Shutdown } from './shutdown.ts'

export type Incidents = {
  /** The open ones, the same for every thread and node: of the node that judges, or judged now where none does. */
  open(): Promise<readonly Incident[]>
  /** The same, for those who may ask as often as they like: nothing is judged for them. Undefined: nobody knows. */
  published(): Promise<readonly Incident[] | undefined>
  room: Room
  audit: Audit
  dailyAudit: DailyAudit
  tellAlarm: TellAlarm
  /** Epoch ms of the last good scheduled backup. */
  backedUpAt: () => number | undefined
  start(): void
}

/** The incidents of this process. Only the thread that leads looks by itself. */
export function createIncidents(
  options: GatewayOptions,
  foundations: Foundations,
  connections: Connections,
  shutdown: Shutdown,
): Incidents {
  const { config, store, directory, clock, log, machine, observer, leads } = foundations
  const { cloudApi } = connections
  const { tell, alarms } = createAlarming(foundations, connections)
  const board = machine.incidents
  const backups = createScheduledBackups(foundations)
  const watch = createNumberWatch({
    ...{ cloudApi, clock, log, observer },
    channels: () => directory.channels(),
    ourAddress: config.publicUrl === undefined || config.sandbox ? undefined : `${config.publicUrl}${WEBHOOK_PATH}`,
    asks: () => room.judges,
    async keepState(channelId, changes) {
      if (changes.length === 0) return
      await applyStateChanges(
        store.sql,
        changes.map((change) => ({ ...change, channelId })),
        clock.now(),
      )
      await directory.readStates([channelId])
    },
  })
  const room = createRoom({
    ...{ store, clock, log, board, watch },
    holder: newHolder(),
    channels: () => directory.channels(),
    byWaba: (wabaId) => directory.byWaba(wabaId),
    pace: () => machine.pacer.state(),
    dataDir: config.dataDir,
    rateCard: config.rateCard,
    backup: backups.fact,
    lossAudit: () => dailyAudit.fact(),
    alarms,
    ...(options.incidents?.everyMs !== undefined && { everyMs: options.incidents.everyMs }),
  })
  const audit = createAudit({
    ...{ store, clock, cloudApi, attemptsDays: config.retentionAttemptsDays },
    channels: () => directory.channels(),
  })
  const dailyAudit = createDailyAudit({ store, clock, log, audit, isOurs: () => room.judges })
  if (leads) {
    shutdown.add(() => room.stop())
    shutdown.add(() => watch.stop())
    shutdown.add(() => dailyAudit.stop())
    shutdown.add(() => backups.stop())
  }
  return {
    ...{ room, audit, dailyAudit },
    tellAlarm: tell,
    backedUpAt: () => backups.fact()?.goodAt ?? undefined,
    async published() {
      const published = await board.open()
      return published === 'lost' ? undefined : (published ?? [])
    },
    async open() {
      const published = await board.open()
      return published === 'lost' || published === undefined ? room.peek() : published
    },
    start() {
      if (!leads) return
      watch.start()
      room.start()
      dailyAudit.start()
      backups.start()
    },
  }
}

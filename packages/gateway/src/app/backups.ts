import { type Backups, createBackups, runInThread } from '../flows/backup/schedule.ts'
import { keptSecrets } from '../flows/backup/make.ts'
import type { Foundations } from './foundations.ts'
import { VERSION } from './version.ts'

/** Nothing is scheduled: an incident of an earlier schedule closes. */
const NONE: Backups = {
  start() {},
  fact: () => ({ goodAt: null, failedSince: null, failures: 0, problem: null }),
  stop: () => Promise.resolve(),
}

/** The backups of BACKUP_EVERY, each made in a thread of its own. */
export function createScheduledBackups({ config, store, clock, log }: Foundations): Backups {
  const { backupEvery: everyMs, backupTo: to, backupKeep: keep, dataDir, outboundAllow: allow } = config
  if (everyMs === undefined || to === undefined) return NONE
  let end = (): void => {}
  const backups = createBackups({
    ...{ store, clock, log, everyMs },
    run: () =>
      runInThread(
        { dataDir, version: VERSION, secrets: keptSecrets(config), to, keep, allow, now: clock.now() },
        (stop) => (end = stop),
      ),
  })
  return {
    ...backups,
    stop() {
      const stopped = backups.stop()
      end()
      return stopped
    },
  }
}

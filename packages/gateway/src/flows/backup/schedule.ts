import { Worker } from 'node:worker_threads'
import type { Clock } from '@postern/runtime/clock'
import type { BackupFact } from '../../domain/incidents/facts.ts'
import type { Log } from '../../platform/log.ts'
import { findNote, keepNote } from '../../store/incidents.ts'
import type { Store } from '../../store/store.ts'
import type { Answered, Asked } from './thread.ts'

/** After a failure the next try comes this soon, when the schedule is slower. */
const AGAIN_MS = 10 * 60_000
const NOTE = 'backup'
/** The built file, or the source file. */
const THREAD = new URL(`./thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

export type Backups = {
  start(): void
  /** For incidents and metrics. Undefined until it is known. */
  fact(): BackupFact | undefined
  stop(): Promise<void>
}

export type ScheduleOptions = {
  store: Store
  clock: Clock
  log: Log
  everyMs: number
  /** Makes one. Rejects never. */
  run: () => Promise<Answered>
}

/**
 * Makes backups by a schedule. The time of the last good one is in the store, so a restart begins no new interval; without
 * one, the first is made at once.
 */
export function createBackups({ store, clock, log, everyMs, run }: ScheduleOptions): Backups {
  let fact: BackupFact | undefined
  let cancel = (): void => {}
  let stopped = false
  let running: Promise<void> = Promise.resolve()

  async function once(): Promise<void> {
    const now = clock.now()
    const answer = await run()
    if (stopped) return
    if ('problem' in answer) {
      const { failedSince = null, failures = 0, goodAt = null } = fact ?? {}
      fact = { goodAt, failedSince: failedSince ?? now, failures: failures + 1, problem: answer.problem.slice(0, 300) }
      log.error({ problem: fact.problem, failures: fact.failures }, 'backup.failed')
    } else {
      fact = { goodAt: Date.parse(answer.takenAt), failedSince: null, failures: 0, problem: null }
      log.info({ file: answer.file, bytes: answer.bytes, ms: clock.now() - now }, 'backup.made')
    }
    await keepNote(store.sql, NOTE, fact, clock.now())
  }

  async function begin(): Promise<void> {
    fact = (await findNote<BackupFact>(store.sql, NOTE))?.value ?? {
      ...{ goodAt: null, failedSince: null, failures: 0, problem: null },
    }
  }

  /** `atStart`: a failure of before is tried at once, since a restart may have repaired its cause. */
  function later(atStart: boolean): void {
    if (stopped) return
    const { goodAt = null, failedSince = null } = fact ?? {}
    const wait = failedSince === null ? waitAfter(goodAt) : atStart ? 0 : Math.min(AGAIN_MS, everyMs)
    cancel = clock.after(wait, () => void round(once))
  }

  const waitAfter = (goodAt: number | null): number =>
    goodAt === null ? 0 : Math.min(everyMs, Math.max(0, goodAt + everyMs - clock.now()))

  function round(work: () => Promise<void>): Promise<void> {
    running = work()
      .catch((error: unknown) => log.warn({ err: error }, 'backup.not_noted'))
      .then(() => later(work === begin))
    return running
  }

  return {
    start: () => void round(begin),
    fact: () => fact,
    async stop() {
      stopped = true
      cancel()
      await running
    },
  }
}

/** Runs one backup in a thread. `onStart` is called with a function that ends it. */
export function runInThread(asked: Asked, onStart: (end: () => void) => void): Promise<Answered> {
  return new Promise((resolve) => {
    const thread = new Worker(THREAD, { workerData: asked, execArgv: [], name: 'backup' })
    onStart(() => void thread.terminate())
    thread.once('message', resolve)
    thread.once('error', (error: Error) => resolve({ problem: error.message }))
    thread.once('exit', () => resolve({ problem: 'the gateway stopped before the backup was made' }))
  })
}

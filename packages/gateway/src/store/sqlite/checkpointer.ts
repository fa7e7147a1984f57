import { Worker } from 'node:worker_threads'
import type { Database } from './database.ts'

/**
 * Copies the log into the database on a thread of its own, while commits go on. On the writer's thread each copy, with
 * its two syncs of the disk, would hold up every commit behind it.
 *
 * A log is begun anew only when all of it is copied and nobody reads in it. Under steady load there is always some more,
 * so from a length on the writer pauses for the short rest.
 */
export type Checkpointer = {
  /** After a commit: begins a copy when the log has grown. */
  look(): void
  /** Before a commit: undefined, or what the writer should wait for so that the log can begin anew. */
  turn(): Promise<void> | undefined
  /** No copy runs until `resume`: whoever empties the log by itself wants nobody beside it. */
  pause(): Promise<void>
  resume(): void
  close(): Promise<void>
}

/** Pages of the log that are worth a copy: what SQLite itself would take. */
const PASS_PAGES = 1_000
/** From here on the writer pauses for the rest. */
const LONG_PAGES = 4_000
/** As it was built, or as it stands in the source. */
const THREAD = new URL(`./checkpoint-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

export function createCheckpointer(
  db: Pick<Database, 'logLength'>,
  path: string,
  onStart?: (thread: Worker) => void,
): Checkpointer {
  let thread: Worker | undefined
  let running: Promise<void> | undefined
  let passed: (() => void) | undefined
  /** How long the log was when a reader kept it from being copied: asked for again when it has grown further. */
  let seen = 0
  let wantsTurn = false
  let held = 0
  let closed = false

  function start(): Worker {
    const fresh = new Worker(THREAD, { workerData: { path }, execArgv: [], name: 'store checkpoints' })
    onStart?.(fresh)
    fresh.on('message', () => passed?.())
    // Without it SQLite copies by itself when the log is at its longest; the next look starts another.
    fresh.on('error', () => {})
    fresh.on('exit', () => {
      thread = undefined
      passed?.()
    })
    return fresh
  }

  function pass(): Promise<void> {
    const at = (thread ??= start())
    at.ref()
    at.postMessage('pass')
    running = new Promise<void>((resolve) => {
      passed = resolve
    }).then(() => {
      // An idle thread does not keep the process.
      at.unref()
      running = passed = undefined
    })
    return running
  }

  /** Undefined where the disk does not say: it tells the next commit, and takes nothing back from the last one. */
  function logLength(): ReturnType<Database['logLength']> | undefined {
    try {
      return db.logLength()
    } catch {
      return undefined
    }
  }

  return {
    look() {
      if (running || held > 0 || closed) return
      const log = logLength()
      if (!log) return
      const { pages, copied } = log
      if (pages < seen) seen = 0
      if (pages - Math.max(seen, copied) < PASS_PAGES) return
      void pass().then(() => {
        const now = logLength()
        if (!now) return
        seen = now.copied < pages && now.pages >= pages ? pages : 0
        wantsTurn = now.pages >= LONG_PAGES
      })
    },
    turn() {
      if (!wantsTurn || held > 0 || closed) return undefined
      wantsTurn = false
      return running ?? pass()
    },
    async pause() {
      held++
      await running
    },
    resume() {
      held--
    },
    async close() {
      closed = true
      await running
      if (!thread) return
      const gone = new Promise((resolve) => thread!.once('exit', resolve))
      thread.ref()
      thread.postMessage('close')
      await gone
    },
  }
}

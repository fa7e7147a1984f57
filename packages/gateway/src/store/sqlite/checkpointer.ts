import { Worker } from 'node:worker_threads'
import type { Database } from './database.ts'

/**
 * Copies the WAL into the database on a thread of its own, while commits continue. On the writer's thread each copy,
 * with its two syncs of the disk, would delay every later commit.
 *
 * The WAL starts anew only when all of it is copied and no reader uses it. Under steady load some of it is always
 * uncopied, so above a length the writer pauses until the rest is copied.
 */
export type Checkpointer = {
  /** After a commit: starts a copy when the WAL has grown. */
  look(): void
  /** Before a commit: undefined, or a promise that the writer should await so that the WAL can start anew. */
  turn(): Promise<void> | undefined
  /** No copy runs until `resume`: code that empties the WAL itself needs it alone. */
  pause(): Promise<void>
  resume(): void
  close(): Promise<void>
}

/** Pages of the WAL that are worth a copy: SQLite's own default. */
const PASS_PAGES = 1_000
/** From here on the writer pauses until the rest is copied. */
const LONG_PAGES = 4_000
/** The built file, or the source file. */
const THREAD = new URL(`./checkpoint-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

export function createCheckpointer(
  db: Pick<Database, 'logLength'>,
  path: string,
  onStart?: (thread: Worker) => void,
): Checkpointer {
  let thread: Worker | undefined
  let running: Promise<void> | undefined
  let passed: (() => void) | undefined
  /** Length of the WAL when a reader prevented its copy. It is tried again when the WAL has grown further. */
  let seen = 0
  let wantsTurn = false
  let held = 0
  let closed = false

  function start(): Worker {
    const fresh = new Worker(THREAD, { workerData: { path }, execArgv: [], name: 'store checkpoints' })
    onStart?.(fresh)
    fresh.on('message', () => passed?.())
    // Without the thread SQLite copies the WAL itself at its limit. The next check starts another thread.
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
      // An idle thread does not keep the process alive.
      at.unref()
      running = passed = undefined
    })
    return running
  }

  /** Undefined when the disk does not tell: the next commit reports that, and the last one stays valid. */
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

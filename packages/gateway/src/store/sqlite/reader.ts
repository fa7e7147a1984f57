import { Worker } from 'node:worker_threads'
import { StoreUnavailable } from '../../platform/errors.ts'
import type { SqlValue } from '../sql.ts'
import { BUSY_MS, positional } from './database.ts'
import { crossed } from '../thread/errors.ts'
import type { Answered, Asked } from './reader-thread.ts'

/** Reads outside of the event loop. Each sees everything that was committed before it began. */
export type Reader = {
  all<T>(sql: string, params?: readonly SqlValue[]): Promise<T[]>
  get<T>(sql: string, params?: readonly SqlValue[]): Promise<T | undefined>
  /** Waits for pending reads. Refuses later ones. */
  close(): Promise<void>
}

/** A second thread is started when the first is busy, so that one long read does not delay all others. */
const THREADS = 2
/** A read whose thread died is repeated once, on another thread. */
const MOST_TRIES = 2
/** The built file, or the source file. */
const THREAD = new URL(`./reader-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

type Waiting = { asked: Asked; tries: number; resolve: (value: never) => void; reject: (error: unknown) => void }

/** Starts its threads at the first reads, at most `threads`. `onStart` is called with each. */
export function createReader(
  path: string,
  { threads: most = THREADS, onStart }: { threads?: number | undefined; onStart?: (thread: Worker) => void } = {},
): Reader {
  const threads = new Set<Thread>()
  let last = 0
  let closed = false

  function pick(): Thread {
    let best: Thread | undefined
    for (const thread of threads) if (!best || thread.waiting < best.waiting) best = thread
    if (best && (best.waiting === 0 || threads.size >= most)) return best
    const fresh = new Thread(path, (left, cause) => {
      threads.delete(fresh)
      for (const waiting of left) askAgain(waiting, cause)
    })
    threads.add(fresh)
    onStart?.(fresh.thread)
    return fresh
  }

  function askAgain(waiting: Waiting, cause: unknown): void {
    if (waiting.tries >= MOST_TRIES) waiting.reject(cause)
    else pick().ask({ ...waiting, tries: waiting.tries + 1 })
  }

  function ask<T>(sql: string, params: readonly SqlValue[], one: boolean): Promise<T> {
    if (closed) return Promise.reject(new StoreUnavailable('the store is closed'))
    return new Promise<T>((resolve, reject) => {
      pick().ask({ asked: { id: ++last, sql: positional(sql), params, one }, tries: 1, resolve, reject })
    })
  }

  return {
    all: (sql, params = []) => ask(sql, params, false),
    get: (sql, params = []) => ask(sql, params, true),
    async close() {
      closed = true
      // A thread that died meanwhile has passed its reads to another.
      while (threads.size > 0) await Promise.all([...threads].map((thread) => thread.close()))
    },
  }
}

/** One thread with a connection of its own. */
class Thread {
  readonly thread: Worker
  readonly #waiting = new Map<number, Waiting>()
  readonly #over: Promise<void>

  /** `onGone` gets the unanswered reads. */
  constructor(path: string, onGone: (left: Waiting[], cause: unknown) => void) {
    this.thread = new Worker(THREAD, { workerData: { path, busyMs: BUSY_MS }, execArgv: [], name: 'store reader' })
    this.thread.unref()
    let cause: unknown
    this.thread.on('message', (answer: Answered) => this.#hear(answer))
    this.thread.on('error', (error) => (cause = error))
    this.#over = new Promise((resolve) => {
      this.thread.on('exit', () => {
        const left = [...this.#waiting.values()]
        this.#waiting.clear()
        onGone(left, cause ?? new StoreUnavailable('SQLite: the thread that reads has ended'))
        resolve()
      })
    })
  }

  get waiting(): number {
    return this.#waiting.size
  }

  ask(waiting: Waiting): void {
    // A pending read keeps the process alive; an idle thread does not.
    this.thread.postMessage(waiting.asked)
    if (this.#waiting.size === 0) this.thread.ref()
    this.#waiting.set(waiting.asked.id, waiting)
  }

  #hear(answer: Answered): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (this.#waiting.size === 0) this.thread.unref()
    if ('error' in answer) waiting?.reject(crossed(answer.error))
    else waiting?.resolve(answer.value as never)
  }

  close(): Promise<void> {
    // After the reads that were sent before.
    this.thread.ref()
    this.thread.postMessage('close')
    return this.#over
  }
}

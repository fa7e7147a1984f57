import { Worker } from 'node:worker_threads'
import { validationError } from '../../platform/errors.ts'
import type { Asks, FromThread, Handlers, Results, Task, ToThread } from './thread-calls.ts'

/** A million rows need about 100 MB of it when they are business-scoped ids. */
const LIMITS = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 16 }
/** Each task takes a processor. */
const MOST_AT_ONCE = 2

let running = 0
const line: (() => void)[] = []

async function turn(): Promise<void> {
  if (running >= MOST_AT_ONCE) await new Promise<void>((resolve) => line.push(resolve))
  running++
}

function over(): void {
  running--
  line.shift()?.()
}

/**
 * Runs a task in a thread of its own; others wait for their turn. Throws a validation error when the file or the map is
 * to blame, and the error of a handler as it is.
 */
export async function runTask<T extends Task>(
  task: T,
  handlers: Handlers,
  how: { signal?: AbortSignal | undefined; onProgress?: (rows: number) => void } = {},
): Promise<Results[T['kind']]> {
  await turn()
  try {
    return await run(task, handlers, how)
  } finally {
    over()
  }
}

function run<T extends Task>(
  task: T,
  handlers: Handlers,
  { signal, onProgress }: { signal?: AbortSignal | undefined; onProgress?: (rows: number) => void },
): Promise<Results[T['kind']]> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error)
    const file = import.meta.url.endsWith('.ts') ? './rows-thread.ts' : './rows-thread.js'
    const thread = new Worker(new URL(file, import.meta.url), {
      workerData: task,
      resourceLimits: LIMITS,
      execArgv: [],
    })
    const stop = (error: unknown): void => {
      reject(error as Error)
      void thread.terminate()
    }
    const onAbort = (): void => stop(signal!.reason)
    signal?.addEventListener('abort', onAbort)
    thread.on('message', (message: FromThread) => {
      switch (message.kind) {
        case 'progress':
          return onProgress?.(message.rows)
        case 'ask':
          return void answer(thread, handlers, message).catch(stop)
        case 'done':
          return resolve(message.result as Results[T['kind']])
        case 'failed':
          return reject(message.problems ? validationError(message.problems) : new Error(message.message))
      }
    })
    thread.on('error', (error) => {
      const isFull = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
      reject(isFull ? validationError([TOO_LARGE]) : error)
    })
    thread.on('exit', () => {
      signal?.removeEventListener('abort', onAbort)
      reject(new Error('the thread that reads recipients has ended'))
    })
  })
}

const TOO_LARGE = { path: 'file', rule: 'maxLength', message: 'needs too much memory: split it into smaller files' }

async function answer(thread: Worker, handlers: Handlers, asked: Extract<FromThread, { kind: 'ask' }>): Promise<void> {
  const handler = handlers[asked.what] as ((args: unknown) => Promise<Asks[keyof Asks]['answer']>) | undefined
  if (!handler) throw new Error(`the thread asked for ${asked.what}`)
  thread.postMessage({ id: asked.id, value: await handler(asked.args) } satisfies ToThread)
}

import { Worker } from 'node:worker_threads'
import { validationError } from '../../platform/errors.ts'
import type { Asks, FromThread, Handlers, Results, Task, ToThread } from './thread-calls.ts'

/** What is kept of a million rows stands in typed arrays, which do not count here. */
const LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 }
/** Each task takes a processor. */
const MOST_AT_ONCE = 2
/** A thread waits this long for another task: to start one takes longer than to read a small file. */
const IDLE_MS = 5_000

let running = 0
const line: (() => void)[] = []
const idle: FileThread[] = []

async function turn(): Promise<void> {
  if (running >= MOST_AT_ONCE) await new Promise<void>((resolve) => line.push(resolve))
  running++
}

function over(): void {
  running--
  line.shift()?.()
}

/**
 * Runs a task in a thread; others wait for their turn. Throws a validation error when the file or the map is to blame,
 * and the error of a handler as it is.
 */
export async function runTask<T extends Task>(
  task: T,
  handlers: Handlers,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<Results[T['kind']]> {
  await turn()
  try {
    signal?.throwIfAborted()
    const thread = idle.pop() ?? new FileThread()
    return (await thread.run(task, handlers, signal)) as Results[T['kind']]
  } finally {
    over()
  }
}

type Work = { handlers: Handlers; resolve: (result: unknown) => void; reject: (error: Error) => void }

/** One thread that reads files, one after the other. It ends with a failed handler, with an abort, and when it has nothing to do. */
class FileThread {
  readonly #worker: Worker
  #work: Work | undefined
  #task = 0
  #end: NodeJS.Timeout | undefined

  constructor() {
    const file = import.meta.url.endsWith('.ts') ? './rows-thread.ts' : './rows-thread.js'
    this.#worker = new Worker(new URL(file, import.meta.url), { resourceLimits: LIMITS, execArgv: [] })
    this.#worker.on('message', (message: FromThread) => this.#hear(message))
    this.#worker.on('error', (error) => {
      const isFull = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
      this.#stop(isFull ? validationError([TOO_LARGE]) : error)
    })
    this.#worker.on('exit', () => this.#stop(new Error('the thread that reads recipients has ended')))
  }

  async run(task: Task, handlers: Handlers, signal: AbortSignal | undefined): Promise<unknown> {
    clearTimeout(this.#end)
    this.#worker.ref()
    const onAbort = (): void => this.#stop(signal!.reason as Error)
    signal?.addEventListener('abort', onAbort)
    try {
      return await new Promise((resolve, reject) => {
        this.#work = { handlers, resolve, reject }
        this.#say({ kind: 'task', task: ++this.#task, given: task })
      })
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
  }

  #say(message: ToThread, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer)
  }

  #hear(message: FromThread): void {
    const work = this.#work
    if (!work) return
    switch (message.kind) {
      case 'ask':
        if (message.task === this.#task)
          this.#answer(work, message).catch((error: unknown) => {
            if (this.#work === work) this.#stop(error as Error)
          })
        return
      case 'done':
        this.#rest()
        return work.resolve(message.result)
      case 'failed':
        this.#rest()
        return work.reject(message.problems ? validationError(message.problems) : new Error(message.message))
    }
  }

  async #answer({ handlers }: Work, { id, what, args }: Extract<FromThread, { kind: 'ask' }>): Promise<void> {
    const handler = handlers[what] as ((args: unknown) => Promise<Asks[keyof Asks]['answer']>) | undefined
    if (!handler) throw new Error(`the thread asked for ${what}`)
    const value = await handler(args)
    this.#say({ kind: 'answer', id, value }, value instanceof Uint8Array ? ownBuffer(value) : [])
  }

  #rest(): void {
    this.#work = undefined
    this.#worker.unref()
    idle.push(this)
    this.#end = setTimeout(() => this.#stop(new Error('the thread had nothing to do')), IDLE_MS)
    this.#end.unref()
  }

  #stop(error: Error): void {
    clearTimeout(this.#end)
    const at = idle.indexOf(this)
    if (at >= 0) idle.splice(at, 1)
    this.#work?.reject(error)
    this.#work = undefined
    void this.#worker.terminate()
  }
}

const TOO_LARGE = { path: 'file', rule: 'maxLength', message: 'needs too much memory: split it into smaller files' }

/** The buffer of bytes that fill it: it moves to the thread without a copy. Others may share a buffer, and are copied. */
function ownBuffer({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : []
}

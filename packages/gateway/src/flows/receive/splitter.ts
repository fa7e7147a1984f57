import { Worker } from 'node:worker_threads'
import type { Piece } from './split.ts'

/** `raw` starts a job. `drop` ends it early. */
export type Ask = { job: number; raw?: Uint8Array; drop?: true }
export type Reply = { job: number; piece?: Piece; problem?: string }

/** Four MiB of brackets take a second or two. */
const LONGEST_ANSWER_MS = 20_000
const IDLE_MS = 60_000
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 }

/** A webhook that could not be divided: it is no webhook, or too large for the thread. */
export class Unsplittable extends Error {
  constructor(problem: string) {
    super(problem)
    this.name = 'Unsplittable'
  }
}

type Waiting = { resolve: (reply: Reply) => void; reject: (error: Error) => void; timer: NodeJS.Timeout }

let thread: Worker | undefined
let idle: NodeJS.Timeout | undefined
let lastJob = 0
const waiting = new Map<number, Waiting>()

/** The pieces of a large webhook, in order. Throws `Unsplittable` when it cannot be read. */
export async function* piecesOf(raw: Buffer): AsyncGenerator<Piece> {
  const job = ++lastJob
  let isOver = false
  try {
    let reply = await ask({ job, raw })
    for (;;) {
      isOver = reply.piece === undefined
      if (reply.problem !== undefined) throw new Unsplittable(reply.problem)
      if (reply.piece === undefined) return
      yield reply.piece
      reply = await ask({ job })
    }
  } finally {
    if (!isOver) thread?.postMessage({ job, drop: true } satisfies Ask)
  }
}

function ask(message: Ask): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => stop('it took too long to take it apart'), LONGEST_ANSWER_MS)
    waiting.set(message.job, { resolve, reject, timer })
    clearTimeout(idle)
    thread ??= start()
    thread.ref()
    thread.postMessage(message)
  })
}

function start(): Worker {
  const file = import.meta.url.endsWith('.ts') ? './split-thread.ts' : './split-thread.js'
  const started = new Worker(new URL(file, import.meta.url), { resourceLimits: LIMITS })
  started.on('message', (reply: Reply) => {
    const asked = waiting.get(reply.job)
    if (!asked) return
    waiting.delete(reply.job)
    clearTimeout(asked.timer)
    asked.resolve(reply)
    if (waiting.size > 0) return
    // Between two pieces the store keeps the process alive, not this thread.
    started.unref()
    idle = setTimeout(() => stop('it is idle'), IDLE_MS).unref()
  })
  started.on('error', () => stop('it takes more memory than it may'))
  started.on('exit', () => {
    if (thread === started) stop('its thread ended')
  })
  return started
}

function stop(problem: string): void {
  const ended = thread
  thread = undefined
  clearTimeout(idle)
  for (const [job, { reject, timer }] of waiting) {
    waiting.delete(job)
    clearTimeout(timer)
    reject(new Unsplittable(problem))
  }
  void ended?.terminate()
}

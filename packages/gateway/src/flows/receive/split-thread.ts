import { parentPort } from 'node:worker_threads'
import { splitWebhook, type Piece } from './split.ts'
import type { Ask, Reply } from './splitter.ts'

/**
 * Divides large webhooks outside of the event loop and returns the pieces one at a time: parsing a hostile body of 4
 * MiB takes seconds, and its events may be far larger than the body.
 */
const port = parentPort!
const open = new Map<number, Generator<Piece>>()

port.on('message', (ask: Ask) => {
  if (ask.drop) open.delete(ask.job)
  else port.postMessage(answer(ask))
})

function answer({ job, raw }: Ask): Reply {
  try {
    if (raw) open.set(job, splitWebhook(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('utf8')))
    const next = open.get(job)?.next()
    if (next?.done === false) return { job, piece: next.value }
    open.delete(job)
    return { job }
  } catch (error) {
    open.delete(job)
    return { job, problem: (error as Error).message }
  }
}

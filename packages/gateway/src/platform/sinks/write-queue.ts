import { performance } from 'node:perf_hooks'
import { afterReads } from '../deadline.ts'
import type { SinkAnswer, SinkEvent } from './sink.ts'

/** The events of one lane, written together. */
export type LaneEvents = { lane: string; events: readonly SinkEvent[] }

/** Result of one lane's events in a batch. */
export type Written = Omit<SinkAnswer, 'ms'>

export type WriteQueueOptions = {
  /** Number of concurrent batches, and so of open connections. */
  batches: number
  /** Maximum size of a batch, unless a single lane exceeds it. */
  mostRows: number
  mostBytes: number
  /** Writes a batch; returns a result for each of its lanes in the same order. Never rejects. */
  run(batch: readonly LaneEvents[], timeoutMs: number): Promise<Written[]>
}

type Waiting = LaneEvents & {
  bytes: number
  until: number
  settle(answer: Written): void
}

export type WriteQueue = {
  push(lane: string, events: readonly SinkEvent[], timeoutMs: number): Promise<SinkAnswer>
  /** Answers waiting writes with `notSent`, and waits for running ones. */
  close(): Promise<void>
}

/**
 * Collects the writes that arrive during others: a fast sink gets each write at once, a slow one gets batches of many
 * lanes. Each write has its own timeout, independent of its batch.
 */
export function createWriteQueue(options: WriteQueueOptions): WriteQueue {
  const waiting: Waiting[] = []
  const running = new Set<Promise<void>>()
  let closed = false

  function push(lane: string, events: readonly SinkEvent[], timeoutMs: number): Promise<SinkAnswer> {
    const startedAt = performance.now()
    return new Promise((resolve) => {
      const write: Waiting = {
        lane,
        events,
        bytes: events.reduce((sum, event) => sum + Buffer.byteLength(event.body), 0),
        until: startedAt + timeoutMs,
        settle(answer) {
          cancel()
          resolve({ ...answer, ms: performance.now() - startedAt })
        },
      }
      const cancel = afterReads(timeoutMs, () => {
        const at = waiting.indexOf(write)
        if (at >= 0) waiting.splice(at, 1)
        write.settle({ status: null, text: `no answer within ${timeoutMs} ms`, written: 0 })
      })
      if (closed) return write.settle(CLOSED)
      waiting.push(write)
      begin()
    })
  }

  function begin(): void {
    while (running.size < options.batches && waiting.length > 0) {
      const batch = takeBatch(waiting, options)
      const timeoutMs = Math.max(...batch.map((write) => write.until)) - performance.now()
      const work = options.run(batch, Math.max(1, timeoutMs)).then((answers) => {
        running.delete(work)
        for (const [i, write] of batch.entries()) write.settle(answers[i]!)
        begin()
      })
      running.add(work)
    }
  }

  return {
    push,
    async close() {
      closed = true
      for (const write of waiting.splice(0)) write.settle(CLOSED)
      await Promise.all(running)
    },
  }
}

const CLOSED: Written = { status: null, text: 'Postern stops, or the endpoint has changed', written: 0, notSent: true }

/** The oldest writes that can go together: no lane twice, because the second must not overtake the first. */
function takeBatch(waiting: Waiting[], { mostRows, mostBytes }: WriteQueueOptions): Waiting[] {
  const batch: Waiting[] = []
  const lanes = new Set<string>()
  let rows = 0
  let bytes = 0
  for (let at = 0; at < waiting.length;) {
    const write = waiting[at]!
    const isFull = rows + write.events.length > mostRows || bytes + write.bytes > mostBytes
    if (isFull && batch.length > 0) break
    if (lanes.has(write.lane)) at++
    else {
      waiting.splice(at, 1)
      batch.push(write)
      lanes.add(write.lane)
      rows += write.events.length
      bytes += write.bytes
    }
  }
  return batch
}

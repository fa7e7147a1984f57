import { StoreUnavailable } from '../platform/errors.ts'

/**
 * Combines many writes into few commits (group commit). Writes that arrive during a commit wait; when it ends, all
 * waiting writes go in one transaction. When idle, this adds no delay; under load, it turns hundreds of commits into
 * one.
 *
 * One flush is in progress at a time, otherwise the order of a contact's events would be lost. Each caller gets its
 * result only after its own write is committed.
 */
export type Batcher<Op> = {
  /**
   * Settles after the commit that contains `op`, or rejects with the reason why it was not stored. Default of `size`:
   * one write without bytes.
   */
  add<T>(op: Op, size?: Size): Promise<T>
  /** Number of waiting operations, without those in the current commit. */
  readonly waiting: number
  /** Why the store refused a write within the last seconds. Undefined when it refused none. */
  readonly trouble: StoreUnavailable | undefined
  /** Settles when all added operations are committed. Later ones are refused. */
  close(): Promise<void>
}

/** The size of an operation in its batch: one webhook may have a thousand writes, or one of a megabyte. */
export type Size = { writes: number; bytes: number }

const ONE: Size = { writes: 1, bytes: 0 }

/**
 * How long a refusal counts. A full disk still accepts data that fits into existing pages, so one successful small
 * write does not prove that the store is healthy.
 */
const TROUBLE_MS = 2_000

/** Maximum time to gather writes before a commit. Reached only while every turn brings more writes. */
const GATHER_MS = 2

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export type Settled = { ok: true; value: unknown } | { ok: false; error: unknown }

export function createBatcher<Op>(options: {
  /** Commits all of `ops` in order and returns one result for each, in the same order. A rejection rejects them all. */
  flush: (ops: Op[]) => Promise<Settled[]> | Settled[]
  /** Maximum number of writes in a batch. A larger operation is alone in its batch. */
  maxBatch?: number
  /** Maximum number of bytes in a batch: it limits the memory and the network data of one commit. */
  maxBytes?: number
  /** The next turn of the event loop, and the time: a simulation has its own. */
  turn?: () => Promise<void>
  monotonic?: () => number
  /** How long to gather before the next commit, in ms. 0 or absent: only writes that are on their way. */
  pause?: () => number
}): Batcher<Op> {
  const { flush, maxBatch = 500, maxBytes = 4 * 1024 * 1024 } = options
  const { turn = nextTurn, monotonic = () => performance.now() } = options
  type Waiting = { op: Op; size: Size; resolve: (value: never) => void; reject: (error: unknown) => void }
  let queue: Waiting[] = []
  let running = false
  let closed = false
  let onIdle: (() => void)[] = []
  let endPause: (() => void) | undefined
  let refused: { at: number; error: StoreUnavailable } | undefined

  function refuse(waiting: Waiting, error: unknown): void {
    if (error instanceof StoreUnavailable) refused = { at: monotonic(), error }
    waiting.reject(error)
  }

  /** Waits while every turn of the event loop brings more writes, so that these share the commit. */
  async function gather(): Promise<void> {
    const ms = options.pause?.() ?? 0
    if (ms > 0 && !closed && queue.length < maxBatch)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        endPause = () => (clearTimeout(timer), resolve())
      })
    endPause = undefined
    const startedAt = monotonic()
    let seen: number
    do {
      seen = queue.length
      await turn()
    } while (queue.length > seen && queue.length < maxBatch && monotonic() - startedAt < GATHER_MS)
  }

  /** Takes the next batch from the front of the queue: at least one operation, and as many as fit. */
  function take(): Waiting[] {
    let writes = 0
    let bytes = 0
    const full = queue.findIndex(({ size }, i) => {
      writes += size.writes
      bytes += size.bytes
      return i > 0 && (writes > maxBatch || bytes > maxBytes)
    })
    const batch = full < 0 ? queue : queue.slice(0, full)
    queue = full < 0 ? [] : queue.slice(full)
    return batch
  }

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      await gather()
      const batch = take()
      try {
        const answer = flush(batch.map((waiting) => waiting.op))
        const results = Array.isArray(answer) ? answer : await answer
        batch.forEach((waiting, i) => {
          const result = results[i]!
          if (result.ok) waiting.resolve(result.value as never)
          else refuse(waiting, result.error)
        })
      } catch (error) {
        for (const waiting of batch) refuse(waiting, error)
      }
    }
    running = false
    for (const idle of onIdle) idle()
    onIdle = []
  }

  return {
    add<T>(op: Op, size = ONE): Promise<T> {
      if (closed) return Promise.reject(new StoreUnavailable('the store is closed'))
      return new Promise<T>((resolve, reject) => {
        queue.push({ op, size, resolve, reject })
        if (running) return
        running = true
        void drain()
      })
    },
    get waiting() {
      return queue.length
    },
    get trouble() {
      return refused && monotonic() - refused.at < TROUBLE_MS ? refused.error : undefined
    },
    async close() {
      closed = true
      endPause?.()
      if (running) await new Promise<void>((resolve) => onIdle.push(resolve))
    },
  }
}

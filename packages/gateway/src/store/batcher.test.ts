import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreUnavailable } from '../platform/errors.ts'
import { createBatcher, type Settled } from './batcher.ts'

const done = (ops: number[]): Settled[] => ops.map((op) => ({ ok: true, value: op * 10 }))

test('writes that arrive during a commit share the next one', async () => {
  const batches: number[][] = []
  let release: (() => void)[] = []
  const batcher = createBatcher<number>({
    async flush(ops) {
      batches.push(ops)
      await new Promise<void>((resolve) => release.push(resolve))
      return done(ops)
    },
  })
  const first = batcher.add<number>(1)
  await until(() => batches.length === 1)
  const rest = [2, 3, 4].map((op) => batcher.add<number>(op))
  await tick()
  assert.deepEqual(batches, [[1]], 'one commit in flight at a time')
  release.forEach((go) => go())
  release = []
  assert.equal(await first, 10)
  await until(() => batches.length === 2)
  release.forEach((go) => go())
  assert.deepEqual(await Promise.all(rest), [20, 30, 40])
  assert.deepEqual(batches, [[1], [2, 3, 4]])
})

test('writes that arrive during the pause before a commit join it; closing does not wait for the pause', async () => {
  const batches: number[][] = []
  let pause = 300
  const batcher = createBatcher<number>({
    flush: (ops) => (batches.push(ops), done(ops)),
    pause: () => pause,
  })
  const first = batcher.add<number>(1)
  await new Promise((resolve) => setTimeout(resolve, 5))
  const second = batcher.add<number>(2)
  assert.deepEqual(await Promise.all([first, second]), [10, 20])
  assert.deepEqual(batches, [[1, 2]])
  pause = 60_000
  const last = batcher.add<number>(3)
  const closing = batcher.close()
  assert.equal(await last, 30)
  await closing
})

test('each caller gets the result of its own write: a failed one does not affect the others', async () => {
  const batcher = createBatcher<number>({
    flush: (ops) =>
      ops.map((op): Settled => (op === 2 ? { ok: false, error: new Error('two') } : { ok: true, value: op })),
  })
  const results = await Promise.allSettled([1, 2, 3].map((op) => batcher.add(op)))
  assert.deepEqual(
    results.map((result) => result.status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
})

test('a failed commit rejects all its writes, and the next commit is tried', async () => {
  let broken = true
  const batcher = createBatcher<number>({
    flush(ops) {
      if (broken) throw new Error('disk full')
      return done(ops)
    },
  })
  await assert.rejects(batcher.add(1), /disk full/)
  broken = false
  assert.equal(await batcher.add<number>(2), 20)
})

test('a batch has at most its limit of writes, and the order holds over batches', async () => {
  const seen: number[] = []
  let largest = 0
  const batcher = createBatcher<number>({
    maxBatch: 10,
    flush(ops) {
      largest = Math.max(largest, ops.length)
      seen.push(...ops)
      return done(ops)
    },
  })
  const all = Array.from({ length: 95 }, (_, i) => i)
  await Promise.all(all.map((op) => batcher.add(op)))
  assert.deepEqual(seen, all)
  assert.equal(largest, 10)
})

test('a batch is limited by writes and bytes too, and a larger operation is alone in its batch', async () => {
  const batches: number[][] = []
  const batcher = createBatcher<number>({
    maxBatch: 10,
    maxBytes: 1000,
    flush(ops) {
      batches.push(ops)
      return done(ops)
    },
  })
  const of = (op: number, writes: number, bytes: number): Promise<number> => batcher.add<number>(op, { writes, bytes })
  await Promise.all([of(1, 4, 0), of(2, 6, 0), of(3, 1, 900), of(4, 1, 101), of(5, 50, 0), of(6, 1, 5000), of(7, 1, 0)])
  assert.deepEqual(batches, [[1, 2], [3], [4], [5], [6], [7]])
})

test('closing waits for added writes and refuses later ones', async () => {
  let flushed = 0
  const batcher = createBatcher<number>({
    async flush(ops) {
      await tick()
      flushed += ops.length
      return done(ops)
    },
  })
  const added = batcher.add(1)
  await batcher.close()
  assert.equal(flushed, 1)
  await added
  await assert.rejects(batcher.add(2), /closed/)
})

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await tick()
}

test('a store that refused a write recently is in trouble, whatever it accepted since', async () => {
  let full = true
  const batcher = createBatcher<number>({
    flush: (ops) =>
      ops.map((op) => (full ? { ok: false, error: new StoreUnavailable('full') } : { ok: true, value: op })),
  })
  const trouble = (): string | undefined => batcher.trouble?.message
  assert.equal(trouble(), undefined)
  await assert.rejects(batcher.add(1), StoreUnavailable)
  full = false
  assert.equal(await batcher.add(2), 2)
  assert.equal(trouble(), 'full')
})

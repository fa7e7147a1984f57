import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SinkEvent } from './sink.ts'
import { createWriteQueue, type LaneEvents, type Written } from './write-queue.ts'

const event = (seq: number, bytes = 10): SinkEvent => ({
  id: String(seq),
  seq,
  owed: false,
  channelId: 1,
  event: 'new_message',
  contact: null,
  createdAt: 0,
  body: 'x'.repeat(bytes),
})

/** A queue whose batches end on the test's command. */
function heldQueue(more: { batches?: number; mostRows?: number; mostBytes?: number } = {}) {
  const batches: string[][] = []
  const held: ((answers?: Written[]) => void)[] = []
  const queue = createWriteQueue({
    batches: 1,
    mostRows: 10,
    mostBytes: 1000,
    ...more,
    run(batch: readonly LaneEvents[]) {
      batches.push(batch.map(({ lane, events }) => `${lane}:${events.map(({ seq }) => seq).join(',')}`))
      return new Promise((resolve) =>
        held.push((answers) =>
          resolve(answers ?? batch.map(({ events }) => ({ status: 200, text: 'ok', written: events.length }))),
        ),
      )
    },
  })
  const end = async (answers?: Written[]): Promise<void> => {
    held.shift()!(answers)
    // Work that the end of the batch starts has started after this.
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { queue, batches, end }
}

test('a single write starts at once; writes that arrive meanwhile share a batch', async () => {
  const { queue, batches, end } = heldQueue()
  const writes = ['a', 'b', 'c'].map((lane, i) => queue.push(lane, [event(i)], 5000))
  assert.deepEqual(batches, [['a:0']])
  await end()
  assert.deepEqual(batches, [['a:0'], ['b:1', 'c:2']])
  await end([
    { status: 200, text: 'ok', written: 1 },
    { status: null, text: 'refused', written: 0 },
  ])
  assert.deepEqual(
    (await Promise.all(writes)).map(({ text, written }) => [text, written]),
    [
      ['ok', 1],
      ['ok', 1],
      ['refused', 0],
    ],
  )
})

test('batches are limited in rows and bytes; a write above both is alone', async () => {
  const { queue, batches, end } = heldQueue({ mostRows: 3, mostBytes: 100 })
  void queue.push('a', [event(0)], 5000)
  void queue.push('b', [event(1), event(2)], 5000)
  void queue.push('c', [event(3), event(4)], 5000)
  void queue.push('d', [event(5, 200)], 5000)
  void queue.push('e', [event(6)], 5000)
  for (let i = 0; i < 5; i++) await end()
  assert.deepEqual(batches, [['a:0'], ['b:1,2'], ['c:3,4'], ['d:5'], ['e:6']])
})

test('no batch has a lane twice, and the lane keeps its order', async () => {
  const { queue, batches, end } = heldQueue()
  void queue.push('z', [event(0)], 5000)
  void queue.push('a', [event(1)], 5000)
  void queue.push('a', [event(2)], 5000)
  void queue.push('b', [event(3)], 5000)
  for (let i = 0; i < 3; i++) await end()
  assert.deepEqual(batches, [['z:0'], ['a:1', 'b:3'], ['a:2']])
})

test('a write has its own timeout, in a batch and before one', async () => {
  const { queue, batches, end } = heldQueue()
  const first = queue.push('a', [event(0)], 30)
  const second = queue.push('b', [event(1)], 30)
  const third = queue.push('c', [event(2)], 60_000)
  const answers = await Promise.all([first, second])
  assert.deepEqual(
    answers.map(({ status, text, written }) => [status, text, written]),
    Array.from({ length: 2 }, () => [null, 'no answer within 30 ms', 0]),
  )
  await end()
  assert.deepEqual(batches, [['a:0'], ['c:2']])
  await end()
  assert.equal((await third).written, 1)
})

test('at the end waiting writes are returned as not sent, and running ones finish', async () => {
  const { queue, end } = heldQueue()
  const [first, second] = [queue.push('a', [event(0)], 5000), queue.push('b', [event(1)], 5000)]
  const closed = queue.close()
  assert.equal((await second).notSent, true)
  await end()
  assert.equal((await first).status, 200)
  await closed
  assert.equal((await queue.push('c', [event(2)], 5000)).notSent, true)
})

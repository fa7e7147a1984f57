import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '@postern/runtime/clock'
import { GatewayError } from '../../platform/errors.ts'
import { createReaders, MOST_READERS, MOST_READERS_IN_ALL } from './readers.ts'

const refusal = (reason: string) => (error: unknown) =>
  error instanceof GatewayError && error.reason === reason && (error.retryAfterSeconds ?? 0) > 0

test('a reader is woken for its channel, also for events between two waits', async () => {
  const clock = new ManualClock()
  const readers = createReaders(clock)
  const reader = readers.open(1, 'call')
  const first = reader.changed(1_000)
  readers.wake([2])
  readers.wake([1])
  assert.equal(await first, true)

  readers.wake([1])
  assert.equal(await reader.changed(1_000), true, 'it came while nobody waited')

  const none = reader.changed(1_000)
  readers.wake([2])
  clock.advance(1_000)
  assert.equal(await none, false)

  const any = reader.changed(1_000)
  readers.wake(null)
  assert.equal(await any, true)
  reader.close()
  assert.deepEqual([readers.size, clock.waiting], [0, 0])
})

test('closing settles every wait, and later waits end at once', async () => {
  const clock = new ManualClock()
  const readers = createReaders(clock)
  const waits = [readers.open(1, 'call'), readers.open(1, 'stream'), readers.open(2, 'call')].map((one) =>
    one.changed(30_000),
  )
  readers.close()
  assert.deepEqual(await Promise.all(waits), [false, false, false])
  assert.throws(() => readers.open(1, 'call'), refusal('shutting_down'))
  assert.deepEqual([readers.size, clock.waiting], [0, 0])
})

test('one channel cannot take all places, and their number is limited', () => {
  const readers = createReaders(new ManualClock())
  const calls = Array.from({ length: MOST_READERS.call }, () => readers.open(1, 'call'))
  assert.throws(() => readers.open(1, 'call'), refusal('too_many_readers'))
  readers.open(1, 'stream').close()
  readers.open(2, 'call').close()
  calls[0]!.close()
  calls[0]!.close()
  readers.open(1, 'call')
  assert.throws(() => readers.open(1, 'call'), refusal('too_many_readers'))

  for (let channel = 2; readers.size < MOST_READERS_IN_ALL; channel++) readers.open(channel, 'stream')
  assert.throws(() => readers.open(1_000_000, 'call'), refusal('overloaded'))
})

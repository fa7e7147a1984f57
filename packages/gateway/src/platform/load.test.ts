import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as after } from 'node:timers/promises'
import { GatewayError } from './errors.ts'
import { createLoad, createPlaces, type LoadOptions } from './load.ts'

function loadOf(options: Partial<LoadOptions> = {}) {
  return createLoad({ places: createPlaces(4), backlog: () => 0, mostBacklog: 10, ...options })
}

const overloaded = (error: unknown): boolean =>
  error instanceof GatewayError && error.reason === 'overloaded' && error.http === 503 && error.retryAfterSeconds === 2

test('one channel uses half of the places, the next a quarter, and each leaves places to others', () => {
  const load = loadOf({ places: createPlaces(8) })
  const enters = (channelId: number): number => {
    for (let count = 0; ; count++) {
      try {
        void load.enter(channelId)
      } catch (error) {
        assert(overloaded(error))
        return count
      }
    }
  }
  assert.deepEqual([enters(1), enters(2), enters(3), enters(4), enters(5)], [4, 2, 1, 1, 0])
  assert.deepEqual({ ...load.shed }, { sends: 2, channel_sends: 3, store: 0, event_loop: 0 })
  load.leave(1)
  void load.enter(5)
  assert.equal(load.inFlight, 8)
  load.stop()
})

test('an overloaded store refuses requests before a body is read', () => {
  let backlog = 9
  const causes: string[] = []
  const load = loadOf({ backlog: () => backlog, onShed: (cause) => causes.push(cause) })
  load.admit()
  backlog = 10
  assert.throws(() => load.admit(), overloaded)
  assert.deepEqual(causes, ['store'])
  load.stop()
})

test('a delayed event loop refuses requests, and admits them when the delay is over', async () => {
  const load = loadOf({ mostDelayMs: 50 })
  const until = performance.now() + 1_200
  while (performance.now() < until) {
    const busy = performance.now() + 200
    while (performance.now() < busy);
    await after(1)
  }
  assert(load.delayMs > 50, `${load.delayMs} ms`)
  assert.throws(() => load.admit(), overloaded)
  const patience = performance.now() + 10_000
  while (load.delayMs > 50 && performance.now() < patience) await after(100)
  load.admit()
  load.stop()
})

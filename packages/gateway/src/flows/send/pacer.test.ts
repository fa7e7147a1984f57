import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import type { Channel } from '../../domain/channels/channel.ts'
import { CloudApiError } from '../../platform/cloud-api/errors.ts'
import { ManualClock, systemClock } from '../../../../runtime/src/clock.ts'
import { GatewayError } from '../../platform/errors.ts'
import { outcomeOf } from './outcome.ts'
import { createPacer, type Pacer, type TurnOptions } from './pacer.ts'

const channelOf = (id: number, messagesPerSecond = 80, wabaId = '1'): Channel =>
  ({ id, messagesPerSecond, wabaId }) as Channel
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const meta = (code: number) => outcomeOf(new CloudApiError({ message: `(#${code}) No`, code }, 400))

/** Requests a turn, and records its result and time. */
function ask(pacer: Pacer, clock: ManualClock, channel: Channel, contact: string, options?: TurnOptions) {
  const asked: { at?: number; refused?: GatewayError } = {}
  try {
    const waits = pacer.turn(channel, contact, options)
    if (!waits) asked.at = clock.now()
    waits?.then(
      () => (asked.at = clock.now()),
      (error: GatewayError) => (asked.refused = error),
    )
  } catch (error) {
    asked.refused = error as GatewayError
  }
  return asked
}

async function pass(clock: ManualClock, ms: number, step = 1): Promise<void> {
  for (let i = 0; i < ms; i += step) {
    clock.advance(step)
    await turn()
  }
}

test('two seconds of sends wait in order, further ones are refused at once with a Retry-After', async () => {
  const clock = new ManualClock()
  const pacer = createPacer({ clock })
  const channel = channelOf(1)
  const start = clock.now()
  const all = Array.from({ length: 300 }, (_, i) => ask(pacer, clock, channel, `p${i}`))
  const refused = all.filter((one) => one.refused)
  assert.equal(
    all.findIndex((one) => one.refused),
    300 - refused.length,
    'the last to come are refused',
  )
  assert(refused.length > 130 && refused.length < 145, String(refused.length))
  assert.equal(refused[0]!.refused!.reason, 'rate_limited_number')
  assert.equal(refused[0]!.refused!.http, 429)
  assert(refused[0]!.refused!.retryAfterSeconds! >= 2)
  assert(pacer.waiting < 162)
  await pass(clock, 2_100)
  const served = all.filter((one) => one.at !== undefined)
  assert.equal(served.length + refused.length, 300)
  const times = served.map((one) => one.at! - start)
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  )
  assert(times.filter((at) => at < 1000).length <= 84)
  assert.equal(pacer.waiting, 0)
  assert.equal(clock.waiting, 0)
})

test('one contact: 45 sends at once, the next is refused for the pair; other contacts continue', () => {
  const clock = new ManualClock()
  const pacer = createPacer({ clock })
  const channel = channelOf(1, 100_000)
  const all = Array.from({ length: 46 }, () => ask(pacer, clock, channel, 'p'))
  assert.equal(all.filter((one) => one.at !== undefined).length, 45)
  assert.equal(all[45]!.refused!.reason, 'rate_limited_pair')
  assert.equal(all[45]!.refused!.retryAfterSeconds, 6)
  assert.notEqual(ask(pacer, clock, channel, 'another').at, undefined)
  assert.notEqual(ask(pacer, clock, channelOf(2, 100_000), 'p').at, undefined, 'another number has its own pair')
})

test('a send waits for a pair that is free within two seconds', async () => {
  const clock = new ManualClock()
  const pacer = createPacer({ clock })
  const channel = channelOf(1, 100_000)
  const start = clock.now()
  for (let i = 0; i < 45; i++) ask(pacer, clock, channel, 'p')
  clock.advance(4_500)
  const late = ask(pacer, clock, channel, 'p')
  await pass(clock, 1_600, 10)
  assert.equal(late.at! - start, 6_000)
})

test('a caller that disconnects leaves the queue', async () => {
  const clock = new ManualClock()
  const pacer = createPacer({ clock })
  const channel = channelOf(1, 1)
  const caller = new EventEmitter()
  ask(pacer, clock, channel, 'a')
  const left = ask(pacer, clock, channel, 'b', { caller })
  assert.equal(pacer.waiting, 1)
  caller.emit('close')
  await turn()
  assert.equal(pacer.waiting, 0)
  assert(left.refused)
  assert.equal(caller.listenerCount('close'), 0)
  const next = ask(pacer, clock, channel, 'c')
  await pass(clock, 1_000, 10)
  assert.notEqual(next.at, undefined)
})

test('broadcasts use the tokens that single sends leave', async () => {
  const clock = new ManualClock()
  const pacer = createPacer({ clock })
  const channel = channelOf(1, 10)
  const low = Array.from({ length: 40 }, (_, i) =>
    ask(pacer, clock, channel, `l${i}`, { low: true, mostWaitMs: 60_000 }),
  )
  await pass(clock, 500, 10)
  const single = ask(pacer, clock, channel, 's')
  const before = low.filter((one) => one.at !== undefined).length
  assert(before >= 5 && before < 10, String(before))
  await pass(clock, 100, 10)
  assert.notEqual(single.at, undefined, 'overtakes 30 that came before')
  await pass(clock, 4_000, 10)
  assert.equal(low.filter((one) => one.at !== undefined).length, 40)
})

test('130429 halves the rate of the number for a while, and it recovers by itself', async () => {
  const clock = new ManualClock()
  const limited: string[] = []
  const pacer = createPacer({ clock, onThrottled: (scope) => limited.push(scope) })
  const channel = channelOf(1)
  ask(pacer, clock, channel, 'p')
  pacer.heard(channel, 'p', meta(130429))
  assert.deepEqual(limited, ['channel'])
  assert.equal(pacer.state().numbers[0]!.now_per_second, 0, 'closed for the second that Meta counts')
  clock.advance(1_000)
  const [state] = pacer.state().numbers
  assert(state!.now_per_second > 40 && state!.now_per_second < 43, String(state!.now_per_second))
  assert.equal(state!.code, 130429)
  clock.advance(30_000)
  assert.deepEqual(pacer.state().numbers, [])
})

test('maintenance closes the number, and sends are refused with a Retry-After', () => {
  const clock = new ManualClock()
  const pacer = createPacer({ clock })
  const channel = channelOf(1)
  pacer.heard(channel, 'p', meta(131057))
  const { refused } = ask(pacer, clock, channel, 'q')
  assert.equal(refused!.reason, 'rate_limited_number')
  assert.equal(refused!.retryAfterSeconds, 60)
  clock.advance(60_000)
  assert.notEqual(ask(pacer, clock, channel, 'q').at, undefined)
})

test('131056 closes the pair for 1, 4, 16 seconds, and no other pair', () => {
  const clock = new ManualClock()
  const pacer = createPacer({ clock })
  const channel = channelOf(1)
  for (const seconds of [1, 4, 16]) {
    pacer.heard(channel, 'p', meta(131056))
    pacer.heard(channel, 'p', meta(131056))
    clock.advance(1)
    if (seconds > 2) assert.equal(ask(pacer, clock, channel, 'p').refused!.retryAfterSeconds, seconds)
    assert.equal(pacer.state().pairs_closed, 1)
    assert.notEqual(ask(pacer, clock, channel, `other ${seconds}`).at, undefined)
    clock.advance(seconds * 1000)
    assert.equal(pacer.state().pairs_closed, 0)
  }
  pacer.heard(channel, 'p', { kind: 'accepted' })
  pacer.heard(channel, 'p', meta(131056))
  clock.advance(1_001)
  assert.notEqual(ask(pacer, clock, channel, 'p').at, undefined, 'counts from one second again')
})

test('throttles of the account and of the app slow down their numbers', () => {
  const clock = new ManualClock()
  const pacer = createPacer({ clock })
  const [a, b, c] = [channelOf(1, 80, 'x'), channelOf(2, 80, 'x'), channelOf(3, 80, 'y')]
  for (const channel of [a, b, c]) ask(pacer, clock, channel, 'p')
  const slowedNow = () => pacer.state().numbers.map((number) => number.channel_id)
  pacer.heard(a, 'p', meta(80007))
  assert.deepEqual(slowedNow(), [1, 2])
  pacer.heard(a, 'p', meta(4))
  assert.deepEqual(slowedNow(), [1, 2, 3])
})

test('nodes that share a number by grants stay within its rate together', async () => {
  const clock = new ManualClock()
  let freeAt = 0
  let previous = ''
  let asked = 0
  const nodes = ['a', 'b'].map((name) =>
    createPacer({
      clock,
      grant: async (_channel, turns, everyMs, now) => {
        asked++
        const startsAt = Math.max(freeAt, now)
        freeAt = startsAt + turns * everyMs
        const alone = previous === name
        previous = name
        return { startsAt, turns, everyMs, alone }
      },
    }),
  )
  const channel = channelOf(1)
  const given: number[] = []
  const start = clock.now()
  for (let ms = 0; ms < 3_000; ms += 5) {
    for (const pacer of nodes) {
      try {
        void Promise.resolve(pacer.turn(channel, `p${ms}`)).then(
          () => given.push(clock.now() - start),
          () => {},
        )
      } catch {
        // Refused: this test requests more than the rate allows.
      }
    }
    await pass(clock, 5, 5)
  }
  await pass(clock, 2_500, 5)
  for (const from of [0, 500, 1_000, 1_500, 2_000]) {
    const inSecond = given.filter((at) => at >= from && at < from + 1000).length
    assert(inSecond <= 88, `${inSecond} in the second from ${from}`)
    assert(inSecond >= 70, `${inSecond} in the second from ${from}`)
  }
  assert(asked < given.length / 3, `${asked} grants for ${given.length} sends`)
})

test('a single node asks four times a second, however much it sends', async () => {
  const clock = new ManualClock()
  let asked = 0
  let freeAt = 0
  const pacer = createPacer({
    clock,
    grant: async (_channel, turns, everyMs, now) => {
      asked++
      const startsAt = Math.max(freeAt, now)
      freeAt = startsAt + turns * everyMs
      return { startsAt, turns, everyMs, alone: true }
    },
  })
  const channel = channelOf(1, 1000)
  let served = 0
  for (let ms = 0; ms < 2_000; ms++) {
    void Promise.resolve(pacer.turn(channel, `p${ms}`)).then(() => served++)
    await pass(clock, 1)
  }
  await pass(clock, 100)
  assert.equal(served, 2_000)
  assert(asked <= 16, `${asked} grants in 2 seconds`)
})

test('when the store cannot be asked, waiting sends are refused, and the next send asks again', async () => {
  const clock = new ManualClock()
  let works = false
  const pacer = createPacer({
    clock,
    grant: async (_channel, turns, everyMs, now) => {
      if (!works) throw new Error('gone')
      return { startsAt: now, turns, everyMs, alone: true }
    },
  })
  const first = ask(pacer, clock, channelOf(1), 'p')
  await turn()
  assert.equal(first.refused!.message, 'gone')
  works = true
  const second = ask(pacer, clock, channelOf(1), 'p')
  await turn()
  assert.notEqual(second.at, undefined)
})

test('a send that the store has granted no token in two seconds is refused as overloaded, not for its rate', async () => {
  const clock = new ManualClock()
  const pacer = createPacer({ clock, grant: () => new Promise<never>(() => {}) })
  const asked = ask(pacer, clock, channelOf(1), 'p')
  await pass(clock, 2_100)
  assert.equal(asked.refused!.reason, 'overloaded')
})

test('while it closes, sends that wait half a second at most go out, and others are refused at once', async () => {
  const clock = new ManualClock()
  const pacer = createPacer({ clock })
  const channel = channelOf(1)
  const before = Array.from({ length: 120 }, (_, i) => ask(pacer, clock, channel, `p${i}`))
  const broadcast = ask(pacer, clock, channel, 'low', { low: true })
  pacer.close()
  await turn()
  assert.equal(broadcast.refused!.reason, 'shutting_down')
  const refused = before.filter((one) => one.refused)
  assert.ok(refused.length > 60 && refused.length < 90, String(refused.length))
  assert.ok(refused.every((one) => one.refused!.reason === 'shutting_down'))
  assert.equal(ask(pacer, clock, channel, 'late').refused!.reason, 'shutting_down')
  await pass(clock, 400)
  const late = ask(pacer, clock, channel, 'later')
  await pass(clock, 200)
  assert.notEqual(late.at, undefined)
  assert.ok(before.every((one) => one.at !== undefined || one.refused))
  assert.deepEqual([pacer.waiting, clock.waiting], [0, 0])
})

test('a turn costs less than 5 µs', () => {
  const pacer = createPacer({ clock: systemClock })
  const channel = channelOf(1, 10_000_000)
  const people = Array.from({ length: 50_000 }, (_, i) => String(15_550_000_000 + i))
  const runs = [0, 1, 2, 3, 4].map(() => {
    const started = process.cpuUsage()
    for (const contact of people) if (pacer.turn(channel, contact)) throw new Error('it should not wait')
    const { user, system } = process.cpuUsage(started)
    return (user + system) / people.length
  })
  const best = Math.min(...runs)
  assert(best < 5, `${best} µs`)
})

for (const step of [-90 * 60_000, 90 * 60_000]) {
  test(`a clock that is set ${step < 0 ? 'back' : 'ahead'} moves no turn and no pause`, async () => {
    const clock = new ManualClock()
    const pacer = createPacer({ clock })
    const channel = channelOf(1)
    for (let i = 0; i < 45; i++) ask(pacer, clock, channelOf(2, 10_000), 'ann')
    const waits = Array.from({ length: 10 }, (_, i) => ask(pacer, clock, channel, `p${i}`))
    pacer.heard(channelOf(3), 'bob', meta(131056))
    clock.step(step)
    assert.equal(ask(pacer, clock, channelOf(2, 10_000), 'ann').refused?.retryAfterSeconds, 6)
    const bob = ask(pacer, clock, channelOf(3), 'bob')
    await pass(clock, 999)
    assert.equal(bob.at, undefined, 'the pair is closed for the second that WhatsApp asks for')
    assert(waits.every((one) => one.at !== undefined))
    await pass(clock, 2)
    assert.notEqual(bob.at, undefined)
    pacer.close()
  })
}

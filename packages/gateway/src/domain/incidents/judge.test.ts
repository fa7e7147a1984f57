import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EndpointFact, Facts } from './facts.ts'
import { KINDS, type Kind } from './incident.ts'
import { judge, judgementOf, type Judgement, NOTHING_KNOWN, openIncidents, type Verdict } from './judge.ts'
import { machineFact } from './test-facts.ts'

const STEP_MS = 5_000
const T0 = Date.UTC(2026, 2, 1)
const STORE = { engine: 'sqlite', trouble: undefined } as const

let ids = 0
const newId = (): string => `inc_${++ids}`

/** Judges one moment after the other. */
class Course {
  now = T0
  judgement: Judgement = NOTHING_KNOWN
  readonly events: string[] = []

  step(facts: Partial<Facts>, ms = STEP_MS): Verdict {
    const verdict = judge(this.judgement, { store: STORE, ...facts }, this.now, newId)
    this.judgement = verdict.judgement
    for (const { kind } of verdict.opened) this.events.push(`+${kind}`)
    for (const { kind } of verdict.closed) this.events.push(`-${kind}`)
    this.now += ms
    return verdict
  }

  steps(count: number, facts: (n: number) => Partial<Facts>): void {
    for (let n = 0; n < count; n++) this.step(facts(n))
  }
}

const endpoint = (more: Partial<EndpointFact> = {}): EndpointFact => ({
  channelId: 1,
  endpointId: 'ep_1',
  name: 'bot',
  state: 'active',
  pausedBy: null,
  since: T0,
  nextTryAt: null,
  waiting: 0,
  dead: 0,
  oldestAt: null,
  lastAnswer: { delivered: true, words: 'HTTP 200' },
  ...more,
})
const away = { store: { engine: 'postgres', trouble: { message: 'no connection', since: T0 } } } as const

test('an incident opens when its evidence has lasted, and closes when the evidence has been gone, with both times', () => {
  const course = new Course()
  course.step(away)
  course.step(away)
  assert.deepEqual(course.events, [], 'five seconds are too short')
  const { opened } = course.step(away)
  assert.equal(opened[0]?.kind, 'store_away')
  assert.equal(opened[0]?.since, T0)
  assert.equal(opened[0]?.until, null)
  const goneAt = course.now
  course.step({})
  course.step({})
  course.step({})
  assert.deepEqual(course.events, ['+store_away'])
  const { closed } = course.step({})
  assert.equal(closed[0]?.id, opened[0]?.id)
  assert.equal(closed[0]?.until, goneAt)
  assert.deepEqual(openIncidents(course.judgement), [])
})

test('evidence that goes before its time opens nothing', () => {
  const course = new Course()
  course.steps(100, (n) => (n % 2 === 0 ? away : {}))
  assert.deepEqual(course.events, [])
})

test('what could not be read stays as it is: open, and not open', () => {
  const course = new Course()
  course.step({ endpoints: [endpoint({ dead: 3 })] })
  assert.deepEqual(course.events, ['+dead_events'])
  course.steps(50, () => ({}))
  assert.deepEqual(course.events, ['+dead_events'])
  course.steps(4, () => ({ endpoints: [endpoint()] }))
  assert.deepEqual(course.events, ['+dead_events', '-dead_events'])
})

test('of two processes of one machine, the one that knows something is believed', () => {
  const skewed = (skewMs: number | null) => ({ ...machineFact().clock, skewMs })
  for (const order of [
    [8_000, null, 4_000],
    [null, 4_000, 8_000],
    [4_000, 8_000, null],
  ]) {
    const course = new Course()
    course.step({ machines: order.map((ms) => machineFact({ clock: skewed(ms) })) })
    assert.deepEqual(course.events, ['+clock_skew'])
    course.steps(30, () => ({ machines: [machineFact({ clock: skewed(null) }), machineFact()] }))
    assert.deepEqual(course.events, ['+clock_skew'], 'not known is not good')
    course.steps(14, () => ({ machines: [machineFact()] }))
    assert.deepEqual(course.events, ['+clock_skew', '-clock_skew'])
  }
})

test('an endpoint that was removed closes its incidents: they are about nothing any more', () => {
  const course = new Course()
  course.step({ endpoints: [endpoint({ dead: 3 })] })
  course.steps(4, () => ({ endpoints: [] }))
  assert.deepEqual(course.events, ['+dead_events', '-dead_events'])
})

test('between the two limits an open incident stays open, and none opens', () => {
  const waits = (minutes: number, now: number): Partial<Facts> => ({
    endpoints: [endpoint({ waiting: 1, oldestAt: now - minutes * 60_000 })],
  })
  const course = new Course()
  course.steps(30, () => waits(7, course.now))
  assert.deepEqual(course.events, [])
  course.step(waits(11, course.now))
  assert.deepEqual(course.events, ['+events_waiting'])
  course.steps(30, () => waits(7, course.now))
  assert.deepEqual(course.events, ['+events_waiting'])
  course.steps(14, () => waits(1, course.now))
  assert.deepEqual(course.events, ['+events_waiting', '-events_waiting'])
})

test('an incident that becomes more severe is told as worsened, once', () => {
  const course = new Course()
  const rests = (ms: number) => ({ endpoints: [endpoint({ state: 'resting', since: course.now - ms })] })
  course.step(rests(90_000))
  assert.deepEqual(course.step(rests(95_000)).worsened, [])
  assert.deepEqual(
    course.step(rests(400_000)).worsened.map(({ severity }) => severity),
    ['critical'],
  )
  assert.deepEqual(course.step(rests(500_000)).worsened, [])
})

test('a changed count or severity is told, an equal one is not', () => {
  const course = new Course()
  course.step({ endpoints: [endpoint({ dead: 3 })] })
  assert.deepEqual(course.step({ endpoints: [endpoint({ dead: 3 })] }).changed, [])
  assert.deepEqual(
    course.step({ endpoints: [endpoint({ dead: 4 })] }).changed.map(({ count }) => count),
    [4],
  )
})

test('a clock that is set ahead or back opens and closes nothing before its time', () => {
  const course = new Course()
  course.step(away)
  course.now += 3_600_000
  course.step({ ...away, machines: [] })
  assert.deepEqual(course.events, ['+store_away'], 'fifteen seconds count at the most, which are enough for this kind')
  course.now += 3_600_000
  course.step({ endpoints: [endpoint({ state: 'resting', since: course.now - 120_000 })] })
  course.now -= 7_200_000
  course.steps(5, () => ({ endpoints: [endpoint()] }))
  assert.ok(!course.events.includes('-endpoint_failing'), 'a minute without evidence has not passed')
})

test('a process that starts goes on with the incidents of the store', () => {
  const first = new Course()
  const { opened } = first.step({ endpoints: [endpoint({ dead: 3 })] })
  const course = new Course()
  course.judgement = judgementOf(opened, T0)
  const { changed } = course.step({ endpoints: [endpoint({ dead: 5 })] })
  assert.equal(changed[0]?.id, opened[0]?.id)
  assert.deepEqual(course.events, [])
})

/** A small generator of numbers, so that a failure can be repeated. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

test('property: whatever comes and goes, no incident opens more than five times in an hour and once in each later hour', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = randomFrom(seed)
    const course = new Course()
    const openedAt: number[] = []
    // Evidence comes and goes after times of every length, from one look to twenty minutes.
    const longest = 1 + Math.floor(random() ** 2 * 240)
    let left = 0
    let bad = false
    for (let n = 0; n < (6 * 3_600_000) / STEP_MS; n++) {
      if (left-- <= 0) {
        bad = !bad
        left = Math.floor(random() * longest)
      }
      const at = course.now
      const { opened } = course.step({ endpoints: [endpoint(bad ? { dead: 1 } : {})] })
      if (opened.length > 0) openedAt.push(at)
    }
    const first = openedAt.filter((at) => at < T0 + 3_600_000).length
    assert.ok(first <= 5, `seed ${seed}: ${first} times in the first hour`)
    for (let hour = 1; hour < 6; hour++) {
      const from = T0 + hour * 3_600_000
      const count = openedAt.filter((at) => at >= from && at < from + 3_600_000).length
      assert.ok(count <= 2, `seed ${seed}: ${count} times in hour ${hour + 1}`)
    }
  }
})

test('property: of an opened incident one close comes before the next one opens, and none is open twice', () => {
  for (let seed = 100; seed < 130; seed++) {
    const random = randomFrom(seed)
    const course = new Course()
    const open = new Set<string>()
    for (let n = 0; n < 2_000; n++) {
      const facts: Partial<Facts> = random() < 0.1 ? {} : { endpoints: [endpoint({ dead: random() < 0.5 ? 1 : 0 })] }
      const verdict = course.step(facts, 1_000 + random() * 20_000)
      for (const { id } of verdict.opened) {
        assert.ok(!open.has(id))
        open.add(id)
        assert.ok(open.size <= 1, 'one endpoint has one incident of a kind')
      }
      for (const { id } of verdict.changed) assert.ok(open.has(id))
      for (const { id, until, since } of verdict.closed) {
        assert.ok(open.delete(id))
        assert.ok(until !== null && until >= since)
      }
    }
  }
})

test('every kind has times, and only short ones to open', () => {
  for (const [kind, { openAfterMs, closeAfterMs }] of Object.entries(KINDS) as [Kind, (typeof KINDS)[Kind]][]) {
    assert.ok(openAfterMs <= 30_000, kind)
    assert.ok(closeAfterMs <= 60_000, kind)
  }
})

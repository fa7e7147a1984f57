import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '@postern/runtime/clock'
import { silentLog } from '../../platform/log.ts'
import type { Sql } from '../../store/sql.ts'
import type { Store } from '../../store/store.ts'
import { createBackups } from './schedule.ts'
import type { Answered } from './thread.ts'

const HOUR = 60 * 60_000
const MINUTE = 60_000

/** The notes of a store. */
function notes(kept = new Map<string, { value: string; at: number }>()): Pick<Store, 'sql'> & { kept: typeof kept } {
  const sql: Partial<Sql> = {
    get: (_, [name] = []) => Promise.resolve(kept.get(String(name)) as never),
    atomically(statements) {
      for (const { params = [] } of statements)
        kept.set(String(params[0]), { value: String(params[1]), at: Number(params[2]) })
      return Promise.resolve([1])
    },
  }
  return { sql: sql as Sql, kept }
}

function scheduled(store: Pick<Store, 'sql'>, clock: ManualClock, answer: () => Answered) {
  const at: number[] = []
  const backups = createBackups({
    ...{ store: store as Store, clock, log: silentLog, everyMs: 6 * HOUR },
    run() {
      at.push(clock.now())
      return Promise.resolve(answer())
    },
  })
  return { backups, at }
}

/** Lets what is due run, and what it awaits. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  clock.advance(ms)
  for (let i = 0; i < 20; i++) await Promise.resolve()
  clock.advance(0)
  for (let i = 0; i < 20; i++) await Promise.resolve()
}

const good = (clock: ManualClock) => (): Answered => ({
  file: 'f',
  bytes: 1,
  takenAt: new Date(clock.now()).toISOString(),
})

test('the first backup is made at once, and a restart begins no new interval', async () => {
  const clock = new ManualClock()
  const store = notes()
  const first = scheduled(store, clock, good(clock))
  const begun = clock.now()
  first.backups.start()
  await pass(clock, 0)
  assert.deepEqual(first.at, [begun])
  assert.equal(first.backups.fact()?.goodAt, begun)
  await pass(clock, 2 * HOUR)
  await first.backups.stop()

  const second = scheduled(store, clock, good(clock))
  second.backups.start()
  await pass(clock, 0)
  assert.equal(second.backups.fact()?.goodAt, begun)
  await pass(clock, 4 * HOUR - 1)
  assert.deepEqual(second.at, [])
  await pass(clock, 1)
  assert.deepEqual(second.at, [begun + 6 * HOUR])
  await second.backups.stop()
})

test('a failed backup is tried again within ten minutes, is told since its first failure, and ends with a good one', async () => {
  const clock = new ManualClock()
  let problem: string | undefined = 'no space'
  const { backups, at } = scheduled(notes(), clock, () => (problem === undefined ? good(clock)() : { problem }))
  const begun = clock.now()
  backups.start()
  await pass(clock, 0)
  await pass(clock, 10 * MINUTE)
  assert.deepEqual(at, [begun, begun + 10 * MINUTE])
  assert.deepEqual(backups.fact(), { goodAt: null, failedSince: begun, failures: 2, problem: 'no space' })
  problem = undefined
  await pass(clock, 10 * MINUTE)
  assert.deepEqual(backups.fact(), { goodAt: begun + 20 * MINUTE, failedSince: null, failures: 0, problem: null })
  await backups.stop()
})

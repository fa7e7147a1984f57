import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFECTS } from './defects.ts'
import type { Dump } from './engine.ts'
import { MemoryEngine } from './memory.ts'
import { planOf } from './plan.ts'
import { SqliteEngine } from './sqlite.ts'
import { simulate } from './world.ts'

const SEEDS = 120
/** Number of seeds within which each deliberate defect must be found. */
const SEEDS_TO_FIND = 40
const SEEDS_ON_SQLITE = 12

// Errors are values in the simulator, and creating stacks would take most of the time.
Error.stackTraceLimit = 4

test(`${SEEDS} seeds: no acknowledged data is lost, delivered twice, out of order or left waiting`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { violations } = await simulate(planOf(seed))
    assert.deepEqual(violations, [], `npm run simulate -- --seed ${seed}`)
  }
})

test('a seed always gives exactly the same history', async () => {
  for (const seed of [7, 8, 9]) {
    const first = await simulate(planOf(seed), { keepsHistory: true })
    const again = await simulate(planOf(seed), { keepsHistory: true })
    assert(first.history.length > 20)
    assert.deepEqual(again.history, first.history)
  }
})

test(`${SEEDS_ON_SQLITE} seeds end on SQLite as on the simulator’s own engine`, async () => {
  let compared = 0
  for (let seed = 500; compared < SEEDS_ON_SQLITE; seed++) {
    const plan = planOf(seed)
    if (plan.kind !== 'alone') continue
    compared++
    const memory = new MemoryEngine()
    const sqlite = new SqliteEngine()
    try {
      const one = await simulate(plan, { engine: memory, keepsHistory: true })
      const other = await simulate(plan, { engine: sqlite, keepsHistory: true })
      assert.deepEqual(other.history, one.history, `seed ${seed}`)
      const dump: Dump = sqlite.dump()
      assert.deepEqual(dump, memory.dump(), `seed ${seed}`)
      assert(dump.events.length > 0)
    } finally {
      sqlite.close()
    }
  }
})

for (const [name, defect] of Object.entries(DEFECTS)) {
  test(`the checker finds a core that ${name}`, async () => {
    for (let seed = 1; seed <= SEEDS_TO_FIND; seed++) {
      const { violations } = await simulate(planOf(seed), { defect: defect() })
      if (violations.length > 0) return
    }
    assert.fail(`not found in ${SEEDS_TO_FIND} seeds`)
  })
}

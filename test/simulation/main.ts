import { parseArgs } from 'node:util'
import { DEFECTS } from './defects.ts'
import type { Engine } from './engine.ts'
import { MemoryEngine } from './memory.ts'
import { type Plan, planOf } from './plan.ts'
import { shrink } from './shrink.ts'
import { SqliteEngine } from './sqlite.ts'
import { type Outcome, simulate } from './world.ts'

const HELP = `npm run simulate -- [options]

  --seeds N      tries N seeds (1000 unless told), the first of them --from (1)
  --seed N       replays one seed to the letter and prints its history
  --engine E     memory (the simulator's own), or sqlite: the real statements, of seeds with one process alone
  --defect D     breaks the core's answers on purpose: ${Object.keys(DEFECTS).join(', ')}
  --no-shrink    prints the history of a seed that fails as it is
  --json         one JSON object at the end`

// Errors are values here, and creating stacks would take most of the time.
Error.stackTraceLimit = 4

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    engine: { type: 'string', default: 'memory' },
    defect: { type: 'string' },
    shrink: { type: 'boolean', default: true },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
})

function wholeOf(name: 'seeds' | 'from' | 'seed', text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= (name === 'seeds' ? 1 : 0)) return value
  console.error(`--${name} must be a whole number`)
  process.exit(2)
}

function engineOf(): Engine {
  return values.engine === 'sqlite' ? new SqliteEngine() : new MemoryEngine()
}

async function run(plan: Plan, keepsHistory: boolean): Promise<Outcome> {
  const engine = engineOf()
  try {
    const defect = values.defect === undefined ? undefined : DEFECTS[values.defect]!()
    return await simulate(plan, { engine, keepsHistory, ...(defect && { defect }) })
  } finally {
    engine.close()
  }
}

/** Prints a seed's history and its problems. */
function tell(plan: Plan, outcome: Outcome): void {
  console.log(JSON.stringify(plan))
  for (const line of outcome.history) console.log(line)
  for (const violation of outcome.violations) console.log(`VIOLATED: ${violation}`)
}

async function one(seed: number): Promise<void> {
  const plan = planOf(seed)
  const outcome = await run(plan, true)
  if (values.json) {
    const { violations, history, steps, deliveries } = outcome
    console.log(JSON.stringify({ seed, plan, steps, deliveries, violations, history }))
  } else {
    tell(plan, outcome)
    console.log(`seed ${seed}: ${outcome.violations.length === 0 ? 'nothing is wrong' : 'FAILED'}`)
  }
  if (outcome.violations.length > 0) process.exitCode = 1
}

async function many(from: number, count: number): Promise<void> {
  const startedAt = performance.now()
  const failed: { seed: number; violations: string[] }[] = []
  let tried = 0
  let steps = 0
  let deliveries = 0
  let told = startedAt
  for (let seed = from; seed < from + count; seed++) {
    const plan = planOf(seed)
    if (values.engine === 'sqlite' && plan.kind !== 'alone') continue
    tried++
    const outcome = await run(plan, false)
    steps += outcome.steps
    deliveries += outcome.deliveries
    if (outcome.violations.length > 0) {
      failed.push({ seed, violations: outcome.violations })
      console.error(`seed ${seed} FAILED: ${outcome.violations[0]}`)
    }
    if (performance.now() - told > 10_000) {
      told = performance.now()
      console.error(`${seed - from + 1} of ${count} seeds, ${failed.length} failed`)
    }
  }
  const seconds = (performance.now() - startedAt) / 1000
  const cpu = process.cpuUsage()
  const cpuSeconds = (cpu.user + cpu.system) / 1e6
  const [first] = failed
  if (first && !values.json) {
    let plan = planOf(first.seed)
    if (values.shrink) plan = await shrink(plan, async (simpler) => (await run(simpler, false)).violations.length > 0)
    tell(plan, await run(plan, true))
    console.log(
      `This is seed ${first.seed}, shrunk as its first line says. The whole of it: npm run simulate -- --seed ${first.seed}`,
    )
  }
  if (values.json) console.log(JSON.stringify({ from, seeds: tried, failed, steps, deliveries, seconds, cpuSeconds }))
  else
    console.log(
      `${tried} seeds (${values.engine}): ${failed.length === 0 ? 'nothing is wrong' : `${failed.length} FAILED`}; ` +
        `${steps} steps, ${deliveries} deliveries, ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of processor time`,
    )
  if (failed.length > 0) process.exitCode = 1
}

if (values.help) console.log(HELP)
else if (values.engine !== 'memory' && values.engine !== 'sqlite') {
  console.error(`--engine must be memory or sqlite`)
  process.exitCode = 2
} else if (values.defect !== undefined && !(values.defect in DEFECTS)) {
  console.error(`--defect must be one of ${Object.keys(DEFECTS).join(', ')}`)
  process.exitCode = 2
} else if (values.seed !== undefined) await one(wholeOf('seed', values.seed))
else await many(wholeOf('from', values.from), wholeOf('seeds', values.seeds))

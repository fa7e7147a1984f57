import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/** Suites whose faults show in some runs only. `.ci/run` runs each once. */
const SUITES: Record<string, string[]> = {
  store: ['test/store/*.test.ts', 'packages/gateway/src/store/**/*.test.ts'],
  races: ['test/store/races.test.ts', 'test/store/joined-*.test.ts', 'test/store/erasures.test.ts'],
  kill: ['test/flows/kill.test.ts', 'test/flows/idempotency-kill.test.ts', 'test/flows/two-nodes.test.ts'],
}

const HELP = `npm run test:rounds -- [--rounds 50] [${Object.keys(SUITES).join('] [')}]

Runs these suites so many times, all of them unless some are named. Ends with 1 at the first round that fails.
`

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '50' }, help: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const rounds = Number(values.rounds)
const chosen = positionals.length > 0 ? positionals : Object.keys(SUITES)

function run(name: string): boolean {
  const files = SUITES[name]!.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).sort()
  const args = ['--test', '--test-reporter=dot', '--test-timeout=240000', ...files]
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status === 0
}

function runAll(): boolean {
  for (let round = 1; round <= rounds; round++) {
    for (const name of chosen) {
      if (run(name)) continue
      console.error(`${name} failed in round ${round} of ${rounds}`)
      return false
    }
    console.log(`round ${round} of ${rounds}: ${chosen.join(', ')} passed`)
  }
  return true
}

if (values.help || !(rounds > 0) || chosen.some((name) => !(name in SUITES))) {
  process.stdout.write(HELP)
  process.exitCode = values.help ? 0 : 2
} else process.exitCode = runAll() ? 0 : 1

import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { copyCheckout } from './copy-checkout.ts'
import { mutationsOf, type Mutation } from './mutate/mutations.ts'
import { nearestTests } from './mutate/nearest-tests.ts'

/*
 * Makes one small change at a time in a copy of the checkout, and runs the nearest tests. A change that no test notices
 * is a gap, or makes no difference: the reader of the list decides.
 */

const USAGE = `Usage: npm run mutate -- <folder or file of packages/> [--count 40] [--seed 1] [--tests 8] [--match text]

  --count   how many mutants are drawn
  --seed    the same number draws the same mutants
  --tests   how many of the nearest test files a mutant has to survive
  --match   only mutants of files whose path holds this
`
const ROOT = resolve(import.meta.dirname, '..')
const SLOWEST_MS = 240_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    tests: { type: 'string', default: '8' },
    match: { type: 'string', default: '' },
  },
})
const [count, seed, mostTests] = [values.count, values.seed, values.tests].map(Number) as [number, number, number]
const [target] = positionals
if (target === undefined || ![count, seed, mostTests].every((n) => Number.isInteger(n) && n > 0)) {
  process.stderr.write(USAGE)
  process.exit(2)
}

const home = mkdtempSync(join(tmpdir(), 'postern-mutate-'))
// PostgreSQL runs as a user of its own, which must reach its data.
chmodSync(home, 0o711)
const copy = join(home, 'checkout')
let running: { stop(): void } | undefined
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    running?.stop()
    rmSync(home, { recursive: true, force: true })
    process.exit(130)
  })
}

/** Runs Node in the copy; resolves with its exit code, or `timeout`. */
function run(args: string[], timeoutMs: number): Promise<number | 'timeout'> {
  return new Promise((done) => {
    // A process group of its own: a mutant may leave processes of a test behind.
    const child = spawn(process.execPath, args, {
      cwd: copy,
      stdio: 'ignore',
      detached: true,
      env: { ...process.env, TMPDIR: home },
    })
    const stop = (): void => {
      try {
        process.kill(-child.pid!, 'SIGKILL')
      } catch {
        // Nothing of it is left.
      }
    }
    running = { stop }
    let late = false
    const timer = setTimeout(() => {
      late = true
      stop()
    }, timeoutMs)
    child.once('exit', (code) => {
      clearTimeout(timer)
      stop()
      done(late ? 'timeout' : (code ?? 1))
    })
  })
}

const test = (file: string, timeoutMs: number): Promise<number | 'timeout'> =>
  run(['--test', '--test-force-exit', file], timeoutMs)

/** Time limit of a test file with a mutant; undefined when it fails without one. */
const budgets = new Map<string, Promise<number | undefined>>()
function budgetOf(file: string): Promise<number | undefined> {
  let budget = budgets.get(file)
  if (!budget) {
    const startedAt = performance.now()
    budget = test(file, SLOWEST_MS).then((code) =>
      code === 0 ? 10_000 + 4 * (performance.now() - startedAt) : undefined,
    )
    budgets.set(file, budget)
  }
  return budget
}

const typesHold = async (): Promise<boolean> =>
  (await run(['node_modules/@typescript/native/bin/tsc', '--noEmit'], SLOWEST_MS)) === 0

type Fate = { killedBy: string } | { survived: number }

async function fateOf(mutation: Mutation, tests: readonly string[]): Promise<Fate> {
  const path = join(copy, mutation.file)
  const source = readFileSync(path, 'utf8')
  const usable: string[] = []
  // Before the change, otherwise a test that never passes would kill every mutant.
  for (const file of tests.slice(0, mostTests)) if ((await budgetOf(file)) !== undefined) usable.push(file)
  writeFileSync(path, source.slice(0, mutation.start) + mutation.text + source.slice(mutation.end))
  try {
    for (const file of usable) {
      const code = await test(file, (await budgetOf(file))!)
      if (code !== 0) return { killedBy: code === 'timeout' ? `${file} (timeout)` : file }
    }
    return (await typesHold()) ? { survived: usable.length } : { killedBy: 'the types' }
  } finally {
    writeFileSync(path, source)
  }
}

/** Shuffles without bias, the same for the same seed (mulberry32). */
function shuffled<T>(items: readonly T[], from: number): T[] {
  let state = from >>> 0
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const left = [...items]
  for (let i = left.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[left[i], left[j]] = [left[j]!, left[i]!]
  }
  return left
}

function sources(): string[] {
  const under = relative(ROOT, resolve(ROOT, target!.startsWith('packages') ? target! : join('packages', target!)))
  const files = under.endsWith('.ts')
    ? [under]
    : readdirSync(join(ROOT, under), { recursive: true, encoding: 'utf8' }).map((name) => join(under, name))
  return files.filter(
    (name) => /(?<!\.test)\.ts$/.test(name) && !/\/test(ing|-\w+)\.ts$/.test(name) && name.includes(values.match),
  )
}

try {
  const mutants = sources().flatMap((file) => mutationsOf(file, readFileSync(join(ROOT, file), 'utf8')))
  const drawn = shuffled(mutants, seed).slice(0, count)
  process.stdout.write(`${target}: ${drawn.length} of ${mutants.length} mutants, seed ${seed}\n`)
  copyCheckout(ROOT, copy)
  execFileSync(process.execPath, [join(copy, 'scripts/link-checkout.js')])
  const testsFor = nearestTests(copy)
  if (!(await typesHold())) throw new Error('The types do not hold as they are: npm run types')
  let killed = 0
  for (const mutation of drawn) {
    const fate = await fateOf(mutation, testsFor(mutation.file))
    if ('killedBy' in fate) killed++
    const change = `${mutation.was.replace(/\s+/g, ' ').slice(0, 80)}  →  ${mutation.text.replace(/\s+/g, ' ').slice(0, 60)}`
    const end = 'killedBy' in fate ? `killed by ${fate.killedBy}` : `SURVIVED ${fate.survived} test files`
    process.stdout.write(`${mutation.file}:${mutation.line}  ${change}  ${end}\n`)
  }
  for (const [file, budget] of budgets)
    if ((await budget) === undefined) process.stdout.write(`left out, since it fails without a mutant: ${file}\n`)
  const score = drawn.length === 0 ? 0 : Math.round((100 * killed) / drawn.length)
  process.stdout.write(
    `${killed} killed, ${drawn.length - killed} survived: ${score} % (equivalents among the survivors are not counted out)\n`,
  )
  process.exitCode = drawn.length === 0 ? 1 : 0
} finally {
  rmSync(home, { recursive: true, force: true })
}

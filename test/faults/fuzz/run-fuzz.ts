import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Dispatcher, Pool } from 'undici'
import { holdOf, LONGEST_HOLD_MS, watchLoop } from '../../support/loop-watch.ts'
import { chance } from '../../support/mutate.ts'
import { startWorld, type World } from '../../support/world.ts'
import { sendCredentials } from './credentials.ts'
import { sendRawBytes } from './raw.ts'
import { targetsOf, type Request, type Target } from './targets.ts'

/** How often each HTTP status was the answer. 0 stands for a connection that was closed without one. */
export type Tally = Map<number, number>

/** The answers of each route, and the heap of this process after the warm-up and at the end, in bytes. */
export type FuzzResult = {
  tallies: Map<string, Tally>
  heap: { before: number; after: number }
  /** The longest hold by a single input, in milliseconds of processor time. */
  longestHoldMs: number
}

export type Options = {
  /** PostgreSQL instead of SQLite. */
  databaseUrl?: string
  /** Parts of names: a target must contain one of them. Default: all targets. */
  only?: readonly string[]
  say?: (text: string) => void
}

/** 503 and 504 come from WhatsApp or a limit, and have a reason. Every other 5xx is a bug. */
const isFine = (http: number): boolean => http < 500 || http === 503 || http === 504

const AT_ONCE = 16
const BYTES = 'bytes that are no HTTP'
const CREDENTIALS = 'credentials'
const KEY = Buffer.alloc(32, 7).toString('base64')

/** The most recent requests. Any of them may have held the event loop, so each is repeated alone. */
const RECENT = 3 * AT_ONCE

/**
 * Sends `count` random and mutated requests to each public route of one gateway and its sandbox, and counts the
 * answers. Fails on a 500, on a request that alone holds the event loop for more than 50 ms, on a request without an
 * answer, on an answer with a path of our code, and when the gateway does not work afterwards.
 */
export async function runFuzz(count: number, seed: number, options: Options = {}): Promise<FuzzResult> {
  // The limits on calls would refuse most requests unread.
  const { databaseUrl } = options
  const store: Record<string, string> = databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl, MASTER_KEY: KEY }
  await using world = await startWorld({ env: { CALLS_PER_SECOND: '1000000', ...store } })
  const random = chance(seed)
  const isMeant = (name: string): boolean => options.only?.some((part) => name.includes(part)) ?? true
  const targets = (await targetsOf(world)).filter(({ name }) => isMeant(name))
  await mend(world)
  // Caches fill to their limits and code is compiled; only then can a leak be distinguished from a warm-up.
  const wrong: string[] = []
  const judge = new HoldJudge(wrong)
  const warmUp = Math.min(count, Math.max(50, Math.min(5_000, Math.floor(count / 10))))
  for (const target of targets) {
    await throwAt(target, warmUp, random, wrong, judge)
    await mend(world)
  }
  const heap = { before: heapInUse(world), after: 0 }
  const tallies = new Map<string, Tally>()
  for (const target of targets) {
    const startedAt = performance.now()
    const tally = await throwAt(target, count, random, wrong, judge)
    tallies.set(target.name, tally)
    await mend(world)
    options.say?.(
      `${wrong.length > 0 ? `${wrong.length} wrong: ${wrong.at(-1)!.slice(0, 300)}\n` : ''}${target.name}: ${summaryOf(tally)} (${((performance.now() - startedAt) / 1000).toFixed(0)} s)`,
    )
  }
  if (isMeant(BYTES)) tallies.set(BYTES, await sendRawBytes(world.gateway.url, count, random))
  await isAtWork(world)
  // Last, because an address with too many wrong credentials is refused for a while.
  if (isMeant(CREDENTIALS)) tallies.set(CREDENTIALS, await sendCredentials(world.gateway.url, count, random))
  assert.ok(tallies.size > 0, `no route is called ${options.only?.join(' or ')}`)
  assert.equal(wrong.length, 0, `${wrong.length} answers were wrong:\n${wrong.slice(0, 5).join('\n')}`)
  heap.after = heapInUse(world)
  return { tallies, heap, longestHoldMs: judge.longestHoldMs }
}

export const summaryOf = (tally: Tally): string =>
  [...tally]
    .sort(([a], [b]) => a - b)
    .map(([http, n]) => `${n} × ${http === 0 ? 'closed' : http}`)
    .join(', ')

const shownOf = ({ method }: Target, { path, headers, body }: Request): string =>
  `${method} ${path.slice(0, 500)} ${JSON.stringify(headers).slice(0, 2000)}\n${String(body ?? null).slice(0, 2000)}`

/** Finds the request that held the event loop among those in flight at that time. */
class HoldJudge {
  longestHoldMs = 0
  readonly #wrong: string[]

  constructor(wrong: string[]) {
    this.#wrong = wrong
  }

  async judge(target: Target, suspects: Iterable<Request>, pool: Pool): Promise<void> {
    for (const request of suspects) {
      const { path, headers, body = null } = request
      const ms = await holdOf(async () => {
        const answer = await pool.request({ method: target.method, path, headers, body }).catch(() => undefined)
        if (answer && !isEndless(answer)) await answer.body.dump()
      })
      this.longestHoldMs = Math.max(this.longestHoldMs, ms)
      if (ms > LONGEST_HOLD_MS)
        this.#wrong.push(`${target.name} held the event loop for ${ms.toFixed(0)} ms on ${shownOf(target, request)}`)
    }
  }
}

/** True for a stream of events, which is left at once: it would never end. */
function isEndless({ headers, body }: Dispatcher.ResponseData): boolean {
  if (!String(headers['content-type']).startsWith('text/event-stream')) return false
  body.on('error', () => {}).destroy()
  return true
}

/** Problems are added to `wrong`, so that one of them does not end a run of an hour. */
async function throwAt(
  target: Target,
  count: number,
  random: () => number,
  wrong: string[],
  judge: HoldJudge,
): Promise<Tally> {
  const pool = new Pool(target.origin, { connections: AT_ONCE, pipelining: 1, headersTimeout: 60_000 })
  const tally: Tally = new Map()
  const recent: Request[] = []
  const suspects = new Set<Request>()
  const watch = watchLoop(() => {
    for (const one of recent) suspects.add(one)
  })
  let left = count
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const made = target.request(random)
      recent.push(made)
      if (recent.length > RECENT) recent.shift()
      const { path, headers, body = null } = made
      const shown = shownOf(target, made)
      let http: number
      let text: string
      let isFile: boolean
      try {
        const answer = await pool.request({ method: target.method, path, headers, body })
        http = answer.statusCode
        isFile = http < 400 && String(answer.headers['content-type']).startsWith('text/csv')
        text = isEndless(answer) ? '' : await answer.body.text()
      } catch (error) {
        // A header that HTTP does not allow was never sent by this process.
        if ((error as { code?: string }).code === 'UND_ERR_INVALID_ARG') continue
        throw new Error(`${target.name} had no answer to ${shown}`, { cause: error })
      }
      tally.set(http, (tally.get(http) ?? 0) + 1)
      if (!isFine(http)) wrong.push(`${target.name} answered ${http} ${text.slice(0, 500)}\nto ${shown}`)
      if (/\n\s+at .*\.[jt]s:\d/.test(text)) wrong.push(`${target.name} showed a stack to ${shown}`)
      if (target.envelope && !isFile && isFine(http) && http !== 431) {
        const { status } = JSON.parse(text) as { status?: string }
        if (status !== (http < 400 ? 'success' : 'error')) wrong.push(`${target.name} answered ${http} to ${shown}`)
      }
    }
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    watch.stop()
    await judge.judge(target, suspects, pool)
  } finally {
    watch.stop()
    await pool.destroy()
  }
  return tally
}

/** Restores settings that the fuzz requests may have changed: valid values are among them. */
async function mend(world: World): Promise<void> {
  const answer = await world.admin('PATCH', '/admin/channels/1', {
    name: 'Demo',
    window_policy: 'observe',
    access_token: 'sandbox-token',
    waba_id: '102290129340398',
    messages_per_second: 1000,
  })
  assert.equal(answer.http, 200, JSON.stringify(answer))
}

async function isAtWork(world: World): Promise<void> {
  const phone = world.sandbox.phone('16505559876')
  await phone.says('anybody there?')
  await world.receiver.until(
    () => world.receiver.received.some(({ raw }) => raw.includes('anybody there?')),
    'the words',
  )
  await world.send({ to: phone.number, type: 'text', text: 'still here' })
  await phone.sees('still here')
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** After a garbage collection. The data of this process's receiver does not belong to the gateway. */
function heapInUse(world: World): number {
  world.receiver.received.length = 0
  collect()
  return process.memoryUsage().heapUsed
}

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startSandbox } from '../../../packages/sandbox/src/index.ts'
import { demoChannel } from '../../support/killable.ts'
import { freePort, type GatewayProcess, startProcess } from '../../support/process.ts'
import { ADMIN_TOKEN, type Answer, caller } from '../../support/world.ts'

export type BroadcastRun = {
  people: number
  kills: number
  say: (text: string) => void
  databaseUrl?: string | undefined
  /** Messages of each of the runs that compare a broadcast with single sends. 0: no comparison. */
  compared?: number
}

export type BroadcastResult = {
  accepted: number
  unknown: number
  /** Among the unknown: those who did not get it. */
  missed: number
  /** What was not as it must be. */
  broken: string[]
  seconds: number
  /** MiB of the last process at half of the broadcast, and the highest in each tenth after that. */
  memory: number[]
  /** Messages per second of a broadcast and of single sends, one after another. */
  rates: { broadcast: number; single: number; share: number } | undefined
}

const FIRST = 15_551_000_000
const PAGE = 10_000
const TEMPLATE = { type: 'template', template: { name: 'test_button_reply_1' } }
const IN_FLIGHT = 64
const START_WITHIN_MS = 120_000

type Shown = { id: string; state: string; counts: Record<string, number> }
type Call = (method: string, path: string, body?: unknown) => Promise<Answer>

/**
 * A broadcast in a process that is killed in the middle. Each person gets exactly one accepted send, or is unknown and
 * named; the memory does not grow; and a broadcast is as fast as single sends.
 */
export async function killBroadcast(run: BroadcastRun): Promise<BroadcastResult> {
  const { people, kills, say } = run
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-broadcast-'))
  const sandbox = await startSandbox({ seed: `broadcast ${Date.now()}`, statusDelayMs: 1 })
  const got = new Map<string, number>()
  sandbox.on(({ type, data }) => {
    if (type !== 'accepted') return
    const to = (data.message as { phone: string }).phone
    got.set(to, (got.get(to) ?? 0) + 1)
  })
  const env = {
    PORT: String(await freePort()),
    DATA_DIR: dataDir,
    ADMIN_TOKEN,
    CLOUD_API_URL: sandbox.url,
    META_APP_SECRET: sandbox.appSecret,
    META_VERIFY_TOKEN: sandbox.verifyToken,
    NODE_COMPILE_CACHE: join(dataDir, 'compiled'),
    ...(run.databaseUrl !== undefined && {
      DATABASE_URL: run.databaseUrl,
      MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    }),
  }
  let gateway: GatewayProcess | undefined
  // Six starts of a process: on a machine with other work, compiling alone may take long.
  const start = async (): Promise<void> => {
    gateway = await startProcess(env, [], START_WITHIN_MS)
  }
  try {
    await start()
    const raw = caller(() => `http://127.0.0.1:${env.PORT}`)
    const added = await raw('POST', '/admin/channels', demoChannel({ messages_per_second: 100_000 }), {
      authorization: `Bearer ${ADMIN_TOKEN}`,
    })
    const { certification_code: code } = added.data as { certification_code: string }
    await sandbox.subscribe(`${gateway!.url}/webhooks/meta`)
    const call: Call = (method, path, body) => patient(() => raw(method, path, body, { 'certification-code': code }))
    const rates = run.compared ? await compare(call, run.compared, say) : undefined

    const id = await prepared(call, people, FIRST)
    got.clear()
    await call('POST', `/external/broadcasts/${id}/resume`)
    const startedAt = performance.now()
    for (let kill = 1; kill <= kills; kill++) {
      // All kills come in the first half, so that the second one shows the memory of one process.
      await reached(call, id, (people * kill) / (2 * (kills + 1)))
      await gateway!.kill()
      await start()
      say(`kill ${kill}, ${got.size} of ${people} have it`)
    }
    await reached(call, id, people / 2)
    const memory = [memoryOf(gateway!)]
    for (let tenth = 6; tenth <= 10; tenth++) {
      let highest = memoryOf(gateway!)
      await reached(call, id, tenth === 10 ? Infinity : (people * tenth) / 10, () => {
        highest = Math.max(highest, memoryOf(gateway!))
      })
      memory.push(highest)
    }
    const seconds = (performance.now() - startedAt) / 1000
    await sandbox.settled()
    return { ...(await judged(call, id, people, got)), seconds, memory, rates }
  } finally {
    await gateway?.kill().catch(() => {})
    await sandbox.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** A call that is repeated while the gateway is away or busy. */
async function patient(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await ask().catch(() => undefined)
    if (answer && answer.http !== 503) return answer
    await sleep(50)
  }
}

async function prepared(call: Call, people: number, first: number): Promise<string> {
  const made = await call('POST', '/external/broadcasts', { message: TEMPLATE })
  const { id } = made.data as Shown
  for (let from = 0; from < people; from += PAGE) {
    const recipients = Array.from({ length: Math.min(PAGE, people - from) }, (_, i) => String(first + from + i))
    const answer = await call('POST', `/external/broadcasts/${id}/recipients`, { recipients })
    if (answer.http !== 200) throw new Error(`the recipients were refused: ${JSON.stringify(answer)}`)
  }
  return id
}

/** Waits until so many have a result, or until it is done. */
async function reached(call: Call, id: string, results: number, look = (): void => {}): Promise<Shown> {
  for (;;) {
    const shown = (await call('GET', `/external/broadcasts/${id}`)).data as Shown
    const { accepted, failed, unknown } = shown.counts
    look()
    if (shown.state === 'done' || accepted! + failed! + unknown! >= results) return shown
    if (shown.state !== 'running') throw new Error(`the broadcast is ${shown.state}: ${JSON.stringify(shown)}`)
    await sleep(100)
  }
}

async function judged(
  call: Call,
  id: string,
  people: number,
  got: ReadonlyMap<string, number>,
): Promise<Pick<BroadcastResult, 'accepted' | 'unknown' | 'missed' | 'broken'>> {
  const broken: string[] = []
  const named = new Set<string>()
  for (let lastN = -1; ;) {
    const page = (
      await call(
        'GET',
        `/external/broadcasts/${id}/recipients?state=unknown&count=1000${lastN < 0 ? '' : `&last_n=${lastN}`}`,
      )
    ).data as { n: number; recipient: string }[]
    for (const row of page) named.add(row.recipient)
    if (page.length < 1000) break
    lastN = page.at(-1)!.n
  }
  let missed = 0
  for (let i = 0; i < people; i++) {
    const phone = String(FIRST + i)
    const times = got.get(phone) ?? 0
    if (times > 1) broken.push(`${phone} got it ${times} times`)
    if (times === 0 && !named.has(phone)) broken.push(`${phone} did not get it, and is not unknown`)
    if (times === 0) missed++
  }
  const now = ((await call('GET', `/external/broadcasts/${id}`)).data as Shown).counts
  if (now.accepted! + now.unknown! !== people) broken.push(`the counts are ${JSON.stringify(now)}`)
  return { accepted: now.accepted!, unknown: now.unknown!, missed, broken: broken.slice(0, 10) }
}

/** A broadcast and single sends in turn, so that a noisy machine disturbs both alike. The medians count. */
async function compare(call: Call, messages: number, say: (text: string) => void): Promise<BroadcastResult['rates']> {
  const rates: Record<'broadcast' | 'single', number[]> = { broadcast: [], single: [] }
  for (let round = 0; round < 4; round++) {
    const first = FIRST + 500_000_000 + round * 2 * messages
    const single = await timed(messages, () => sendAll(call, messages, first))
    const id = await prepared(call, messages, first + messages)
    const broadcast = await timed(messages, async () => {
      await call('POST', `/external/broadcasts/${id}/resume`)
      await reached(call, id, Infinity)
    })
    say(`per second: a broadcast ${broadcast.toFixed(0)}, single sends ${single.toFixed(0)}`)
    // The first round is cold.
    if (round === 0) continue
    rates.single.push(single)
    rates.broadcast.push(broadcast)
  }
  const [broadcast, single] = [middle(rates.broadcast), middle(rates.single)]
  return { broadcast, single, share: broadcast / single }
}

async function sendAll(call: Call, messages: number, first: number): Promise<void> {
  let next = 0
  const sendOn = async (): Promise<void> => {
    while (next < messages) {
      const answer = await call('POST', '/external/messages/whatsapp', { to: String(first + next++), ...TEMPLATE })
      if (answer.http !== 200) throw new Error(JSON.stringify(answer))
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, sendOn))
}

async function timed(messages: number, work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return (messages * 1000) / (performance.now() - startedAt)
}

const middle = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

/** MiB of physical memory. */
function memoryOf({ child }: GatewayProcess): number {
  const status = readFileSync(`/proc/${child.pid!}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
}

export function lineOfBroadcast(engine: string, run: BroadcastRun, result: BroadcastResult): string {
  const { accepted, unknown, missed, broken, seconds, memory, rates } = result
  const speed = rates
    ? `; per second a broadcast sends ${rates.broadcast.toFixed(0)} and single sends are ${rates.single.toFixed(0)}, a share of ${rates.share.toFixed(2)}`
    : ''
  const outcome = broken.length === 0 ? 'nobody got it twice' : `BROKEN: ${broken.join('; ')}`
  return `A broadcast to ${run.people.toLocaleString('en')} people on ${engine}, ${run.kills} × SIGKILL: ${accepted} accepted, ${unknown} unknown and named, ${missed} of them did not get it; ${outcome}; ${seconds.toFixed(0)} s; memory ${memory[0]!.toFixed(0)} MiB at half, at most ${memory
    .slice(1)
    .map((mib) => mib.toFixed(0))
    .join(', ')} in the tenths after it${speed}.`
}

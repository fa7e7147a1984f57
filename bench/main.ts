import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBenchWorld, type Mode, type Result, type Target } from './world.ts'

/**
 * Each figure as a share of a bare pass-through of the same bytes, both driven by the same world in the same run and
 * turn by turn, so that a noisy machine disturbs both alike. `--seconds`, `--rounds`, `--in-flight` change the run.
 */
const option = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : Number(process.argv[at + 1])
}
const SECONDS = option('seconds', 5)
const ROUNDS = option('rounds', 3)
const IN_FLIGHT = option('in-flight', 64)
const ROOT = new URL('..', import.meta.url).pathname

const world = await startBenchWorld()
const dataDir = mkdtempSync(join(tmpdir(), 'postern-bench-'))
const children: ChildProcess[] = []
try {
  const bare = await startBare()
  const gateway = await startGateway()
  const atRest = rss(gateway.child)
  const modes: Mode[] = (
    process.argv.includes('--only') ? [process.argv[process.argv.indexOf('--only') + 1]] : ['send', 'webhook', 'whole']
  ) as Mode[]
  process.stdout.write(`in flight ${IN_FLIGHT}, ${ROUNDS} rounds of ${SECONDS} s each\n\n`)
  process.stdout.write(
    'figure     bare/s  postern/s   share   bare p50/p99 ms   postern p50/p99 ms   added p99 ms   cpu µs bare/postern   cpu share\n',
  )
  let peak = 0
  for (const mode of modes) {
    // One short turn each, so that neither is measured cold.
    await world.run(bare.target, mode, IN_FLIGHT, 1500)
    await world.run(gateway.target, mode, IN_FLIGHT, 1500)
    const pairs: [Measured, Measured][] = []
    for (let round = 0; round < ROUNDS; round++) {
      const ceiling = await measured(bare, mode)
      const ours = await measured(gateway, mode)
      peak = Math.max(peak, rss(gateway.child))
      pairs.push([ceiling, ours])
    }
    const middle = pairs.sort((a, b) => a[1].perSecond / a[0].perSecond - b[1].perSecond / b[0].perSecond)[
      Math.floor(pairs.length / 2)
    ]!
    const [ceiling, ours] = middle
    const ms = (value: number): string => value.toFixed(1)
    process.stdout.write(
      [
        mode.padEnd(9),
        ceiling.perSecond.toFixed(0).padStart(7),
        ours.perSecond.toFixed(0).padStart(10),
        (ours.perSecond / ceiling.perSecond).toFixed(2).padStart(8),
        `${ms(ceiling.p50)}/${ms(ceiling.p99)}`.padStart(17),
        `${ms(ours.p50)}/${ms(ours.p99)}`.padStart(20),
        ms(ours.p99 - ceiling.p99).padStart(14),
        `${ceiling.cpuMicros.toFixed(0)}/${ours.cpuMicros.toFixed(0)}`.padStart(21),
        (ceiling.cpuMicros / ours.cpuMicros).toFixed(2).padStart(11),
        pairs.some(([, one]) => one.failed > 0)
          ? `  FAILED ${pairs.reduce((sum, [, one]) => sum + one.failed, 0)}`
          : '',
      ].join(' ') + '\n',
    )
  }
  process.stdout.write(`\nresident memory: ${mib(atRest)} MiB at rest, ${mib(peak)} MiB under load\n`)
} finally {
  for (const child of children) child.kill('SIGTERM')
  await world.close()
  rmSync(dataDir, { recursive: true, force: true })
}

type Measured = Result & { cpuMicros: number }

/** One turn, with what it cost the process in CPU time per message: the figure a noisy neighbour disturbs least. */
async function measured(side: { target: Target; child: ChildProcess }, mode: Mode): Promise<Measured> {
  const before = cpuMicros(side.child)
  const result = await world.run(side.target, mode, IN_FLIGHT, SECONDS * 1000)
  return { ...result, cpuMicros: (cpuMicros(side.child) - before) / Math.max(1, result.done) }
}

/** User and system time, in microseconds; the kernel counts in hundredths of a second. */
function cpuMicros(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}

async function startBare(): Promise<{ target: Target; child: ChildProcess }> {
  const child = spawn(
    process.execPath,
    [`${ROOT}bench/pass-through.ts`, world.graphUrl, world.customerUrl, world.secret],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  children.push(child)
  const port = await new Promise<string>((resolve) =>
    child.stdout.once('data', (data: Buffer) => resolve(String(data).trim())),
  )
  return { target: { url: `http://127.0.0.1:${port}`, headers: {} }, child }
}

async function startGateway(): Promise<{ target: Target; child: ChildProcess }> {
  const admin = 'bench-admin-token'
  const child = spawn(process.execPath, [`${ROOT}src/main.ts`, 'serve'], {
    stdio: ['ignore', 'pipe', process.env.STT ? 'inherit' : 'ignore'],
    env: {
      ...process.env,
      PORT: '0',
      DATA_DIR: dataDir,
      CLOUD_API_URL: world.graphUrl,
      META_APP_SECRET: world.secret,
      META_VERIFY_TOKEN: 'bench',
      ADMIN_TOKEN: admin,
      OUTBOUND_ALLOW: '127.0.0.0/8',
      LOG_LEVEL: process.env.BENCH_LOG ?? 'info',
      NODE_OPTIONS: process.env.BENCH_NODE_OPTIONS ?? '',
    },
  })
  children.push(child)
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout!.on('data', (data: Buffer) => {
      if (text !== '') return
      const match = /"url":"(http[^"]+)"/.exec(String(data))
      if (match) resolve((text = match[1]!))
    })
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)))
  })
  const response = await fetch(`${url}/admin/channels`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${admin}` },
    body: JSON.stringify({
      name: 'Bench',
      business_phone: '15550001111',
      phone_number_id: '1000',
      waba_id: '2000',
      access_token: 'token',
      webhook_url: world.customerUrl,
      messages_per_second: 100_000,
    }),
  })
  const { data } = (await response.json()) as { data: { certification_code: string } }
  return { target: { url, headers: { 'certification-code': data.certification_code } }, child }
}

/** Resident memory as the kernel counts it, in bytes. */
function rss(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
}

function mib(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0)
}

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { startSandbox } from '../packages/sandbox/src/index.ts'
import { demoChannel } from '../test/support/killable.ts'
import { freePort, startProcess } from '../test/support/process.ts'
import { ADMIN_TOKEN } from '../test/support/world.ts'
import { describeMachine } from './machine.ts'
import { number, refuseOthers } from './options.ts'

/**
 * The dry run of a large file of recipients on SQLite: `node bench/recipients.ts [--rows 1000000]`. Time and resident
 * memory of upload and check, and how long other requests wait meanwhile. The gateway runs as `npm start` runs it.
 */
refuseOthers(['rows'])
const rows = number('rows', 1_000_000)

const dataDir = mkdtempSync(join(tmpdir(), 'postern-recipients-'))
const sandbox = await startSandbox({ seed: 'recipients' })
const gateway = await startProcess(
  {
    PORT: String(await freePort()),
    DATA_DIR: dataDir,
    ADMIN_TOKEN,
    CLOUD_API_URL: sandbox.url,
    META_APP_SECRET: sandbox.appSecret,
    META_VERIFY_TOKEN: sandbox.verifyToken,
  },
  [],
  60_000,
)
try {
  process.stdout.write(`${await describeMachine()}\n`)
  const added = await ask('POST', '/admin/channels', demoChannel({}), { authorization: `Bearer ${ADMIN_TOKEN}` })
  const code = { 'certification-code': (added as { certification_code: string }).certification_code }
  await sleep(5000)
  const atRest = memory()
  process.stdout.write(`at rest: ${atRest.resident} MiB, of which ${atRest.files} MiB are files of the program\n`)

  const uploaded = await watched('upload', async () => {
    const body = Readable.toWeb(Readable.from(file(), { objectMode: false }))
    const response = await fetch(`${gateway.url}/external/broadcast-files`, {
      method: 'POST',
      headers: { ...code, 'content-type': 'text/csv; charset=utf-8' },
      body: body as never,
      duplex: 'half',
    } as RequestInit)
    return dataOf<{ file_id: string }>(response)
  })
  const draft = (await ask(
    'POST',
    '/external/broadcasts',
    {
      template: 'test_button_reply_1',
      file_id: uploaded.file_id,
      draft: true,
    },
    code,
  )) as { id: string }
  const report = await watched('check', () => ask('POST', `/external/broadcasts/${draft.id}/check`, undefined, code))
  const { forecast, bad } = report as { forecast: { accepted: number; duplicates: number }; bad: { rows: number } }
  process.stdout.write(
    `forecast: ${forecast.accepted} accepted, ${forecast.duplicates} duplicates, ${bad.rows} bad rows\n`,
  )
} finally {
  await gateway.kill()
  await sandbox.close()
  rmSync(dataDir, { recursive: true, force: true })
}

/** One row in a hundred is no number, and one in a hundred comes again. */
function* file(): Generator<Buffer> {
  let text = 'phone,name,city\n'
  for (let i = 0; i < rows; i++) {
    const number = i % 100 === 7 ? 'unknown' : String(85_200_000_000 + (i % 100 === 9 ? i - 1 : i))
    text += `${number},Person ${i},Hong Kong\n`
    if (text.length < 65_536) continue
    yield Buffer.from(text)
    text = ''
  }
  yield Buffer.from(text)
}

/** Says how long a piece of work takes, the highest memory, and how long the liveness check takes meanwhile. */
async function watched<T>(what: string, work: () => Promise<T>): Promise<T> {
  let isDone = false
  let highest = 0
  const waits: number[] = []
  const watching = (async () => {
    while (!isDone) {
      const askedAt = performance.now()
      await (await fetch(`${gateway.url}/healthz`)).text()
      waits.push(performance.now() - askedAt)
      highest = Math.max(highest, memory().resident)
      await sleep(20)
    }
  })()
  const startedAt = performance.now()
  const result = await work().finally(() => (isDone = true))
  const seconds = (performance.now() - startedAt) / 1000
  await watching
  waits.sort((a, b) => a - b)
  const at = (share: number): string => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))]!.toFixed(1)
  process.stdout.write(
    `${what}: ${seconds.toFixed(1)} s, at most ${highest} MiB; /healthz p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)} ms\n`,
  )
  return result
}

/** MiB of physical memory. */
function memory(): { resident: number; files: number } {
  const status = readFileSync(`/proc/${gateway.child.pid!}/status`, 'utf8')
  const mib = (name: string): number =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024)
  return { resident: mib('VmRSS'), files: mib('RssFile') }
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(600_000),
  })
  return dataOf(response)
}

async function dataOf<T>(response: Response): Promise<T> {
  const answer = (await response.json()) as { data: T; message: string }
  if (!response.ok) throw new Error(`${response.status} ${answer.message}`)
  return answer.data
}

import { createHmac } from 'node:crypto'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'undici'

/*
 * The speed of the sandbox: sends a second, with three signed status webhooks each (sent, delivered, read), all
 * counted. The sandbox runs alone in its own process; this one sends and receives, on the same machine. `node
 * bench/sandbox.ts [seconds] [--data]`, where --data keeps the state in a folder. The sandbox gets
 * `--max-semi-space-size=2 --max-old-space-size=96`: its messages live for milliseconds, and Node's defaults would let
 * five times the used memory accumulate (250 MB resident instead of 120, and no faster).
 */

const seconds = Number(process.argv[2] ?? 10) || 10
const CONNECTIONS = 32
const PHONES = 2_000
const SEED = 'bench'
const dataDir = process.argv.includes('--data') ? mkdtempSync(join(tmpdir(), 'sandbox-bench-')) : undefined

const CHILD = `
import { startSandbox } from ${JSON.stringify(new URL('../packages/sandbox/src/index.ts', import.meta.url).href)}
const sandbox = await startSandbox({
  seed: '${SEED}', autoRead: true, webhookUrl: process.argv[1], ${dataDir ? `dataDir: ${JSON.stringify(dataDir)},` : ''}
})
for (let i = 0; i < ${PHONES}; i++) sandbox.phone(String(491510000000 + i)).is({ window: true })
process.send({ url: sandbox.url, secret: sandbox.appSecret })
process.on('message', () => sandbox.close().then(() => process.exit(0)))
`

const counts = new Map<string, number>()
let requests = 0
let badSignatures = 0
let secret = ''
const receiver = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const raw = Buffer.concat(chunks)
    requests++
    const signature = 'sha256=' + createHmac('sha256', secret).update(raw).digest('hex')
    if (request.headers['x-hub-signature-256'] !== signature) badSignatures++
    const body = JSON.parse(raw.toString()) as {
      entry: { changes: { value: { statuses?: { status: string }[] } }[] }[]
    }
    for (const entry of body.entry) {
      for (const change of entry.changes) {
        for (const { status } of change.value.statuses ?? []) counts.set(status, (counts.get(status) ?? 0) + 1)
      }
    }
    response.writeHead(200).end()
  })
})
await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
const hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`

const child = spawn(
  process.execPath,
  ['--max-semi-space-size=2', '--max-old-space-size=96', '--input-type=module', '-e', CHILD, hook],
  {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // Without it, every start strips the types from every file again and keeps the code for that in memory.
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'postern-compile-cache') },
  },
)
const started = await new Promise<{ url: string; secret: string }>((resolve) =>
  child.once('message', (m) => resolve(m as never)),
)
secret = started.secret

const memory = (key: string): number =>
  Number(
    new RegExp(`${key}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? Number.NaN,
  ) / 1024

/** Processor time of the sandbox in seconds: comparable even on a busy machine. */
const cpu = (): number => {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
const cpuBefore = cpu()

const pool = new Pool(started.url, { connections: CONNECTIONS })
let sent = 0
let refused = 0
const began = performance.now()
const until = began + seconds * 1_000
async function sender(offset: number): Promise<void> {
  for (let i = offset; performance.now() < until; i += CONNECTIONS) {
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: '/v25.0/302702419599374/messages',
      headers: { authorization: 'Bearer sandbox-token', 'content-type': 'application/json' },
      body: JSON.stringify({
        messaging_product: 'whatsapp',
        to: String(491510000000 + (i % PHONES)),
        type: 'text',
        biz_opaque_callback_data: `msg_${i}`,
        text: { body: `Your order ${i} is on its way: https://shop.example.com/o/${i}` },
      }),
    })
    await body.dump()
    if (statusCode === 200) sent++
    else refused++
  }
}
await Promise.all(Array.from({ length: CONNECTIONS }, (_, i) => sender(i)))
const sending = (performance.now() - began) / 1_000
const total = (): number => [...counts.values()].reduce((sum, n) => sum + n, 0)
const told = total()
const deadline = performance.now() + 60_000
while (total() < 3 * sent && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20))
const all = (performance.now() - began) / 1_000

console.log(
  JSON.stringify({
    seconds: Number(sending.toFixed(1)),
    sends_per_second: Math.round(sent / sending),
    sends_per_processor_second: Math.round(sent / (cpu() - cpuBefore)),
    statuses_per_second_while_sending: Math.round(told / sending),
    seconds_until_all_were_told: Number(all.toFixed(1)),
    statuses: Object.fromEntries(counts),
    missing: 3 * sent - total(),
    refused,
    bad_signatures: badSignatures,
    webhook_requests: requests,
    statuses_per_request: Math.round(total() / requests),
    rss_mb: Math.round(memory('VmRSS')),
    peak_rss_mb: Math.round(memory('VmHWM')),
    kept_in: dataDir ? 'folder' : 'memory',
  }),
)
child.send('stop')
await new Promise((resolve) => child.once('exit', resolve))
await pool.close()
receiver.closeAllConnections()
receiver.close()
if (dataDir) rmSync(dataDir, { recursive: true, force: true })

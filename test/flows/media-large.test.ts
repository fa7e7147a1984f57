import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startSandbox, type Sandbox } from '../../packages/sandbox/src/index.ts'
import { startProcess, type GatewayProcess } from '../support/process.ts'
import { ADMIN_TOKEN } from '../support/world.ts'

const MIB = 1024 * 1024
const SIZE = 100 * MIB
const MOST_GROWTH = 32 * MIB

let sandbox: Sandbox
let gateway: GatewayProcess
let dataDir = ''
let code = ''

// The sandbox holds whole files in memory, so it runs in this process and the gateway in its own.
before(async () => {
  sandbox = await startSandbox()
  dataDir = mkdtempSync(join(tmpdir(), 'postern-large-'))
  gateway = await startProcess({
    PORT: '0',
    DATA_DIR: dataDir,
    ADMIN_TOKEN,
    CLOUD_API_URL: sandbox.url,
    META_APP_SECRET: sandbox.appSecret,
    META_VERIFY_TOKEN: sandbox.verifyToken,
  })
  const response = await fetch(`${gateway.url}/admin/channels`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify({
      name: 'Large',
      business_phone: DEMO.businessPhone,
      phone_number_id: DEMO.phoneNumberId,
      waba_id: DEMO.wabaId,
      access_token: DEMO.accessToken,
    }),
  })
  const { data } = (await response.json()) as { data: { certification_code: string } }
  code = data.certification_code
})
after(async () => {
  await gateway.terminate()
  await sandbox.close()
  rmSync(dataDir, { recursive: true, force: true })
})

function resident(): number {
  const pid = gateway.child.pid!
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024
  } catch {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024
  }
}

/** Peak growth of the gateway's memory while `work` runs. */
async function growth<T>(work: () => Promise<T>): Promise<{ result: T; bytes: number }> {
  const before = resident()
  let peak = before
  const timer = setInterval(() => (peak = Math.max(peak, resident())), 10)
  try {
    const result = await work()
    return { result, bytes: Math.max(peak, resident()) - before }
  } finally {
    clearInterval(timer)
  }
}

const CHUNK = Buffer.alloc(64 * 1024, 'postern ')

/** A PDF of `size` bytes in a multipart body, written as the socket accepts it. */
async function upload(size: number): Promise<{ http: number; data: { id: string; file_size: number } }> {
  const head = Buffer.from(
    '--b\r\ncontent-disposition: form-data; name="file"; filename="large.pdf"\r\ncontent-type: application/pdf\r\n\r\n',
  )
  const tail = Buffer.from('\r\n--b--\r\n')
  const post = request(`${gateway.url}/external/media`, {
    method: 'POST',
    headers: {
      'certification-code': code,
      'content-type': 'multipart/form-data; boundary=b',
      'content-length': head.length + size + tail.length,
    },
  })
  const answered = new Promise<IncomingMessage>((resolve, reject) =>
    post.once('response', resolve).once('error', reject),
  )
  const write = (bytes: Buffer) =>
    post.write(bytes) ? undefined : new Promise<void>((resolve) => post.once('drain', resolve))
  await write(head)
  const magic = Buffer.from('%PDF-1.7\n')
  await write(magic)
  for (let left = size - magic.length; left > 0; left -= CHUNK.length) {
    await write(left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK)
  }
  post.end(tail)
  const response = await answered
  const chunks: Buffer[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  return { http: response.statusCode!, ...(JSON.parse(Buffer.concat(chunks).toString()) as { data: never }) }
}

/** Counts the bytes and drops them. */
async function download(id: string): Promise<number> {
  const response = await fetch(`${gateway.url}/external/media/${id}`, { headers: { 'certification-code': code } })
  assert.equal(response.status, 200)
  let size = 0
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) size += chunk.length
  return size
}

const told = (t: TestContext, what: string, bytes: number) =>
  t.diagnostic(`${what}: the gateway grew by ${(bytes / MIB).toFixed(1)} MiB at its peak`)

test('a document of 100 MB is uploaded and downloaded, and the gateway holds almost none of it', async (t) => {
  // Compiling code for the first time, and buffers that are kept for reuse, do not count.
  const warm = await upload(4 * MIB)
  await download(warm.data.id)

  const up = await growth(() => upload(SIZE))
  told(t, 'upload', up.bytes)
  assert.deepEqual([up.result.http, up.result.data.file_size], [201, SIZE])
  assert.ok(up.bytes < MOST_GROWTH, `${up.bytes} bytes`)

  const down = await growth(() => download(up.result.data.id))
  told(t, 'download', down.bytes)
  assert.equal(down.result, SIZE)
  assert.ok(down.bytes < MOST_GROWTH, `${down.bytes} bytes`)

  const over = await upload(SIZE + 1)
  assert.equal(over.http, 413)
})

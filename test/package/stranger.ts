import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { before, test } from 'node:test'
import { freePort } from '../support/process.ts'
import { installMs, packAll, projectWith, type Packed, SETUP } from './packages.ts'

/*
 * A stranger's first minutes: the tarballs in an empty folder, the sandbox with a gateway, a first message by ten lines
 * of the client, and its callback verified. Below 60 s, of which what is ours (all but npm) is below 3 on a machine that
 * does nothing else; the limits here are those of a machine that runs other tests.
 */

let packed: Packed
before(async () => {
  packed = await packAll()
}, SETUP)

const TEN_LINES = `import { createServer } from 'node:http'
import { createClient, verifyCallback } from '@postern/client'
const { url, certification_code: certificationCode, webhook_url, webhook_secret } = JSON.parse(process.env.FACTS)
const server = createServer(async (request, response) => {
  const { event } = await verifyCallback(Buffer.concat(await request.toArray()), request.headers, webhook_secret)
  response.end()
  console.log('verified', event.event, event.message_status)
})
server.listen(new URL(webhook_url).port)
console.log(await createClient({ url, certificationCode }).send({ to: '85268411234', type: 'text', text: 'Hello!' }))
`

test('from an empty folder to a verified callback: below a minute, of which ours is seconds', async (t) => {
  assert.equal(TEN_LINES.trim().split('\n').length, 10)
  const cwd = await projectWith(packed, ['client', 'cloud-api', 'runtime', 'sandbox', 'gateway'])
  writeFileSync(join(cwd, 'first.mjs'), TEN_LINES)
  const bin = join(cwd, 'node_modules', 'postern', 'bin', 'postern.js')
  const PATH = process.env.PATH ?? ''

  const from = performance.now()
  const hook = `http://127.0.0.1:${await freePort()}/`
  const options = ['sandbox', '--with-gateway', '--until-eof', '--json', '--webhook-url', hook]
  const sandbox = spawn(process.execPath, [bin, ...options], { cwd, env: { PATH }, stdio: ['pipe', 'pipe', 'inherit'] })
  const sandboxGone = new Promise((resolve) => sandbox.once('exit', resolve))
  t.after(async () => {
    sandbox.stdin.end()
    await sandboxGone
  })
  const FACTS = await firstLine(sandbox.stdout, /^\{/)
  const ready = performance.now()
  const program = spawn(process.execPath, ['first.mjs'], {
    cwd,
    env: { PATH, FACTS },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const programGone = new Promise((resolve) => program.once('exit', resolve))
  t.after(async () => {
    program.kill()
    await programGone
  })
  await firstLine(program.stdout, /^verified message_status_update delivered$/)
  const ours = performance.now() - from
  const npm = installMs(cwd)
  t.diagnostic(
    `npm install ${(npm / 1000).toFixed(1)} s; ours ${(ours / 1000).toFixed(1)} s, of which ready after ${((ready - from) / 1000).toFixed(1)} s`,
  )
  assert.ok(ours < 20_000, `ours took ${ours} ms`)
  assert.ok(npm + ours < 150_000, `all took ${npm + ours} ms`)
})

/** The first line that fits. Rejects when the stream ends without one. */
async function firstLine(stream: NodeJS.ReadableStream, fits: RegExp): Promise<string> {
  const said: string[] = []
  for await (const line of createInterface({ input: stream })) {
    said.push(line)
    if (fits.test(line)) return line
  }
  throw new Error(`it ended before it said ${fits}:\n${said.join('\n')}`)
}

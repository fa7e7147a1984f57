import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { before, after, test } from 'node:test'
import { promisify } from 'node:util'
import { startBin } from './start-bin.ts'

/*
 * What would be published, as a customer has it: JavaScript under node_modules, with the packages that `dependencies`
 * names and no other. A module that needs a development package, or a file that is not packed, fails here.
 */

const run = promisify(execFile)
const ROOT = resolve(import.meta.dirname, '../..')
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>
}
const app = mkdtempSync(join(tmpdir(), 'postern-package-'))
const installed = join(app, 'node_modules', 'postern')
const limit = { timeout: 150_000, maxBuffer: 1 << 24 }

before(async () => {
  // In a copy, so that the checkout stays as it was. The pages were built when the checkout was installed.
  const copy = join(app, 'checkout')
  const left = new Set(['.git', 'node_modules', 'dist', 'data'].map((name) => join(ROOT, name)))
  cpSync(ROOT, copy, { recursive: true, filter: (path) => !left.has(path) })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  await run(process.execPath, [join(copy, 'scripts/build.ts')], limit)
  await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', app], { ...limit, cwd: copy })
  const tarball = readdirSync(app).find((name) => name.endsWith('.tgz'))
  assert.ok(tarball)
  mkdirSync(installed, { recursive: true })
  await run('tar', ['-xzf', join(app, tarball), '-C', installed, '--strip-components=1'], limit)
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(dirname(join(app, 'node_modules', name)), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), join(app, 'node_modules', name))
  }
  writeFileSync(join(app, 'package.json'), '{"type":"module"}')
})
after(() => rmSync(app, { recursive: true, force: true }))

test('it holds what it needs, and no source or test', () => {
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
  for (const name of [
    'bin/postern.js',
    'dist/main.js',
    'web/dist/index.html',
    'docs/errors.md',
    'LICENSE',
    'README.md',
  ])
    assert.ok(files.includes(name), name)
  assert.ok(files.some((name) => /^dist\/store\/migrations\/0001_\w+\.sqlite\.sql$/.test(name)))
  assert.deepEqual(
    files.filter((name) => /\.test\.|^(src|test)\/|(?<!\.d)\.ts$|testing\.|\.built-from/.test(name)),
    [],
  )
})

test('the command runs and serves', async () => {
  const bin = join(installed, 'bin', 'postern.js')
  const { stdout } = await run(process.execPath, [bin, '--help'], limit)
  assert.match(stdout, /^Usage: postern/)
  await using gateway = await startBin(bin, { PORT: '0', DATA_DIR: join(app, 'data') })
  const answer = await fetch(`${gateway.url}/external/messages/whatsapp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'certification-code': 'postern-demo-certification-code' },
    body: '{"to":"85268411234","type":"template","template":{"name":"test_button_reply_1"}}',
  })
  assert.equal(answer.status, 200, await answer.clone().text())
  assert.equal((await fetch(`${gateway.url}/`)).status, 200)
  assert.equal(await gateway.terminate(), 0)
})

const SCRIPT = `
import { startSandbox } from 'postern/sandbox'
import { createClient, PosternError, verifyCallback } from 'postern/client'
const cloud = await startSandbox({ statusDelayMs: 0 })
const message = await cloud.phone('16505551234').says('hi')
await cloud.close()
const client = createClient({ url: cloud.url, certificationCode: 'x', retries: 0 })
const error = await client.send({ to: '1', type: 'text', text: 'hi' }).catch((error) => error)
console.log(message.type, error instanceof PosternError, error.reason, typeof verifyCallback)
`

test('postern/sandbox and postern/client can be imported', async () => {
  writeFileSync(join(app, 'app.mjs'), SCRIPT)
  const { stdout } = await run(process.execPath, ['app.mjs'], { ...limit, cwd: app })
  assert.equal(stdout.trim(), 'text true not_connected function')
})

const TYPED = `
import { startSandbox, type Phone } from 'postern/sandbox'
import { createClient, type CallbackEvent, type SendMessage } from 'postern/client'
export const message: SendMessage = { to: '1', type: 'text', text: 'hi' }
// @ts-expect-error a key that no message has
export const wrong: SendMessage = { to: '1', type: 'text', txt: 'hi' }
export const phone = async (): Promise<Phone> => (await startSandbox()).phone('1')
export const send = (): Promise<{ msg_id: string }> => createClient({ url: '', certificationCode: '' }).send(message)
export const told = (event: CallbackEvent): string => (event.event === 'message_status_update' ? event.message_status : '')
`

test('and both have their types', async () => {
  writeFileSync(join(app, 'typed.ts'), TYPED)
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node']
  const roots = [
    '--typeRoots',
    join(ROOT, 'node_modules/@types'),
    '--skipLibCheck',
    '--lib',
    'es2024,esnext.disposable',
  ]
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  const { stdout } = await run(process.execPath, [tsc, ...options, ...roots, 'typed.ts'], { ...limit, cwd: app }).catch(
    (error: { stdout: string }) => error,
  )
  assert.equal(stdout, '')
})

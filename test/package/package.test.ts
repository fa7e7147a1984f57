import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { filesOf, LIMIT, packAll, projectWith, ROOT, type Packed, SETUP } from './packages.ts'
import './readmes.ts'
import './runners.ts'
import './stranger.ts'
import { startBin } from './start-bin.ts'

/*
 * The published packages as a customer installs them: JavaScript under node_modules, with the packages in
 * `dependencies` and no others. A module that needs a development package, or a file that is not packed, fails here.
 */

const run = promisify(execFile)
let packed: Packed
before(async () => {
  packed = await packAll()
}, SETUP)

test('the gateway: the packed package runs and serves, with its pages and its docs', async () => {
  const project = await projectWith(packed, ['client', 'cloud-api', 'runtime', 'sandbox', 'gateway'])
  const files = filesOf(project, 'postern')
  for (const name of [
    'bin/postern.js',
    'dist/main.js',
    'pages/index.html',
    'docs/errors.md',
    'docs/zh/README.md',
    'LICENSE',
    'README.md',
  ])
    assert.ok(files.includes(name), name)
  assert.ok(files.some((name) => /^dist\/store\/migrations\/0001_\w+\.sqlite\.sql$/.test(name)))
  assert.deepEqual(noBusinessIn(files), [])
  assert.deepEqual(
    filesOf(project, '.').filter((name) => /^node-(bin-)?(linux|darwin|win)/.test(name)),
    [],
    'a second Node',
  )

  const bin = join(project, 'node_modules', 'postern', 'bin', 'postern.js')
  const { stdout } = await run(process.execPath, [bin, '--help'], LIMIT)
  assert.match(stdout, /^Usage: postern/)
  await using gateway = await startBin(bin, { PORT: '0', DATA_DIR: join(packed.folder, 'data') })
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
import { startSandbox } from '@postern/sandbox'
import { createClient, PosternError, verifyCallback } from '@postern/client'
const cloud = await startSandbox({ statusDelayMs: 0 })
const message = await cloud.phone('16505551234').says('hi')
await cloud.close()
const client = createClient({ url: cloud.url, certificationCode: 'x', retries: 0 })
const error = await client.send({ to: '1', type: 'text', text: 'hi' }).catch((error) => error)
console.log(message.type, error instanceof PosternError, error.reason, typeof verifyCallback)
`
const TYPED = `
import { startSandbox, type Phone } from '@postern/sandbox'
import { createClient, type CallbackEvent, type SendMessage } from '@postern/client'
export const message: SendMessage = { to: '1', type: 'text', text: 'hi' }
// @ts-expect-error a key that no message has
export const wrong: SendMessage = { to: '1', type: 'text', txt: 'hi' }
export const phone = async (): Promise<Phone> => (await startSandbox()).phone('1')
export const send = (): Promise<{ msg_id: string }> => createClient({ url: '', certificationCode: '' }).send(message)
export const told = (event: CallbackEvent): string => (event.event === 'message_status_update' ? event.message_status : '')
`

test('the sandbox and the client: each can be imported, and has its types', async () => {
  const project = await projectWith(packed, ['cloud-api', 'runtime', 'sandbox', 'client'])
  for (const name of ['@postern/sandbox', '@postern/client', '@postern/cloud-api', '@postern/runtime'])
    assert.deepEqual(noBusinessIn(filesOf(project, name)), [], name)
  assert.ok(filesOf(project, '@postern/sandbox').includes('pages/index.html'))
  writeFileSync(join(project, 'app.mjs'), SCRIPT)
  const { stdout } = await run(process.execPath, ['app.mjs'], { ...LIMIT, cwd: project })
  assert.equal(stdout.trim(), 'text true not_connected function')

  writeFileSync(join(project, 'typed.ts'), TYPED)
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node']
  const roots = ['--typeRoots', join(ROOT, 'node_modules/@types'), '--lib', 'es2024,esnext.disposable']
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  const checked = await run(process.execPath, [tsc, ...options, ...roots, 'typed.ts'], {
    ...LIMIT,
    cwd: project,
  }).catch((error: { stdout: string }) => error)
  assert.equal(checked.stdout, '')
})

const IN_A_BROWSER = `
import { createClient, verifyCallback, PosternError, type SendMessage } from '@postern/client'
const message: SendMessage = { to: '1', type: 'text', text: document.title }
export const send = (): Promise<{ msg_id: string }> =>
  createClient({ url: location.origin, certificationCode: '' }).send(message, { signal: AbortSignal.timeout(1_000) })
export const event = async (request: Request): Promise<string> =>
  (await verifyCallback(await request.text(), request.headers, ['whsec_1'])).event.event
export const file = (): Promise<{ id: string }> =>
  createClient({ url: '', certificationCode: '' }).media.upload(new Blob(['x']), { type: 'text/plain' })
export const reason = (error: unknown): string => (error instanceof PosternError ? error.reason : '')
`

test('the client: alone, without a module of Node, and with the types of a browser only', async () => {
  const project = await projectWith(packed, ['client'])
  assert.deepEqual(readdirSync(join(project, 'node_modules/@postern')), ['client'], 'it brings nothing along')
  for (const name of filesOf(project, '@postern/client').filter((file) => /\.(js|d\.ts)$/.test(file))) {
    const text = readFileSync(join(project, 'node_modules/@postern/client', name), 'utf8')
    for (const [, from] of text.matchAll(/(?<![\w/.-])(?:from|import)[\s(]*['"]([^'"]+)['"]/g))
      assert.match(from!, /^\.\.?\//, `${name} imports ${from}`)
    assert.doesNotMatch(text, /\bnode:|\brequire\(|\bBuffer\b|reference types/, name)
  }
  writeFileSync(join(project, 'page.ts'), IN_A_BROWSER)
  // Only the browser's types: a type of Node's in the client's declarations would be an error.
  const compilerOptions = {
    ...{ noEmit: true, strict: true, module: 'esnext', moduleResolution: 'bundler', target: 'es2022' },
    ...{ types: [], lib: ['es2022', 'dom', 'dom.iterable'] },
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['page.ts'] }))
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  const checked = await run(process.execPath, [tsc, '-p', project], LIMIT).catch((error: { stdout: string }) => error)
  assert.equal(checked.stdout, '')
})

/** How programs find the client's types: bundlers, and Node with and without TypeScript's newest rules. */
const RESOLUTIONS = [
  ['esnext', 'bundler'],
  ['node16', 'node16'],
]

test('the client: its type tests hold for the packed declarations, for bundlers and for Node', async () => {
  const project = await projectWith(packed, ['client'])
  const tests = ['client.ts', 'receivers.ts'].map((name) => {
    writeFileSync(join(project, name), readFileSync(join(ROOT, 'test/types', name)))
    return name
  })
  const native = join(ROOT, 'node_modules/@typescript/native/bin/tsc')
  for (const [module, moduleResolution] of RESOLUTIONS) {
    const compilerOptions = {
      ...{ noEmit: true, strict: true, exactOptionalPropertyTypes: true, module, moduleResolution, target: 'es2022' },
      ...{ types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')], lib: ['es2024', 'dom', 'dom.iterable'] },
    }
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: tests }))
    const checked = await run(native, ['-p', project], LIMIT).catch((error: { stdout: string }) => error)
    assert.equal(checked.stdout, '', moduleResolution)
  }
})

/** Bytes of these exports in a browser, bundled, minified and compressed. */
async function bundledBytes(project: string, exports: string): Promise<number> {
  const entry = join(project, 'entry.js')
  writeFileSync(entry, `export ${exports} from '@postern/client'`)
  const { build } = await import('vite')
  const result = (await build({
    configFile: false,
    root: project,
    logLevel: 'error',
    build: { write: false, minify: true, target: 'es2022', lib: { entry, name: 'postern', formats: ['iife'] } },
  })) as { output: { code: string }[] }[]
  return gzipSync(result[0]!.output[0]!.code, { level: 9 }).length
}

test('the client: below 8 KB in a browser, compressed; what is not imported is not in it', async () => {
  const project = await projectWith(packed, ['client'])
  const all = await bundledBytes(project, '*')
  assert.ok(all < 8_000, `${all} bytes`)
  const verify = await bundledBytes(project, '{ verifyCallback }')
  assert.ok(verify < 2_000, `${verify} bytes for verifyCallback alone`)
})

/** Source, tests and build stamps among published files. */
const noBusinessIn = (files: string[]): string[] =>
  files.filter((name) => /\.test\.|^(src|test)\/|(?<!\.d)\.ts$|testing\.(?!md$|html)|\.built-from|tsconfig/.test(name))

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createClient } from '@hey-api/openapi-ts'
import openapiTypescript, { astToString } from 'openapi-typescript'
import { startWorld, type World } from '../support/world.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Calls that must compile, and calls that must not: `@ts-expect-error` fails where there is no error. */
const WITH_OPENAPI_FETCH = `
import createClient from 'openapi-fetch'
import type { paths, operations } from './types.ts'

const client = createClient<paths>({ baseUrl: 'http://127.0.0.1:8080' })
const send = '/external/messages/whatsapp'
export const sent = () => client.POST(send, { body: { to: '85268411234', type: 'text', text: 'hello' } })
export const paused = () => client.POST('/external/broadcasts/{id}/pause', { params: { path: { id: 'bc_1' } } })
export type Named = operations['sendMessage'] | operations['markRead'] | operations['adminCreateEndpoint']
// @ts-expect-error a number is no body
export const number = () => client.POST(send, { body: 5 })
// @ts-expect-error no recipient
export const nobody = () => client.POST(send, { body: { type: 'text', text: 'hello' } })
// @ts-expect-error no such type
export const strange = () => client.POST(send, { body: { to: '85268411234', type: 'smoke', smoke: 'hello' } })
// @ts-expect-error no id
export const unnamed = () => client.POST('/external/broadcasts/{id}/pause', {})
`

const WITH_HEY_API = `
import { markRead, sendMessage } from './hey/index.ts'

export const sent = () => sendMessage({ body: { to: '85268411234', type: 'text', text: 'hello' } })
export const read = () => markRead({ path: { msg_id: 'wamid.1' }, body: {} })
// @ts-expect-error a number is no body
export const number = () => sendMessage({ body: 5 })
// @ts-expect-error no recipient
export const nobody = () => sendMessage({ body: { type: 'text', text: 'hello' } })
// @ts-expect-error no id
export const unnamed = () => markRead({ body: {} })
`

let world: World
let folder: string
let source: string

before(async () => {
  world = await startWorld({ webhook: false })
  source = await (await fetch(`${world.gateway.url}/openapi.json`)).text()
  folder = mkdtempSync(join(tmpdir(), 'postern-generated-'))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const compilerOptions = {
    ...{ module: 'esnext', moduleResolution: 'bundler', target: 'es2023', lib: ['es2023', 'dom', 'dom.iterable'] },
    ...{ strict: true, noEmit: true, allowImportingTsExtensions: true, skipLibCheck: true, types: [] },
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
})
after(async () => {
  await world?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function compile(): Promise<string> {
  const compiler = join(ROOT, 'node_modules/@typescript/native/bin/tsc')
  return promisify(execFile)(process.execPath, [compiler, '-p', join(folder, 'tsconfig.json')], { cwd: folder }).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  )
}

test('clients made of the API document by two generators compile, and refuse wrong bodies', async () => {
  writeFileSync(join(folder, 'types.ts'), astToString(await openapiTypescript(source)))
  writeFileSync(join(folder, 'fetch.ts'), WITH_OPENAPI_FETCH)
  writeFileSync(join(folder, 'openapi.json'), source)
  await createClient({
    input: join(folder, 'openapi.json'),
    output: join(folder, 'hey'),
    plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
    logs: { level: 'silent' },
  })
  writeFileSync(join(folder, 'hey.ts'), WITH_HEY_API)
  assert.equal(await compile(), '')
  // A call that should be refused and is not fails the compilation.
  writeFileSync(join(folder, 'hey.ts'), WITH_HEY_API.replace('number = () => sendMessage({ body: 5 })', 'number = 5'))
  assert.match(await compile(), /Unused '@ts-expect-error'/)
})

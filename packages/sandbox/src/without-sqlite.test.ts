import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ENTRY = new URL('./index.ts', import.meta.url).href

const START = `
const { startSandbox } = await import(${JSON.stringify(ENTRY)})
const sandbox = await startSandbox(JSON.parse(process.argv[1]))
const { type } = await sandbox.phone('16505551234').says('hi')
await sandbox.close()
console.log(type)
`

test('a sandbox in memory runs on a Node without node:sqlite; a sandbox on disk needs it', async () => {
  const start = (options: object) =>
    run(process.execPath, ['--no-experimental-sqlite', '--input-type=module', '-e', START, JSON.stringify(options)])
  assert.equal((await start({})).stdout, 'text\n')
  await assert.rejects(start({ dataDir: '/nowhere' }), /node:sqlite/)
})

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, delimiter, join } from 'node:path'
import { before, test } from 'node:test'
import { promisify } from 'node:util'
import { LIMIT, packAll, projectWith, type Packed, SETUP } from './packages.ts'

/*
 * `postern/testing` as a customer uses it: from the packed package, under node:test, Vitest and Jest. The conversation is
 * the same; each runner loads modules in its own way.
 */

const run = promisify(execFile)
let packed: Packed

const CONVERSATION = `
import { startPostern } from 'postern/testing'
export async function conversation() {
  const from = performance.now()
  const postern = await startPostern()
  console.log('ready after ' + Math.round(performance.now() - from) + ' ms')
  try {
    const answer = async (event) => {
      const [{ from: to }] = event.message.messages
      await postern.client.send({ to, type: 'text', text: 'Welcome!' })
    }
    const webhook = await postern.webhook(answer, { events: ['new_message'] })
    const phone = postern.phone('85268411234')
    await phone.says('hello')
    await phone.sees('Welcome!')
    await postern.settled()
    return [webhook.received.length, ...phone.messages().map(({ direction }) => direction)].join(' ')
  } finally {
    await postern.stop()
  }
}
`
const withExpect = `import { conversation } from './conversation.mjs'
test('a conversation', async () => expect(await conversation()).toBe('1 in out'))`
const FILES = {
  'conversation.mjs': CONVERSATION,
  'one.node.test.mjs': `import assert from 'node:assert'
import { test } from 'node:test'
import { conversation } from './conversation.mjs'
test('a conversation', async () => assert.equal(await conversation(), '1 in out'))`,
  'one.vitest.test.mjs': `import { expect, test } from 'vitest'\n${withExpect}`,
  'one.jest.test.mjs': withExpect,
}

let cwd: string
let options: { cwd: string; env: NodeJS.ProcessEnv; timeout: number }
// One hook: hooks of a file begin side by side.
before(async () => {
  packed = await packAll()
  cwd = await projectWith(packed, ['client', 'cloud-api', 'runtime', 'sandbox', 'gateway'])
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(cwd, name), text)
  const PATH = [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter)
  options = { ...LIMIT, cwd, env: { ...process.env, PATH } }
  // A test of a test must not report to the runner around it.
  delete options.env.NODE_TEST_CONTEXT
  const install = [
    'install',
    '--no-audit',
    '--no-fund',
    '--silent',
    '--prefer-offline',
    '--ignore-scripts',
    '--no-save',
  ]
  await run('npm', [...install, 'vitest@4', 'jest@30'], options)
}, SETUP)

test('postern/testing works under node:test', async (t) => {
  const { stdout } = await run(process.execPath, ['--test', 'one.node.test.mjs'], options)
  assert.match(stdout, /pass 1$/m)
  t.diagnostic(/ready after \d+ ms/.exec(stdout)![0])
})

const bin = (name: string, file: string): string => join(cwd, 'node_modules', name, file)

test('postern/testing works under Vitest', async () => {
  const { stdout } = await run(process.execPath, [bin('vitest', 'vitest.mjs'), 'run', 'one.vitest'], options)
  assert.match(stdout, /1 passed/)
})

test('postern/testing works under Jest', async () => {
  const asModules = ['--experimental-vm-modules', bin('jest', 'bin/jest.js')]
  const { stderr } = await run(process.execPath, [...asModules, '--testMatch', '**/one.jest.test.mjs'], options)
  assert.match(stderr, /1 passed/)
})

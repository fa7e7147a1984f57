import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { before, test } from 'node:test'
import { promisify } from 'node:util'
import { Webhook } from 'standardwebhooks'
import { blocksOf } from '../docs/blocks.ts'
import { freePort } from '../support/process.ts'
import { installNodes } from './nodes.ts'
import { installedBytes, LIMIT, manifestOf, packAll, projectWith, PUBLISHED, SETUP } from './packages.ts'
import type { Packed, Published } from './packages.ts'

/*
 * Follows the README of each published package in an empty folder: its install command, then each code block as
 * printed, with the oldest Node that the package promises and with those between it and ours. Only addresses are
 * replaced.
 */

const run = promisify(execFile)
const OURS = Number(process.versions.node.split('.')[0])
/** Our packages that `npm install` of a package installs too. */
const NEEDS: Record<Published, Published[]> = {
  'cloud-api': ['cloud-api'],
  runtime: ['runtime'],
  client: ['client'],
  sandbox: ['sandbox', 'cloud-api', 'runtime'],
  gateway: ['gateway', 'client', 'sandbox', 'cloud-api', 'runtime'],
}

let packed: Packed
let nodes: ReadonlyMap<number, string>
const projects = new Map<Published, string>()
before(async () => {
  packed = await packAll()
  // Concurrently: npm waits more than it works.
  const [others] = await Promise.all([
    installNodes(packed.folder, [20, 22]),
    ...PUBLISHED.map(async (name) => projects.set(name, await projectWith(packed, NEEDS[name]))),
  ])
  nodes = new Map([...others, [OURS, process.execPath]])
}, SETUP)

/** The code blocks of one language in a package's README. */
const pieces = (name: Published, language: string): string[] =>
  blocksOf(`packages/${name}/README.md`)
    .filter((one) => one.language === language)
    .map(({ code }) => code)

/** The Nodes that a package promises in its `engines`, as far as they are installed. */
function promised(name: Published): [number, string][] {
  const [, oldest] = /^>=(\d+)$/.exec(manifestOf(name).engines.node) ?? []
  const found = [...nodes].filter(([major]) => major >= Number(oldest))
  assert.equal(found[0]?.[0], Number(oldest), `the oldest Node that ${name} promises is here`)
  return found
}

/** Runs a program in a package's project with each promised Node. */
async function onEachNode(
  name: Published,
  file: string,
  code: string,
  said: RegExp,
  env: Record<string, string> = {},
): Promise<void> {
  const cwd = projects.get(name)!
  writeFileSync(join(cwd, file), code)
  for (const [major, node] of promised(name)) {
    const { stdout, stderr } = await run(node, [file], { ...LIMIT, cwd, env: { WEBHOOK_SECRET: SECRET, ...env } })
    assert.match(stdout, said, `Node ${major}: ${stderr}`)
    assert.equal(stderr, '', `Node ${major}`)
  }
}

const SECRET = `whsec_${Buffer.from('a secret of the test, 32 bytes..').toString('base64')}`

for (const name of PUBLISHED)
  test(`${name}: its README has the install command and the required Node`, () => {
    const readme = readFileSync(join(projects.get(name)!, 'node_modules', manifestOf(name).name, 'README.md'), 'utf8')
    const { name: published, engines } = manifestOf(name)
    assert.match(pieces(name, 'sh')[0]!, new RegExp(`^npm install (--save-dev )?${published}$`))
    assert.ok(readme.includes(`Node ${engines.node.slice(2)} or newer`))
  })

test('cloud-api: the sample verifies a signature and explains a code', async () => {
  await onEachNode('cloud-api', 'sample.mjs', pieces('cloud-api', 'js')[0]!, /^true\n\w+ Send a template/)
})

test('runtime: the sample moves a clock and stops a server', async () => {
  await onEachNode('runtime', 'sample.mjs', pieces('runtime', 'js')[0]!, /^three days later\nhello\nstopped\n$/)
})

test('sandbox: the sample runs, and node:sqlite is loaded only for a state on disk', async () => {
  const [code] = pieces('sandbox', 'js')
  await onEachNode('sandbox', 'sample.mjs', code!, /^text\n$/)
  const loaded = `console.log(process.moduleLoadList.some((one) => /sqlite/.test(one)))`
  await onEachNode('sandbox', 'memory.mjs', `${code}\n${loaded}`, /^text\nfalse\n$/)
})

test('client: the callback handler accepts a signed callback and refuses a changed one', async () => {
  const handler = pieces('client', 'js').find((code) => code.includes('verifyCallback'))!
  writeFileSync(join(projects.get('client')!, 'handler.mjs'), handler)
  const body = '{"event":"test"}'
  const now = new Date()
  const headers = {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(SECRET).sign('evt_1', now, body),
  }
  const use = `import { POST } from './handler.mjs'
for (const body of [${JSON.stringify(body)}, '{"event":"tost"}']) {
  const request = new Request('http://127.0.0.1/', { method: 'POST', body, headers: ${JSON.stringify(headers)} })
  console.log((await POST(request)).status)
}`
  await onEachNode('client', 'use.mjs', use, /^evt_1 test\n204\n401\n$/)
})

test('gateway: the README’s commands start it and send; the client’s samples send and add an endpoint', async (t) => {
  const cwd = projects.get('gateway')!
  const [, serve, curl] = pieces('gateway', 'sh')
  const [port, phones] = [String(await freePort()), String(await freePort())]
  const here = (code: string): string => code.replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`)
  const PATH = [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter)
  const ADMIN_TOKEN = 'the-token-of-an-operator'
  const env = { PATH, HOME: packed.folder, PORT: port, SANDBOX_PORT: phones, ADMIN_TOKEN }
  // A process group of its own, because the shell and npx start must end with their children.
  const child = spawn('sh', ['-c', serve!], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  t.after(async () => {
    try {
      process.kill(-child.pid!, 'SIGTERM')
    } catch {
      // It ended already.
    }
    await gone
  })
  await new Promise<void>((resolve, reject) => {
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        said += String(data)
        if (said.includes('gateway.ready')) resolve()
      })
    void gone.then(() => reject(new Error(`it ended:\n${said}`)))
  })
  assert.ok(existsSync(join(cwd, 'data')), 'the data are in ./data')
  const { stdout } = await run('sh', ['-ec', here(curl!)], { ...LIMIT, cwd, env })
  const answer = JSON.parse(stdout) as Record<string, unknown>
  const [printed] = pieces('gateway', 'json')
  assert.deepEqual(Object.keys(answer), Object.keys(JSON.parse(printed!) as object))
  assert.equal(answer['status'], 'success')
  await onEachNode('client', 'send.mjs', here(pieces('client', 'js')[0]!), /^wamid\.\S+\n$/)

  const bot = createServer((_request, response) => response.end())
  await new Promise<void>((resolve) => bot.listen(0, '127.0.0.1', resolve))
  t.after(() => bot.close())
  const BOT_URL = `http://127.0.0.1:${(bot.address() as AddressInfo).port}/`
  const adds = pieces('client', 'js').find((code) => code.includes('createAdmin'))!
  await onEachNode('client', 'endpoints.mjs', here(adds), /^whsec_\S+\ntrue\n$/, { ADMIN_TOKEN, BOT_URL })
})

test('sizes: the sandbox with its dependencies stays below 15 MB, the client is installed alone', () => {
  assert.ok(installedBytes(projects.get('sandbox')!) < 15_000_000, String(installedBytes(projects.get('sandbox')!)))
  for (const name of ['client', 'cloud-api', 'runtime'] as const) {
    assert.deepEqual(manifestOf(name).dependencies ?? {}, {})
    assert.ok(installedBytes(projects.get(name)!) < 1_000_000)
  }
})

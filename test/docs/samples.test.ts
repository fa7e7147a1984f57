import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { Webhook } from 'standardwebhooks'
import { readConfig } from '../../packages/gateway/src/platform/config.ts'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { costsShape } from '../../packages/gateway/src/http/costs.ts'
import { readRateCard } from '../../packages/gateway/src/platform/rates/read-rate-card.ts'
import { diffOf } from '../../packages/gateway/src/testing/conversation/compare.ts'
import { readYaml } from '../../packages/gateway/src/testing/conversation/file.ts'
import { reportOf } from '../../packages/gateway/src/testing/conversation/play.ts'
import { startSandbox, type Sandbox } from '../../packages/sandbox/src/index.ts'
import { freePort } from '../support/process.ts'
import { adminQuery } from '../support/postgres-admin.ts'
import { findBinaries } from '../support/postgres.ts'
import { needProgram } from '../support/programs.ts'
import { Receiver } from '../support/receiver.ts'
import { startRedis } from '../support/redis.ts'
import { freshDatabase } from '../support/shared-postgres.ts'
import { ADMIN_TOKEN, startWorld } from '../support/world.ts'
import { BLOCKS, ROOT, type Block } from './blocks.ts'

/*
 * Every piece of code of README and docs, run where its page says that it runs: in the checkout, at a gateway that
 * `npm start` started, as a reader would. Only addresses are others, so that nothing else of this machine is in the way,
 * and what a reader fills in (…) is filled in. A new piece that no test below runs fails the last one.
 */

const run = promisify(execFile)
const ran = new Set<Block>()

/** The only piece of a page that has these words, or begins with them where `^` stands before. */
function block(page: string, language: string, part: string): Block {
  const has = (code: string): boolean => (part.startsWith('^') ? code.startsWith(part.slice(1)) : code.includes(part))
  const found = BLOCKS.filter((one) => one.page === page && one.language === language && has(one.code))
  assert.equal(found.length, 1, `${found.length} pieces of ${language} in ${page} have ${part}`)
  for (const one of BLOCKS) if (one.code === found[0]!.code) ran.add(one)
  return found[0]!
}

type Started = { said: () => string; says(what: RegExp): Promise<RegExpExecArray>; end(): Promise<void> }

/** Starts a line of a shell and follows what it writes. */
function start(line: string, env: Record<string, string>, cwd = ROOT): Started {
  const child = spawn('sh', ['-c', line], {
    cwd,
    env: { ...BASE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, since what a shell and npm start must end with them.
    detached: true,
  })
  let said = ''
  let over = false
  const gone = new Promise<void>((resolve) =>
    child.once('exit', () => {
      over = true
      resolve()
    }),
  )
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += String(data)))
  return {
    said: () => said,
    async says(what) {
      const limit = AbortSignal.timeout(60_000)
      for (;;) {
        const found = what.exec(said)
        if (found) return found
        if (limit.aborted || over) throw new Error(`${line} did not say ${what}:\n${said}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    async end() {
      try {
        process.kill(-child.pid!, 'SIGTERM')
      } catch {
        // It is over already.
      }
      await gone
    },
  }
}

/** Runs a line of a shell to its end and answers what it wrote to stdout. */
async function shell(line: string, env: Record<string, string> = {}, cwd = ROOT): Promise<string> {
  const { stdout } = await run('sh', ['-ec', line], { cwd, env: { ...BASE, ...env }, timeout: 120_000 })
  return stdout
}

const folder = mkdtempSync(join(tmpdir(), 'postern-samples-'))
/** In the checkout, where `@postern/client` is found by its own name. */
const inside = mkdtempSync(join(ROOT, '.samples-'))
const bin = join(folder, 'bin')
const BASE: Record<string, string> = {
  PATH: [bin, join(ROOT, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter),
  HOME: folder,
  GOCACHE: join(folder, 'go'),
}
let settings: Record<string, string>
let gateway: Started
let receiver: Receiver
let port: string
let phones: string

/** A piece with our addresses in the place of those that it names. */
const here = (code: string): string =>
  code
    .replaceAll(/(127\.0\.0\.1|localhost):8080/g, `127.0.0.1:${port}`)
    .replaceAll(/(127\.0\.0\.1|localhost):8081/g, `127.0.0.1:${phones}`)

const window = (): Promise<string> => shell(here(`curl -sS http://127.0.0.1:8081/sandbox/phones/${DEMO.phones[0]}`))

before(async () => {
  mkdirSync(bin)
  // As `npm install --global` does.
  symlinkSync(join(ROOT, 'packages', 'gateway', 'bin', 'postern.js'), join(bin, 'postern'))
  await run(process.execPath, [join(ROOT, 'scripts', 'link-checkout.js')])
  ;[port, phones] = [String(await freePort()), String(await freePort())]
  settings = { PORT: port, SANDBOX_PORT: phones, DATA_DIR: join(folder, 'data'), ADMIN_TOKEN }
  receiver = await Receiver.start()
  const first = block('README.md', 'sh', 'npm start')
  assert.equal(first.code, 'npm ci && npm start')
  // The packages are there already, or no test would run.
  gateway = start('npm start', settings)
  await gateway.says(/gateway\.ready/)
})

after(async () => {
  await gateway.end()
  await receiver.close()
  for (const path of [folder, inside]) rmSync(path, { recursive: true, force: true })
})

test('README and quickstart: the first message', async () => {
  const curl = block('README.md', 'sh', '/external/messages/whatsapp')
  assert.match(await shell(here(curl.code)), /"status":"success".*"msg_id":"wamid\./)
  assert.ok(gateway.said().includes(here(curl.code)), 'the start prints the same line')
  assert.ok(BLOCKS.some((one) => one.page === 'docs/quickstart.md' && one.code === curl.code))
  const quickstart = block('docs/quickstart.md', 'sh', 'git clone')
  assert.match(quickstart.code, /^git clone .*\nnpm ci && npm start$/)
})

test('quickstart: TypeScript, in the checkout', async () => {
  const { code } = block('docs/quickstart.md', 'ts', 'createClient')
  writeFileSync(join(inside, 'hello.ts'), here(code))
  assert.match(await shell('npx node hello.ts', {}, inside), /^wamid\./)
})

test('quickstart: Python', async () => {
  const { code } = block('docs/quickstart.md', 'python', 'urllib')
  writeFileSync(join(folder, 'hello.py'), here(code))
  assert.match(await shell('python3 hello.py', {}, folder), /^wamid\./)
})

test('quickstart: PHP', async () => {
  await needProgram('php', 'php-cli')
  const { code } = block('docs/quickstart.md', 'php', 'stream_context_create')
  writeFileSync(join(folder, 'hello.php'), here(code))
  assert.match(await shell('php hello.php', {}, folder), /^wamid\./)
})

test('quickstart: Go', async () => {
  const { code } = block('docs/quickstart.md', 'go', 'net/http')
  await needProgram('go', 'golang-go')
  writeFileSync(join(folder, 'hello.go'), here(code))
  assert.match(await shell('go run hello.go', {}, folder), /^200 .*"msg_id":"wamid\./)
})

test('README and quickstart: hear the answer', async () => {
  const at = String(await freePort())
  const listen = block('README.md', 'sh', '^npx node examples/receiver.ts').code
  const tell = block('README.md', 'sh', 'npm run postern -- channel webhook').code.replaceAll(
    '127.0.0.1:3000',
    `127.0.0.1:${at}`,
  )
  const secretly = block('README.md', 'sh', 'WEBHOOK_SECRET=').code
  const tap = block('README.md', 'sh', '/taps').code
  for (const code of [listen, secretly, tap])
    assert.ok(
      BLOCKS.some((one) => one.page === 'docs/quickstart.md' && one.code === code),
      code,
    )
  const waiting = start(listen, { RECEIVER_PORT: at })
  await waiting.says(/Waiting for events/)
  const [secret] = /whsec_\S+/.exec(await shell(tell, settings))!
  await waiting.end()
  const hearing = start(secretly.replace('whsec_…', secret), { RECEIVER_PORT: at })
  await hearing.says(/Waiting for events/)
  await shell(here(block('README.md', 'sh', '/external/messages/whatsapp').code))
  await shell(here(tap))
  await hearing.says(/"new_message".*Yes/)
  await hearing.end()
})

test('callbacks: the webhook from the command line', async () => {
  const { code } = block('docs/callbacks.md', 'sh', 'channel webhook')
  const [set, check] = code.replace('https://shop.example/whatsapp', receiver.url).split('\n')
  const [secret] = /whsec_\S+/.exec(await shell(set!, settings))!
  receiver.secret = secret
  await shell(check!, settings)
  await receiver.gets({ event: 'test' })
})

/** What Postern sends, and one that somebody changed. */
const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
function callback(): { body: string; headers: Record<string, string> } {
  const body = JSON.stringify({ event: 'new_message', message: { text: 'na\u00efve' } })
  const at = new Date()
  const headers = {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')} ${new Webhook(SECRET).sign('evt_1', at, body)}`,
  }
  return { body, headers }
}

test('callbacks: TypeScript, with the client and without', async () => {
  const { body, headers } = callback()
  const lines = block('docs/callbacks.md', 'ts', 'verifyCallback').code.split('\n')
  const isImport = (line: string): boolean => line.startsWith('import ')
  const inner = lines.filter((line) => !isImport(line)).join('\n')
  const call = `export async function take(rawBody: string, request: { headers: Record<string, string> }) {\n${inner}\n}`
  writeFileSync(join(inside, 'take.ts'), `${lines.filter(isImport).join('\n')}\n${call}\n`)
  const use = `import { take } from './take.ts'\nawait take(process.env.BODY!, { headers: JSON.parse(process.env.HEADERS!) })`
  writeFileSync(join(inside, 'use.ts'), use)
  const env = { WEBHOOK_SECRET: SECRET, HEADERS: JSON.stringify(headers) }
  assert.match(await shell('npx node use.ts', { ...env, BODY: body }, inside), /^evt_1 .*na\u00efve/)
  await assert.rejects(
    shell('npx node use.ts', { ...env, BODY: body.replace('new', 'old') }, inside),
    /CallbackRefused/,
  )

  writeFileSync(join(inside, 'genuine.ts'), block('docs/callbacks.md', 'ts', 'timingSafeEqual').code)
  const { isGenuine } = (await import(join(inside, 'genuine.ts'))) as {
    isGenuine: (body: Buffer, headers: Record<string, string>, secret: string) => boolean
  }
  assert.equal(isGenuine(Buffer.from(body), headers, SECRET), true)
  assert.equal(isGenuine(Buffer.from(`${body} `), headers, SECRET), false)
})

/** Runs a program that prints whether the right callback and the changed one are genuine. */
async function judges(line: string, env: Record<string, string> = {}): Promise<void> {
  const { body, headers } = callback()
  const told = await shell(line, { ...env, BODY: body, HEADERS: JSON.stringify(headers), SECRET }, folder)
  assert.deepEqual(told.trim().toLowerCase().split(/\s+/), ['true', 'false'])
}

test('callbacks: Python', async () => {
  const { code } = block('docs/callbacks.md', 'python', 'hmac')
  const use = `import os, json
body, headers, secret = os.environ["BODY"].encode(), json.loads(os.environ["HEADERS"]), os.environ["SECRET"]
print(is_genuine(body, headers, secret), is_genuine(body + b" ", headers, secret))`
  writeFileSync(join(folder, 'genuine.py'), `${code}\n${use}\n`)
  await judges('python3 genuine.py')
})

test('callbacks: PHP', async () => {
  await needProgram('php', 'php-cli')
  const { code } = block('docs/callbacks.md', 'php', 'isGenuine')
  const use = `$h = json_decode(getenv('HEADERS'), true);\nforeach (['', ' '] as $more) echo var_export(isGenuine(getenv('BODY') . $more, $h, getenv('SECRET')), true), "\\n";`
  writeFileSync(join(folder, 'genuine.php'), `${code}\n${use}\n`)
  await judges('php genuine.php')
})

test('callbacks: Go', async () => {
  const { code } = block('docs/callbacks.md', 'go', 'IsGenuine')
  await needProgram('go', 'golang-go')
  const project = join(folder, 'genuine')
  mkdirSync(project)
  writeFileSync(join(project, 'genuine.go'), code)
  const use = `package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

func main() {
	given := map[string]string{}
	json.Unmarshal([]byte(os.Getenv("HEADERS")), &given)
	headers := http.Header{}
	for name, value := range given {
		headers.Set(name, value)
	}
	for _, more := range []string{"", " "} {
		fmt.Println(IsGenuine([]byte(os.Getenv("BODY")+more), headers, os.Getenv("SECRET")))
	}
}
`
  writeFileSync(join(project, 'main.go'), use)
  await judges('go run genuine/main.go genuine/genuine.go')
})

test('polling: a call that waits, and a stream', async () => {
  const message = here(block('README.md', 'sh', '/external/messages/whatsapp').code)
  const stream = start(here(block('docs/polling.md', 'sh', '/external/events/stream').code), {})
  await stream.says(/^retry: /m)
  await shell(message)
  await shell(here(block('README.md', 'sh', '/taps').code))
  await stream.says(/^event: new_message$/m)
  await stream.end()
  const fieldsOf = (text: string): string[] => [...text.matchAll(/^(\w+): /gm)].map(([, name]) => name!)
  const shown = block('docs/polling.md', 'text', 'id: evt_').code
  assert.deepEqual(fieldsOf(stream.said()).slice(1, 4), fieldsOf(shown))

  const polled = await shell(here(block('docs/polling.md', 'sh', 'wait=30').code))
  assert.match(polled, /^x-postern-cursor: evt_\w+\r$/m)
  assert.match(polled, /"status":"success".*"new_message"/)

  writeFileSync(join(inside, 'events.ts'), here(block('docs/polling.md', 'ts', 'client.events').code))
  const reader = start('npx node events.ts', {}, inside)
  await reader.says(/^evt_\w+ new_message$/m)
  await reader.end()
})

/** A message to a phone, and its answer. */
async function somebodyTaps(): Promise<void> {
  await shell(here(block('README.md', 'sh', '/external/messages/whatsapp').code))
  await shell(here(block('README.md', 'sh', '/taps').code))
}

test('endpoints: a bot and a warehouse side by side', async () => {
  const [bot, warehouse] = [await Receiver.start(), await Receiver.start()]
  const [addBot, addWarehouse, list] = block('docs/endpoints.md', 'sh', '--name bot')
    .code.replace('http://127.0.0.1:3001/bot', bot.url)
    .replace('http://127.0.0.1:3002/warehouse', warehouse.url)
    .split('\n') as [string, string, string]
  const ids: string[] = []
  for (const [receiver, add] of [[bot, addBot] as const, [warehouse, addWarehouse] as const]) {
    const said = await shell(add, settings)
    ids.push(/ep_\w+/.exec(said)![0])
    receiver.secret = /whsec_\S+/.exec(said)![0]
  }
  const listed = await shell(list, settings)
  for (const id of ids) assert.ok(listed.includes(id), listed)
  await somebodyTaps()
  await warehouse.gets({ event: 'message_status_update' }, 60_000)
  await warehouse.gets({ event: 'new_message' }, 60_000)
  await bot.gets({ event: 'new_message' }, 60_000)
  assert.ok(bot.received.every(({ body }) => body.event === 'new_message'))
  assert.deepEqual([bot.badSignatures, warehouse.badSignatures], [0, 0])
  for (const id of ids) await shell(`postern endpoint remove ${id}`, settings)
  for (const one of [bot, warehouse]) await one.close()
})

test('endpoints: a program for Meta’s webhooks', async () => {
  const secret = 'the-app-secret-of-the-program'
  const got: string[] = []
  const program = createServer((request, response) => {
    const query = new URL(request.url!, 'http://x').searchParams
    if (request.method === 'GET')
      return void response.end(query.get('hub.verify_token') === secret ? query.get('hub.challenge') : 'no')
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const raw = Buffer.concat(chunks)
      const wanted = `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`
      if (request.headers['x-hub-signature-256'] !== wanted) return void response.writeHead(401).end()
      got.push(raw.toString())
      response.end()
    })
  })
  await new Promise<void>((resolve) => program.listen(0, '127.0.0.1', resolve))
  try {
    const { code } = block('docs/endpoints.md', 'sh', '--format meta')
    const at = `http://127.0.0.1:${(program.address() as AddressInfo).port}/webhook`
    const add = code
      .replace('http://127.0.0.1:3003/webhook', at)
      .replaceAll('app-secret.txt', join(folder, 'secret.txt'))
    const [id] = /ep_\w+/.exec(await shell(add, settings))!
    await somebodyTaps()
    const isThere = (): boolean =>
      got.some((raw) => raw.includes('"messages":[')) && got.some((raw) => raw.includes('"statuses":['))
    for (const until = Date.now() + 60_000; !isThere() && Date.now() < until;) await sleep(50)
    assert.ok(isThere(), got.join('\n'))
    await shell(`postern endpoint remove ${id}`, settings)
  } finally {
    program.closeAllConnections()
    program.close()
  }
})

test('endpoints: rows of your own PostgreSQL', async () => {
  const url = await freshDatabase()
  const [print, add] = block('docs/endpoints.md', 'sh', 'endpoint migration').code.split('\n') as [string, string]
  // What is printed is what stands on the page, and what Postern runs.
  const sql = await shell(`${print.replace('npm run', 'npm run --silent')}`, settings)
  assert.ok(sql.includes(block('docs/endpoints.md', 'sql', 'create table').code), sql)
  const added = await shell(add.replace('postgres://postern:password@db.shop.example/warehouse', url), settings)
  const [id] = /ep_\w+/.exec(added)!
  assert.match(await shell(`postern endpoint test ${id}`, settings), /took the test event: .* rolled back/)
  await somebodyTaps()
  const read = block('docs/endpoints.md', 'sql', 'as words').code
  type Read = { event: string; contact: string; words: string | null }
  let rows: Read[] = []
  for (const until = Date.now() + 60_000; rows.length === 0 && Date.now() < until; await sleep(100))
    rows = (await adminQuery<Read>(url, read)).filter(({ event }) => event === 'new_message')
  assert.equal(rows[0]!.contact, DEMO.phones[0])
  const taken = await adminQuery<{ event_id: string }>(url, block('docs/endpoints.md', 'sql', 'skip locked').code)
  assert.ok(taken.length > 0)
  await shell(`postern endpoint remove ${id}`, settings)
})

test('endpoints: entries of a Redis stream', async () => {
  const redis = await startRedis()
  try {
    const [add, read] = block('docs/endpoints.md', 'sh', 'redis-cli')
      .code.replace('127.0.0.1:6379', `127.0.0.1:${redis.port}`)
      .replace('redis-cli', `redis-cli -p ${redis.port}`)
      .split('\n') as [string, string]
    const [id] = /ep_\w+/.exec(await shell(add, settings))!
    const reading = shell(read)
    await somebodyTaps()
    // It waits for the first entry; the answer comes behind the statuses of the message.
    let entries = await reading
    for (const until = Date.now() + 60_000; !/^new_message$/m.test(entries) && Date.now() < until; await sleep(100))
      entries = await shell(read)
    assert.match(entries, /^event_id\nevt_\w+\n[^]*^new_message$/m)
    await shell(`postern endpoint remove ${id}`, settings)
  } finally {
    await redis.remove()
  }
})

/** Runs a program of a page, found by its language and a part of it, until it ends. */
const program = (page: string, name: string, part: string): string => {
  writeFileSync(join(inside, name), here(block(page, 'ts', part).code))
  return `npx node ${name}`
}

test('guides: one-time codes', async () => {
  const page = 'docs/guides/one-time-codes.md'
  assert.match(await shell(here(block(page, 'sh', 'authentication_ca').code)), /"msg_id":"wamid\./)
  assert.match(await window(), /012345/)
  assert.match(await shell(program(page, 'code.ts', 'randomInt'), {}, inside), /^wamid\./)
})

test('guides: order updates', async () => {
  const page = 'docs/guides/order-updates.md'
  const update = here(block(page, 'sh', 'Idempotency-Key').code)
  const [first, second] = [await shell(update), await shell(update)]
  assert.match(first, /"msg_id":"wamid\./)
  assert.equal(second, first, 'the key makes it one message')
  assert.match(await shell(program(page, 'update.ts', 'fallback'), {}, inside), /^wamid\.\S+ (text|template)$/m)
  assert.match(await shell(here(block(page, 'sh', 'events=message_status_update').code)), /"message_status_update"/)
})

test('guides: a support inbox', async () => {
  const page = 'docs/guides/support-inbox.md'
  await shell(here(block(page, 'sh', '/says').code))
  assert.match(await shell(here(block(page, 'sh', 'events=new_message').code)), /"new_message"/)
  const staff = start(program(page, 'inbox.ts', 'markRead'), {}, inside)
  await staff.says(/^answered 85268411234$/m)
  await staff.end()
  assert.match(await window(), /A colleague looks into it/)
  assert.match(await shell(here(block(page, 'sh', '/window').code)), /"open":true/)
})

test('guides: a broadcast', async () => {
  const page = 'docs/guides/broadcast.md'
  writeFileSync(join(folder, 'customers.csv'), 'Telephone;First name\n85268411234;Ana\n')
  assert.match(await shell(block(page, 'sh', '--dry-run').code, settings, folder), /Would get it +1/)
  assert.match(await shell(here(block(page, 'sh', '"test_header_text_2"').code)), /"msg_id"/)
  const sent = await shell(block(page, 'sh', '--wait').code, settings, folder)
  assert.match(sent, /state +done/)
  assert.match(sent, /September offer/)
})

test('idempotency, broadcasts, resources, contacts, retention: with curl and the command line', async () => {
  const env = { ...settings, POSTERN: `http://127.0.0.1:${port}`, CODE: DEMO.certificationCode }
  const once = block('docs/idempotency.md', 'sh', 'Idempotency-Key').code
  const [first, second] = [await shell(once, env), await shell(once, env)]
  assert.match(first, /"msg_id"/)
  assert.equal(second, first)
  assert.match(await shell(block('docs/broadcasts.md', 'sh', 'September news').code, env), /"state":"running"/)
  writeFileSync(join(folder, 'people.txt'), DEMO.phones.join('\n'))
  const sent = await shell(block('docs/broadcasts.md', 'sh', 'people.txt').code, env, folder)
  assert.match(sent, /state +done/)
  assert.match(await shell(block('docs/broadcasts.md', 'sh', 'broadcast list').code, env, folder), /September news/)
  assert.match(await shell(block('docs/broadcasts.md', 'sh', 'count=1').code, env), /"counts"/)
  const targets = { SLACK_WEBHOOK: 'http://127.0.0.1:9/hook', SMTP_URL: 'smtp://127.0.0.1:9?tls=off' }
  assert.match(await shell(block('docs/incidents.md', 'sh', 'alarm add').code, { ...env, ...targets }, folder), /Night/)
  writeFileSync(join(folder, 'customers.csv'), 'Telephone;First name\n85268411234;Ana\n')
  assert.match(
    await shell(block('docs/broadcast-files.md', 'sh', 'customers.csv').code, env, folder),
    /Would get it +1/,
  )
  const profile = await shell(block('docs/resources.md', 'sh', 'business_profile').code, env)
  assert.match(profile, /"success":true[^]*"about":"Open until 18:00"/)
  const state = await shell(block('docs/channel.md', 'sh', '/external/channel').code, env)
  assert.match(state, /"state":\{"quality":/)
  assert.match(await shell(block('docs/contacts.md', 'sh', '/contacts/').code, env), /"phone":"85268411234"/)
  assert.match(await shell(block('docs/contacts.md', 'sh', 'standby').code, env), /"standby":"store"/)
  assert.match(await shell(block('docs/scheduled.md', 'sh', 'quiet_hours').code, env), /"quiet_hours":\{"from":"21:00"/)
  assert.match(await shell(block('docs/opt-out.md', 'sh', 'stop_words').code, env), /"start_words":\["START"\]/)
  writeFileSync(join(folder, 'people.csv'), block('docs/opt-out.md', 'csv', 'marketing').code)
  const imported = await shell(block('docs/opt-out.md', 'sh', 'optout import').code, env, folder)
  assert.match(
    imported,
    /^2 rows: 2 changed, 0 as before, 0 wrong\.$[^]*^85291234567 +stopped +2026-03-01T01:00:00\.000Z +business$/m,
  )
  assert.match(await shell(block('docs/costs.md', 'sh', '/external/costs').code, env), /"group_by":"category"/)
  assert.match(await shell(block('docs/costs.md', 'sh', '^postern costs').code, env), /^No message from|COUNTRY/)
  assert.match(await shell(block('docs/calls.md', 'sh', '/external/calls').code, env), /\(#138006\)/)
  const synced = await shell(block('docs/channel.md', 'sh', '/sync').code, env)
  assert.match(synced, /does not use this number in the WhatsApp Business app/)
  const erased = await shell(block('docs/retention.md', 'sh', '/contacts/').code, env)
  assert.match(erased, /"erasure_id":"era_/)
})

test('costs: the two forms of a rate card are the same, and the answer has the keys of the page', async () => {
  const [csv, json] = [
    block('docs/costs.md', 'csv', 'valid_from').code,
    block('docs/costs.md', 'json', '"rates": [').code,
  ]
  const [one, other] = [readRateCard(csv), readRateCard(json)]
  assert.deepEqual(one.problems, undefined)
  assert.deepEqual(one.card!.rates, other.card!.rates)
  assert.deepEqual([...one.card!.markets.keys()].sort(), [...other.card!.markets.keys()].sort())
  const shown = JSON.parse(block('docs/costs.md', 'json', '"group_by"').code) as object
  costsShape.parse(shown)
  const answer = await fetch(here('http://127.0.0.1:8080/external/costs'), {
    headers: { 'certification-code': DEMO.certificationCode },
  })
  const { data } = (await answer.json()) as { data: object }
  assert.deepEqual(Object.keys(shown), Object.keys(data))
})

test('sandbox: a phone over HTTP', async () => {
  await shell(here(block('docs/sandbox.md', 'sh', '/says').code))
  assert.match(await window(), /85268411234/)
})

test('tests: what a test of a bot, of time and of trouble looks like', async () => {
  const samples = BLOCKS.filter(({ page, language }) => page === 'docs/testing.md' && language === 'ts')
  for (const [i, sample] of samples.entries()) {
    ran.add(sample)
    writeFileSync(join(inside, `sample-${i}.test.ts`), sample.code)
  }
  assert.match(await shell('npx node --test sample-*.test.ts', {}, inside), /pass 3$/m)
})

test('tests: a conversation is recorded, and runs again', async () => {
  const [begin, again] = ['^postern record', '^postern replay-test'].map(
    (part) => block('docs/testing.md', 'sh', part).code,
  ) as [string, string]
  const recording = start(begin, settings, folder)
  await recording.says(/Recording/)
  await shell(here(block('docs/sandbox.md', 'sh', '/says').code))
  await recording.says(/^1\. 16505551234 says "hi"$/m)
  await recording.end()
  assert.match(await shell(again, settings, folder), /^chat: 1 step, as recorded/)

  const shown = await readYaml(block('docs/testing.md', 'yaml', 'order-bot').code)
  const { steps } = await readYaml(readFileSync(join(ROOT, 'examples', 'order-bot.yaml'), 'utf8'))
  assert.deepEqual(shown.steps, steps.slice(0, shown.steps.length))
  const { sees } = steps[3] as { sees: string }
  const diff = diffOf(sees, sees.replace('at the door', 'in advance'))
  const told = { step: 4, phone: DEMO.phones[0], what: 'the person sees something else', diff }
  assert.equal(block('docs/testing.md', 'text', '^step 4').code, reportOf(steps, [told]))
})

test('tests: pytest', async () => {
  const isThere = await shell('python3 -m pytest --version').then(
    () => true,
    () => false,
  )
  if (!isThere) await needProgram('pytest-3', 'python3-pytest')
  const project = projectOf('python', { 'conftest.py': '# conftest.py', 'test_shop.py': '# test_shop.py' })
  assert.match(await shell('python3 -m pytest -p no:cacheprovider', {}, project), /1 passed/)
})

test('tests: PHPUnit', async () => {
  await needProgram('phpunit', 'phpunit')
  const project = projectOf('php', { 'ShopTest.php': '// ShopTest.php' })
  assert.match(await shell('phpunit --do-not-cache-result ShopTest.php', {}, project), /OK \(1 test, 1 assertion\)/)
})

test('tests: Go', async () => {
  await needProgram('go', 'golang-go')
  const project = projectOf('go', { 'shop_test.go': '// shop_test.go' })
  writeFileSync(join(project, 'go.mod'), 'module shop\n\ngo 1.18\n')
  assert.match(await shell('go test ./...', {}, project), /^ok\s+shop/)
})

/** A folder with pieces of docs/testing.md, by their first lines. */
function projectOf(language: string, files: Record<string, string>): string {
  const project = join(folder, `project-${language}`)
  mkdirSync(project)
  for (const [name, part] of Object.entries(files))
    writeFileSync(join(project, name), block('docs/testing.md', language, part).code)
  return project
}

test('sandbox: a bot’s test in ten lines', async (t) => {
  let cloud: Sandbox | undefined
  const bot = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const challenge = new URL(request.url!, 'http://bot').searchParams.get('hub.challenge')
    response.end(challenge ?? 'ok')
    const { entry } = JSON.parse(Buffer.concat(chunks).toString() || '{}') as {
      entry?: {
        changes: { value: { messages?: { type: string; interactive?: { button_reply: { title: string } } }[] } }[]
      }[]
    }
    for (const { type, interactive } of entry?.[0]?.changes[0]?.value.messages ?? []) await answer(type, interactive)
  })
  const answer = (type: string, reply?: { button_reply: { title: string } }): Promise<unknown> => {
    const title = reply?.button_reply.title
    const buttons = ['Morning', 'Afternoon'].map((one) => ({ type: 'reply', reply: { id: one, title: one } }))
    const content =
      type === 'text'
        ? {
            type: 'interactive',
            interactive: { type: 'button', body: { text: 'When suits you?' }, action: { buttons } },
          }
        : { type: 'text', text: { body: `Booked: ${title}` } }
    return fetch(`${cloud!.url}/v25.0/${DEMO.phoneNumberId}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${DEMO.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ messaging_product: 'whatsapp', to: '16505551234', ...content }),
    })
  }
  await new Promise<void>((resolve) => bot.listen(0, '127.0.0.1', resolve))
  t.after(() => bot.close())
  const code = block('docs/sandbox.md', 'ts', 'startSandbox')
    .code.replace('127.0.0.1:3000', `127.0.0.1:${(bot.address() as AddressInfo).port}`)
    // The one thing that a reader does: give the bot the address.
    .replace(/^(const cloud = .*)$/m, '$1\nglobalThis.giveToBot(cloud)')
  Object.assign(globalThis, { giveToBot: (given: Sandbox) => (cloud = given) })
  writeFileSync(join(inside, 'bot-test.ts'), code)
  await import(join(inside, 'bot-test.ts'))
  assert.ok(cloud)
})

test('settings and quickstart: going live, with a sandbox in WhatsApp’s place', async (t) => {
  const whatsapp = await startSandbox({ seed: `docs ${Date.now()}` })
  t.after(() => whatsapp.close())
  const filled = (code: string): string =>
    code
      .replaceAll('https://graph.facebook.com', whatsapp.url)
      .replaceAll('META_APP_SECRET=…', `META_APP_SECRET=${whatsapp.appSecret}`)
      .replaceAll('META_VERIFY_TOKEN=…', `META_VERIFY_TOKEN=${whatsapp.verifyToken}`)
      .replaceAll('--phone-number-id …', `--phone-number-id ${DEMO.phoneNumberId}`)
      .replaceAll('--waba-id …', `--waba-id ${DEMO.wabaId}`)
      .replaceAll('12065550147', DEMO.businessPhone)
      .replaceAll('token.txt', join(folder, 'token.txt'))
  const assigned = await shell(`set -a\n${filled(block('docs/settings.md', 'sh', 'META_APP_SECRET').code)}\nenv`)
  const env = Object.fromEntries(
    assigned.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
  )
  assert.deepEqual([readConfig(env).host, readConfig(env).sandbox], ['0.0.0.0', false])

  const live = { ...settings, PORT: String(await freePort()), DATA_DIR: join(folder, 'live') }
  const code = filled(block('docs/quickstart.md', 'sh', 'export CLOUD_API_URL').code)
  assert.ok(code.endsWith('npm start'), code)
  const started = start(code, live)
  t.after(() => started.end())
  await started.says(/gateway\.ready/)
  writeFileSync(join(folder, 'token.txt'), `${DEMO.accessToken}\n`)
  const add = filled(block('docs/quickstart.md', 'sh', 'channel add').code)
  assert.match(await shell(add, { ...env, ...live }), /certification code +\S+/)
})

test('going live: the setup in a script, and again until nothing is left', async (t) => {
  const whatsapp = await startSandbox({ seed: `setup ${Date.now()}`, demo: false, statusDelayMs: 1 })
  t.after(() => whatsapp.close())
  const { wabaId } = whatsapp.addAccount({ subscribed: false })
  whatsapp.addNumber({ wabaId, registered: false, pin: '416083' })
  whatsapp.addToken({ token: 'whole', wabaIds: [wabaId] })
  whatsapp.addTemplate({ wabaId, name: 'hello_world', components: [{ type: 'BODY', text: 'Hello' }] })
  const at = await freePort()
  const env = {
    ...{ PORT: String(at), PUBLIC_URL: `http://127.0.0.1:${at}`, CLOUD_API_URL: whatsapp.url },
    ...{ META_APP_SECRET: whatsapp.appSecret, META_VERIFY_TOKEN: whatsapp.verifyToken },
  }
  await using world = await startWorld({ env, webhook: false })
  const settled = { ...env, DATA_DIR: world.dataDir, ADMIN_TOKEN }
  writeFileSync(join(folder, 'token.txt'), 'whole\n')
  const script = block('docs/going-live.md', 'sh', '--access-token-file').code
  // An answer is left, since nobody wrote yet: exit code 1.
  await assert.rejects(shell(script, settled, folder), ({ stdout }: { stdout: string }) =>
    /First message: The message of .* arrived[^]*No answer came yet/.test(stdout),
  )
  await whatsapp.phone('85268411234').says('It works')
  assert.match(await shell(block('docs/going-live.md', 'sh', 'postern setup # on a terminal').code, settled), /is live/)
})

test('developing: events on a terminal, and in a program', async () => {
  const program = await Receiver.start()
  const watch = block('docs/development.md', 'sh', '^postern listen --channel').code
  const forward = block('docs/development.md', 'sh', 'listen --forward').code
  const watching = start(watch, settings)
  const forwarding = start(forward.replace('http://localhost:3000/hook', program.url), settings)
  await Promise.all([watching.says(/Listening to/), forwarding.says(/signed with whsec_\S+/)])
  program.secret = /whsec_\S+/.exec(forwarding.said())![0]
  await forwarding.says(/Listening to/)
  await shell(here(block('README.md', 'sh', '/external/messages/whatsapp').code))
  await shell(here(block('README.md', 'sh', '/taps').code))
  await watching.says(/^\d\d:\d\d:\d\d {2}new_message +85268411234 {2}button: Yes$/m)
  await program.gets({ event: 'new_message' })
  await shell(block('docs/development.md', 'sh', 'postern trigger text').code, settings)
  await watching.says(/text: Where is my order\?/)
  await watching.says(/channel_update .*what review, now REJECTED/)
  assert.match(await shell(block('docs/development.md', 'sh', 'postern send').code, settings), /^msg_id +wamid/)
  const story = await shell(block('docs/development.md', 'sh', 'postern story').code, settings)
  assert.match(story, /Heard twice: 0\.$/m)
  await Promise.all([watching.end(), forwarding.end()])
  ran.add(block('docs/development.md', 'text', 'new_message'))
  await program.close()
})

test('moving in: a channel with its own number and code', async () => {
  const made = await shell(here(block('docs/migrate.md', 'sh', '"channel_id": 30058').code), settings)
  assert.match(made, /"channel_id":30058,"certification_code":"af92196e-/)
  writeFileSync(join(folder, 'shops.csv'), block('docs/migrate.md', 'csv', 'Shop south').code)
  const lines = await shell(block('docs/migrate.md', 'sh', '--dry-run').code, settings, folder)
  assert.match(lines, /^2 +5001 +31001 +would add a channel$[\s\S]*^3 +5001 +31001 +code added$/m)
  assert.ok(!/token-of|code-of/.test(lines))
})

test('backup: of the running gateway and of a database, and their restores', async () => {
  const own = block('docs/backup.md', 'sh', '^postern backup').code
  assert.match(await shell(own, settings, folder), /Verified/)
  const restored = join(folder, 'restored')
  const restore = block('docs/backup.md', 'sh', '^postern restore').code
  assert.match(await shell(restore, { ...settings, DATA_DIR: restored }, folder), /Start the gateway/)
  const node = {
    MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
    PATH: `${await findBinaries()}${delimiter}${BASE.PATH}`,
  }
  const from = { ...settings, ...node, DATABASE_URL: await freshDatabase() }
  await shell('postern migrate', from, folder)
  await shell(block('docs/backup.md', 'sh', 'pg_dump').code, from, folder)
  const to = { ...from, DATABASE_URL: await freshDatabase() }
  assert.match(await shell(block('docs/backup.md', 'sh', 'pg_restore').code, to, folder), /not sent again: 0 sends/)
  // Settings for files. test/flows/backup.test.ts has a gateway with the first ones.
  block('docs/backup.md', 'sh', 'BACKUP_EVERY')
  for (const part of ['archive_mode', 'recovery_target_time']) block('docs/backup.md', 'ini', part)
})

test('CONTRIBUTING and operating: the scripts and files that they name are there', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const named = BLOCKS.filter(
    (one) =>
      one.page === 'CONTRIBUTING.md' ||
      ['docs/operating.md', 'docs/upgrading.md'].includes(one.page) ||
      one.code === 'npm ci && npm test',
  )
  for (const one of named.filter(({ language }) => language === 'sh')) {
    ran.add(one)
    for (const [, word, script] of one.code.matchAll(/npm (?:(start|test)\b|run ([\w:-]+))/g))
      assert.ok(scripts[word ?? script!], `${one.page}: ${word ?? script}`)
    for (const [path] of one.code.matchAll(/\S*(?:\.ts|\.ci\/run)(?=\s|$)/g))
      assert.ok(globSync(path, { cwd: ROOT }).length > 0, `${one.page}: ${path}`)
  }
})

test('security: a release is signed, and checked by whoever installs it', async () => {
  await needProgram('gpg', 'gnupg')
  const key = `gpg --batch --quiet --passphrase '' --quick-generate-key maintainers@example.com`
  const pack = 'npm pack --workspaces --if-present --pack-destination release'
  const sign = block('docs/security.md', 'sh', 'detach-sign').code
  assert.ok(sign.includes(pack))
  // Packing has a test of its own; here any file is signed.
  const release = join(folder, 'signed')
  mkdirSync(release)
  await shell(`${key} 2>/dev/null; ${sign.replace(pack, 'echo packed > release/postern.tgz')}`, {}, release)
  const check = block('docs/security.md', 'sh', 'gpg --verify').code
  assert.match(await shell(`${check} 2>/dev/null`, {}, join(release, 'release')), /postern\.tgz: OK/)
  writeFileSync(join(release, 'release', 'postern.tgz'), 'changed')
  await assert.rejects(shell(check, {}, join(release, 'release')), /did NOT match/)
  await shell('gpgconf --kill all')
})

test('deploying: the secrets are made, and every file and address that the page names is right', async () => {
  // Docker, Kubernetes and a machine of systemd are not here: test/deploy judges the files that these commands use.
  for (const one of BLOCKS.filter(({ page }) => page === 'docs/deploy.md')) {
    ran.add(one)
    for (const [path] of one.code.matchAll(/(?<![\w/])deploy\/(?!secrets)[\w./-]+/g))
      assert.ok(existsSync(join(ROOT, path)), path)
    for (const [, file] of one.code.matchAll(/ -f (compose\S*)/g))
      assert.ok(existsSync(join(ROOT, 'deploy', file!)), file)
  }
  const checkout = join(folder, 'deployed')
  mkdirSync(join(checkout, 'deploy'), { recursive: true })
  writeFileSync(join(checkout, 'given'), 'a-secret-of-meta\n')
  const { code } = block('docs/deploy.md', 'sh', 'deploy/secrets')
  await shell(code.replaceAll(/\/path\/to\/\S+/g, join(checkout, 'given')), {}, checkout)
  const names = ['DATABASE_URL', 'MASTER_KEY', 'ADMIN_TOKEN', 'META_APP_SECRET', 'META_VERIFY_TOKEN']
  const secrets = join(checkout, 'deploy', 'secrets')
  const env = Object.fromEntries(names.map((name) => [`${name}_FILE`, join(secrets, name.toLowerCase())]))
  const config = readConfig({ ...env, CLOUD_API_URL: 'https://graph.facebook.com' })
  assert.match(config.databaseUrl!, /^postgres:\/\/postern:[0-9a-f]{48}@postgres\/postern$/)
  assert.deepEqual([config.metaAppSecret, config.metaVerifyToken], ['a-secret-of-meta', 'a-secret-of-meta'])
})

test('people: a user is invited, and a program gets a key', async () => {
  const link = await shell(block('docs/people.md', 'sh', 'postern user add').code, settings)
  assert.match(link, /#\/invitation\/inv_/)
  const secret = join(folder, 'oidc_client_secret')
  writeFileSync(secret, 'a-secret-of-the-provider\n')
  const lines = block('docs/people.md', 'ini', 'OIDC_ISSUER').code.replace('/run/secrets/oidc_client_secret', secret)
  const oidc = readConfig(
    Object.fromEntries(
      lines
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/).slice(0, 2)),
    ),
  )
  assert.deepEqual(
    [...oidc.oidcRoles],
    [
      ['support', 'agent'],
      ['managers', 'admin'],
    ],
  )
  assert.equal(oidc.oidcClientSecret, 'a-secret-of-the-provider')
  const answer = await fetch(`http://127.0.0.1:${port}/admin/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: block('docs/people.md', 'json', 'Order system').code,
  })
  assert.match(await answer.text(), /"pk_[\w-]{43}"/)
})

test('client: sending, lists and events, types of templates, administration', async () => {
  const sample = (name: string, part: string): string => {
    writeFileSync(join(inside, name), here(block('docs/client.md', 'ts', part).code))
    return `npx node ${name}`
  }
  // It says how far the last message has come; an error would be said, too.
  const status = await shell(sample('send.ts', 'buttons('), {}, inside)
  assert.match(status.trim(), /^(accepted|sent|delivered|read)$/)
  const reader = start(sample('replies.ts', 'replyOf'), {}, inside)
  await somebodyTaps()
  await reader.says(/^tapped Yes$/m)
  await reader.end()
  assert.match(await shell(sample('admin.ts', 'createAdmin'), { ADMIN_TOKEN }, inside), /^1 /m)
  assert.match(await shell(sample('broadcast.ts', 'files.upload'), {}, inside), /^1 1$/m)
  assert.match(readFileSync(join(inside, 'results.csv'), 'utf8'), /85268411234/)
  const types = block('docs/client.md', 'sh', 'types --out').code
  assert.match(
    await shell(types.replace('templates.d.ts', join(folder, 'templates.d.ts')), settings),
    /templates are in/,
  )
  // Compiled by typescript.test.ts, and each server is tested beside the client.
  ran.add(block('docs/client.md', 'ts', '@postern/client/fetch'))
})

test('what is JSON on a page is JSON', () => {
  for (const one of BLOCKS.filter(({ language }) => language.startsWith('json'))) {
    ran.add(one)
    assert.doesNotThrow(() => JSON.parse(one.code), `${one.page}:${one.line}`)
  }
})

test('no piece of code is left that nobody ran', () => {
  // A part of another program's settings, and drawings that are made from the code.
  const left = BLOCKS.filter((one) => !ran.has(one) && !['nginx', 'mermaid'].includes(one.language))
  assert.deepEqual(
    left.map(({ page, line, language }) => `${page}:${line} ${language}`),
    [],
  )
  assert.ok(existsSync(join(ROOT, 'node_modules')) && ran.size > 40, `${ran.size} pieces`)
})

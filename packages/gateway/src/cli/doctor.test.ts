import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { Receiver } from '../../../../test/support/receiver.ts'
import { ADMIN_TOKEN, startWorld, type World } from '../../../../test/support/world.ts'
import { CLIENT, TestProvider } from '../../../../test/support/oidc.ts'
import { DEMO } from '../app/demo.ts'
import { startSandbox } from '../../../sandbox/src/index.ts'
import { alarmFindings } from './doctor.ts'
import { run } from './run.ts'

type Check = { check: string; state: string; says: string }

async function cli(args: string[], env: NodeJS.ProcessEnv): Promise<{ exit: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const exit = await run(args, env, { out: (text) => (out += text), err: (text) => (err += text) })
  return { exit, out, err }
}

async function doctor(
  env: NodeJS.ProcessEnv,
): Promise<{ exit: number; failed: string[]; of: (check: string) => Check }> {
  const { exit, out } = await cli(['doctor', '--json'], env)
  const { checks } = JSON.parse(out) as { checks: Check[] }
  return {
    exit,
    failed: checks.filter(({ state }) => state === 'failed').map(({ check }) => check),
    of: (check) => checks.find((one) => one.check === check)!,
  }
}

const at = (world: World, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PORT: new URL(world.gateway.url).port,
  ADMIN_TOKEN,
  DATA_DIR: world.dataDir,
  ...more,
})

/** A gateway that uses a sandbox outside of its process, as it uses WhatsApp, with the demo number. */
async function realWorld(t: TestContext, env: Record<string, string> = {}) {
  const sandbox = await startSandbox({ seed: `doctor ${Date.now()}`, statusDelayMs: 1 })
  t.after(() => sandbox.close())
  const settings = {
    CLOUD_API_URL: sandbox.url,
    META_APP_SECRET: sandbox.appSecret,
    META_VERIFY_TOKEN: sandbox.verifyToken,
    OUTBOUND_ALLOW: '127.0.0.0/8',
    ...env,
  }
  const world = await startWorld({ env: settings, webhook: false })
  t.after(() => world.stop())
  return { world, sandbox, env: at(world, settings) }
}

const ADD = [
  ...['channel', 'add', '--name', 'Shop', '--business-phone', DEMO.businessPhone],
  ...['--phone-number-id', DEMO.phoneNumberId, '--waba-id', DEMO.wabaId],
]
const TOKEN = ['--access-token', DEMO.accessToken]

test('channel add checks token, ids and subscription at WhatsApp before it creates the channel', async (t) => {
  const { world, sandbox, env } = await realWorld(t)
  const refused = async (args: string[], says: RegExp): Promise<void> => {
    const { exit, err, out } = await cli(args, env)
    assert.equal(exit, 1, out)
    assert.match(err, says)
    assert.match(err, /nothing was added/)
    assert.deepEqual((await world.admin('GET', '/admin/channels')).data, [])
  }
  await refused([...ADD, '--access-token', 'expired'], /failed +token /)
  const other = (name: string, value: string): string[] => {
    const args = [...ADD, ...TOKEN]
    args[args.indexOf(`--${name}`) + 1] = value
    return args
  }
  await refused(other('phone-number-id', '4711'), /failed +number /)
  await refused(other('business-phone', '12065550147'), /failed +number .*not to 12065550147/)
  await refused(other('waba-id', '4711'), /failed +account /)

  const apps = `${sandbox.url}/v25.0/${DEMO.wabaId}/subscribed_apps`
  await fetch(apps, { method: 'DELETE', headers: { authorization: `Bearer ${DEMO.accessToken}` } })
  await refused([...ADD, ...TOKEN], /failed +subscription .*--subscribe/s)
  const unseen = await cli([...other('phone-number-id', '4711'), '--no-check', '--json'], env)
  assert.equal(unseen.exit, 0, unseen.err)
  const added = await cli([...ADD, ...TOKEN, '--subscribe', '--json'], env)
  assert.equal(added.exit, 0, added.err)
  assert.match(added.err, /callback: No callback address is set/, 'what can be set later is a word and no refusal')
})

test('doctor fails for a webhook URL that is missing or leads elsewhere, and for a refused token', async (t) => {
  const { world, sandbox, env } = await realWorld(t)
  assert.equal((await cli([...ADD, ...TOKEN], env)).exit, 0)
  const missing = await doctor(env)
  assert.equal(missing.exit, 1)
  assert.deepEqual(missing.failed, ['channel 1 callback'])
  assert.match(missing.of('channel 1 callback').says, /No callback address is set/)
  assert.equal(missing.of('public address').state, 'unknown')

  await sandbox.subscribe(`${world.gateway.url}/webhooks/meta`)
  const right = await doctor({ ...env, PUBLIC_URL: world.gateway.url })
  assert.deepEqual(right.failed, [])
  assert.equal(right.exit, 0)
  assert.equal(right.of('public address').state, 'ok')

  const elsewhere = await doctor({ ...env, PUBLIC_URL: 'http://127.0.0.1:9' })
  assert.equal(elsewhere.exit, 1)
  assert.deepEqual(elsewhere.failed, ['channel 1 callback', 'public address'])
  assert.match(elsewhere.of('channel 1 callback').says, /127\.0\.0\.1:9\/webhooks\/meta \(PUBLIC_URL\)/)

  await world.admin('PATCH', '/admin/channels/1', { access_token: 'expired' })
  const expired = await doctor(env)
  assert.deepEqual([expired.exit, expired.failed], [1, ['channel 1 token']])
})

test('doctor reads the sign-in provider’s discovery document, and fails when it cannot', async (t) => {
  const provider = await TestProvider.start()
  t.after(() => provider.close())
  provider.open('http://localhost/console/oidc/callback')
  const { env } = await realWorld(t)
  const settings = {
    ...env,
    ...{ OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: CLIENT.client_id, OIDC_CLIENT_SECRET: CLIENT.client_secret },
  }
  assert.equal((await doctor(env)).of('sign-in provider'), undefined, 'not set')
  assert.equal((await doctor(settings)).of('sign-in provider').state, 'ok')
  provider.away()
  const away = await doctor(settings)
  assert.equal(away.exit, 1)
  assert.match(away.of('sign-in provider').says, /Nobody can sign in .+OIDC_ISSUER/)
})

test('doctor fails for an alarm whose newest notification was not taken', () => {
  const found = alarmFindings([
    { alarm_id: 'alm_1', name: 'Night', last_problem: 'HTTP 503' },
    { alarm_id: 'alm_2', name: 'Team', last_problem: null },
  ])
  assert.deepEqual(
    found.map(({ check, state }) => [check, state]),
    [
      ['alarm Night', 'failed'],
      ['alarm Team', 'ok'],
    ],
  )
  assert.match(found[0]!.says, /HTTP 503.+postern alarm test alm_1/)
})

test('doctor requests the public address, and reports an answer that is not from this gateway', async (t) => {
  const stranger = createServer((_, response) => void response.end('<h1>Welcome to nginx</h1>'))
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  t.after(() => stranger.close())
  const { env } = await realWorld(t)
  const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`
  const found = await doctor({ ...env, PUBLIC_URL: url })
  assert.deepEqual([found.exit, found.failed], [1, ['public address']])
  assert.match(found.of('public address').says, /not this gateway’s address, or a proxy in front of it answers/)
})

test('doctor fails for a dead webhook, and does not judge a new URL by the answers of the old one', async () => {
  await using world = await startWorld()
  const env = at(world)
  await using other = await disposable()
  // No event was sent there yet: only a request shows the problem.
  world.receiver.behaviour = 500
  const failing = await doctor(env)
  assert.deepEqual([failing.exit, failing.failed], [1, ['channel 1 webhook']])

  await world.sandbox.phone(DEMO.phones[0]).says('nobody takes this')
  await world.receiver.until(() => world.receiver.calls >= 2, 'the delivery failed')
  const { data } = await world.admin('PUT', '/admin/channels/1/webhook', { url: other.receiver.url })
  other.receiver.secret = (data as { webhook_secret: string }).webhook_secret
  const mended = await doctor(env)
  assert.deepEqual([mended.exit, mended.failed], [0, []])
  assert.ok(mended.of('channel 1 webhook').says.includes(other.receiver.url))

  const gone = other.receiver.url
  await other.receiver.close()
  const dead = await doctor(env)
  assert.deepEqual([dead.exit, dead.failed], [1, ['channel 1 webhook']])
  assert.ok(dead.of('channel 1 webhook').says.includes(gone))
  assert.match(dead.of('channel 1 webhook').says, /ECONNREFUSED|fetch failed|no answer/)

  // A second endpoint is looked at as well: one that works says nothing of the other.
  world.receiver.behaviour = 200
  const again = await world.admin('PUT', '/admin/channels/1/webhook', { url: world.receiver.url })
  world.receiver.secret = (again.data as { webhook_secret: string }).webhook_secret
  const added = await world.admin('POST', '/admin/channels/1/endpoints', { name: 'crm', url: gone })
  assert.equal(added.http, 201)
  const second = await doctor(env)
  assert.deepEqual([second.exit, second.failed], [1, ['channel 1 endpoint crm']])
})

async function disposable() {
  const receiver = await Receiver.start()
  return { receiver, [Symbol.asyncDispose]: () => receiver.close().catch(() => {}) }
}

import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { test, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startPostern } from 'postern/testing'
import { Webhook } from 'standardwebhooks'
import { needProgram } from '../support/programs.ts'
import { freePort } from '../support/process.ts'
import { startWorld } from '../support/world.ts'
import { childEnv } from '../support/child-env.ts'

/** Runs an example as its first lines say, with `env` beside PATH. */
function start(t: TestContext, name: string, env: Record<string, string>, command = [process.execPath, '']) {
  const path = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url))
  const [program, ...args] = command.map((word) => (word === '' ? path : word))
  const child: ChildProcess = spawn(program!, args, {
    env: childEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  let wake = (): void => {}
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (data: Buffer) => {
      said += String(data)
      wake()
    })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  t.after(async () => {
    child.kill()
    await gone
  })
  return {
    async says(what: RegExp): Promise<string> {
      const limit = AbortSignal.timeout(20_000)
      while (!what.test(said)) {
        if (limit.aborted) throw new Error(`${name} did not say ${what}:\n${said}`)
        await new Promise<void>((resolve) => {
          wake = resolve
          setTimeout(resolve, 1000).unref()
        })
      }
      return said
    },
    said: () => said,
  }
}

test('receiver.ts prints callbacks, and refuses unsigned ones', async (t) => {
  await using world = await startWorld({ webhook: false })
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  const { data } = await world.admin('PUT', '/admin/channels/1/webhook', { url })
  const { webhook_secret: secret } = data as { webhook_secret: string }
  const receiver = start(t, 'receiver.ts', { WEBHOOK_SECRET: secret, RECEIVER_PORT: String(port) })
  await receiver.says(/Waiting for events/)
  const answer = await fetch(url, { method: 'POST', body: '{"event":"forged"}' })
  assert.equal(answer.status, 401)
  await world.sandbox.phone('85268411234').says('hello there')
  await receiver.says(/"event":"new_message".*hello there/)
  assert.ok(!receiver.said().includes('forged'))
})

test('receiver.ts without its secret prints what it needs, and the event is retried', async (t) => {
  await using world = await startWorld({ webhook: false })
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  const waiting = start(t, 'receiver.ts', { RECEIVER_PORT: String(port) })
  await waiting.says(/channel webhook 1 http:\/\/127\.0\.0\.1:\d+\/ prints it/)
  await world.admin('PUT', '/admin/channels/1/webhook', { url })
  await world.sandbox.phone('85268411234').says('hello there')
  await waiting.says(/webhook secret is missing\. Set it to the whsec_/)
  assert.doesNotMatch(waiting.said(), /can't be empty|hello there/)
})

for (const [name, program, debianPackage] of [
  ['receiver.py', 'python3', 'python3'],
  ['receiver.php', 'php', 'php-cli'],
] as const)
  test(`${name} prints callbacks once, and refuses unsigned and old ones`, async (t) => {
    await needProgram(program, debianPackage)
    await using postern = await startPostern()
    const port = String(await freePort())
    const url = `http://127.0.0.1:${port}/`
    const { secret } = await postern.webhook(url, { events: ['new_message'] })
    const command = program === 'php' ? ['php', '-S', `127.0.0.1:${port}`, ''] : [program, '']
    const receiver = start(t, name, { WEBHOOK_SECRET: secret, RECEIVER_PORT: port, PYTHONUNBUFFERED: '1' }, command)
    await receiver.says(program === 'php' ? /Development Server .* started/ : /Waiting for events/)
    const body = '{"event":"forged"}'
    const send = async (id: string, at: Date, signature: string): Promise<number> => {
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': signature,
      }
      return (await fetch(url, { method: 'POST', body, headers })).status
    }
    const now = new Date()
    assert.equal((await fetch(url, { method: 'POST', body })).status, 401)
    assert.equal(await send('evt_1', now, 'v1,AAAA'), 401)
    const old = new Date(now.getTime() - 600_000)
    assert.equal(await send('evt_1', old, new Webhook(secret).sign('evt_1', old, body)), 401)
    await postern.phone('85268411234').says('hello thére')
    await receiver.says(/"new_message".*hello (?:thére|th\\u00e9re)/)
    await postern.settled()
    assert.ok(!receiver.said().includes('forged'))
    const twice = `evt_${Date.now()}_${port}`
    for (let i = 0; i < 2; i++) assert.equal(await send(twice, now, new Webhook(secret).sign(twice, now, body)), 204)
    assert.equal(receiver.said().split('forged').length, 2)
  })

test('bot.ts asks, and books the tapped choice', async (t) => {
  await using postern = await startPostern()
  const phone = postern.phone('85268411234')
  const bot = start(t, 'bot.ts', { POSTERN_URL: postern.url })
  await bot.says(/The bot listens/)
  await phone.says('I would like to come by')
  await phone.sees('When shall we come?', { withinMs: 10_000 })
  await phone.taps('Afternoon')
  await phone.sees('Booked: Afternoon. See you!', { withinMs: 10_000 })
  await bot.says(/85268411234 booked Afternoon/)
  assert.equal(phone.messages().filter((message) => message.direction === 'out').length, 2)
})

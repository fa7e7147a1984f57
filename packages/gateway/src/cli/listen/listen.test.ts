import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { after, before, test } from 'node:test'
import { DEMO } from '../../app/demo.ts'
import { Receiver } from '../../../../../test/support/receiver.ts'
import { ADMIN_TOKEN, startWorld, type World } from '../../../../../test/support/world.ts'
import { run } from '../run.ts'

let world: World
before(async () => void (world = await startWorld({ webhook: false })))
after(() => world.stop())

const [MEI, PABLO] = DEMO.phones
const environment = () => ({ PORT: new URL(world.gateway.url).port, ADMIN_TOKEN, DATA_DIR: world.dataDir })

type Running = { out: () => string; err: () => string; says(what: RegExp): Promise<void>; exit: Promise<number> }

function start(...args: string[]): Running {
  let [out, err] = ['', '']
  const streams = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) }
  const exit = run(['listen', ...args], environment(), streams)
  return {
    out: () => out,
    err: () => err,
    exit,
    async says(what) {
      for (let i = 0; !what.test(out + err); i++) {
        assert.ok(i < 400, `it never said ${what}: ${out}${err}`)
        await sleep(50)
      }
    },
  }
}

const says = (phone: string, text: string) => world.sandbox.phone(phone).says(text)

test('listen prints events as lines for people and as JSON, and leaves nothing behind', async () => {
  const [people, program] = [start('--count', '2'), start('--count', '2', '--json')]
  await Promise.all([people.says(/Listening to http/), program.says(/Listening to/)])
  await says(MEI, 'hello there')
  await says(PABLO, 'and I')
  assert.deepEqual(await Promise.all([people.exit, program.exit]), [0, 0])
  assert.match(people.out(), /^\d\d:\d\d:\d\d {2}new_message +85268411234 {2}text: hello there\n.*text: and I\n$/)
  const lines = program
    .out()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  assert.deepEqual(
    lines.map(({ event, channel_id }) => [event, channel_id]),
    [
      ['new_message', 1],
      ['new_message', 1],
    ],
  )
  assert.match(String(lines[0]!.id), /^evt_/)
  assert.match(people.err(), /Ended after 2 events\./)
  const endpoints = await world.admin('GET', '/admin/channels/1/endpoints')
  assert.deepEqual(endpoints.data, [])
  const { data } = await world.admin('GET', '/admin/channels/1')
  assert.equal((data as { certification_codes: unknown[] }).certification_codes.length, 1)
})

test('--filter narrows by event, type, status and contact; a customer’s code needs no admin token', async () => {
  const only = start('--count', '1', '--json', '--filter', 'event=new_message', '--filter', `contact=${PABLO}`)
  const code = ['--certification-code', DEMO.certificationCode]
  const images = start(
    '--count',
    '1',
    '--json',
    ...code,
    '--filter',
    'event=new_message',
    '--filter',
    'type=image,location',
  )
  await Promise.all([only.says(/Listening/), images.says(/Listening/)])
  await says(MEI, 'not for them')
  await says(PABLO, 'for one')
  await world.sandbox.phone(MEI).says({ type: 'location', location: { latitude: 1, longitude: 2 } })
  assert.deepEqual(await Promise.all([only.exit, images.exit]), [0, 0])
  assert.match(only.out(), /for one/)
  assert.match(images.out(), /"type":"location"/)
})

test('--forward posts what an endpoint gets: signed, retried, in order for each contact', async () => {
  const receiver = await Receiver.start()
  receiver.secret = `whsec_${Buffer.alloc(24, 5).toString('base64')}`
  receiver.behaviour = (call) => (call === 1 ? 503 : 200)
  try {
    const listening = start('--count', '3', '--forward', receiver.url, '--secret', receiver.secret)
    await listening.says(/Listening/)
    for (const text of ['one', 'two', 'three']) await says(MEI, text)
    assert.equal(await listening.exit, 0)
    const texts = receiver.received.map(({ raw }) => /"body":"(\w+)"/.exec(raw)![1])
    assert.deepEqual(texts, ['one', 'two', 'three'])
    assert.equal(receiver.badSignatures, 0)
    assert.match(listening.err(), /new_message → 503 in \d+ ms; again in 0\.\d s/)
    assert.match(listening.err(), /Ended after 3 events: 3 forwarded\./)
    const events = (await world.customer('GET', '/external/events?count=100')).data as { id: string; body: unknown }[]
    const stored = events.find(({ id }) => id === receiver.received[0]!.id)
    assert.equal(JSON.stringify(stored!.body), receiver.received[0]!.raw)
    assert.match(String(receiver.received[0]!.headers['user-agent']), /^Postern\/\d/)
  } finally {
    await receiver.close()
  }
})

test('a lost connection is opened again, and no event is missed or told twice', async () => {
  const asked: IncomingHttpHeaders[] = []
  const urls: string[] = []
  let cut = (): void => {}
  // Between the two, so that the connection can be cut.
  const between = createServer((request, response) => {
    asked.push(request.headers)
    urls.push(request.url!)
    const ending = new AbortController()
    cut = () => {
      ending.abort()
      response.destroy()
    }
    void (async () => {
      const headers = { authorization: String(request.headers.authorization) }
      const upstream = await fetch(`${world.gateway.url}${request.url}`, { headers, signal: ending.signal })
      response.writeHead(upstream.status, Object.fromEntries(upstream.headers))
      for await (const chunk of upstream.body!) response.write(chunk as Uint8Array)
      response.end()
    })().catch(() => undefined)
  })
  between.listen(0, '127.0.0.1')
  await once(between, 'listening')
  const url = `http://127.0.0.1:${(between.address() as AddressInfo).port}`
  try {
    const listening = start('--count', '2', '--url', url, '--token', ADMIN_TOKEN)
    await listening.says(/Listening/)
    cut()
    await says(MEI, 'while it was away')
    await listening.says(/while it was away/)
    assert.match(listening.err(), /The connection is lost\. Connecting again …\nConnected again\./)
    cut()
    await says(MEI, 'after the second cut')
    assert.equal(await listening.exit, 0)
    assert.match(listening.out(), /^.*while it was away\n.*after the second cut\n$/)
    assert.match(urls.filter((one) => one.includes('/stream')).at(-1)!, /after=evt_/)
    assert.ok(asked.length > 3)
  } finally {
    between.closeAllConnections()
    between.close()
  }
})

test('what cannot be listened to is refused with words', async () => {
  const ended = async (...args: string[]): Promise<[number, string]> => {
    const one = start(...args)
    return [await one.exit, one.err()]
  }
  const cases: [string[], number, RegExp][] = [
    [['--filter', 'colour=red'], 2, /--filter must be event=/],
    [['--forward', 'localhost:3000'], 2, /--forward must be a URL/],
    [['--secret', 'whsec_x'], 2, /--secret needs --forward/],
    [['--forward', 'http://localhost:1/', '--secret', 'short'], 1, /--secret must be whsec_/],
    [['--channel', '77'], 1, /No channel has the id 77/],
    [['--certification-code', 'wrong'], 1, /certification code is missing, wrong or revoked/],
    [['--after', 'evt_none'], 1, /is not the id of an event/],
    [['--url', 'http://127.0.0.1:1'], 1, /No gateway answers at/],
  ]
  for (const [args, exit, says_] of cases) {
    const [got, err] = await ended(...args)
    assert.equal(got, exit, args.join(' '))
    assert.match(err, says_)
  }
})

test('Ctrl-C ends it with exit code 0 and a summary', async () => {
  const main = join(import.meta.dirname, '../../main.ts')
  const child = spawn(process.execPath, [main, 'listen'], { env: { ...process.env, ...environment() } })
  let err = ''
  child.stderr.on('data', (data: Buffer) => {
    err += String(data)
    if (String(data).includes('Listening')) child.kill('SIGINT')
  })
  const [code] = (await once(child, 'close')) as [number | null]
  assert.equal(code, 0, err)
  assert.match(err, /Ended after 0 events\./)
})

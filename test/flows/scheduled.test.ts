import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { ShiftedClock } from '../../packages/runtime/src/clock.ts'
import { startKillable } from '../support/killable.ts'
import { startWorld, type World } from '../support/world.ts'

const MEI = DEMO.phones[0]
const HOUR = 3_600
const SEND = '/external/messages/whatsapp'

type Shown = {
  reference: string
  state: string
  to: string | null
  send_at: number
  expires_at: number | null
  msg_id: string | null
  sent_as: string | null
  message: Record<string, unknown>
  error: { reason: string } | null
}

let world: World
const clock = new ShiftedClock()
before(async () => {
  world = await startWorld({ gateway: { clock } })
  world.receiver.anyTime = true
})
after(() => world.stop())

/** The sandbox has a clock of its own. */
function pass(ms: number): void {
  world.sandbox.clock.advance(ms)
  clock.advance(ms)
}

const inSeconds = (seconds: number): number => Math.floor(clock.now() / 1000) + seconds
const one = async (reference: string): Promise<Shown> =>
  (await world.customer('GET', `/external/scheduled/${reference}`)).data as Shown

async function schedule(body: object, headers?: Record<string, string>): Promise<string> {
  const answer = await world.customer('POST', SEND, { to: MEI, type: 'text', text: 'later', ...body }, headers)
  assert.equal(answer.http, 202, JSON.stringify(answer))
  assert.equal((answer.data as Shown).state, 'scheduled')
  return (answer.data as Shown).reference
}

async function told(reference: string) {
  const { body } = await world.receiver.gets({ event: 'message_scheduled_update', reference })
  return body as { state: string; message_id: string | null; sent_as: string | null; error: { reason: string } | null }
}

const texts = (phone: string): string[] =>
  world.sandbox
    .phone(phone)
    .messages()
    .filter((message) => message.direction === 'out')
    .map((message) => JSON.stringify(message))

test('a send with send_at goes out at its time, once, and an event says so', async () => {
  await world.sandbox.phone(MEI).says('Remind me')
  await world.receiver.gets({ event: 'new_message' })
  const reference = await schedule({ text: 'in two hours', send_at: inSeconds(2 * HOUR) })
  const waiting = await one(reference)
  assert.deepEqual([waiting.state, waiting.to, waiting.msg_id], ['scheduled', MEI, null])
  assert.deepEqual(waiting.message, { to: MEI, type: 'text', text: 'in two hours' })
  pass(HOUR * 1000)
  await sleep(100)
  assert.equal((await one(reference)).state, 'scheduled', 'not before its time')
  pass(HOUR * 1000)
  const { state, message_id: wamid, sent_as: sentAs } = await told(reference)
  assert.deepEqual([state, sentAs], ['sent', 'text'])
  await world.sandbox.phone(MEI).sees('in two hours')
  assert.equal((await one(reference)).msg_id, wamid)
  assert.equal(texts(MEI).filter((text) => text.includes('in two hours')).length, 1)
})

test('a time may be ISO 8601; a scheduled send is listed, changed and cancelled', async () => {
  const at = new Date(clock.now() + 3 * HOUR * 1000)
  const reference = await schedule({ send_at: at.toISOString() })
  const other = await schedule({ to: '15550700001', send_at: inSeconds(HOUR) })
  assert.equal((await one(reference)).send_at, Math.floor(at.getTime() / 1000))
  const list = async (query: string) =>
    ((await world.customer('GET', `/external/scheduled?${query}`)).data as Shown[]).map((row) => row.reference)
  assert.deepEqual(await list('state=scheduled'), [other, reference])
  assert.deepEqual(await list(`state=scheduled&to=${MEI}`), [reference])
  assert.deepEqual(await list(`state=scheduled&last_id=${other}`), [reference])

  const changed = await world.customer('PATCH', `/external/scheduled/${reference}`, {
    send_at: inSeconds(2 * HOUR),
    expires_at: inSeconds(3 * HOUR),
    message: { to: MEI, type: 'text', text: 'other words' },
  })
  assert.equal(changed.http, 200, JSON.stringify(changed))
  assert.equal((changed.data as Shown).message.text, 'other words')

  assert.equal((await world.customer('DELETE', `/external/scheduled/${other}`)).http, 200)
  assert.equal((await told(other)).state, 'cancelled')
  pass(2 * HOUR * 1000)
  assert.equal((await told(reference)).state, 'sent')
  await world.sandbox.phone(MEI).sees('other words')
  for (const [method, path] of [
    ['DELETE', other],
    ['PATCH', reference],
  ] as const) {
    const refused = await world.customer(method, `/external/scheduled/${path}`, method === 'PATCH' ? {} : undefined)
    assert.equal(refused.http, 409, JSON.stringify(refused))
    assert.match(refused.message, /only a scheduled one can be changed/)
  }
  assert.equal((await world.customer('GET', '/external/scheduled/msg_unknown')).http, 404)
})

test('window and template are judged at the time of sending, and a fallback goes instead', async () => {
  const soon = { send_at: inSeconds(25 * HOUR) }
  const closed = await schedule({ text: 'too late', ...soon })
  const template = { name: 'test_button_reply_1' }
  const instead = await schedule({ text: 'or so', fallback: { template }, ...soon })
  const never = await schedule({ text: 'never', send_at: inSeconds(20 * HOUR), expires_at: inSeconds(21 * HOUR) })
  const gone = await schedule({ type: 'template', text: undefined, template: { name: 'not_there' }, ...soon })
  pass(25 * HOUR * 1000)
  const lost = await told(closed)
  assert.deepEqual([lost.state, lost.error?.reason], ['failed', 'window_closed'])
  assert.deepEqual([(await told(instead)).state, (await told(instead)).sent_as], ['sent', 'template'])
  assert.equal((await told(never)).state, 'expired')
  assert.deepEqual([(await told(gone)).state, (await told(gone)).error?.reason], ['failed', 'template_not_found'])
  assert.equal(texts(MEI).filter((text) => text.includes('never')).length, 0)

  const now = await world.customer('POST', SEND, { to: MEI, type: 'text', text: 'now', fallback: { template } })
  assert.deepEqual([now.http, (now.data as Shown).sent_as], [200, 'template'])
  await world.sandbox.phone(MEI).says('I am here')
  await world.sandbox.settled()
  const open = await world.customer('POST', SEND, { to: MEI, type: 'text', text: 'now', fallback: { template } })
  assert.deepEqual([open.http, (open.data as Shown).sent_as], [200, 'text'])
})

test('a problem of a time names the field, and nothing is stored', async () => {
  const bad: [object, string, RegExp][] = [
    [{ send_at: inSeconds(-HOUR) }, 'send_at', /in the past/],
    [{ send_at: inSeconds(400 * 24 * HOUR) }, 'send_at', /366 days/],
    [{ send_at: 'tomorrow' }, 'send_at', /Unix seconds, or ISO 8601/],
    [{ expires_at: inSeconds(HOUR) }, 'expires_at', /needs send_at/],
    [{ send_at: inSeconds(HOUR), expires_at: inSeconds(60) }, 'expires_at', /later than send_at/],
    [
      { type: 'template', text: undefined, template: { name: 'authentication_ca', code: '1' }, send_at: inSeconds(60) },
      'send_at',
      /one-time code/,
    ],
    [{ text: '', send_at: inSeconds(60) }, 'text', /must not be empty/],
  ]
  const before = (await world.customer('GET', '/external/scheduled?state=scheduled')).data
  for (const [body, field, says] of bad) {
    const answer = await world.customer('POST', SEND, { to: MEI, type: 'text', text: 'x', ...body })
    assert.equal(answer.http, 422, JSON.stringify(answer))
    const { fields } = answer.error as unknown as { fields: { path: string; message: string }[] }
    const found = fields.find((one) => one.path === field)
    assert.match(found?.message ?? JSON.stringify(fields), says)
  }
  assert.deepEqual((await world.customer('GET', '/external/scheduled?state=scheduled')).data, before)
})

test('an Idempotency-Key schedules once', async () => {
  const key = { 'idempotency-key': 'remind-1' }
  const body = { text: 'once', send_at: inSeconds(HOUR) }
  const first = await schedule(body, key)
  assert.equal(await schedule(body, key), first)
  assert.equal((await world.customer('DELETE', `/external/scheduled/${first}`)).http, 200)
})

test('a clock that is set back or ahead repeats nothing', async () => {
  await world.sandbox.phone(MEI).says('still here')
  await world.sandbox.settled()
  const first = await schedule({ text: 'step one', send_at: inSeconds(60) })
  clock.step(90_000)
  assert.equal((await told(first)).state, 'sent')
  clock.step(-3 * HOUR * 1000)
  const second = await schedule({ text: 'step two', send_at: inSeconds(60) })
  pass(61_000)
  assert.equal((await told(second)).state, 'sent')
  for (const words of ['step one', 'step two'])
    assert.equal(texts(MEI).filter((text) => text.includes(words)).length, 1, words)
})

test('over kills each scheduled send goes out once, or is reported as unknown', async (t) => {
  const { sandbox, call, killAndStart } = await startKillable(t, {
    latencyMs: 30,
    channel: { messages_per_second: 30 },
  })
  const all = Array.from({ length: 120 }, (_, i) => String(15_550_710_000 + i))
  const template = { type: 'template', template: { name: 'test_button_reply_1' } }
  const at = Math.floor(Date.now() / 1000) + 1
  for (const to of all) {
    const add = () => call('POST', SEND, { to, ...template, send_at: at })
    let answer = await add()
    // A busy machine: nothing was stored, and the answer says to repeat it.
    for (; answer.http === 503; answer = await add()) await sleep(500)
    assert.equal(answer.http, 202, JSON.stringify(answer))
  }
  const count = async (state: string): Promise<number> => {
    let total = 0
    for (let last = ''; ;) {
      const { data } = await call('GET', `/external/scheduled?state=${state}&count=100${last && `&last_id=${last}`}`)
      const page = data as Shown[]
      total += page.length
      if (page.length < 100) return total
      last = page.at(-1)!.reference
    }
  }
  const until = async (fact: () => Promise<boolean>, what: string): Promise<void> => {
    for (const end = Date.now() + 60_000; !(await fact()); await sleep(50))
      if (Date.now() > end) throw new Error(`waited in vain for ${what}`)
  }
  const isOver = async () => (await count('scheduled')) + (await count('sending')) === 0
  let kills = 0
  for (; kills < 3 && !(await isOver()); kills++) {
    const before = await count('sent')
    await until(async () => (await count('sent')) > before || (await isOver()), 'a send')
    await killAndStart()
  }
  assert.ok(kills > 0)
  await until(isOver, 'the end')
  await sandbox.settled()
  const [sent, unknown] = [await count('sent'), await count('unknown')]
  assert.equal(sent + unknown, all.length)
  let missed = 0
  for (const to of all) {
    const got = sandbox
      .phone(to)
      .messages()
      .filter((message) => message.direction === 'out').length
    assert.ok(got <= 1, `${to} got it ${got} times`)
    if (got === 0) missed++
  }
  assert.ok(missed <= unknown, `${missed} missed, ${unknown} unknown`)
})

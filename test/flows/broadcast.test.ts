import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as after } from 'node:timers/promises'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import type { Sandbox } from '../../packages/sandbox/src/index.ts'
import { startKillable } from '../support/killable.ts'
import { startWorld, type World } from '../support/world.ts'

const FIRST = 15_550_600_000
const people = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => String(FIRST + from + i))
const template = { type: 'template', template: { name: 'test_button_reply_1' } }

type Shown = {
  id: string
  state: string
  reason: { reason: string; code?: number } | null
  counts: Record<
    | ('total' | 'waiting' | 'accepted' | 'failed' | 'unknown' | 'duplicates')
    | ('sent' | 'delivered' | 'read' | 'answered' | 'undelivered' | 'stopped'),
    number
  >
  progress: { rate: number; allowed: number; slowed_by: string | null; quiet_until: number | null } | null
  failed_by_code: { code: number | null; reason: string; recipients: number }[]
  failures: { recipient: string; state: string; error: { reason: string; code?: number } | null }[]
}

type Call = World['customer']

async function create(call: Call, body: unknown, headers?: Record<string, string>): Promise<Shown> {
  const answer = await call('POST', '/external/broadcasts', body, headers)
  assert.equal(answer.http, 201, JSON.stringify(answer))
  return answer.data
}

async function until(call: Call, id: string, fact: (shown: Shown) => boolean, withinMs = 15_000): Promise<Shown> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const { data } = await call('GET', `/external/broadcasts/${id}`)
    if (fact(data)) return data
    if (Date.now() > deadline) throw new Error(`waited in vain: ${JSON.stringify(data)}`)
    await after(30)
  }
}

const is = (state: string) => (shown: Shown) => shown.state === state
const gotBy = (sandbox: Sandbox, phone: string): number =>
  sandbox
    .phone(phone)
    .messages()
    .filter((message) => message.direction === 'out').length
const fast = (world: World) => world.admin('PATCH', '/admin/channels/1', { messages_per_second: 1000 })

test('each contact gets the message once; duplicates are counted, and the results are reported', async () => {
  await using world = await startWorld({ webhook: false })
  await fast(world)
  const all = people(120)
  world.sandbox.fault({ on: 'messages', code: 131008, match: { to: all[7]! } })
  const made = await create(world.customer, {
    name: 'News',
    message: template,
    recipients: [...all, all[0], { to: all[1] }],
  })
  assert.deepEqual([made.counts.total, made.counts.duplicates], [120, 2])
  const done = await until(world.customer, made.id, is('done'))
  const { total, waiting, accepted, failed, unknown, duplicates } = done.counts
  assert.deepEqual([total, waiting, accepted, failed, unknown, duplicates], [120, 0, 119, 1, 0, 2])
  const advice = 'Something required is not there. Correct what `details` names.'
  assert.deepEqual(done.failed_by_code, [{ code: 131008, reason: 'upstream_refused', recipients: 1, advice }])
  assert.deepEqual(
    done.failures.map((one) => [one.recipient, one.error!.code]),
    [[all[7], 131008]],
  )
  for (const phone of all) assert.equal(gotBy(world.sandbox, phone), phone === all[7] ? 0 : 1)
  await world.sandbox.settled()
  const told = await until(world.customer, made.id, (shown) => shown.counts.delivered === 119)
  assert.deepEqual([told.counts.sent, told.counts.undelivered, told.progress], [119, 0, null])
  const page = await world.customer('GET', `/external/broadcasts/${made.id}/recipients?state=accepted&count=2&last_n=7`)
  const rows = page.data as { n: number; recipient: string; status: string; msg_id: string }[]
  assert.deepEqual(
    rows.map((row) => [row.n, row.recipient]),
    [
      [8, all[8]],
      [9, all[9]],
    ],
  )
  assert(rows.every((row) => row.msg_id.startsWith('wamid.') && row.status !== 'sending'))
})

test('the results as CSV, with what became of each message; no cell is a formula', async () => {
  await using world = await startWorld({ webhook: false })
  await fast(world)
  const all = people(1_100)
  world.sandbox.fault({ on: 'messages', code: 131008, match: { to: all[3]! } })
  const made = await create(world.customer, { message: template, recipients: all })
  await until(world.customer, made.id, is('done'), 30_000)
  await world.sandbox.settled()
  await until(world.customer, made.id, (shown) => shown.counts.delivered === 1_099)
  // As a file's column may have it.
  await world.gateway.store.sql.run(`update broadcast_recipients set name = '=1+1' where n = 5`)
  const answer = await fetch(`${world.gateway.url}/external/broadcasts/${made.id}/results.csv`, {
    headers: { 'certification-code': DEMO.certificationCode },
  })
  assert.equal(answer.headers.get('content-type'), 'text/csv; charset=utf-8')
  const lines = (await answer.text()).trimEnd().split('\r\n')
  assert.equal(lines.length, 1_101)
  const [names, ...rows] = lines.map((line) => line.split(','))
  const cell = (row: number, name: string): string => rows[row]![names!.indexOf(name)]!
  assert.deepEqual([cell(1_099, 'recipient'), cell(1_099, 'status')], [all[1_099], 'delivered'])
  assert.match(cell(0, 'delivered_at'), /^20\d\d-.*Z$/)
  assert.deepEqual([cell(3, 'state'), cell(3, 'error_code')], ['failed', '131008'])
  assert.equal(cell(5, 'name'), "'=1+1")
})

test('all problems are reported at once, and no broadcast is created', async () => {
  await using world = await startWorld({ webhook: false })
  for (const [body, path] of [
    [{ message: template, recipients: ['hello'] }, 'recipients.0'],
    [{ message: { type: 'text', text: '' }, recipients: people(1) }, 'message.text'],
    [{ message: { ...template, to: FIRST }, recipients: people(1) }, 'message.to'],
    [{ recipients: people(1) }, 'message'],
    [{ message: template, recipients: people(1), when: 'now' }, 'when'],
  ] as const) {
    const answer = await world.customer('POST', '/external/broadcasts', body)
    assert.equal(answer.http, 422)
    assert.equal((answer.error as unknown as { fields: { path: string }[] }).fields[0]!.path, path)
  }
  assert.deepEqual((await world.customer('GET', '/external/broadcasts')).data, [])
})

test('recipients are added in pages; a finished broadcast continues with new ones', async () => {
  await using world = await startWorld({ webhook: false })
  await fast(world)
  const made = await create(world.customer, { message: template })
  assert.equal(made.state, 'paused', 'without recipients it waits')
  const add = (recipients: unknown[]) =>
    world.customer('POST', `/external/broadcasts/${made.id}/recipients`, { recipients })
  for (const from of [0, 30, 50]) assert.equal((await add(people(40, from))).http, 200)
  await world.customer('POST', `/external/broadcasts/${made.id}/resume`)
  const done = await until(world.customer, made.id, is('done'))
  assert.deepEqual([done.counts.total, done.counts.accepted, done.counts.duplicates], [90, 90, 30])
  assert.deepEqual((await add(people(5, 88))).data, { added: 3, duplicates: 2 })
  const more = await until(world.customer, made.id, (shown) => shown.counts.accepted === 93)
  assert.equal(more.counts.total, 93)
})

test('each recipient gets its own components', async () => {
  await using world = await startWorld({ webhook: false })
  const named = (to: string, name: string) => ({
    to,
    components: [{ type: 'body', parameters: [{ type: 'text', text: name }] }],
  })
  world.sandbox.addTemplate({ name: 'greeting', components: [{ type: 'BODY', text: 'Hello {{1}}, nice to see you.' }] })
  await world.admin('POST', '/admin/channels/1/templates/sync')
  const [ana, ben] = people(2) as [string, string]
  const made = await create(world.customer, {
    message: { type: 'template', template: { name: 'greeting' } },
    recipients: [named(ana, 'Ana'), named(ben, 'Ben')],
  })
  const done = await until(world.customer, made.id, is('done'))
  assert.deepEqual([done.counts.accepted, done.failures], [2, []])
  await world.sandbox.phone(ana).sees((message) => JSON.stringify(message).includes('Ana'))
  await world.sandbox.phone(ben).sees((message) => JSON.stringify(message).includes('Ben'))
})

test('a broadcast stays within the number’s rate limit, and single messages go first', async () => {
  await using world = await startWorld({ webhook: false })
  await world.admin('PATCH', '/admin/channels/1', { messages_per_second: 40 })
  const made = await create(world.customer, { message: template, recipients: people(100) })
  await until(world.customer, made.id, (shown) => shown.counts.accepted > 0)
  const startedAt = Date.now()
  await world.send({ to: DEMO.phones[0], type: 'text', text: 'a single one' })
  assert(Date.now() - startedAt < 1_000, 'it did not wait behind the hundred')
  const { counts } = await until(world.customer, made.id, () => true)
  assert(counts.waiting > 10, JSON.stringify(counts))
  const done = await until(world.customer, made.id, is('done'))
  assert.equal(done.counts.accepted, 100)
})

test('pause, resume, cancel', async () => {
  await using world = await startWorld({ webhook: false })
  await world.admin('PATCH', '/admin/channels/1', { messages_per_second: 20 })
  const made = await create(world.customer, { message: template, recipients: people(200) })
  const verb = (name: string) => world.customer('POST', `/external/broadcasts/${made.id}/${name}`)
  await until(world.customer, made.id, (shown) => shown.counts.accepted > 2)
  assert.equal((await verb('pause')).http, 200)
  await after(700)
  const paused = await until(world.customer, made.id, is('paused'))
  await after(700)
  const later = await until(world.customer, made.id, is('paused'))
  assert.equal(later.counts.accepted, paused.counts.accepted, 'nothing more is sent')
  assert(later.counts.waiting > 100)
  assert.equal((await verb('resume')).http, 200)
  await until(world.customer, made.id, (shown) => shown.counts.accepted > later.counts.accepted)
  assert.equal((await verb('cancel')).http, 200)
  assert.equal((await verb('cancel')).http, 200, 'may be said twice')
  const refused = await verb('resume')
  assert.deepEqual([refused.http, (refused.error as { reason?: string }).reason], [409, 'conflict'])
  assert.equal((await world.customer('POST', '/external/broadcasts/bc_nobody/pause')).http, 404)
})

test('a locked account stops the broadcast with the reason before all recipients are tried; after the fix it continues with all', async () => {
  await using world = await startWorld({ webhook: false })
  await fast(world)
  const locked = world.sandbox.fault({ on: 'messages', code: 131031, times: null })
  const made = await create(world.customer, { message: template, recipients: people(300) })
  const stopped = await until(world.customer, made.id, is('stopped'))
  assert.equal(stopped.reason!.code, 131031)
  assert.deepEqual([stopped.counts.failed, stopped.counts.waiting], [0, 300])
  locked.remove()
  await world.customer('POST', `/external/broadcasts/${made.id}/resume`)
  const done = await until(world.customer, made.id, is('done'))
  assert.equal(done.counts.accepted, 300)
})

test('an outage loses no recipient, and a lost answer is unknown until its status arrives', async () => {
  await using world = await startWorld({ webhook: false })
  await fast(world)
  const all = people(40)
  world.sandbox.fault({ on: 'messages', code: 131016, times: 12 })
  world.sandbox.fault({ on: 'messages', drop: 'after', match: { to: all[3]! } })
  const made = await create(world.customer, { message: template, recipients: all })
  const done = await until(world.customer, made.id, is('done'))
  assert.deepEqual([done.counts.accepted + done.counts.unknown, done.counts.failed], [40, 0])
  await until(world.customer, made.id, (shown) => shown.counts.accepted === 40)
  for (const phone of all) assert.equal(gotBy(world.sandbox, phone), 1)
})

test('one Idempotency-Key creates one broadcast', async () => {
  await using world = await startWorld({ webhook: false })
  const body = { message: template, recipients: people(3), start: false }
  const first = await create(world.customer, body, { 'idempotency-key': 'b1' })
  const again = await create(world.customer, body, { 'idempotency-key': 'b1' })
  assert.equal(again.id, first.id)
  // As after a crash while recipients are added.
  await world.gateway.store.sql.atomically([
    { sql: `update broadcasts set state = 'preparing'` },
    { sql: `delete from broadcast_recipients where n = 2` },
    { sql: `update idempotency set state = 'running', holder = 'n_gone', answer = null` },
  ])
  const resumed = await create(world.customer, body, { 'idempotency-key': 'b1' })
  assert.deepEqual([resumed.id, resumed.state], [first.id, 'paused'])
  assert.equal((await world.customer('GET', '/external/broadcasts')).data['length'], 1)
  const rows = await world.customer('GET', `/external/broadcasts/${first.id}/recipients`)
  assert.deepEqual((rows.data as { recipient: string }[]).map((row) => row.recipient).sort(), people(3))
})

test('SIGKILL in the middle, four times: each contact gets the message, none twice', async (t) => {
  const { sandbox, call, killAndStart } = await startKillable(t, {
    latencyMs: 30,
    channel: { messages_per_second: 150 },
  })
  const all = people(400)
  const made = await create(call, { message: template, recipients: all })
  for (let i = 0; i < 4; i++) {
    const before = await until(call, made.id, () => true)
    await until(call, made.id, (shown) => shown.counts.accepted > before.counts.accepted)
    await killAndStart()
  }
  await until(call, made.id, is('done'), 60_000)
  await sandbox.settled()
  await after(500)
  const done = await until(call, made.id, is('done'))
  assert.equal(done.counts.accepted + done.counts.unknown, 400)
  let missed = 0
  for (const phone of all) {
    const got = gotBy(sandbox, phone)
    assert(got <= 1, `${phone} got it ${got} times`)
    if (got === 0) missed++
  }
  // Only those whose call was cut off before it reached WhatsApp, and whose result cannot be known.
  assert(missed <= done.counts.unknown, `${missed} missed, ${done.counts.unknown} unknown`)
  t.diagnostic(`${done.counts.accepted} accepted, ${done.counts.unknown} unknown, ${missed} of them not arrived`)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ShiftedClock } from '../../packages/runtime/src/clock.ts'
import { newMessageId } from '../../packages/gateway/src/platform/ids.ts'
import { startWorld, type Answer, type World } from '../support/world.ts'

const TO = '85268411234'
const SEND = '/external/messages/whatsapp'
const hello = (text = 'hello') => ({ to: TO, type: 'text', text })

const keyed = (world: World, key: string, body: unknown = hello()): Promise<Answer> =>
  world.customer('POST', SEND, body, { 'idempotency-key': key })
const replayed = (answer: Answer): boolean => answer.headers.get('idempotent-replayed') === 'true'
/** Messages that reached the phone, including those whose answer the gateway did not get. */
const sends = (world: World): number =>
  world.sandbox
    .phone(TO)
    .messages()
    .filter((message) => message.direction === 'out').length
const wamidOf = (answer: Answer): string => (answer.data as { msg_id: string }).msg_id
const reasonOf = (answer: Answer): unknown => (answer.error as { reason?: unknown }).reason

/** The row of a key whose process died while it was working. */
async function leftBehind(world: World, key: string, resourceId: string): Promise<void> {
  await world.gateway.store.sql.run(
    `update idempotency set state = 'running', holder = 'n_gone', made_id = $2, http = null, answer = null where key = $1`,
    [key, resourceId],
  )
}

async function keptId(world: World, key: string): Promise<string> {
  const row = await world.gateway.store.sql.get<{ made_id: string }>('select made_id from idempotency where key = $1', [
    key,
  ])
  return row!.made_id
}

test('the same key and body: one message, the same answer, marked as repeated', async () => {
  await using world = await startWorld()
  const first = await keyed(world, 'k1')
  assert.equal(first.http, 200)
  assert.equal(replayed(first), false)
  const again = await keyed(world, 'k1')
  assert.deepEqual([again.http, wamidOf(again), replayed(again)], [200, wamidOf(first), true])
  assert.equal(sends(world), 1)
  // The control: without a key, and with another, it is sent.
  await world.send(hello())
  assert.notEqual(wamidOf(await keyed(world, 'k2')), wamidOf(first))
  assert.equal(sends(world), 3)
})

test('the same key with another body is refused, and so is an invalid key', async () => {
  await using world = await startWorld()
  await keyed(world, 'k')
  const other = await keyed(world, 'k', hello('something else'))
  assert.deepEqual([other.http, other.code, reasonOf(other)], [422, 422, 'idempotency_key_reused'])
  const spaced = await world.customer('POST', SEND, ` { "to":"${TO}", "type":"text","text":"hello"}`, {
    'idempotency-key': 'k',
  })
  assert.equal(replayed(spaced), true, 'spaces between the values do not make another body')
  for (const key of ['', 'with space', 'x'.repeat(256)]) {
    const answer = await keyed(world, key)
    assert.deepEqual(
      [answer.http, (answer.error as unknown as { fields: { path: string }[] }).fields[0]!.path],
      [422, 'Idempotency-Key'],
    )
  }
  assert.equal((await keyed(world, 'x'.repeat(255))).http, 200)
  assert.equal(sends(world), 2)
})

test('a body too deep to be serialized is refused with a key as without one', async () => {
  await using world = await startWorld()
  const deep = '{"a":'.repeat(9_000) + '1' + '}'.repeat(9_000)
  for (const headers of [{}, { 'idempotency-key': 'deep' }] as Record<string, string>[]) {
    const answer = await world.customer('POST', SEND, deep, headers)
    assert.equal(answer.http, 422, answer.message)
    assert.match(answer.message, /levels deep/)
  }
})

test('twenty concurrent requests with one key: one is sent, the others are told to wait', async () => {
  await using world = await startWorld()
  world.sandbox.fault({ on: 'messages', latencyMs: 300 })
  const answers = await Promise.all(Array.from({ length: 20 }, () => keyed(world, 'once')))
  const counts = Object.groupBy(answers, (answer) => String(answer.http))
  assert.equal(counts['200']!.length, 1)
  assert.equal(counts['409']!.length, 19)
  assert(
    counts['409']!.every((answer) => reasonOf(answer) === 'idempotency_in_flight' && answer.headers.has('retry-after')),
  )
  assert.equal(wamidOf(await keyed(world, 'once')), wamidOf(counts['200']![0]!))
  assert.equal(sends(world), 1)
})

test('a send that was not carried out may be repeated under its key; a refusal of WhatsApp is returned again', async () => {
  await using world = await startWorld()
  world.sandbox.fault({ on: 'messages', code: 131000 })
  assert.equal((await keyed(world, 'outage')).http, 503)
  const later = await keyed(world, 'outage')
  assert.deepEqual([later.http, replayed(later)], [200, false])

  const invalid = await keyed(world, 'mine', { to: TO, type: 'text' })
  assert.equal(invalid.http, 422)
  assert.equal((await keyed(world, 'mine')).http, 200, 'nothing of ours was done under it')

  world.sandbox.fault({ on: 'messages', code: 131008 })
  const refused = await keyed(world, 'refused')
  assert.equal(refused.http, 400)
  const before = sends(world)
  const again = await keyed(world, 'refused')
  assert.deepEqual([again.http, again.message, replayed(again)], [400, refused.message, true])
  assert.equal(sends(world), before)
})

test('an unknown outcome stays unknown under its key until the status arrives, and is never sent again', async () => {
  const clock = new ShiftedClock()
  await using world = await startWorld({ gateway: { sandbox: { statusDelayMs: 1, clock } } })
  // The status arrives when the sandbox's clock is moved, and not before.
  world.sandbox.fault({ on: 'webhooks', delayMs: 3_600_000, times: 3 })
  world.sandbox.fault({ on: 'messages', drop: 'after' })
  const first = await keyed(world, 'lost')
  assert.deepEqual([first.http, reasonOf(first)], [504, 'outcome_unknown'])
  const second = await keyed(world, 'lost')
  assert.deepEqual([second.http, replayed(second)], [504, true])
  const reference = (first.error as { reference?: string }).reference
  assert.equal((second.error as { reference?: string }).reference, reference)
  clock.advance(3_600_000)
  await world.receiver.gets({ event: 'message_status_update', reference })
  const third = await keyed(world, 'lost')
  assert.equal(third.http, 200)
  assert(wamidOf(third).startsWith('wamid.'))
  assert.equal(sends(world), 1)
})

test('a key whose process died is answered from the state of its message', async () => {
  await using world = await startWorld()
  const { sql } = world.gateway.store

  const accepted = await keyed(world, 'accepted')
  await leftBehind(world, 'accepted', await keptId(world, 'accepted'))
  const told = await keyed(world, 'accepted')
  assert.deepEqual([told.http, wamidOf(told), replayed(told)], [200, wamidOf(accepted), true])

  await keyed(world, 'sending')
  const id = await keptId(world, 'sending')
  await world.sandbox.settled()
  await sql.run(`update messages set status = 'unknown', wamid = null where id = $1`, [id])
  await leftBehind(world, 'sending', id)
  const unknown = await keyed(world, 'sending')
  assert.deepEqual([unknown.http, (unknown.error as { reference?: string }).reference], [504, id])
  assert.equal(sends(world), 2)

  await keyed(world, 'failed')
  const failed = await keptId(world, 'failed')
  await world.sandbox.settled()
  await sql.run(`update messages set status = 'failed', wamid = null where id = $1`, [failed])
  await leftBehind(world, 'failed', failed)
  assert.equal((await keyed(world, 'failed')).http, 200)
  assert.notEqual(await keptId(world, 'failed'), failed, 'another message, since the first one was refused')

  const begun = newMessageId()
  await keyed(world, 'nothing')
  await leftBehind(world, 'nothing', begun)
  assert.equal((await keyed(world, 'nothing')).http, 200)
  assert.equal(
    await keptId(world, 'nothing'),
    begun,
    'the same id: if the dead one lives after all, only one of them can begin',
  )
  assert.equal(sends(world), 6)
})

test('a key expires after a day', async () => {
  await using world = await startWorld()
  const first = await keyed(world, 'k')
  await world.gateway.store.sql.run('update idempotency set created_at = created_at - 86400000')
  const next = await keyed(world, 'k', hello('another'))
  assert.equal(next.http, 200)
  assert.notEqual(wamidOf(next), wamidOf(first))
})

test('keys belong to their channel, and work after a restart', async () => {
  await using world = await startWorld()
  const first = await keyed(world, 'k')
  await world.gateway.stop()
  await using next = await startWorld({ dataDir: world.dataDir, receiver: world.receiver })
  const again = await keyed(next, 'k')
  assert.deepEqual([again.http, wamidOf(again), replayed(again)], [200, wamidOf(first), true])
  assert.equal(sends(next), 0)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreUnavailable } from '../../packages/gateway/src/platform/errors.ts'
import type { GatewayOptions } from '../../packages/gateway/src/app/options.ts'
import { openStore } from '../../packages/gateway/src/store/open.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { post, text, webhook } from '../support/meta.ts'
import { startWorld, type World } from '../support/world.ts'

/* A store that is slow, unavailable for a moment, or broken by a bug of ours, at the critical moments. */

const TO = '85268411234'
const SEND = '/external/messages/whatsapp'
const hello = (words = 'hello') => ({ to: TO, type: 'text', text: words })

/** The store of a world, changed before the gateway gets it. */
const withStore = (change: (store: Store) => void): { gateway: Partial<GatewayOptions> } => ({
  gateway: {
    async openStore(config, clock, log) {
      const store = await openStore(config, clock, log)
      change(store)
      return store
    },
  },
})

/** Runs `first` before each write whose statement contains `words`. */
function beforeWrites(store: Store, words: string, first: () => Promise<void>): void {
  const run = store.sql.run.bind(store.sql)
  store.sql.run = async (sql, params) => {
    if (sql.includes(words)) await first()
    return run(sql, params)
  }
}
const KEEPS_ANSWER = 'update idempotency set state'

const gotBy = (world: World, phone = TO): number =>
  world.sandbox
    .phone(phone)
    .messages()
    .filter((message) => message.direction === 'out').length
const wamidOf = (answer: { data: unknown }): string => (answer.data as { msg_id: string }).msg_id
const replayed = (answer: { headers: Headers }): boolean => answer.headers.get('idempotent-replayed') === 'true'

test('a send with a key is answered after its answer is stored, and not before', async () => {
  const kept = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  await using world = await startWorld(
    withStore((store) =>
      beforeWrites(store, KEEPS_ANSWER, async () => {
        reached.resolve()
        await kept.promise
      }),
    ),
  )
  let answered = false
  const sending = world.customer('POST', SEND, hello(), { 'idempotency-key': 'k' }).finally(() => (answered = true))
  await reached.promise
  // The control: an answer that was sent with the send would be here by now.
  for (let i = 0; i < 3; i++) assert.equal((await world.customer('GET', '/external/messages')).http, 200)
  assert.equal(answered, false)
  kept.resolve()
  const answer = await sending
  assert.equal(answer.http, 200)
  const again = await world.customer('POST', SEND, hello(), { 'idempotency-key': 'k' })
  assert.deepEqual([again.http, wamidOf(again), replayed(again)], [200, wamidOf(answer), true])
})

test('an answer that cannot be stored is still returned, and the key answers from the message', async () => {
  let failures = 0
  await using world = await startWorld(
    withStore((store) =>
      beforeWrites(store, KEEPS_ANSWER, () => {
        if (failures++ > 0) return Promise.resolve()
        return Promise.reject(new StoreUnavailable('the disk is full'))
      }),
    ),
  )
  const answer = await world.customer('POST', SEND, hello(), { 'idempotency-key': 'k' })
  assert.equal(answer.http, 200, answer.message)
  assert.equal(failures, 1)
  const again = await world.customer('POST', SEND, hello(), { 'idempotency-key': 'k' })
  assert.deepEqual([again.http, wamidOf(again), replayed(again)], [200, wamidOf(answer), true])
  assert.equal(gotBy(world), 1)
})

test('a webhook that a bug of ours keeps from being applied is quarantined whole and answered 200', async () => {
  let mistakes = 1
  await using world = await startWorld(
    withStore((store) => {
      const apply = store.applyFacts.bind(store)
      store.applyFacts = async (facts, offer) => {
        if (mistakes-- > 0) throw new TypeError('a mistake of ours')
        return apply(facts, offer)
      }
    }),
  )
  const raw = JSON.stringify(webhook(text('16505551234', 'wamid.broken', 'hello')))
  assert.equal((await post(world, raw)).status, 200)
  const row = await world.gateway.store.sql.get<{ reason: string; detail: string; body: Uint8Array }>(
    'select reason, detail, body from quarantine',
  )
  assert.deepEqual([row?.reason, row?.detail], ['apply_failed', 'a mistake of ours'])
  assert.equal(Buffer.from(row!.body).toString(), raw)
  const { quarantined } = (await world.admin('GET', '/admin/stats')).data as { quarantined: Record<string, number> }
  assert.deepEqual(quarantined, { apply_failed: 1 })
  // Nothing waits behind it: the contact's next message is delivered.
  assert.equal((await post(world, webhook(text('16505551234', 'wamid.next', 'hello again')))).status, 200)
  await world.receiver.until(() => world.receiver.received.length > 0, 'the next one')
  assert.match(world.receiver.received[0]!.raw, /wamid\.next/)
})

test('a webhook that the store cannot accept now is answered 503, and is not quarantined', async () => {
  let refusals = 1
  await using world = await startWorld(
    withStore((store) => {
      const apply = store.applyFacts.bind(store)
      store.applyFacts = async (facts, offer) => {
        if (refusals-- > 0) throw new StoreUnavailable('the disk is full')
        return apply(facts, offer)
      }
    }),
  )
  const body = webhook(text('16505551234', 'wamid.once', 'hello'))
  assert.equal((await post(world, body)).status, 503)
  assert.equal((await post(world, body)).status, 200)
  await world.receiver.gets({ event: 'new_message' })
  assert.equal(world.receiver.received.length, 1)
  const { quarantined } = (await world.admin('GET', '/admin/stats')).data as { quarantined: Record<string, number> }
  assert.deepEqual(quarantined, {})
})

test('a broadcast that loses the store in the middle continues when it is back, and sends to each contact once', async () => {
  let begun = 0
  await using world = await startWorld({
    webhook: false,
    ...withStore((store) => {
      const begin = store.beginMessage.bind(store)
      store.beginMessage = async (message) => {
        begun++
        if (begun > 10 && begun <= 20) throw new StoreUnavailable('the disk is full')
        return begin(message)
      }
    }),
  })
  await world.admin('PATCH', '/admin/channels/1', { messages_per_second: 1000 })
  const people = Array.from({ length: 60 }, (_, i) => String(15_550_610_000 + i))
  const made = await world.customer('POST', '/external/broadcasts', {
    message: { type: 'template', template: { name: 'test_button_reply_1' } },
    recipients: people,
  })
  const { id } = made.data as { id: string }
  type Shown = { state: string; counts: Record<string, number> }
  const deadline = Date.now() + 60_000
  let shown: Shown
  do {
    shown = (await world.customer('GET', `/external/broadcasts/${id}`)).data
    assert.ok(Date.now() < deadline, `waited in vain: ${JSON.stringify(shown)}`)
  } while (shown.state !== 'done')
  assert.deepEqual([shown.counts.accepted, shown.counts.failed, shown.counts.unknown], [60, 0, 0])
  await world.sandbox.settled()
  assert.deepEqual(
    people.filter((phone) => gotBy(world, phone) !== 1),
    [],
  )
  assert.ok(begun > 60, 'the store was away for ten of them')
})

test('an overloaded node refuses requests that make work, and answers reads', async () => {
  let backlog = 0
  await using world = await startWorld(
    withStore((store) => {
      Object.defineProperty(store, 'backlog', { get: () => backlog })
    }),
  )
  await world.send(hello())
  backlog = 1e9
  const refused = await world.customer('POST', SEND, hello())
  assert.deepEqual(
    [refused.http, (refused.error as { reason?: string }).reason, refused.headers.get('retry-after')],
    [503, 'overloaded', '2'],
  )
  for (const path of ['/external/messages', '/external/events', `/external/contacts/${TO}/window`])
    assert.equal((await world.customer('GET', path)).http, 200, path)
  backlog = 0
  await world.send(hello())
  await world.sandbox.settled()
  assert.equal(gotBy(world), 2)
})

test('sends of a killed process are unknown after the next start, and not still pending', async () => {
  await using world = await startWorld({ webhook: false })
  await world.send(hello())
  await world.sandbox.settled()
  await world.gateway.store.sql.run(`update messages set status = 'sending', wamid = null`)
  await world.gateway.stop()
  await using next = await startWorld({ dataDir: world.dataDir, receiver: world.receiver, webhook: false })
  const [message] = (await next.customer('GET', '/external/messages?direction=outbound')).data as { status: string }[]
  assert.equal(message?.status, 'unknown')
})

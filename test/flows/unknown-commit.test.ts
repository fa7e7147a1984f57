import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreUnavailable } from '../../packages/gateway/src/platform/errors.ts'
import { openStore } from '../../packages/gateway/src/store/open.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { startWorld, type Answer } from '../support/world.ts'

const lost = () => new StoreUnavailable('the connection was lost at the commit', { outcomeUnknown: true })
const told = (answer: Answer) => [answer.http, answer.code, answer.error.reason as unknown]
const UNKNOWN = [504, 10002, 'outcome_unknown']
const NOTHING_DONE = [503, 503, 'store_unavailable']

/** A store that commits a statement and then fails to confirm it, while `loses` returns true for it. */
async function worldThatLoses(loses: { write?: (sql: string) => boolean; begin?: boolean }) {
  const open: typeof openStore = async (...args) => {
    const store: Store = await openStore(...args)
    const { run } = store.sql
    store.sql.run = async (sql, params) => {
      const changed = await run(sql, params)
      if (loses.write?.(sql)) throw lost()
      return changed
    }
    const begin = store.beginMessage
    store.beginMessage = async (message) => {
      const closed = await begin(message)
      if (loses.begin) throw lost()
      return closed
    }
    return store
  }
  return startWorld({ gateway: { openStore: open } })
}

const BROADCAST = {
  message: { type: 'template', template: { name: 'order_update', language: 'en' } },
  recipients: [],
  start: false,
}

test('a broadcast whose commit is unknown is not reported as undone; its key creates it once', async () => {
  const loses: { write?: (sql: string) => boolean } = {}
  await using world = await worldThatLoses(loses)
  const key = { 'idempotency-key': 'spring' }
  const message = { type: 'text', text: 'hello' }
  const create = (headers?: Record<string, string>) =>
    world.customer('POST', '/external/broadcasts', { ...BROADCAST, message }, headers)
  loses.write = (sql) => sql.includes('insert into broadcasts')
  const unknown = await create(key)
  assert.deepEqual(told(unknown), UNKNOWN, unknown.message)
  assert.match(unknown.message, /not known whether this was done/)
  assert.deepEqual(told(await create()), UNKNOWN)
  delete loses.write
  const again = await create(key)
  assert.equal(again.http, 201, again.message)
  const all = (await world.customer('GET', '/external/broadcasts')).data as unknown[]
  assert.equal(all.length, 2, 'one for the key, and one for the call without')
})

test('an operator’s change whose commit is unknown is reported so', async () => {
  const loses: { write?: (sql: string) => boolean } = {}
  await using world = await worldThatLoses(loses)
  loses.write = (sql) => sql.includes('update broadcasts')
  const message = { type: 'text', text: 'hello' }
  const answer = await world.customer('POST', '/external/broadcasts', { ...BROADCAST, message })
  assert.deepEqual(told(answer), UNKNOWN, answer.message)
})

test('a send whose row is unknown was not sent to WhatsApp, and is reported as not sent', async () => {
  const loses = { begin: true }
  await using world = await worldThatLoses(loses)
  await world.sandbox.phone('15550300002').says('hello')
  const body = { to: '15550300002', type: 'text', text: 'hi' }
  await world.receiver.until(() => world.receiver.received.length > 0, 'the window to open')
  const send = (headers?: Record<string, string>) =>
    world.customer('POST', '/external/messages/whatsapp', body, headers)
  assert.deepEqual(told(await send()), NOTHING_DONE)
  assert.deepEqual(told(await send({ 'idempotency-key': 'k' })), NOTHING_DONE)
  const got = world.sandbox.phone('15550300002').messages()
  assert.equal(got.filter((message) => message.direction === 'out').length, 0)
})

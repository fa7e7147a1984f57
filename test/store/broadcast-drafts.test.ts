import assert from 'node:assert/strict'
import { createBroadcastIntake } from '../../packages/gateway/src/flows/send/broadcast-intake.ts'
import { createRetryFailed } from '../../packages/gateway/src/flows/send/broadcast-retry.ts'
import { setChecked, setSettings } from '../../packages/gateway/src/store/broadcast-drafts.ts'
import { startDue } from '../../packages/gateway/src/store/broadcast-run.ts'
import { createRetry } from '../../packages/gateway/src/store/broadcast-retry.ts'
import {
  addRecipients,
  createBroadcast,
  findBroadcast,
  moveBroadcast,
  type BroadcastState,
  type NewBroadcastRow,
} from '../../packages/gateway/src/store/broadcasts.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { CHANNEL, onBothEngines, type World } from './engines.ts'
import { phone } from './facts.ts'

const ID = 'bc_1'
const MESSAGE = JSON.stringify({ type: 'text', text: 'Hello' })

const make = (store: Store, made: Partial<NewBroadcastRow> = {}): Promise<void> =>
  createBroadcast(store.sql, { channelId: CHANNEL, id: ID, name: null, message: MESSAGE, now: 1, ...made })

const look = async (store: Store, id = ID) => (await findBroadcast(store.sql, CHANNEL, id))!

const intakeOf = (store: Store, clock: World['clock']) =>
  createBroadcastIntake({ store, clock, nudge: () => {}, follower: { catchUp: async () => {} } })

/** A broadcast that is done, and all of whose recipients failed. */
async function failed(store: Store, people: number): Promise<void> {
  await make(store)
  const recipients = Array.from({ length: people }, (_, i) => ({ contact: phone(i), own: null }))
  await addRecipients(store.sql, CHANNEL, ID, recipients)
  await store.sql.run(`update broadcast_recipients set state = 'failed', error = '{"reason":"upstream_error"}', at = 1`)
  await moveBroadcast(store.sql, CHANNEL, ID, ['preparing'], 'done', 1)
}

onBothEngines('calls at once make one retry of a broadcast, with each person once', async ({ store, node, clock }) => {
  await failed(store, 40)
  const nodes = [store, await node(), await node()]
  const calls = nodes.map((one) => createRetryFailed({ store: one, clock, intake: intakeOf(one, clock) }))
  const retries = await Promise.all([...calls, ...calls].map((retry) => retry(CHANNEL, ID)))
  assert.equal(new Set(retries.map(({ broadcast }) => broadcast.id)).size, 1)
  const { state, total } = await look(store, retries[0]!.broadcast.id)
  assert.deepEqual([state, Number(total)], ['draft', 40])
  assert.equal((await store.sql.all('select id from broadcasts where retry_of = $1', [ID])).length, 1)
})

onBothEngines('a cancelled retry makes place for another one', async ({ store }) => {
  await failed(store, 1)
  const retry = { channelId: CHANNEL, of: ID, name: null, now: 1 }
  assert.equal((await createRetry(store.sql, { ...retry, id: 'bc_2' }))?.id, 'bc_2')
  assert.equal((await createRetry(store.sql, { ...retry, id: 'bc_3' }))?.id, 'bc_2')
  await moveBroadcast(store.sql, CHANNEL, 'bc_2', ['preparing'], 'cancelled', 2)
  assert.equal((await createRetry(store.sql, { ...retry, id: 'bc_3' }))?.id, 'bc_3')
})

onBothEngines('a retry whose copy was interrupted cannot be resumed', async ({ store, clock }) => {
  await failed(store, 1)
  await createRetry(store.sql, { channelId: CHANNEL, of: ID, name: null, now: 1, id: 'bc_2' })
  const resumed = intakeOf(store, clock).change({ id: CHANNEL, broadcastStart: 'free' }, 'bc_2', 'resume')
  await assert.rejects(resumed, { reason: 'conflict' })
  assert.equal((await look(store, 'bc_2')).state, 'preparing')
})

onBothEngines('what has not begun is resumed only as the channel demands; what has begun goes on', async (world) => {
  const { store, clock } = world
  const intake = intakeOf(store, clock)
  await make(store, { state: 'paused' })
  for (const broadcastStart of ['checked', 'tested'] as const)
    await assert.rejects(intake.change({ id: CHANNEL, broadcastStart }, ID, 'resume'), { reason: 'conflict' })
  assert.equal((await look(store)).state, 'paused')
  await store.sql.run('update broadcasts set started_at = 5')
  await intake.change({ id: CHANNEL, broadcastStart: 'tested' }, ID, 'resume')
  assert.equal((await look(store)).state, 'running')
})

onBothEngines('a scheduled broadcast whose time is taken away begins', async ({ store }) => {
  await make(store, { state: 'scheduled', settings: { sendAt: 9_000 } })
  assert.equal(await startDue(store.sql, 1_000), 0)
  assert.equal(await setSettings(store.sql, CHANNEL, ID, { sendAt: null }, 2), true)
  assert.equal(await startDue(store.sql, 1_000), 1)
  assert.equal((await look(store)).state, 'running')
})

onBothEngines('settings change until rows are entered; the map until the broadcast is started', async ({ store }) => {
  const may: [BroadcastState, boolean, boolean][] = [
    ['draft', true, true],
    ['checked', true, true],
    ['preparing', false, false],
    ['scheduled', true, false],
    ['running', false, false],
  ]
  for (const [state, others, map] of may) {
    await make(store, { state, id: state })
    assert.equal(await setSettings(store.sql, CHANNEL, state, { skipBad: true }, 2), others, state)
    assert.equal(await setSettings(store.sql, CHANNEL, state, { map: '{}' }, 2), map, `${state}: map`)
  }
})

onBothEngines('a check counts only for the map and the recipients that it judged', async ({ store }) => {
  await make(store, { state: 'draft', settings: { map: '{"to":"A"}' } })
  const check = { report: '{}', reportFile: 'bf_1', at: 3 }
  await setSettings(store.sql, CHANNEL, ID, { map: '{"to":"B"}' }, 2)
  const of = { map: '{"to":"A"}', total: 0, sha256: null }
  assert.equal(await setChecked(store.sql, CHANNEL, ID, { ...check, of }), false)
  assert.equal((await look(store)).state, 'draft')
  await addRecipients(store.sql, CHANNEL, ID, [{ contact: phone(1), own: null }])
  assert.equal(await setChecked(store.sql, CHANNEL, ID, { ...check, of: { ...of, map: '{"to":"B"}' } }), false)
  assert.equal(await setChecked(store.sql, CHANNEL, ID, { ...check, of: { ...of, map: '{"to":"B"}', total: 1 } }), true)
  await make(store, { state: 'draft', id: 'bc_2' })
  assert.equal(await setChecked(store.sql, CHANNEL, 'bc_2', { ...check, of: { ...of, map: null } }), true)
})

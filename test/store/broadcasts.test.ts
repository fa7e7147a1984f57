import assert from 'node:assert/strict'
import type { Channel } from '../../packages/gateway/src/domain/channels/channel.ts'
import { systemClock } from '../../packages/runtime/src/clock.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { createBroadcaster } from '../../packages/gateway/src/flows/send/broadcast.ts'
import {
  addRecipients,
  createBroadcast,
  findBroadcast,
  leaseBroadcast,
  listRecipients,
  moveBroadcast,
  settleUnknown,
} from '../../packages/gateway/src/store/broadcasts.ts'
import { settleRecipients } from '../../packages/gateway/src/store/broadcast-run.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { takeNext } from './broadcast-runs.ts'
import { CHANNEL, onBothEngines } from './engines.ts'
import { draft, phone } from './facts.ts'

const ID = 'brd_1'

async function running(store: Store, people: number, now: number): Promise<void> {
  const message = JSON.stringify({ type: 'text', text: 'Hello' })
  await createBroadcast(store.sql, { channelId: CHANNEL, id: ID, name: null, message, now })
  const recipients = Array.from({ length: people }, (_, i) => ({ contact: phone(i), own: null }))
  await addRecipients(store.sql, CHANNEL, ID, recipients)
  await moveBroadcast(store.sql, CHANNEL, ID, ['preparing'], 'running', now)
}

const counts = async (store: Store): Promise<number[]> => {
  const row = (await findBroadcast(store.sql, CHANNEL, ID))!
  return [row.accepted, row.failed, row.unknown].map(Number)
}

onBothEngines('an ending that is written down twice counts once', async ({ store, clock }) => {
  await running(store, 70, clock.now())
  await leaseBroadcast(store.sql, CHANNEL, ID, { holder: 'a', until: clock.now() + 1000, now: clock.now() })
  let serial = 0
  const taken = await takeNext(store.sql, ID, 70, () => `msg_${++serial}`, clock.now())
  const mine = { channelId: CHANNEL, id: ID, holder: 'a' }
  const endings = taken.map(({ n, tries }) => ({ n, tries, error: null, state: 'accepted' as const }))
  await settleRecipients(store.sql, mine, endings, clock.now())
  await settleRecipients(store.sql, mine, endings, clock.now())
  assert.deepEqual(await counts(store), [70, 0, 0])
  await settleRecipients(store.sql, { ...mine, holder: 'b' }, endings, clock.now())
  assert.deepEqual(await counts(store), [70, 0, 0])
})

onBothEngines(
  'those who look at once for what became of unknown sends count each once',
  async ({ store, node, clock }) => {
    await running(store, 120, clock.now())
    await leaseBroadcast(store.sql, CHANNEL, ID, { holder: 'a', until: clock.now() + 1000, now: clock.now() })
    let serial = 0
    const taken = await takeNext(store.sql, ID, 120, () => `msg_${++serial}`, clock.now())
    const endings = taken.map(({ n, tries }) => ({ n, tries, error: '{}', state: 'unknown' as const }))
    await settleRecipients(store.sql, { channelId: CHANNEL, id: ID, holder: 'a' }, endings, clock.now())
    assert.deepEqual(await counts(store), [0, 0, 120])
    for (const { messageId } of taken) {
      await store.sql.run(
        `insert into messages (channel_id, id, contact_id, direction, type, status, wamid, content, created_at)
       values ($1, $2, 1, 'out', 'text', 'delivered', $3, '{}', 1)`,
        [CHANNEL, messageId, `wamid.${messageId}`],
      )
    }
    const nodes = [store, await node(), await node()]
    const settled = await Promise.all([...nodes, ...nodes].map((one) => settleUnknown(one.sql, CHANNEL, ID)))
    assert.equal(
      settled.reduce((sum, count) => sum + count, 0),
      120,
    )
    assert.deepEqual(await counts(store), [120, 0, 0])
  },
)

onBothEngines('a message that a revived node is sending is not sent under another id', async ({ store, clock }) => {
  await running(store, 1, clock.now())
  const sent: string[] = []
  const broadcaster = createBroadcaster({
    store,
    clock: systemClock,
    log: silentLog,
    holder: 'b',
    channel: () => ({ id: CHANNEL, messagesPerSecond: 80, state: new Map() }) as unknown as Channel,
    follower: { catchUp: async () => {} },
    isMarketing: async () => false,
    rateCard: undefined,
    pollMs: 20,
    sender: {
      async send(_channel, _message, how) {
        const id = how!.id!
        sent.push(id)
        // The node that chose the id before us was not dead, and is first.
        await store.beginMessage({ ...draft({ phone: phone(0) }), id })
        setTimeout(() => {
          const accepted = { channelId: CHANNEL, id, at: clock.now(), status: 'accepted' as const, wamid: 'wamid.1' }
          void store.settleMessage(accepted)
        }, 300)
        await store.beginMessage({ ...draft({ phone: phone(0) }), id })
        throw new Error('not to be reached')
      },
    },
  })
  await broadcaster.start()
  try {
    while ((await findBroadcast(store.sql, CHANNEL, ID))?.state !== 'done')
      await new Promise((resolve) => setTimeout(resolve, 20))
    assert.equal(sent.length, 1)
    assert.deepEqual(await counts(store), [1, 0, 0])
    const [row] = await listRecipients(store.sql, CHANNEL, ID, { states: ['accepted'], afterN: -1, count: 5 })
    assert.deepEqual([row?.message_id, row?.wamid], [sent[0], 'wamid.1'])
  } finally {
    await broadcaster.stop()
  }
})

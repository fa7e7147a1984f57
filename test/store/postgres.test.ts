import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { createVault } from '../../packages/gateway/src/platform/secrets.ts'
import { allChannels, insertChannel } from '../../packages/gateway/src/store/channels.ts'
import { openDirectory } from '../../packages/gateway/src/store/directory.ts'
import type { Notification, Store } from '../../packages/gateway/src/store/store.ts'
import { inWorld, CHANNEL } from './engines.ts'
import { attemptAt, inbound, offerOf, phone, sent, status } from './facts.ts'

/** The next notification of a kind, which must arrive without polling. */
function heard(store: Store, kind: Notification['kind']): Promise<Notification> {
  return new Promise((resolve) => {
    const stop = store.onNotification!((notification) => {
      if (notification.kind !== kind) return
      stop()
      resolve(notification)
    })
  })
}

test('a node is notified of lanes that another node left without a holder', { timeout: 20_000 }, () =>
  inWorld('postgres', async ({ store, node }) => {
    const other = await node()
    await heard(other, 'directory') // it listens now
    const notification = heard(other, 'lanes')
    await store.applyFacts([inbound({ phone: phone(1) })], null)
    assert.deepEqual((await notification) as { endpointIds: number[] }, {
      ...(await notification),
      endpointIds: [CHANNEL],
    })
    assert.equal((await other.claimLanes(CHANNEL, 10, offerOf('n2'))).length, 1)
  }),
)

test('a node is notified of a changed channel at once', { timeout: 20_000 }, () =>
  inWorld('postgres', async ({ store, node, clock }) => {
    const vault = createVault(new Uint8Array(32).fill(7))
    const other = await node()
    await heard(other, 'directory')
    const directory = await openDirectory({ store: other, vault, clock, log: silentLog })
    const notification = heard(other, 'directory')
    await insertChannel(
      store.sql,
      vault,
      { name: 'New', business_phone: '1', phone_number_id: '2', waba_id: '3', access_token: 't' },
      clock.now(),
    )
    await notification
    await directory.refresh()
    assert.equal(directory.channels().length, (await allChannels(store.sql, vault, clock.now())).length)
    assert.ok(directory.byPhoneNumberId('2'))
    directory.stop()
  }),
)

test('on a fresh database every hot statement uses its key from the first batch on', { timeout: 60_000 }, () =>
  inWorld('postgres', async ({ store, clock, reopen }) => {
    const now = clock.now()
    for (let round = 0; round < 4; round++) {
      await Promise.all(
        Array.from({ length: 150 }, async (_, i) => {
          const contact = { phone: phone(i), userId: `u${i}` }
          const message = await sent(store, { phone: phone(i) })
          const applied = await store.applyFacts(
            [status('sent', message, contact), status('read', message, contact), inbound(contact)],
            offerOf('n1'),
          )
          for (const lane of applied.leased) await store.recordAttempt(attemptAt(lane, 'n1', now, 'delivered'))
        }),
      )
    }
    // Closing the sessions flushes their counts.
    const again = await reopen()
    const tables = await again.sql.all<{ name: string; read: number }>(
      `select relname as name, seq_tup_read as read from pg_stat_user_tables
       where relname in ('messages', 'lanes', 'contacts', 'contact_keys') or relname like 'events\\_%'`,
    )
    assert.equal(tables.length, 4 + 3, 'events are those of this month and the two ahead')
    for (const table of tables) assert.equal(table.read, 0, `${table.name} was read from end to end`)
    const indexes = await again.sql.all<{ name: string; scans: number; read: number }>(
      `select indexrelname as name, idx_scan as scans, idx_tup_read as read from pg_stat_user_indexes where idx_scan > 100`,
    )
    assert.ok(indexes.length >= 5, JSON.stringify(indexes))
    // A lane may have sixteen events read at once; no other statement reads more than a few.
    for (const { name, scans, read } of indexes) assert.ok(read / scans < 12, `${name}: ${read} rows in ${scans} scans`)
  }),
)

test('many busy nodes wait for one another without a deadlock', { timeout: 60_000 }, () =>
  inWorld('postgres', async ({ store, node, clock }) => {
    const nodes = [store, await node(), await node()]
    const now = clock.now()
    const people = Array.from({ length: 30 }, (_, i) => ({ phone: phone(i), userId: `u${i}` }))
    await store.applyFacts(
      people.map((contact) => inbound(contact)),
      null,
    )
    for (let round = 0; round < 15; round++) {
      const messages = await Promise.all(people.map((contact, i) => sent(nodes[i % 3]!, { phone: contact.phone })))
      const work = nodes.flatMap((one, n) =>
        messages.map(async (message, i) => {
          const at = (i * 7 + n * 11) % people.length
          const facts = [status('sent', messages[at]!, people[at]!), inbound(people[(at + 5) % people.length]!)]
          const applied = await one.applyFacts(facts, offerOf(`n${n}`))
          for (const lane of applied.leased) await one.recordAttempt(attemptAt(lane, `n${n}`, now, 'delivered'))
          await one.settleMessage({
            channelId: CHANNEL,
            id: message.id,
            at: now,
            status: 'accepted',
            wamid: message.wamid,
          })
        }),
      )
      await Promise.all(work)
    }
    const [row] = await store.sql.all<{ deadlocks: number }>(
      'select deadlocks from pg_stat_database where datname = current_database()',
    )
    assert.equal(row?.deadlocks, 0)
  }),
)

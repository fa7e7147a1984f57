import assert from 'node:assert/strict'
import { entryOf, listInbox, type InboxFilter, type Place } from '../../packages/gateway/src/flows/contacts/inbox.ts'
import {
  changeNotes,
  changeReply,
  contactsAssigned,
  contactsWithWish,
  insertReply,
  lookAtWaiting,
  markSeen,
  notesOf,
  removeReply,
  savedReplies,
  settleConversation,
} from '../../packages/gateway/src/store/conversations.ts'
import { contactById } from '../../packages/gateway/src/store/search.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { CHANNEL, onBothEngines, OTHER } from './engines.ts'
import { draft, inbound, phone } from './facts.ts'
import { recorded, scanned } from './scans.ts'

const BOTH = { channelIds: [CHANNEL, OTHER] }

const hears = (store: Store, n: number, more: Parameters<typeof inbound>[1] = {}) =>
  store.applyFacts([inbound({ phone: phone(n), name: `P${n}` }, more)], null)
const sends = async (store: Store, n: number, at: number, more: object = {}) => {
  assert.equal(await store.beginMessage(draft({ phone: phone(n) }, { createdAt: at, ...more })), undefined)
}
/** The names of all pages. */
async function listed(store: Store, filter: InboxFilter = BOTH, count = 2): Promise<string[]> {
  const names: string[] = []
  let from: Place | undefined
  do {
    const { entries, next } = await listInbox(store.sql, filter, { from, count })
    for (const { row, standing } of entries) names.push(`${row.phone!.slice(-1)}${standing.unread || ''}`)
    from = next
  } while (from)
  return names
}

onBothEngines('who waits comes first, and what a program sends to all moves nobody', async ({ store, clock }) => {
  const tick = () => clock.advance(1_000)
  for (const n of [1, 2, 3]) {
    await hears(store, n)
    tick()
  }
  await hears(store, 4, { channelId: OTHER })
  tick()
  assert.deepEqual(await listed(store), ['41', '31', '21', '11'])
  await sends(store, 3, clock.now())
  tick()
  await sends(store, 1, clock.now(), { type: 'template' })
  await sends(store, 5, clock.now(), { type: 'template' })
  tick()
  assert.deepEqual(await listed(store), ['41', '21', '11', '3', '5'])
  assert.deepEqual(await listed(store, { channelIds: [CHANNEL], waiting: true }), ['21', '11'])

  await hears(store, 2)
  await hears(store, 3)
  assert.deepEqual(await listed(store), ['31', '41', '22', '11', '5'])
  const two = (await listInbox(store.sql, BOTH, { count: 3 })).entries[2]!
  await markSeen(store.sql, CHANNEL, Number(two.row.id), two.last!.id)
  await markSeen(store.sql, CHANNEL, Number(two.row.id), 'msg_00000000000000000000000000')
  assert.deepEqual(await listed(store, { ...BOTH, unread: true }), ['31', '41', '11'])
  await settleConversation(store.sql, CHANNEL, Number(two.row.id))
  assert.deepEqual(await listed(store), ['31', '41', '11', '2', '5'])
})

onBothEngines('only what a contact writes to us waits', async ({ store, clock }) => {
  await hears(store, 1, { type: 'reaction' })
  await hears(store, 2, { standby: 'deliver' })
  await hears(store, 3, { origin: 'history' })
  await hears(store, 4, { changes: 'wamid.x' })
  await hears(store, 5, { sent: 'sent', origin: 'app', opensWindow: false })
  assert.deepEqual(await listed(store, { ...BOTH, waiting: true }), [])
  await hears(store, 6)
  clock.advance(10)
  // The owner answers from the phone.
  await hears(store, 6, { sent: 'sent', origin: 'app', opensWindow: false })
  assert.deepEqual(await listed(store, { ...BOTH, waiting: true }), [])
})

onBothEngines('a look in the background finds the answers, and goes on where it ended', async ({ store, clock }) => {
  for (const n of [1, 2, 3]) {
    await hears(store, n)
    clock.advance(1_000)
  }
  for (const n of [1, 3]) await sends(store, n, clock.now())
  const flagged = async () =>
    (await store.sql.all<{ phone: string }>('select phone from contacts where waiting_since is not null')).map((row) =>
      row.phone.slice(-1),
    )
  const place = await lookAtWaiting(store.sql, CHANNEL, { since: 0, id: 0 }, 2)
  assert.deepEqual(await flagged(), ['2', '3'])
  assert.equal(await lookAtWaiting(store.sql, CHANNEL, place!, 2), undefined)
  assert.deepEqual(await flagged(), ['2'])
})

onBothEngines('notes stay with the person over a merge, and filters find them', async ({ store, clock }) => {
  const { sql } = store
  await store.applyFacts([inbound({ phone: phone(1) }), inbound({ userId: 'US.1' })], null)
  const [first, second] = (await sql.all<{ id: number }>('select id from contacts order by id')).map((row) =>
    Number(row.id),
  )
  await changeNotes(sql, CHANNEL, first!, { note: 'tall', assignee: 'usr_a' })
  await changeNotes(sql, CHANNEL, second!, { note: 'dark', labels: ['vip'] })
  await store.applyFacts([inbound({ phone: phone(1), userId: 'US.1' })], null)
  const left = (await sql.all<{ id: number }>('select id from contacts where merged_into is null')).map((row) =>
    Number(row.id),
  )
  assert.equal(left.length, 1)
  const notes = await notesOf(sql, CHANNEL, left[0]!)
  assert.deepEqual(
    [notes.note!.split('\n').toSorted(), notes.labels, notes.assignee],
    [['dark', 'tall'], ['vip'], 'usr_a'],
  )
  assert.equal((await sql.all('select 1 from conversations')).length, 1)
  assert.deepEqual(await listed(store, { ...BOTH, assignee: 'usr_a' }), ['13'])
  assert.deepEqual(await listed(store, { ...BOTH, assignee: null }), [])
  assert.deepEqual(await listed(store, { ...BOTH, openAt: Date.UTC(2026, 8, 1) + 1_000 }), ['13'])
  assert.deepEqual(await listed(store, { ...BOTH, openAt: Date.UTC(2026, 8, 3) }), [])
  assert.deepEqual(await listed(store, { ...BOTH, optedOut: true }), [])
  await store.applyFacts(
    [inbound({ phone: phone(1) }, { state: { marketing: { state: 'stopped', at: clock.now(), by: 'contact' } } })],
    null,
  )
  assert.deepEqual(await listed(store, { ...BOTH, optedOut: true }), ['14'])
})

onBothEngines('no part of the inbox reads a table from end to end', async ({ engine, store, clock }) => {
  for (let n = 0; n < 9; n++) await hears(store, n)
  for (const n of [1, 2, 3]) await sends(store, n, clock.now())
  const { sql, asked } = recorded(store.sql)
  const filters: Partial<InboxFilter>[] = [
    {},
    { optedOut: true },
    { assignee: 'usr_a' },
    { unread: true },
    { openAt: 1 },
  ]
  for (const filter of filters) await listInbox(sql, { ...BOTH, ...filter }, { count: 100 })
  await contactsWithWish(sql, CHANNEL, 10, 10)
  await contactsAssigned(sql, CHANNEL, { assignee: 'usr_a', beforeId: 10, count: 10 })
  await changeNotes(sql, CHANNEL, 1, { note: 'x' })
  await markSeen(sql, CHANNEL, 1, 'msg_1')
  await settleConversation(sql, CHANNEL, 1)
  await entryOf(sql, (await contactById(sql, CHANNEL, 1))!)
  await lookAtWaiting(sql, CHANNEL, { since: 0, id: 0 }, 5)
  const found: string[] = []
  for (const [text, params] of asked)
    for (const table of await scanned(engine, store.sql, text, params)) found.push(`${table}: ${text}`)
  assert.deepEqual(found, [])
  assert.ok(asked.size >= 12, String(asked.size))
})

onBothEngines('saved replies are kept by name', async ({ store: { sql } }) => {
  assert.equal(await insertReply(sql, { id: 'b', name: 'B', text: 'bee' }, 1), true)
  assert.equal(await insertReply(sql, { id: 'a', name: 'A', text: 'ay' }, 1), true)
  assert.equal(await changeReply(sql, { id: 'b', name: '0', text: 'zero' }, 2), true)
  assert.deepEqual(
    (await savedReplies(sql)).map(({ name, text }) => [name, text]),
    [
      ['0', 'zero'],
      ['A', 'ay'],
    ],
  )
  assert.equal(await removeReply(sql, 'b'), true)
  assert.equal(await removeReply(sql, 'b'), false)
})

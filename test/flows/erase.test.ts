import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { quarantine } from '../../packages/gateway/src/store/quarantine.ts'
import { startWorld, type World } from '../support/world.ts'

const [PHONE, OTHER] = DEMO.phones
const path = (contact: string): string => `/admin/channels/1/contacts/${contact}`

/** The whole content of the store as text, to search for traces. */
async function everything(world: World): Promise<string> {
  const tables = [
    'messages',
    'events',
    'attempts',
    'contacts',
    'contact_keys',
    'lanes',
    'idempotency',
    'broadcast_recipients',
    'scheduled_sends',
    'erasures',
  ]
  const { sql } = world.gateway.store
  const rows = await Promise.all(tables.map((table) => sql.all(`select * from ${table}`)))
  const bodies = await sql.all<{ body: Uint8Array }>('select body from quarantine')
  return JSON.stringify([rows, bodies.map(({ body }) => Buffer.from(body).toString('utf8'))])
}

test('a contact is erased under all names, others stay, and a proof without a name is kept', async () => {
  await using world = await startWorld()
  const phone = world.sandbox.phone(PHONE)
  await phone.says('my address is 12 Baker Street')
  await world.send({ to: PHONE, type: 'text', text: 'thank you, noted' })
  await world.customer(
    'POST',
    '/external/messages/whatsapp',
    { to: PHONE, type: 'text', text: 'and more' },
    { 'idempotency-key': 'k' },
  )
  phone.reads()
  await world.send({ to: OTHER, type: 'text', text: 'for somebody else' })
  await world.sandbox.settled()
  await world.receiver.until(() => world.receiver.received.length >= 9, 'all callbacks')
  const userId = (await world.gateway.store.sql.get<{ user_id: string }>(
    'select user_id from contacts where phone = $1',
    [PHONE],
  ))!.user_id
  for (const [from, words] of [
    [PHONE, 'for a number that was removed'],
    [userId, 'from somebody who hides their number'],
    [`${PHONE}9`, 'of somebody whose number begins alike'],
  ]) {
    const body = Buffer.from(JSON.stringify({ from, text: { body: words } }))
    await quarantine(world.gateway.store.sql, { reason: 'unknown_number', detail: '', body, now: 1 })
  }
  const before = await everything(world)
  for (const trace of ['that was removed', 'hides their number', PHONE, userId, 'Baker Street'])
    assert(before.includes(trace), `${trace} is there to be erased`)

  const answer = await world.admin('DELETE', path(userId))
  assert.equal(answer.http, 200)
  const { counts, erasure_id: id } = answer.data as { counts: Record<string, number>; erasure_id: string }
  assert.equal(counts.messages, 3)
  assert(counts.events! >= 7, JSON.stringify(counts))
  assert.deepEqual([counts.contacts, counts.names, counts.idempotency_keys, counts.quarantined], [1, 2, 1, 2])

  const after = (await everything(world)).replace(`${PHONE}9`, '')
  for (const trace of [PHONE, userId, 'Baker Street', 'noted', 'that was removed', 'hides their number'])
    assert(!after.includes(trace), `${trace} is still there`)
  assert(after.includes('begins alike'))
  assert(after.includes('for somebody else'))

  const proofs = await world.admin('GET', '/admin/erasures')
  assert.deepEqual(
    (proofs.data as { erasure_id: string; counts: unknown }[]).map((proof) => [proof.erasure_id, proof.counts]),
    [[id, counts]],
  )
  assert.equal((await world.admin('DELETE', path(PHONE))).http, 404, 'nobody is known by that number now')

  await phone.says('hello again')
  await world.receiver.gets({ event: 'new_message' })
  assert.equal((await world.admin('DELETE', path(`+${PHONE}`))).http, 200, 'who writes again is known again')
})

test('merged contacts are erased as one, also after an interrupted erasure', async () => {
  await using world = await startWorld()
  const { sql } = world.gateway.store
  await world.sandbox.phone(PHONE).says('hello')
  await world.receiver.gets({ event: 'new_message' })
  const { id } = (await sql.get<{ id: number }>('select id from contacts where phone = $1', [PHONE]))!
  await sql.run(`insert into contacts (channel_id, phone, created_at, merged_into) values (1, '777000111', 0, $1)`, [
    id,
  ])
  const merged = (await sql.get<{ id: number }>(`select id from contacts where phone = '777000111'`))!.id
  await sql.run(
    `insert into events (channel_id, contact_id, kind, body, created_at) values (1, $1, 'new_message', '"777000111"', 0)`,
    [merged],
  )
  // As if the process had crashed in the middle.
  await sql.run('delete from messages where contact_id = $1', [id])
  const answer = await world.admin('DELETE', path(PHONE))
  const { counts } = answer.data as { counts: Record<string, number> }
  assert.equal(counts.contacts, 2)
  const left = await everything(world)
  assert(!left.includes('777000111') && !left.includes(PHONE))
})

test('channels and contacts that do not exist', async () => {
  await using world = await startWorld({ webhook: false })
  for (const [target, what] of [
    ['/admin/channels/99/contacts/85268411234', 'channel'],
    ['/admin/channels/x/contacts/85268411234', 'channel'],
    ['/admin/channels/1/contacts/999', 'contact'],
    ['/admin/channels/1/contacts/US.1', 'contact'],
  ] as const) {
    const answer = await world.admin('DELETE', target)
    assert.deepEqual([answer.http, answer.message.includes(what)], [404, true], target)
  }
})

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '../support/world.ts'

type Row = {
  contact_id: number
  phone: string
  unread: number
  waiting_since: number | null
  last: { type: string; direction: string; reference: string } | null
  labels: string[]
  note?: string | null
}
type List = { conversations: Row[]; next_id: string | null }

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.stop())

const [ANN, BOB, CAT] = ['16505550001', '16505550002', '16505550003']
const list = async (query = ''): Promise<Row[]> =>
  ((await world.admin('GET', `/admin/conversations?${query}`)).data as List).conversations
const phones = async (query = ''): Promise<string[]> => (await list(query)).map((row) => row.phone)
const rowOf = async (phone: string): Promise<Row> => (await list()).find((row) => row.phone === phone)!
const at = async (phone: string, more = ''): Promise<string> =>
  `/admin/conversations/1/${(await rowOf(phone)).contact_id}${more}`
const write = async (phone: string, text: string): Promise<void> => {
  await world.sandbox.phone(phone).says(text)
  await world.receiver.gets({ event: 'new_message' })
}

test('who wrote waits, is unread until a user opens it, and is answered by a reply', async () => {
  await write(ANN, 'hello')
  await write(BOB, 'are you open?')
  assert.deepEqual(await phones(), [BOB, ANN])
  const bob = await rowOf(BOB)
  assert.equal(bob.unread, 1)
  assert.ok(bob.waiting_since! > 1_700_000_000)
  const { http } = await world.admin('POST', await at(BOB, '/seen'), { reference: bob.last!.reference })
  assert.equal(http, 200)
  assert.equal((await rowOf(BOB)).unread, 0)
  assert.deepEqual(await phones('unread=true'), [ANN])
  assert.deepEqual(await phones('waiting=true&channels=1'), [BOB, ANN])

  // A template of a program is no answer, a reply is.
  const template = { to: BOB, type: 'template', template: { name: 'hello_world', language: { code: 'en_US' } } }
  assert.equal((await world.customer('POST', '/external/messages/whatsapp', template)).http, 200)
  assert.deepEqual(await phones(), [BOB, ANN])
  assert.equal((await rowOf(BOB)).last!.direction, 'inbound')
  await world.send({ to: BOB, type: 'text', text: { body: 'yes' } })
  assert.deepEqual(await phones('waiting=true'), [ANN])
  assert.deepEqual(await phones(), [ANN, BOB])
})

test('a template that a user sends in the console is an answer, and done ends the wait, too', async () => {
  await write(CAT, 'one question')
  const template = { to: CAT, type: 'template', template: { name: 'hello_world', language: { code: 'en_US' } } }
  assert.equal((await world.admin('POST', '/admin/channels/1/messages', template)).http, 200)
  assert.deepEqual(await phones('waiting=true'), [ANN])
  await world.admin('POST', await at(ANN, '/done'))
  assert.deepEqual(await phones('waiting=true'), [])
  assert.deepEqual(await phones('window=open'), [CAT, BOB, ANN])
})

test('notes and labels are kept, are in no log, and go with the person', async () => {
  const path = await at(ANN)
  const changed = await world.admin('PATCH', path, { note: 'a very private note', labels: ['vip', 'vip', 'lunch'] })
  assert.deepEqual(
    [(changed.data as Row).note, (changed.data as Row).labels],
    ['a very private note', ['vip', 'lunch']],
  )
  await world.admin('PATCH', path, { note: null })
  assert.deepEqual((await list(`q=${ANN}`))[0]!.labels, ['vip', 'lunch'])
  const log = await world.admin('GET', '/admin/audit?count=100')
  assert.ok(JSON.stringify(log.data).includes('adminChangeConversation'))
  assert.ok(!JSON.stringify(log.data).includes('very private'))
  const nobody = await world.admin('PATCH', path, { assignee: 'usr_01KB1N6QH8ZS5V7X2Y4T6R8P0M' })
  assert.equal(nobody.http, 422)
  await world.admin('DELETE', `/admin/channels/1/contacts/${ANN}`)
  assert.equal((await world.gateway.store.sql.all('select 1 from conversations where labels is not null')).length, 0)
})

test('a conversation is assigned to a user who may answer, and found by it', async () => {
  const invite = async (role: string): Promise<string> =>
    (
      (await world.admin('POST', '/admin/users', { email: `${role}@shop.example`, name: role, role })).data as {
        user_id: string
      }
    ).user_id
  const [agent, viewer] = [await invite('agent'), await invite('viewer')]
  const people = (await world.admin('GET', '/admin/conversations/assignees')).data as { user_id: string }[]
  assert.deepEqual(people, [{ user_id: agent, name: 'agent' }])
  assert.equal((await world.admin('PATCH', await at(BOB), { assignee: viewer })).http, 422)
  const { data } = await world.admin('PATCH', await at(BOB), { assignee: agent })
  assert.deepEqual((data as { assignee: object }).assignee, { user_id: agent, name: 'agent' })
  assert.deepEqual(await phones(`assignee=${agent}`), [BOB])
  assert.deepEqual(await phones('assignee=none'), [CAT])
})

test('saved replies belong to the installation', async () => {
  const made = await world.admin('POST', '/admin/saved-replies', { name: 'Hours', text: 'From 9 to 18.' })
  assert.equal(made.http, 201)
  const { id } = made.data as { id: string }
  await world.admin('PUT', `/admin/saved-replies/${id}`, { name: 'Hours', text: 'From 10 to 18.' })
  assert.deepEqual((await world.admin('GET', '/admin/saved-replies')).data, [
    { id, name: 'Hours', text: 'From 10 to 18.' },
  ])
  assert.equal((await world.admin('DELETE', `/admin/saved-replies/${id}`)).http, 200)
  assert.equal((await world.admin('DELETE', `/admin/saved-replies/${id}`)).http, 404)
})

test('pages continue where the one before ended, in each part of the list', async () => {
  await write(ANN, 'back again')
  let query = 'count=1'
  const found: string[] = []
  for (let page = 0; page < 9; page++) {
    const { conversations, next_id: next } = (await world.admin('GET', `/admin/conversations?${query}`)).data as List
    found.push(...conversations.map((row) => row.phone))
    if (next === null) break
    query = `count=1&last_id=${next}`
  }
  assert.deepEqual(found, [ANN, CAT, BOB])
  assert.equal((await world.admin('GET', '/admin/conversations?last_id=x')).http, 422)
  assert.equal((await world.admin('GET', '/admin/conversations?channels=1,99')).http, 404)
})

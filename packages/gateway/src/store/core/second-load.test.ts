import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOTHING } from '../../../../../test/support/core-book.ts'
import { Keys } from './keys.ts'
import type { Contact, ContactKey, Lane, Message } from './rows.ts'
import { extended, type Snapshot } from './working-set.ts'

const contact = (id: number, more: Partial<Contact> = {}): Contact => ({
  id,
  channelId: 1,
  phone: null,
  userId: null,
  name: null,
  lastInboundAt: null,
  mergedInto: null,
  parentId: null,
  username: null,
  state: null,
  idleAt: null,
  waitingSince: null,
  ...more,
})
const key = (text: string, contactId: number): ContactKey => ({ channelId: 1, key: text, contactId })
const lane = (contactId: number, cursor: number): Lane =>
  ({ endpointId: 7, channelId: 1, contactId, cursor }) as unknown as Lane
const message = (id: string): Message => ({ channelId: 1, id, contactId: 1 }) as unknown as Message

const snapshot = (more: Partial<Snapshot> = {}): Snapshot => ({ ...NOTHING, now: 1000, asked: new Keys(), ...more })

test('the rows of both loads are there, the later one where both have it, at the time of the first', () => {
  const first = snapshot({
    contacts: [contact(1, { name: 'before' }), contact(2)],
    messages: [message('m1')],
    lanes: [lane(1, 5)],
    seen: [{ channelId: 1, key: 'k' }],
  })
  const more = snapshot({
    now: 2000,
    contactIds: [9],
    contacts: [contact(1, { name: 'after' }), contact(3)],
    messages: [message('m2')],
    lanes: [lane(3, 0)],
  })
  const asked = new Keys()
  const both = extended(first, more, asked)!
  assert.equal(both.asked, asked)
  assert.equal(both.now, 1000)
  assert.deepEqual(both.contactIds, [9])
  assert.deepEqual(
    both.contacts.map(({ id, name }) => [id, name]),
    [
      [1, 'after'],
      [2, null],
      [3, null],
    ],
  )
  assert.deepEqual(
    both.messages.map(({ id }) => id),
    ['m1', 'm2'],
  )
  assert.deepEqual(
    both.lanes.map(({ contactId }) => contactId),
    [1, 3],
  )
  assert.deepEqual(both.seen, first.seen)
})

test('a name that a contact has lost between the loads leads to nobody; other names stay', () => {
  const askedWhole = new Keys()
  askedWhole.contact(1, 1, true)
  const first = snapshot({ keys: [key('p:1', 1), key('u:lost', 1), key('p:2', 2)] })
  const more = snapshot({ asked: askedWhole, contacts: [contact(1)], keys: [key('p:1', 1), key('u:new', 1)] })
  assert.deepEqual(
    extended(first, more, new Keys())!
      .keys.map(({ key: text, contactId }) => `${text} ${contactId}`)
      .sort(),
    ['p:1 1', 'p:2 2', 'u:new 1'],
  )
})

test('a name that went to another contact between the loads leads to that one', () => {
  const first = snapshot({ keys: [key('p:1', 1)] })
  const more = snapshot({ keys: [key('p:1', 2)] })
  assert.deepEqual(extended(first, more, new Keys())!.keys, [key('p:1', 2)])
})

test('a contact that was merged between the loads makes the first load worthless', () => {
  const first = snapshot({ keys: [key('p:1', 1)], messages: [message('m1')] })
  assert.equal(extended(first, snapshot({ contacts: [contact(1, { mergedInto: 2 })] }), new Keys()), undefined)
})

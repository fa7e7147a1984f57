import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accepted, begin, Book, facts, settled, status, wrote } from '../../../../../test/support/core-book.ts'
import { LADDER, type MessageStatus } from '../../domain/messages/status.ts'
import { WINDOW_MS } from '../../domain/messages/window.ts'
import type { Applied } from '../store.ts'
import type { Operation } from './operations.ts'

const CONTACT = { phone: '15550000001' }
const of = (word: MessageStatus): Operation => facts(status(word, 'w', 'm', CONTACT))

// The operations on an outbound message, in order; its final status, and the number of delivered statuses.
const COURSES: [title: string, what: Operation[], stands: MessageStatus, told: number][] = [
  ['an answer, then statuses', [accepted('m', 'w'), of('sent'), of('delivered'), of('read')], 'read', 3],
  ['statuses in the wrong order', [accepted('m', 'w'), of('read'), of('delivered'), of('sent')], 'read', 3],
  ['a status before the answer', [of('delivered'), accepted('m', 'w')], 'delivered', 1],
  ['a status that comes twice', [accepted('m', 'w'), of('sent'), of('sent')], 'sent', 1],
  ['a failure after hope', [accepted('m', 'w'), of('sent'), of('failed')], 'failed', 2],
  ['a failure after evidence', [accepted('m', 'w'), of('delivered'), of('failed')], 'delivered', 2],
  ['a lost answer that a status settles', [settled('m', 'unknown'), of('sent')], 'sent', 1],
  ['a lost answer that comes late', [settled('m', 'unknown'), accepted('m', 'w')], 'accepted', 0],
  ['a refusal', [settled('m', 'failed')], 'failed', 0],
  ['a refusal that is told twice', [settled('m', 'failed'), settled('m', 'failed')], 'failed', 0],
  ['a refusal after a status', [of('sent'), settled('m', 'failed')], 'sent', 1],
  ['an answer that is told twice', [accepted('m', 'w'), of('read'), accepted('m', 'w')], 'read', 1],
]

for (const [title, what, stands, told] of COURSES)
  for (const batches of ['one by one', 'at once'] as const)
    test(`${title}, ${batches}: ${stands}`, () => {
      const book = new Book()
      book.one(begin('m', CONTACT))
      if (batches === 'at once') book.batch(what)
      else for (const operation of what) book.one(operation)
      const { messages, events } = book.rows()
      assert.deepEqual([messages.length, messages[0]!.status, events.length], [1, stands, told])
    })

test('a status never moves a message down, whatever came before', () => {
  const words = LADDER.filter((word) => word !== 'sending' && word !== 'unknown' && word !== 'accepted')
  for (const first of words)
    for (const second of words) {
      const book = new Book()
      for (const operation of [begin('m', CONTACT), accepted('m', 'w'), of(first), of(second)]) book.one(operation)
      const higher = LADDER.indexOf(first) > LADDER.indexOf(second) ? first : second
      assert.equal(book.rows().messages[0]!.status, higher, `${first}, then ${second}`)
    }
})

test('a message of another program is listed, and becomes ours when the answer says so', () => {
  const book = new Book()
  book.one(begin('m', CONTACT))
  book.one(facts(status('sent', 'w', undefined, CONTACT)))
  assert.deepEqual(
    book
      .rows()
      .messages.map((row) => row.type)
      .sort(),
    ['foreign', 'text'],
  )
  assert.equal(book.one(accepted('m', 'w')), true)
  const [row, ...others] = book.rows().messages
  assert.deepEqual([row!.id, row!.status, row!.wamid, others.length], ['m', 'sent', 'w', 0])
})

test('a status with the wamid only becomes ours with the first status that has our id, and is not delivered again', () => {
  const book = new Book()
  book.one(begin('m', CONTACT))
  book.one(facts(status('sent', 'w', undefined, CONTACT)))
  const { events, duplicates } = book.one<Applied>(
    facts(status('sent', 'w', 'm', CONTACT), status('delivered', 'w', 'm', CONTACT)),
  )
  assert.deepEqual([events, duplicates], [1, 1])
  const [row, ...others] = book.rows().messages
  assert.deepEqual([row!.id, row!.status, row!.wamid, others.length], ['m', 'delivered', 'w', 0])
})

test('a wamid of another message of ours is refused, and does not affect other operations', () => {
  const book = new Book()
  for (const id of ['m', 'n', 'o']) book.one(begin(id, CONTACT))
  book.one(accepted('m', 'w'))
  const { answers } = book.batch([accepted('n', 'w'), accepted('o', 'v')])
  assert.deepEqual(
    answers.map((answer) => answer.ok),
    [false, true],
  )
  assert.deepEqual(
    book.rows().messages.map((row) => [row.id, row.status, row.wamid]),
    [
      ['m', 'accepted', 'w'],
      ['n', 'sending', null],
      ['o', 'accepted', 'v'],
    ],
  )
})

test('the result of an unknown message has no effect', () => {
  const book = new Book()
  assert.equal(book.one(accepted('none', 'w')), false)
  assert.equal(book.one(settled('none', 'failed')), false)
})

test('the same message, status or notice is delivered once', () => {
  const book = new Book()
  const twice = facts(wrote(CONTACT, 'in'), wrote(CONTACT, 'in'), status('sent', 'w', undefined, CONTACT))
  const first = book.one<Applied>(twice)
  const again = book.one<Applied>(twice)
  assert.deepEqual([first.events, first.duplicates, again.events, again.duplicates], [2, 1, 0, 3])
  assert.equal(book.rows().events.length, 2)
})

// The time of the contact's last message, the age of the channel, and whether a send is allowed at `now`.
const now = 10 * WINDOW_MS
const WINDOWS: [title: string, wroteAt: number | undefined, channelCreatedAt: number, verdict: 'goes' | 'closed'][] = [
  ['wrote an hour ago', now - 3_600_000, 0, 'goes'],
  ['wrote a day and a second ago', now - WINDOW_MS - 1_000, 0, 'closed'],
  ['wrote nearly a day ago, which a send may not reach', now - WINDOW_MS + 4_000, 0, 'closed'],
  ['never wrote', undefined, 0, 'closed'],
  ['never wrote to a channel that is new', undefined, now - 1_000, 'goes'],
]
for (const [title, wroteAt, channelCreatedAt, verdict] of WINDOWS)
  test(`the window of a contact who ${title}: ${verdict}`, () => {
    const book = new Book()
    if (wroteAt !== undefined) book.one(facts(wrote(CONTACT, 'in', { at: wroteAt })))
    const answer = book.one<{ state: string } | undefined>(begin('m', CONTACT, { channelCreatedAt }, now))
    assert.equal(answer?.state ?? 'goes', verdict)
    assert.equal(
      book.rows().messages.some((row) => row.id === 'm'),
      verdict === 'goes',
    )
  })

test('a late message opens the window until 24 hours after its own time, and closes none', () => {
  const book = new Book()
  book.one(facts(wrote(CONTACT, 'new', { at: 5_000 }), wrote(CONTACT, 'old', { at: 1_000 })))
  assert.equal(book.rows().contacts[0]!.lastInboundAt, 5_000)
})

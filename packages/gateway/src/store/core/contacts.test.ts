import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accepted, begin, Book, claim, facts, status, wrote } from '../../../../../test/support/core-book.ts'
import type { LeasedLane, ContactIdentity } from '../store.ts'
import type { Operation } from './operations.ts'

const P1 = '15550000001'
const P2 = '15550000002'
const U1 = 'US.1'
const U2 = 'US.2'

let serial = 0
const of = (identity: ContactIdentity): Operation => facts(wrote(identity, `in.${++serial}`))
const note = (before: ContactIdentity, becomes: ContactIdentity): Operation =>
  facts(wrote(before, `in.${++serial}`, { type: 'system', opensWindow: false, becomes } as never))

// The sightings, in order; and the contacts that are known afterwards, each by its names.
const SEEN: [title: string, what: Operation[], people: string[]][] = [
  ['a number twice', [of({ phone: P1 }), of({ phone: P1 })], [`p:${P1}`]],
  ['two numbers', [of({ phone: P1 }), of({ phone: P2 })], [`p:${P1}`, `p:${P2}`]],
  ['a number, then its id', [of({ phone: P1 }), of({ phone: P1, userId: U1 })], [`p:${P1} u:${U1}`]],
  [
    'a number, an id, and then both',
    [of({ phone: P1 }), of({ userId: U1 }), of({ phone: P1, userId: U1 })],
    [`p:${P1} u:${U1}`],
  ],
  [
    'two ids of one number: it is whose it was last',
    [of({ phone: P1, userId: U1 }), of({ phone: P1, userId: U2 })],
    [`p:${P1} u:${U2}`, `u:${U1}`],
  ],
  ['a new number', [of({ phone: P1, userId: U1 }), note({ phone: P1 }, { phone: P2 })], [`p:${P1} p:${P2} u:${U1}`]],
  ['a new id', [of({ userId: U1 }), of({ userId: U2 }), note({ userId: U1 }, { userId: U2 })], [`u:${U1} u:${U2}`]],
  [
    'a send to a number, answered with an id',
    [begin('m', { phone: P1 }), accepted('m', 'w', { userId: U1 })],
    [`p:${P1} u:${U1}`],
  ],
  [
    'a send to a number whose id is known apart',
    [of({ userId: U1 }), begin('m', { phone: P1 }), accepted('m', 'w', { userId: U1 })],
    [`p:${P1} u:${U1}`],
  ],
  [
    'a send to a number, whose status names an id that is known apart',
    [
      of({ userId: U1 }),
      begin('m', { phone: P1 }),
      accepted('m', 'w'),
      facts(status('sent', 'w', 'm', { userId: U1 })),
    ],
    [`p:${P1} u:${U1}`],
  ],
]

for (const [title, what, people] of SEEN)
  for (const batches of ['one by one', 'at once'] as const)
    test(`${title}, ${batches}`, () => {
      const book = new Book()
      if (batches === 'at once') for (const answer of book.batch(what).answers) assert(answer.ok)
      else for (const operation of what) book.one(operation)
      const { contacts, keys, lanes, messages } = book.rows()
      const known = contacts.filter((contact) => contact.mergedInto === null)
      const names = known.map((contact) =>
        keys
          .filter(([, id]) => id === contact.id)
          .map(([place]) => place.split(' ')[1]!)
          .sort()
          .join(' '),
      )
      assert.deepEqual(names.sort(), people.toSorted())
      const ids = new Set(known.map((contact) => contact.id))
      for (const { contactId } of [...lanes, ...messages])
        assert(ids.has(contactId), 'what was of a joined contact moved')
    })

test('two merged contacts: all events continue in one lane, in their stored order, and are counted once', () => {
  for (const batches of ['one by one', 'at once'] as const) {
    const book = new Book()
    const what = [
      of({ phone: P1 }),
      of({ userId: U1 }),
      of({ phone: P1 }),
      of({ userId: U1, phone: P1 }),
      of({ phone: P1 }),
    ]
    if (batches === 'at once') book.batch(what)
    else for (const operation of what) book.one(operation)
    const [lane, ...others] = book.one<LeasedLane[]>(claim('h'))
    assert.deepEqual(others, [])
    assert.deepEqual(
      lane!.events.map((event) => event.seq),
      [1, 2, 3, 4, 5],
      batches,
    )
    assert.deepEqual(book.rows().counts, [{ endpointId: 1, pending: 5, dead: 0 }])
  }
})

test('the remaining contact has the last message time of both', () => {
  const book = new Book()
  book.one(facts(wrote({ phone: P1 }, 'a', { at: 9_000 }), wrote({ userId: U1 }, 'b', { at: 5_000 })))
  book.one(facts(wrote({ phone: P1, userId: U1 }, 'c', { at: 1_000 })))
  const [stays] = book.rows().contacts.filter((contact) => contact.mergedInto === null)
  assert.equal(stays!.lastInboundAt, 9_000)
})

const known = (book: Book) => book.rows().contacts.filter((contact) => contact.mergedInto === null)
const wish = (state: 'allowed' | 'stopped', at: number) => ({
  marketing: { state, at, by: 'contact' as const },
})
const owner = (owner: 'us' | 'other', at: number) => ({ owner: { owner, role: null, since: at, at } })

test('a fact changes the state of its contact, unless a newer one told it already', () => {
  for (const batches of ['one by one', 'at once'] as const) {
    const book = new Book()
    const what = [
      wrote({ userId: U1 }, 'a', { at: 1_000 }),
      wrote({ userId: U1 }, 'b', { at: 3_000, state: wish('stopped', 3_000) }),
      wrote({ userId: U1 }, 'c', { at: 2_000, state: wish('allowed', 2_000) }),
    ].map((fact) => facts(fact))
    if (batches === 'at once') book.batch(what)
    else for (const operation of what) book.one(operation)
    assert.deepEqual(
      known(book).map(({ state }) => state && (JSON.parse(state) as unknown)),
      [wish('stopped', 3_000)],
      batches,
    )
  }
})

test('a repeated message changes no state again', () => {
  const book = new Book()
  const fact = wrote({ userId: U1 }, 'a', { at: 1_000, state: wish('allowed', 1_000) })
  book.one(facts(fact, wrote({ userId: U1 }, 'b', { at: 1_000, state: wish('stopped', 1_000) }), fact))
  assert.equal(known(book)[0]!.state, JSON.stringify(wish('stopped', 1_000)))
})

test('two contacts that are one person keep the newer state, and all shown names', () => {
  const book = new Book()
  book.one(facts(wrote({ phone: P1 }, 'a', { at: 9_000, state: owner('us', 9_000) })))
  book.one(facts(wrote({ userId: U1, username: 'noor' }, 'b', { at: 5_000, state: owner('other', 5_000) })))
  book.one(facts(wrote({ phone: P1, userId: U1, parentId: 'US.ENT.1' }, 'c', { at: 1_000 })))
  const [one, ...others] = known(book)
  assert.deepEqual(others, [])
  const { phone, userId, parentId, username, state } = one!
  assert.deepEqual(
    { phone, userId, parentId, username },
    { phone: P1, userId: U1, parentId: 'US.ENT.1', username: 'noor' },
  )
  assert.equal(state, JSON.stringify(owner('us', 9_000)))
})

test('a username is the one of the newest message', () => {
  const book = new Book()
  const says = (username: string | undefined, at: number) =>
    book.one(facts(wrote({ userId: U1, ...(username !== undefined && { username }) }, `m${at}`, { at })))
  says(undefined, 1_000)
  says('noor', 2_000)
  says('noor.reads', 4_000)
  says('noor', 3_000)
  says(undefined, 5_000)
  assert.equal(known(book)[0]!.username, 'noor.reads')
})

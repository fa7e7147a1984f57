import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, NEW, settledOn, userKey, type Decision, type KnownContact, type Sighting } from './identity.ts'

const P1 = '15550000001'
const P2 = '15550000002'
const U1 = 'US.1'
const U2 = 'US.2'
const E1 = 'US.ENT.1'
const E2 = 'US.ENT.2'

const contact = (id: number, ...names: string[]): KnownContact => ({
  id,
  keys: names.map((name) => (/^\d/.test(name) ? `p:${name}` : userKey(name))),
})

type Case = [title: string, sighting: Sighting, known: KnownContact[], expected: Partial<Decision>]

const CASES: Case[] = [
  // New and known contacts.
  [
    'a stranger',
    { now: { phone: P1, userId: U1 } },
    [],
    { who: NEW, link: [`u:${U1}`, `p:${P1}`], shown: { phone: P1, userId: U1 } },
  ],
  ['a known id', { now: { userId: U1 } }, [contact(1, U1)], { who: 1, link: [] }],
  ['a known id shows a number', { now: { phone: P1, userId: U1 } }, [contact(1, U1)], { who: 1, link: [`p:${P1}`] }],
  ['a known number shows its id', { now: { phone: P1, userId: U1 } }, [contact(1, P1)], { who: 1, link: [`u:${U1}`] }],
  ['a known number alone', { now: { phone: P1 } }, [contact(1, P1, U1)], { who: 1, link: [] }],
  ['digits are what counts of a number', { now: { phone: `+${P1}` } }, [contact(1, P1)], { who: 1, link: [] }],

  // A number belongs to its current owner. An id belongs to one person.
  [
    'a contact known by number alone joins its id',
    { now: { phone: P1, userId: U1 } },
    [contact(1, P1), contact(2, U1)],
    { who: 1, merge: [2] },
  ],
  [
    'a recycled number goes to a new person',
    { now: { phone: P1, userId: U2 } },
    [contact(1, P1, U1)],
    { who: NEW, merge: [], link: [`u:${U2}`, `p:${P1}`], unlink: [{ contact: 1, key: `p:${P1}` }] },
  ],
  [
    'a recycled number goes to a known person',
    { now: { phone: P1, userId: U2 } },
    [contact(1, P1, U1), contact(2, U2)],
    { who: 2, merge: [], link: [`p:${P1}`], unlink: [{ contact: 1, key: `p:${P1}` }], shown: { phone: P1 } },
  ],

  // Parent ids.
  ['a parent id is learned', { now: { userId: U1, parentId: E1 } }, [contact(1, U1)], { who: 1, link: [`e:${E1}`] }],
  ['a parent id finds its person', { now: { userId: E1 } }, [contact(1, E1, U1)], { who: 1, link: [] }],
  [
    'a new id under a known parent is the same person',
    { now: { userId: U2, parentId: E1 } },
    [contact(1, U1, E1)],
    { who: 1, link: [`u:${U2}`], shown: { userId: U2 } },
  ],
  [
    'two with one parent are one',
    { now: { userId: U2, parentId: E1 } },
    [contact(1, U1, E1), contact(2, U2)],
    { who: 2, merge: [1] },
  ],
  [
    'another parent id is another person, even with the same number',
    { now: { phone: P1, userId: U2, parentId: E2 } },
    [contact(1, P1, U1, E1)],
    { who: NEW, merge: [], unlink: [{ contact: 1, key: `p:${P1}` }] },
  ],

  // System messages about changed names.
  [
    'an id becomes another',
    { before: { userId: U1 }, now: { userId: U2 } },
    [contact(1, P1, U1)],
    { who: 1, merge: [], link: [`u:${U2}`], shown: { userId: U2 } },
  ],
  [
    'the note comes after the first message under the new id',
    { before: { userId: U1 }, now: { userId: U2, phone: P2 } },
    [contact(1, P1, U1), contact(2, P2, U2)],
    { who: 1, merge: [2] },
  ],
  ['only the parent is known', { before: { parentId: E1 }, now: { userId: U2 } }, [contact(1, E1)], { who: 1 }],
  [
    'neither name is known',
    { before: { userId: U1 }, now: { userId: U2 } },
    [],
    { who: NEW, link: [`u:${U1}`, `u:${U2}`] },
  ],
  [
    'an older note names the old number only',
    { before: { phone: P1 }, now: { phone: P2, userId: U2 } },
    [contact(1, P1, U1)],
    { who: 1, link: [`u:${U2}`, `p:${P2}`], shown: { phone: P2, userId: U2 } },
  ],
  [
    'the old number belongs to another contact now',
    { before: { phone: P1, userId: U1 }, now: { phone: P2, userId: 'US.9' } },
    [contact(1, U1), contact(2, P1, U2)],
    { who: 1, merge: [], link: ['u:US.9', `p:${P2}`], unlink: [] },
  ],
  [
    'the old number belongs to another contact, and the old id is unknown',
    { before: { phone: P1, userId: U1 }, now: { phone: P2, userId: 'US.9' } },
    [contact(2, P1, U2)],
    { who: NEW, merge: [], unlink: [] },
  ],
  [
    'the new number belonged to another contact',
    { before: { phone: P1, userId: U1 }, now: { phone: P2, userId: 'US.9' } },
    [contact(1, P1, U1), contact(2, P2, U2)],
    { who: 1, merge: [], unlink: [{ contact: 2, key: `p:${P2}` }] },
  ],
  [
    'the new number was known by itself',
    { before: { phone: P1 }, now: { phone: P2 } },
    [contact(1, P1), contact(2, P2)],
    { who: 1, merge: [2] },
  ],
  [
    'a system message without ids takes nothing from a contact with an id, who may be the same person',
    { before: { phone: P1 }, now: { phone: P2 } },
    [contact(1, P1), contact(2, P2, U2)],
    { who: 1, merge: [], link: [], unlink: [], shown: {} },
  ],
  [
    'a number to which a contact returns is shown again',
    { before: { phone: P2, userId: U1 }, now: { phone: P1, userId: U1 } },
    [contact(1, P1, P2, U1)],
    { who: 1, link: [], shown: { phone: P1, userId: U1 } },
  ],

  // Statuses and answers of messages that we sent.
  [
    'the status tells the id of a number',
    { now: { phone: P1, userId: U1 }, messageOf: 1 },
    [contact(1, P1)],
    { who: 1, link: [`u:${U1}`] },
  ],
  [
    'the status tells that the number was known by its id already',
    { now: { phone: P1, userId: U1 }, messageOf: 1 },
    [contact(1, P1), contact(2, U1)],
    { who: 1, merge: [2] },
  ],
  [
    'the message went to a number of another contact',
    { now: { phone: P1, userId: U2 }, messageOf: 1 },
    [contact(1, P1, U1)],
    { who: NEW, merge: [], unlink: [{ contact: 1, key: `p:${P1}` }] },
  ],
  [
    'the message went to an id that has become another',
    { now: { userId: U2 }, messageOf: 1, isCertain: true },
    [contact(1, U1)],
    { who: 1, link: [`u:${U2}`] },
  ],
  [
    'a message is not enough to join two people',
    { now: { userId: U2 }, messageOf: 1, isCertain: true },
    [contact(1, U1), contact(2, U2)],
    { who: 1, merge: [], link: [] },
  ],
  [
    'a message to a parent id tells the id',
    { now: { userId: U1 }, messageOf: 1, isCertain: true },
    [contact(1, E1)],
    { who: 1, link: [`u:${U1}`] },
  ],
  [
    'the answer says what WhatsApp made of the number',
    { now: { phone: P2 }, messageOf: 1 },
    [contact(1, P1)],
    { who: 1, link: [`p:${P2}`], shown: {} },
  ],
  [
    'what WhatsApp made of the number is known',
    { now: { phone: P2 }, messageOf: 1 },
    [contact(1, P1), contact(2, P2, U2)],
    { who: 2, merge: [1] },
  ],
  [
    'two known people share no number',
    { now: { phone: P2 }, messageOf: 1 },
    [contact(1, P1, U1), contact(2, P2, U2)],
    { who: 1, merge: [], link: [] },
  ],
]

for (const [title, sighting, known, expected] of CASES) {
  test(title, () => {
    const decision = decide(sighting, known)
    for (const [key, value] of Object.entries(expected))
      assert.deepEqual(decision[key as keyof Decision], value, `${key} of ${JSON.stringify(decision)}`)
  })
}

test('no decision is needed when all names lead to one contact', () => {
  const leadsTo = new Map([
    [`p:${P1}`, 1],
    [`u:${U1}`, 1],
    [`u:${U2}`, 2],
  ])
  const ask = (sighting: Sighting) => settledOn(sighting, (key) => leadsTo.get(key))
  assert.equal(ask({ now: { phone: P1, userId: U1 } }), 1)
  assert.equal(ask({ now: { userId: U2 } }), 2)
  assert.equal(ask({ now: { phone: P1, userId: U2 } }), undefined)
  assert.equal(ask({ now: { phone: P1, parentId: E1 } }), undefined)
  assert.equal(ask({ now: { userId: U1 }, before: { userId: U1 } }), undefined, 'a note changes what is shown')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { begin, Book, facts, status } from '../../../../../test/support/core-book.ts'
import type { ContactIdentity, Fact, Refused } from '../store.ts'
import type { Operation } from './operations.ts'

const MIRA = { phone: '15550001111' }
const HOUR = 60 * 60_000
const T = 100 * 24 * HOUR

type Sent = { channelId?: number; account?: number[]; contact?: ContactIdentity; marketing?: boolean }

function send(id: string, now: number, how: Sent = {}): Operation {
  const operation = begin(id, how.contact ?? MIRA, undefined, now)
  if (operation.kind !== 'begin') throw new Error('not a send')
  const { channelId = 1, account = [], marketing = true } = how
  return { ...operation, message: { ...operation.message, channelId, account, ...(marketing && { marketing: true }) } }
}

const limits = (wamid: string, at: number, more: Partial<Fact> = {}): Operation =>
  facts({ ...status('failed', wamid, 'm1', MIRA, at), state: { limited: { at } }, ...more } as Fact)

const refusal = (book: Book, operation: Operation) => book.one<Refused | undefined>(operation)

test('after 131049 no marketing goes to the contact for 24 hours; everything else does', () => {
  const book = new Book()
  assert.equal(refusal(book, send('m1', T)), undefined)
  book.one(limits('w1', T))
  assert.deepEqual(refusal(book, send('m2', T + 1)), { state: 'marketing_limited', until: T + 24 * HOUR })
  assert.equal(refusal(book, send('m3', T + 1, { marketing: false })), undefined)
  assert.equal(refusal(book, send('m4', T + 1, { contact: { phone: '15550002222' } })), undefined)
  assert.equal(refusal(book, send('m5', T + 24 * HOUR - 1))?.state, 'marketing_limited')
  assert.equal(refusal(book, send('m6', T + 24 * HOUR)), undefined)
})

test('a number of the same account is limited too, and one of another account is not', () => {
  const book = new Book()
  book.one(send('m1', T))
  book.one(limits('w1', T))
  const until = T + 24 * HOUR
  assert.deepEqual(refusal(book, send('n1', T + 1, { channelId: 2, account: [1, 3] })), {
    state: 'marketing_limited',
    until,
  })
  assert.equal(refusal(book, send('n2', T + 1, { channelId: 2, account: [3] })), undefined)
})

test('decided in one batch: the status that comes first counts for the send behind it', () => {
  const book = new Book()
  book.one(send('m1', T))
  const { answers } = book.batch([send('m2', T + 1), limits('w1', T), send('m3', T + 1)])
  assert.deepEqual(
    answers.map((answer) => answer.ok && (answer.value as Refused | undefined)?.state),
    [undefined, undefined, 'marketing_limited'],
  )
})

test('a stop is the stronger reason, and a refusal in the answer to a send counts like a status', () => {
  const book = new Book()
  book.one(send('m1', T))
  const settled = (id: string, state: object): Operation => ({
    kind: 'settle',
    settlement: { channelId: 1, id, at: T, status: 'failed', error: '{"code":131049}', state },
  })
  assert.equal(book.one(settled('m1', { limited: { at: T } })), true)
  assert.equal(refusal(book, send('m2', T + 1))?.state, 'marketing_limited')
  book.one(send('m3', T + 1, { marketing: false }))
  book.one(settled('m3', { marketing: { state: 'stopped', at: T, by: 'whatsapp' } }))
  assert.deepEqual(refusal(book, send('m4', T + 2)), { state: 'opted_out', by: 'whatsapp', since: T })
})

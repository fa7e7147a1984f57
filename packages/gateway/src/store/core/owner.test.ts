import assert from 'node:assert/strict'
import { test } from 'node:test'
import { begin, Book, facts, wrote } from '../../../../../test/support/core-book.ts'
import { IDLE_AFTER_MS, type Owner, ownerNow, readState } from '../../domain/contacts/state.ts'
import type { ContactIdentity, Fact, MessageFact, Notice, Refused } from '../store.ts'
import type { Operation } from './operations.ts'

const MIRA = { userId: 'US.1' }
const NAMED = { ...MIRA, name: 'Mira' }
const DAY = 24 * 60 * 60_000
const T = 10 * DAY

const says = (wamid: string, at: number, more: Partial<MessageFact> = {}): Fact =>
  wrote(NAMED, wamid, {
    at,
    body: JSON.stringify({ event: 'new_message', business_phone: '1', message: { messages: [{ id: wamid }] } }),
    ...more,
  })
const onStandby = (wamid: string, at: number): Fact => says(wamid, at, { standby: 'deliver' })

const handover = (owner: 'us' | 'other', at: number, role: string | null = null): Fact => ({
  kind: 'notice',
  channelId: 1,
  event: 'conversation_owner',
  contact: MIRA,
  key: `handover ${owner} ${at}`,
  at,
  body: '{}',
  state: { owner: { owner, role, since: at, at, ...(owner === 'other' && { taken: true }) } },
})
const becomesIdle = (since: number, now: number): Fact => ({
  ...(handover('us', now) as Notice),
  key: `idle ${since}`,
  onlyIfQuiet: true,
  state: { owner: { owner: 'idle', role: null, since, at: since } },
})
const speak = (id: string, now: number, contact: ContactIdentity = MIRA): Operation => {
  const operation = begin(id, contact, undefined, now)
  if (operation.kind === 'begin') operation.message.ifOwner = true
  return operation
}

const ownerOf = (book: Book): Owner | undefined => readState(book.rows().contacts[0]!.state).owner
const toldOf = (book: Book) =>
  book
    .rows()
    .events.filter(({ kind }) => kind === 'conversation_owner')
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>)

test('a contact whom no other program ever answered has no owner, and everybody may send', () => {
  const book = new Book()
  book.one(facts(says('a', T)))
  assert.equal(book.rows().contacts[0]!.state, null)
  assert.equal(book.one(speak('m', T)), undefined)
  assert.equal(book.one(speak('n', T, { phone: '15550009999' })), undefined)
  assert.deepEqual(toldOf(book), [])
})

test('a message on standby shows another program, one on messages shows us; each change is told once', () => {
  const book = new Book()
  book.one(facts(onStandby('a', T), onStandby('b', T + 1_000)))
  assert.deepEqual(ownerOf(book), { owner: 'other', role: null, since: T, at: T + 1_000 })
  book.one(facts(says('c', T + 2_000), says('d', T + 3_000)))
  assert.deepEqual(ownerOf(book), { owner: 'us', role: null, since: T + 2_000, at: T + 3_000 })
  const [other, us, ...more] = toldOf(book)
  assert.deepEqual(more, [])
  const head = {
    event: 'conversation_owner',
    channel_id: 1,
    business_phone: '1',
    contact: { user_id: 'US.1', name: 'Mira' },
  }
  const message = (id: string) => ({ messages: [{ id }] })
  assert.deepEqual(other, {
    ...head,
    owner: 'other',
    role: null,
    since: T / 1000,
    received_at: T / 1000,
    field: 'standby',
    value: message('a'),
  })
  assert.deepEqual([us!.owner, us!.since, us!.field, us!.value], ['us', T / 1000 + 2, 'messages', message('c')])
})

test('a message that came on standby is delivered once, and makes us the owner when it comes again on messages', () => {
  const book = new Book()
  book.one(facts(onStandby('a', T)))
  book.one(facts(says('a', T), says('a', T)))
  assert.equal(book.rows().events.filter(({ kind }) => kind === 'new_message').length, 1)
  assert.deepEqual(
    toldOf(book).map(({ owner }) => owner),
    ['other', 'us'],
  )
  assert.equal(book.rows().contacts[0]!.lastInboundAt, T)
})

test('a channel that only stores such messages delivers none of them', () => {
  const book = new Book()
  book.one(facts(says('a', T, { standby: 'store' })))
  const { messages, events } = book.rows()
  assert.deepEqual([messages.length, events.map(({ kind }) => kind)], [1, ['conversation_owner']])
})

test('a message that was only stored is delivered once when it comes to us', () => {
  const book = new Book()
  book.one(facts(says('a', T, { standby: 'store' }), says('a', T, { standby: 'store' })))
  assert.equal(book.rows().messages[0]!.origin, 'standby_kept')
  const [before] = book.rows().messages
  book.one(facts(says('a', T), says('a', T)))
  const { messages, events } = book.rows()
  assert.deepEqual(
    messages.map(({ id, origin }) => [id, origin]),
    [[before!.id, null]],
  )
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['conversation_owner', 'new_message', 'conversation_owner'],
  )
})

test('system messages, group messages and changes of messages show no owner', () => {
  const book = new Book()
  book.one(facts(says('a', T, { standby: 'deliver', opensWindow: false })))
  assert.deepEqual([ownerOf(book), toldOf(book)], [undefined, []])
})

test('an old message, and one of the second in which the conversation was taken, do not make us the owner', () => {
  const book = new Book()
  book.one(facts(says('a', T), handover('other', T + 5_000, 'escalation')))
  book.one(facts(says('b', T + 4_000), says('c', T + 5_000)))
  assert.deepEqual(ownerOf(book)?.owner, 'other')
  const refused = book.one<Refused>(speak('m', T + 6_000))
  assert.deepEqual(refused, { state: 'not_owner', role: 'escalation', since: T + 5_000 })
  assert.deepEqual(book.rows().messages.length, 3)
  book.one(facts(says('d', T + 6_000)))
  assert.equal(book.one(speak('m', T + 6_000)), undefined)
})

test('without if_owner a message goes out whoever holds the conversation', () => {
  const book = new Book()
  book.one(facts(onStandby('a', T)))
  assert.equal(book.one(begin('m', MIRA, undefined, T)), undefined)
})

test('after a day without a message nobody holds the conversation, which is told once', () => {
  const book = new Book()
  book.one(facts(onStandby('a', T)))
  const due = () => book.rows().contacts[0]!.idleAt
  assert.equal(due(), T + IDLE_AFTER_MS)
  assert.equal(book.one<Refused | undefined>(speak('m', T + IDLE_AFTER_MS - 1))?.state, 'not_owner')
  // Even before it is told.
  assert.equal(book.one(speak('m', T + IDLE_AFTER_MS)), undefined)

  const since = T + IDLE_AFTER_MS
  book.one(facts(becomesIdle(since, since + 5_000), { ...(becomesIdle(since, since + 6_000) as Notice), key: 'again' }))
  assert.deepEqual(ownerOf(book), { owner: 'idle', role: null, since, at: since })
  assert.equal(toldOf(book).length, 2)
  assert.equal(due(), null)
  book.one(facts(says('b', since + 10_000)))
  assert.deepEqual([ownerOf(book)!.owner, ownerOf(book)!.since], ['us', since + 10_000])
  assert.equal(due(), since + 10_000 + IDLE_AFTER_MS)
})

test('a conversation does not become idle when the contact has written meanwhile', () => {
  const book = new Book()
  book.one(facts(onStandby('a', T), onStandby('b', T + 3_600_000)))
  book.one(facts(becomesIdle(T + IDLE_AFTER_MS, T + IDLE_AFTER_MS + 1)))
  assert.equal(ownerOf(book)!.owner, 'other')
  assert.equal(toldOf(book).length, 1)
})

/** A small repeatable random generator. */
function chance(seed: number): (below: number) => number {
  let state = (seed + 1) * 2_654_435_761
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    return ((state ^ (state >>> 13)) >>> 0) % below
  }
}

test('500 races of handovers, messages and sends: while another holds the conversation, no send of ours begins', () => {
  for (let seed = 0; seed < 500; seed++) {
    const random = chance(seed)
    const book = new Book()
    // What Meta decided, in order. Webhooks of it arrive in any order of batches, some of them twice, some of them late.
    let at = T
    let holder: 'us' | 'other' = 'us'
    const arriving: Fact[] = [onStandby('first', at)]
    const truth: { at: number; holder: 'us' | 'other' }[] = [{ at, holder: 'other' }]
    for (let i = 0; i < 8; i++) {
      at += 1_000 + random(3) * 1_000
      holder = random(2) === 0 ? 'us' : 'other'
      truth.push({ at, holder })
      const kind = random(2)
      if (kind === 0) arriving.push(handover(holder, at))
      else arriving.push(holder === 'us' ? says(`w${i}`, at) : onStandby(`w${i}`, at))
      if (random(4) === 0) arriving.push(arriving[random(arriving.length)]!)
    }
    for (let i = arriving.length - 1; i > 0; i--)
      if (random(3) === 0) arriving.splice(random(i), 0, ...arriving.splice(i, 1))

    let heard = 0
    let sent = 0
    const begun: { index: number; heard: number }[] = []
    const batch: Operation[] = []
    const flush = (): void => {
      const { answers } = book.batch(batch)
      let known = heard
      for (const [i, operation] of batch.entries()) {
        const answer = answers[i]!
        assert.ok(answer.ok)
        if (operation.kind === 'facts') for (const fact of operation.facts) known = Math.max(known, timeOf(fact))
        if (operation.kind !== 'begin') continue
        // The newest fact that has arrived says who holds the conversation.
        const owner = truth.findLast((one) => one.at <= known)
        const isRefused = (answer.value as Refused | undefined)?.state === 'not_owner'
        assert.equal(isRefused, owner?.holder === 'other', `seed ${seed}: ${operation.message.id} at ${known}`)
        if (!isRefused) begun.push({ index: sent, heard: known })
      }
      heard = known
      batch.length = 0
    }
    while (arriving.length > 0) {
      if (random(2) === 0) batch.push(speak(`m${sent++}`, at + 10_000))
      else batch.push(facts(...arriving.splice(0, 1 + random(2))))
      if (random(3) === 0) flush()
    }
    batch.push(speak(`m${sent++}`, at + 10_000))
    flush()
    const state = ownerNow(ownerOf(book), book.rows().contacts[0]!.lastInboundAt ?? undefined, at + 10_000)
    assert.equal(state?.owner ?? 'us', holder, `seed ${seed}: the last holder`)
    assert.equal(book.rows().messages.filter(({ direction }) => direction === 'out').length, begun.length)
  }
})

const timeOf = (fact: Fact): number => (fact.kind === 'notice' ? fact.state!.owner!.at : fact.at)

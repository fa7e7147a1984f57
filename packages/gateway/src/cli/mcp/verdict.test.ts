import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Contact, SendMessage } from '@postern/client'
import { forbidden, nameOf, unreadable, type Allowed } from './allowed.ts'
import { firstOf } from './first-of.ts'
import { createPrepared } from './prepared.ts'
import { verdictOf } from './verdict.ts'

const NOW = 1_800_000_000
const contact = (given: object): Contact =>
  ({ window: { open: true, state: 'open', until: NOW + 60, free_until: null }, marketing: null, ...given }) as Contact
const closed = contact({ window: { open: false, state: 'closed', until: NOW - 60, free_until: null } })
const stopped = contact({ marketing: { state: 'stopped', since: null, by: 'contact' } })
const marketing = [{ category: 'MARKETING', status: 'APPROVED', language: 'en' }]
const utility = [{ category: 'UTILITY', status: 'APPROVED', language: 'de' }]
const paused = [{ category: 'UTILITY', status: 'PAUSED', language: 'id' }]
const translated = [...marketing, ...utility, ...paused]

const CASES: [what: string, facts: Parameters<typeof verdictOf>[0], accepted: boolean, cost: string, words: RegExp][] =
  [
    ['a text in the window', { contact: contact({}), templates: undefined, now: NOW }, true, 'service', /^Free/],
    ['a text after the window', { contact: closed, templates: undefined, now: NOW }, false, 'service', /window_closed/],
    ['a text to nobody known', { contact: undefined, templates: undefined, now: NOW }, true, 'service', /^Free/],
    ['a template after the window', { contact: closed, templates: marketing, now: NOW }, true, 'marketing', /charges/],
    [
      'marketing to somebody who stopped',
      { contact: stopped, templates: marketing, now: NOW },
      false,
      'marketing',
      /opted_out/,
    ],
    ['utility to somebody who stopped', { contact: stopped, templates: utility, now: NOW }, true, 'utility', /^Free/],
    ['no such template', { contact: closed, templates: [], now: NOW }, false, 'unknown', /template_not_found/],
    ['a paused template', { contact: closed, templates: paused, now: NOW }, false, 'unknown', /PAUSED/],
    [
      'the translation of the language given counts, not the first',
      { contact: closed, templates: translated, language: 'de', now: NOW },
      true,
      'utility',
      /charges/,
    ],
    [
      'a translation that is paused',
      { contact: closed, templates: translated, language: 'id', now: NOW },
      false,
      'unknown',
      /PAUSED/,
    ],
    [
      'a language without a translation',
      { contact: closed, templates: translated, language: 'fr', now: NOW },
      false,
      'unknown',
      /no translation in fr, only in en, de, id \(template_not_found\)/,
    ],
  ]
for (const [what, facts, accepted, cost, words] of CASES)
  test(what, () => {
    const verdict = verdictOf(facts)
    assert.deepEqual([verdict.will_be_accepted, verdict.cost.class], [accepted, cost])
    assert.match([...verdict.problems, verdict.cost.note].join(' '), words)
  })

test('templates are looked for on all pages, as far as a bound', async () => {
  const asked: number[] = []
  async function* all(): AsyncGenerator<number> {
    for (let n = 1; ; n++) {
      asked.push(n)
      yield n
    }
  }
  assert.deepEqual(await firstOf(all(), (n) => n > 150 && n <= 152, { found: 2, seen: 1_000 }), [151, 152])
  assert.equal(asked.length, 152)
  asked.length = 0
  assert.deepEqual(await firstOf(all(), (n) => n === 1, { found: 2, seen: 300 }), [1])
  assert.equal(asked.length, 300)
})

test('within a free entry point all messages are free', () => {
  const free = contact({ window: { open: true, state: 'open', until: NOW + 60, free_until: NOW + 60 } })
  assert.match(verdictOf({ contact: free, templates: marketing, now: NOW }).cost.note, /^Free/)
})

const ALLOWED: Allowed = {
  numbers: new Set(['85268411234', 'US.80412236671908854412']),
  templates: new Set(['order']),
  readAll: false,
  mostSends: 2,
}
const text = (to: string): SendMessage => ({ to, type: 'text', text: 'x' })

test('only listed numbers and templates, in any spelling of a number', () => {
  assert.equal(nameOf('+852 6841-1234'), '85268411234')
  assert.equal(forbidden(ALLOWED, text('+852 6841-1234')), undefined)
  assert.match(forbidden(ALLOWED, text('16505551234'))!, /--allow-number/)
  assert.match(forbidden(ALLOWED, text('85268411234,16505551234'))!, /--allow-number/)
  assert.match(forbidden(ALLOWED, text('everybody'))!, /--allow-number/)
  const template = (name: string): SendMessage => ({ to: '85268411234', type: 'template', template: { name } })
  assert.equal(forbidden(ALLOWED, template('order')), undefined)
  assert.match(forbidden(ALLOWED, template('sale'))!, /--allow-template/)
  assert.match(unreadable(ALLOWED, '16505551234')!, /--read-all/)
  assert.equal(unreadable({ ...ALLOWED, readAll: true }, '16505551234'), undefined)
})

test('a ticket is one message with one key, for ten minutes, and counts once', () => {
  let now = NOW * 1000
  const prepared = createPrepared({ mostSends: 2, now: () => now })
  const verdict = verdictOf({ contact: contact({}), templates: undefined, now: NOW })
  const tickets = [1, 2, 3].map((n) => prepared.add(text(`8526841123${n}`), verdict).ticket)
  assert.deepEqual(prepared.take(tickets[0]!, 'key-0001'), { message: text('85268411231') })
  assert.deepEqual(prepared.take(tickets[0]!, 'key-0001'), { message: text('85268411231') })
  assert.match(JSON.stringify(prepared.take(tickets[0]!, 'key-0002')), /another idempotency_key/)
  assert.ok('message' in prepared.take(tickets[1]!, 'key-0003'))
  assert.match(JSON.stringify(prepared.take(tickets[2]!, 'key-0004')), /--most-sends/)
  now += 3_600_001
  assert.match(JSON.stringify(prepared.take(tickets[2]!, 'key-0004')), /older than ten minutes/)
  assert.ok('message' in prepared.take(prepared.add(text('1'), verdict).ticket, 'key-0005'))
  const refused = prepared.add(text('1'), verdictOf({ contact: closed, templates: undefined, now: NOW })).ticket
  assert.match(JSON.stringify(prepared.take(refused, 'key-0006')), /window_closed/)
})

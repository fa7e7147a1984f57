import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diffOf, matchMessages } from './compare.ts'
import { generalise, textFits } from './generalise.ts'

const VARYING: [text: string, general: string][] = [
  ['Order 482913 arrives at 18:45.', 'Order {number} arrives at {time}.'],
  ['Sent 2026-11-26T10:22:04.123Z, due 2026-12-01', 'Sent {time}, due {date}'],
  ['On 1.12.2026 at 9:05:30', 'On {date} at {time}'],
  ['Ticket 0b9f3c1e-52aa-4c1d-9a0e-1f2e3d4c5b6a', 'Ticket {id}'],
  ['wamid.HBgLODUyNjg0MTEyMzQVAgARGBI= is gone', '{id} is gone'],
  ['Table 12 for 4, 25% off, 10.50 in all', 'Table 12 for 4, 25% off, 10.50 in all'],
]

test('what differs in each run is replaced, and fits again', () => {
  for (const [text, general] of VARYING) {
    assert.equal(generalise(text), general)
    assert.ok(textFits(general, text), general)
  }
  assert.ok(textFits('Order {number} arrives at {time}.', 'Order 1234567 arrives at 7:00.'))
  assert.ok(!textFits('Order {number} arrives at {time}.', 'Order 12 arrives at 7:00.'))
  assert.ok(textFits('Hello {any}!', 'Hello Mei (+852)!'))
  assert.ok(!textFits('a.c', 'abc'))
  assert.ok(textFits('one\ntwo\n', 'one\ntwo'))
  assert.ok(!textFits('one', 'one\ntwo'))
})

test('messages are paired around those that are the same', () => {
  const kinds = (wanted: string[], seen: string[]): string =>
    matchMessages(wanted, seen)
      .map(({ kind }) => kind)
      .join(' ')
  assert.equal(kinds(['a', 'b'], ['a', 'b']), 'same same')
  assert.equal(kinds(['a', 'b'], ['x', 'a', 'b']), 'more same same')
  assert.equal(kinds(['a', 'b', 'c'], ['a', 'c']), 'same missing same')
  assert.equal(kinds(['a', 'b', 'c'], ['a', 'x', 'c']), 'same differs same')
  assert.equal(kinds(['a'], []), 'missing')
  assert.equal(kinds([], ['a']), 'more')
})

test('a diff shows lines that stayed, were recorded, or are new', () => {
  assert.deepEqual(diffOf('When?\n[Now]\n[Later]', 'When?\n[Now]\n[Never]\n[Stop]'), [
    '  When?',
    '  [Now]',
    '- [Later]',
    '+ [Never]',
    '+ [Stop]',
  ])
  assert.deepEqual(diffOf('gone', undefined), ['- gone'])
  assert.deepEqual(diffOf(undefined, 'new'), ['+ new'])
})

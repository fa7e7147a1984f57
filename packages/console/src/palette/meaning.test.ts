import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isNamed, meaningsOf } from './meaning.ts'

test('ids are messages or events, short numbers are codes too, and all else is a contact', () => {
  const kinds = (text: string): string =>
    meaningsOf(text)
      .map(({ kind }) => kind)
      .join(' ')
  assert.equal(kinds('wamid.HBgLMTY1MA=='), 'message')
  assert.equal(kinds(' msg_01M8BRC2EGBCCV6A6AZX2DR7S2 '), 'message')
  assert.equal(kinds('evt_abc_12'), 'event')
  assert.equal(kinds('131026'), 'code contact')
  assert.equal(kinds('+852 6841 1234'), 'contact')
  assert.equal(kinds('Mei'), 'contact')
  assert.equal(kinds('m'), '')
})

test('a name is found by the beginnings of its words', () => {
  assert.equal(isNamed('sig', 'Verify a signature'), true)
  assert.equal(isNamed('ver sig', 'Verify a signature'), true)
  assert.equal(isNamed('gnat', 'Verify a signature'), true)
  assert.equal(isNamed('x', 'Verify a signature'), false)
})

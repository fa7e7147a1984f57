import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDesk, writeDesk, type OnDesk } from './desk.ts'

test('what is on the page is written into the address and read back', () => {
  const desk: OnDesk[] = [
    { number: '85268411234', place: { business: '302702419599374', group: null } },
    { number: '16505551234', place: 'list' },
    { number: '4915112345678' },
    { number: '447700900123', place: { business: '302702419599374', group: 'Y2FwaV9ncm91cDox+/=&' } },
  ]
  assert.deepEqual(readDesk(`#${writeDesk(desk)}`), desk)
  assert.deepEqual(readDesk(`#${writeDesk([])}`), [])
})

test('an address that names no phones chooses nothing, and wrong parts are left out', () => {
  for (const hash of ['', '#', '#/messages', '#abc=1', '#12=list']) assert.equal(readDesk(hash), null, hash)
  assert.deepEqual(readDesk('#16505551234=nowhere&16505551234=list&x=1'), [{ number: '16505551234' }])
  const many = Array.from({ length: 20 }, (_, i) => `1650555${1000 + i}=list`).join('&')
  assert.equal(readDesk(many)?.length, 8)
})

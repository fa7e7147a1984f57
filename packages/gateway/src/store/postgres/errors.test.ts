import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { StoreUnavailable } from '../../platform/errors.ts'
import { asStoreError, endsConnection } from './errors.ts'

function serverError(code: string, message = 'told so'): pg.DatabaseError {
  const error = new pg.DatabaseError(message, message.length, 'error')
  return Object.assign(error, { code, detail: 'Failing row contains (a private message).' })
}

test('errors of the server, the disk or the network are StoreUnavailable; all others are bugs', () => {
  for (const code of [
    '53100',
    '53300',
    '57P01',
    '57P03',
    '08006',
    '25006',
    '58030',
    'XX001',
    '28P01',
    '3D000',
    '40P01',
  ])
    assert.ok(asStoreError(serverError(code)) instanceof StoreUnavailable, code)
  for (const code of ['23505', '23502', '42P01', '22P02'])
    assert.ok(!(asStoreError(serverError(code)) instanceof StoreUnavailable), code)
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })
  assert.ok(asStoreError(refused) instanceof StoreUnavailable)
  assert.ok(asStoreError(new Error('Query read timeout')) instanceof StoreUnavailable)
})

test('an error of this program is not an error of the store, and the connection stays', () => {
  const invalid = Object.assign(new TypeError('The "value" argument must be of type string'), {
    code: 'ERR_INVALID_ARG_TYPE',
  })
  for (const error of [new TypeError('x is undefined'), new RangeError('too long'), new Error('a rule'), invalid]) {
    assert.equal(asStoreError(error), error)
    assert.equal(endsConnection(error), false)
  }
  const cut = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })
  const tls = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  for (const error of [cut, tls, new Error('Connection terminated'), new Error('no answer within 20000 ms')]) {
    assert.ok(asStoreError(error) instanceof StoreUnavailable, error.message)
    assert.equal(endsConnection(error), true)
  }
})

test('no error contains the values of a row', () => {
  for (const code of ['23502', '53100']) {
    const error = asStoreError(serverError(code))
    assert.ok(!JSON.stringify({ ...error, message: error.message, stack: error.stack }).includes('private'))
    assert.equal(error.cause, undefined)
  }
})

test('a connection is closed when it broke or when another server must be found', () => {
  for (const code of ['25006', '57P01', '08006']) assert.equal(endsConnection(serverError(code)), true, code)
  for (const code of ['23505', '57014', '53100', '40001']) assert.equal(endsConnection(serverError(code)), false, code)
  assert.equal(endsConnection(new Error('Connection terminated unexpectedly')), true)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { StoreUnavailable } from '../../errors.ts'
import { asStoreError, endsConnection } from './errors.ts'

function serverError(code: string, message = 'told so'): pg.DatabaseError {
  const error = new pg.DatabaseError(message, message.length, 'error')
  return Object.assign(error, { code, detail: 'Failing row contains (a private message).' })
}

test('what the server, the disk or the network did is StoreUnavailable; the rest is a bug of ours', () => {
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

test('no error carries what a row held', () => {
  for (const code of ['23502', '53100']) {
    const error = asStoreError(serverError(code))
    assert.ok(!JSON.stringify({ ...error, message: error.message, stack: error.stack }).includes('private'))
    assert.equal(error.cause, undefined)
  }
})

test('a connection is let go when it broke or when another server has to be found', () => {
  for (const code of ['25006', '57P01', '08006']) assert.equal(endsConnection(serverError(code)), true, code)
  for (const code of ['23505', '57014', '53100', '40001']) assert.equal(endsConnection(serverError(code)), false, code)
  assert.equal(endsConnection(new Error('Connection terminated unexpectedly')), true)
})

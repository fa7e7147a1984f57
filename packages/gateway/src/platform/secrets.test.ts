import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createVault, sameSecret } from './secrets.ts'

const vault = createVault(Buffer.alloc(32, 1))

test('an encrypted text can be decrypted, and each encryption differs', () => {
  const one = vault.seal('EAAB-token ✨', 'access_token')
  const two = vault.seal('EAAB-token ✨', 'access_token')
  assert.equal(vault.open(one, 'access_token'), 'EAAB-token ✨')
  assert.notDeepEqual(one, two)
  assert.ok(!Buffer.from(one).toString('latin1').includes('EAAB'))
})

test('a changed byte, another purpose or another key fails, and the error contains no secret', () => {
  const sealed = vault.seal('EAAB-token', 'access_token')
  for (let i = 0; i < sealed.length; i++) {
    const changed = Uint8Array.from(sealed)
    changed[i]! ^= 1
    assert.throws(() => vault.open(changed, 'access_token'), `byte ${i}`)
  }
  assert.throws(() => vault.open(sealed, 'webhook_secret'))
  assert.throws(() => createVault(Buffer.alloc(32, 2)).open(sealed, 'access_token'), /MASTER_KEY is not the one/)
})

test('a key of the wrong length is refused', () => {
  assert.throws(() => createVault(Buffer.alloc(16)), /32 bytes/)
})

test('secrets of different lengths are compared without an error', () => {
  assert.equal(sameSecret('a', 'a'), true)
  assert.equal(sameSecret('a', 'ab'), false)
  assert.equal(sameSecret('', ''), true)
})

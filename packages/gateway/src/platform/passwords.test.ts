import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPasswords } from './passwords.ts'

const QUICK = { N: 2 ** 10, r: 8, p: 1 }

test('a password matches its own hash, however its letters are composed, and no other', async () => {
  const passwords = createPasswords(QUICK)
  const [one, two] = await Promise.all([passwords.hash('caf\u00e9 au lait'), passwords.hash('caf\u00e9 au lait')])
  assert.notEqual(one, two, 'each has its own salt')
  assert.match(one, /^scrypt\$1024\$8\$1\$[\w-]{22}\$[\w-]{43}$/)
  assert.equal(await passwords.matches('cafe\u0301 au lait', one), true)
  assert.equal(await passwords.matches('cafe au lait', one), false)
  assert.equal(await passwords.matches('', one), false)
})

test('nobody has a password, and stored costs outlive a change of ours', async () => {
  const passwords = createPasswords(QUICK)
  assert.equal(await passwords.matches('x', null), false)
  const old = await createPasswords({ N: 2 ** 11, r: 4, p: 2 }).hash('x')
  assert.equal(await passwords.matches('x', old), true)
})

test('passwords wait for their turn, and too many are refused', async () => {
  const passwords = createPasswords(QUICK)
  const results = await Promise.allSettled(Array.from({ length: 40 }, () => passwords.matches('x', null)))
  const refused = results.filter((one) => one.status === 'rejected')
  assert.equal(refused.length, 40 - 2 - 32)
  for (const { reason } of refused) assert.equal((reason as { reason: string }).reason, 'rate_limited')
  assert.equal(await passwords.matches('x', null), false, 'afterwards there is room')
})

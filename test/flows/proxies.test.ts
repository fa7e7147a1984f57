import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ADMIN_TOKEN, caller, startWorld, type World } from '../support/world.ts'

const own = { 'x-postern-console': '1' }

const signIn = (world: World, token: string, headers: Record<string, string> = {}) =>
  caller(() => world.gateway.url)('POST', '/console/session', { token }, { ...own, ...headers })

async function statusesOf(count: number, ask: (n: number) => Promise<{ http: number }>): Promise<Set<number>> {
  const answers = []
  for (let i = 0; i < count; i++) answers.push((await ask(i)).http)
  return new Set(answers)
}

test('behind a trusted proxy each client is counted by its own address, and a cookie over https is Secure', async () => {
  await using world = await startWorld({ webhook: false, env: { TRUSTED_PROXIES: '127.0.0.0/8, 10.0.0.0/8' } })
  const from = (address: string, proto = 'https') => ({ 'x-forwarded-for': address, 'x-forwarded-proto': proto })

  assert.deepEqual(await statusesOf(7, () => signIn(world, 'wrong', from('203.0.113.9'))), new Set([401, 429]))
  assert.equal((await signIn(world, ADMIN_TOKEN, from('203.0.113.9'))).http, 429)
  const other = await signIn(world, ADMIN_TOKEN, from('203.0.113.10'))
  assert.equal(other.http, 200)
  assert.match(other.headers.get('set-cookie')!, /; Secure/)
  // A proxy behind a proxy. Addresses that the client claimed before them are not used.
  const chain = (claimed: string) => from(`${claimed}, 203.0.113.77, 10.1.2.3`)
  assert.deepEqual(await statusesOf(7, (n) => signIn(world, 'wrong', chain(`198.51.100.${n}`))), new Set([401, 429]))
  const plain = await signIn(world, ADMIN_TOKEN, from('203.0.113.11', 'http'))
  assert.doesNotMatch(plain.headers.get('set-cookie')!, /Secure/)

  const call = caller(() => world.gateway.url)
  const guess = (address: string) => (n: number) =>
    call('GET', '/external/messages', undefined, { 'certification-code': `guess ${n}`, ...from(address) })
  assert.deepEqual(await statusesOf(130, guess('203.0.113.9')), new Set([401, 429]))
  assert.deepEqual(await statusesOf(50, guess('203.0.113.10')), new Set([401]))
})

test('without trusted proxies a header does not change the address', async () => {
  await using world = await startWorld({ webhook: false })
  const claimed = (n: number) => ({ 'x-forwarded-for': `203.0.113.${n}`, 'x-forwarded-proto': 'https' })
  assert.deepEqual(await statusesOf(7, (n) => signIn(world, 'wrong', claimed(n))), new Set([401, 429]))
  assert.equal((await world.admin('GET', '/admin/stats')).http, 200, 'sign-ins do not count against the bearer')
})

test('the headers of a proxy outside of the trusted ones are not used', async () => {
  await using world = await startWorld({ webhook: false, env: { TRUSTED_PROXIES: '192.0.2.0/24' } })
  const answer = await signIn(world, ADMIN_TOKEN, { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' })
  assert.doesNotMatch(answer.headers.get('set-cookie')!, /Secure/)
})

test('wrong passwords from many addresses refuse further wrong ones, and no right one', async () => {
  await using world = await startWorld({ webhook: false, env: { TRUSTED_PROXIES: '127.0.0.1' } })
  const from = (n: number) => ({ 'x-forwarded-for': `198.51.100.${n}` })
  assert.deepEqual(await statusesOf(60, (n) => signIn(world, 'wrong', from(n))), new Set([401, 429]))
  assert.equal((await signIn(world, ADMIN_TOKEN, from(200))).http, 200)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Config, ConfigError, readConfig } from './config.ts'

const KEY = Buffer.alloc(32, 1).toString('base64')

function problemsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.problems
  }
  return []
}

test('without settings: the sandbox, SQLite, loopback', () => {
  const config = readConfig({})
  assert.equal(config.sandbox, true)
  assert.equal(config.host, '127.0.0.1')
  assert.equal(config.port, 8080)
  assert.equal(config.databaseUrl, undefined)
  assert.deepEqual(config.outboundAllow, ['127.0.0.0/8', '::1/128'])
})

test('empty values count as unset', () => {
  assert.equal(readConfig({ PORT: '', DATABASE_URL: '  ' }).port, 8080)
})

test('one error names every invalid setting', () => {
  const problems = problemsOf({
    PORT: '99999',
    SANDBOX_PORT: 'x',
    LOG_LEVEL: 'loud',
    CLOUD_API_URL: 'graph',
    CLOUD_API_VERSION: '25',
    MASTER_KEY: 'short',
    OUTBOUND_ALLOW: '10.0.0.0/8, nonsense',
    DATABASE_URL: 'mysql://x',
    ADMIN_TOKEN: 'tiny',
  })
  const names = problems.map((problem) => problem.split(' ')[0])
  for (const name of [
    'PORT',
    'SANDBOX_PORT',
    'LOG_LEVEL',
    'CLOUD_API_URL',
    'CLOUD_API_VERSION',
    'MASTER_KEY',
    'OUTBOUND_ALLOW',
    'DATABASE_URL',
    'ADMIN_TOKEN',
  ]) {
    assert.ok(names.includes(name), `${name} among ${names.join(', ')}`)
  }
})

test('an invalid secret is not repeated', () => {
  assert.ok(!problemsOf({ MASTER_KEY: 'my-own-secret-key' }).join().includes('my-own-secret-key'))
})

test('a real Cloud API needs its secrets; a database of several nodes needs a common key', () => {
  assert.deepEqual(
    problemsOf({ CLOUD_API_URL: 'https://graph.facebook.com' }).map((problem) => problem.split(' ')[0]),
    ['META_APP_SECRET', 'META_VERIFY_TOKEN'],
  )
  assert.deepEqual(
    problemsOf({ DATABASE_URL: 'postgres://x/y' }).map((problem) => problem.split(':')[0]),
    ['MASTER_KEY must be set when DATABASE_URL is', 'ADMIN_TOKEN must be set when DATABASE_URL is'],
  )
  assert.deepEqual(
    problemsOf({
      CLOUD_API_URL: 'https://graph.facebook.com',
      META_APP_SECRET: 's',
      META_VERIFY_TOKEN: 't',
      DATABASE_URL: 'postgres://x/y',
      MASTER_KEY: KEY,
      ADMIN_TOKEN: 'sixteen-letters-',
    }),
    [],
  )
})

test('with a real Cloud API no private address may be reached unless it is listed', () => {
  const config = readConfig({
    CLOUD_API_URL: 'https://graph.facebook.com/',
    META_APP_SECRET: 's',
    META_VERIFY_TOKEN: 't',
    OUTBOUND_ALLOW: '10.1.2.3 fd00::/8',
  })
  assert.equal(config.cloudApiUrl, 'https://graph.facebook.com')
  assert.deepEqual(config.outboundAllow, ['10.1.2.3/32', 'fd00::/8'])
})

test('listeners need ports of their own', () => {
  assert.match(problemsOf({ PORT: '8081' }).join(), /SANDBOX_PORT must differ/)
  for (const HANDSET_PORT of ['8080', '8081'])
    assert.match(problemsOf({ HANDSET_PORT }).join(), /HANDSET_PORT must differ/)
  assert.deepEqual(problemsOf({ HANDSET_PORT: '8082' }), [])
})

test('an admin token has 16 characters or more', () => {
  assert.match(problemsOf({ ADMIN_TOKEN: 'x'.repeat(15) }).join(), /^ADMIN_TOKEN must have at least 16 characters/)
  assert.equal(readConfig({ ADMIN_TOKEN: 'x'.repeat(16) }).adminToken, 'x'.repeat(16))
})

test('networks are CIDRs or addresses, and an invalid one is named as it was written', () => {
  assert.deepEqual(readConfig({ TRUSTED_PROXIES: '10.0.0.0/8, 192.0.2.1 fd00::/8,::1' }).trustedProxies, [
    '10.0.0.0/8',
    '192.0.2.1/32',
    'fd00::/8',
    '::1/128',
  ])
  for (const bad of ['foo', '999.1.1.1/8', '10.0.0.0/33', '10.0.0.0/8/8', 'fd00::/129', 'fe80::1%eth0', '10.0.0.0/']) {
    for (const name of ['TRUSTED_PROXIES', 'OUTBOUND_ALLOW']) {
      assert.throws(
        () => readConfig({ [name]: `127.0.0.1,${bad}` }),
        (error) =>
          error instanceof ConfigError &&
          error.problems[0] === `${name} has "${bad}", which is not a CIDR such as 10.0.0.0/8`,
      )
    }
  }
})

test('limits of deliveries and reads are settings, and an error names their bounds', () => {
  const bounds: [keyof Config, string, number, number][] = [
    ['webhookTimeoutSeconds', 'WEBHOOK_TIMEOUT_SECONDS', 1, 120],
    ['webhookConnectionsPerEndpoint', 'WEBHOOK_CONNECTIONS_PER_ENDPOINT', 1, 10_000],
    ['webhookPlacesPerEndpoint', 'WEBHOOK_PLACES_PER_ENDPOINT', 4, 20_000],
    ['webhookMostLanes', 'WEBHOOK_MOST_LANES', 16, 1_000_000],
    ['webhookLeaseSeconds', 'WEBHOOK_LEASE_SECONDS', 5, 3_600],
    ['webhookRetryFirstMs', 'WEBHOOK_RETRY_FIRST_MS', 100, 3_600_000],
    ['webhookRetryLongestSeconds', 'WEBHOOK_RETRY_LONGEST_SECONDS', 1, 86_400],
    ['webhookRetryHours', 'WEBHOOK_RETRY_HOURS', 1, 336],
    ['storeReaders', 'STORE_READERS', 1, 64],
  ]
  // Values that satisfy the two rules below, each between two settings, at every bound.
  const others = { WEBHOOK_TIMEOUT_SECONDS: '1', WEBHOOK_LEASE_SECONDS: '3600', WEBHOOK_RETRY_FIRST_MS: '100' }
  for (const [name, env, least, most] of bounds) {
    const around = env === 'WEBHOOK_RETRY_FIRST_MS' ? { WEBHOOK_RETRY_LONGEST_SECONDS: '3600' } : others
    for (const value of [least, most]) assert.equal(readConfig({ ...around, [env]: String(value) })[name], value)
    for (const value of [least - 1, most + 1, 1.5, 'many'])
      assert.deepEqual(problemsOf({ ...around, [env]: String(value) }), [
        `${env} must be a whole number from ${least} to ${most}, got "${value}"`,
      ])
  }
  assert.deepEqual(problemsOf({ WEBHOOK_TIMEOUT_SECONDS: '30' }), [
    'WEBHOOK_LEASE_SECONDS must be at least 63, twice WEBHOOK_TIMEOUT_SECONDS plus 3, got 60',
  ])
  assert.deepEqual(problemsOf({ WEBHOOK_RETRY_FIRST_MS: '2000', WEBHOOK_RETRY_LONGEST_SECONDS: '1' }), [
    'WEBHOOK_RETRY_FIRST_MS must not be more than WEBHOOK_RETRY_LONGEST_SECONDS, got 2000 ms and 1 s',
  ])
})

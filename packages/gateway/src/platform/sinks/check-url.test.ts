import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOutbound } from '../outbound/guard.ts'
import { checkSinkUrl, sinkKindOf } from './check-url.ts'

test('the scheme decides the kind of sink', () => {
  const urls = ['postgres://u@h', 'PostgreSQL://u@h', 'redis://h', 'rediss://h', 'https://h', 'mysql://h', 'nonsense']
  assert.deepEqual(urls.map(sinkKindOf), [
    ...['postgres', 'postgres', 'stream', 'stream'],
    ...[undefined, undefined, undefined],
  ])
})

const REFUSED: [url: string, reason: string, says: RegExp][] = [
  ['postgres://u:sesame@127.0.0.1/db', 'host_not_public', /127\.0\.0\.1 is not reached from here: loopback/],
  ['postgres://u:sesame@db.example,10.0.0.1/db', 'host_not_public', /10\.0\.0\.1 is not reached/],
  ['postgres://u:sesame@[::1]/db', 'host_not_public', /is not reached/],
  ['redis://:sesame@localhost', 'host_not_public', /localhost is not reached/],
  ['rediss://:sesame@[fd00::1]', 'host_not_public', /is not reached/],
  ['postgres://u:sesame@db.example/db?sslmode=maybe', 'url_malformed', /^sslmode is one of/],
  ['redis://:sesame@cache.example/zero', 'url_malformed', /^the path is the number of a database/],
  ['redis://:sesame@cache.example?shards=0', 'url_malformed', /^shards is a number from 1/],
  ['redis://:sesame@cache.example?maxlen=many', 'url_malformed', /^maxlen is a number/],
  ['redis://:sesame@cache.example?stream=', 'url_malformed', /^stream is a key/],
  ['redis://:sesame@cache.example?cafile=/ca.pem', 'url_malformed', /^cafile goes with rediss/],
  ['redis://:sesame@cache.example?group=a', 'url_malformed', /^the parameter group is not known/],
  ['redis://:sesame@', 'url_malformed', /^must look like redis:/],
]

for (const [url, reason, says] of REFUSED) {
  test(`${url.replace('sesame', '…')} is refused without quoting the password`, () => {
    const check = checkSinkUrl(url, createOutbound({ allow: [] }))
    assert(!check.ok)
    assert.equal(check.reason, reason)
    assert.match(check.message, says)
    assert.doesNotMatch(check.message, /sesame/)
  })
}

test('host names and allowed addresses pass', () => {
  const outbound = createOutbound({ allow: ['10.0.0.0/8'] })
  for (const url of [
    'postgres://u@db.example/db',
    'postgres://u@10.0.0.1',
    'rediss://:p@cache.example:6380/2?shards=4',
  ])
    assert.deepEqual(checkSinkUrl(url, outbound), { ok: true })
})

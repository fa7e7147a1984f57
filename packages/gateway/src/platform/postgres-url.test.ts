import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDatabaseUrl } from './postgres-url.ts'

const CASES: [string, string[], boolean][] = [
  ['postgres://u:p@h/db', ['postgres://u:p@h:5432/db'], false],
  ['postgresql://h:6000/db', ['postgres://h:6000/db'], false],
  ['postgres://u:p@h1:5432,h2:5433/db', ['postgres://u:p@h1:5432/db', 'postgres://u:p@h2:5433/db'], true],
  [
    'postgres://u@h1,h2/db?target_session_attrs=read-write&connect_timeout=3',
    ['postgres://u@h1:5432/db?connect_timeout=3', 'postgres://u@h2:5432/db?connect_timeout=3'],
    true,
  ],
  ['postgres://h/db?target_session_attrs=primary', ['postgres://h:5432/db'], true],
  ['postgres://[::1]:6000,[::2]/db', ['postgres://[::1]:6000/db', 'postgres://[::2]:5432/db'], true],
  ['postgres://u:p%40%2F@h/db', ['postgres://u:p%40%2F@h:5432/db'], false],
  ['postgres:///db?host=h1,h2&port=1,2', ['postgres://h1:1/db', 'postgres://h2:2/db'], true],
  ['postgres:///db?host=/run/pg', ['postgres://localhost:5432/db?host=%2Frun%2Fpg'], false],
  ['postgres://%2Frun%2Fpg/db', ['postgres://localhost:5432/db?host=%2Frun%2Fpg'], false],
  ['postgres://h/db?sslmode=verify-full', ['postgres://h:5432/db?sslmode=verify-full&uselibpqcompat=true'], false],
]

for (const [url, urls, writable] of CASES) {
  test(`DATABASE_URL ${url}`, () => {
    const places = readDatabaseUrl(url)
    assert.deepEqual(places.urls, urls)
    assert.equal(places.writable, writable)
    assert.equal(places.names.length, urls.length)
    assert.ok(!places.names.some((name) => name.includes('p%40')))
  })
}

test('prefer and allow connect without TLS when the server has none', () => {
  assert.equal(readDatabaseUrl('postgres://h/db?sslmode=prefer').plainWillDo, true)
  assert.equal(readDatabaseUrl('postgres://h/db?sslmode=require').plainWillDo, false)
})

test('an invalid URL is refused without quoting it', () => {
  for (const url of [
    'mysql://u:sesame@h/db',
    'postgres://u:sesame@h:port/db',
    'postgres://u:sesame@h:99999/db',
    'postgres://u:sesame@h/db?target_session_attrs=standby',
    'postgres://u:sesame@a:b:c/db',
  ]) {
    assert.throws(
      () => readDatabaseUrl(url),
      (error: Error) => /DATABASE_URL/.test(error.message) && !error.message.includes('sesame'),
    )
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readPostgresTarget, tablesOf } from './url.ts'

test('a URL names server, user, database and table', () => {
  const target = readPostgresTarget(
    'postgresql://shop:p%40ss%2F@db.shop.example:6000/ware%20house?table=crm.Events&sslmode=verify-full&sslrootcert=/ca.pem',
  )
  assert.deepEqual(target, {
    hosts: [{ host: 'db.shop.example', port: 6000 }],
    mustWrite: false,
    user: 'shop',
    password: 'p@ss/',
    database: 'ware house',
    sslMode: 'verify-full',
    sslRootCert: '/ca.pem',
    sslCert: undefined,
    sslKey: undefined,
    applicationName: 'postern',
    connectTimeoutMs: undefined,
    options: undefined,
    schema: 'crm',
    table: 'Events',
  })
})

test('missing parts have libpq’s defaults', () => {
  const target = readPostgresTarget('postgres://shop@db.shop.example')
  assert.deepEqual(
    [target.hosts, target.password, target.database, target.sslMode, target.schema, target.table],
    [[{ host: 'db.shop.example', port: 5432 }], '', 'shop', 'prefer', undefined, 'postern_events'],
  )
})

test('with several hosts, one that accepts writes is used', () => {
  const target = readPostgresTarget('postgres://u:p@one:5433,[::1]/db?connect_timeout=3')
  assert.deepEqual(target.hosts, [
    { host: 'one', port: 5433 },
    { host: '[::1]', port: 5432 },
  ])
  assert.equal(target.mustWrite, true)
  assert.equal(target.connectTimeoutMs, 3000)
})

test('names of tables are quoted, whatever they contain', () => {
  const target = readPostgresTarget(`postgres://u@h/db?table=${encodeURIComponent('a"; drop table x;--.b"c')}`)
  assert.deepEqual(tablesOf(target), {
    events: '"a""; drop table x;--"."b""c"',
    cursor: '"a""; drop table x;--"."postern_cursor"',
  })
})

const REFUSED: [url: string, says: RegExp][] = [
  ['mysql://u:sesame@h/db', /must look like postgres:/],
  ['postgres://h/db', /name the user/],
  ['postgres://u:sesame@h/db?sslmode=on', /sslmode is one of disable, /],
  ['postgres://u:sesame@h/db?pool=3', /parameter pool is not known/],
  ['postgres://u:sesame@h/db?table=a.b.c', /table is the name of a table/],
  ['postgres://u:sesame@h/db?table=', /table is the name of a table/],
  ['postgres://u:sesame@h/db?table=postern_cursor', /holds the cursors/],
  [`postgres://u:sesame@h/db?table=${'x'.repeat(64)}`, /at most 63 bytes/],
  ['postgres://u:sesame@/db?host=/run/postgresql', /sockets of this machine are not reached/],
  ['postgres://u:sesame@%2Frun%2Fpg/db', /sockets of this machine are not reached/],
  ['postgres://u:sesa%me@h/db', /%25/],
  ['postgres://u:sesame@h/db?connect_timeout=soon', /number of seconds/],
  ['postgres://u:sesame@h:port/db', /a host is written as/],
]

for (const [url, says] of REFUSED) {
  test(`refused without quoting it: ${url.replace('sesame', '…').slice(0, 60)}`, () => {
    assert.throws(
      () => readPostgresTarget(url),
      (error: Error) => says.test(error.message) && !/sesa/.test(error.message),
    )
  })
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callerOf, createTrust } from './caller.ts'

const TRUST: [cidrs: string[], address: string | undefined, trusted: boolean][] = [
  [[], '127.0.0.1', false],
  [['10.0.0.0/8'], '10.255.1.2', true],
  [['10.0.0.0/8'], '11.0.0.1', false],
  [['10.0.0.0/8'], '::ffff:10.1.2.3', true],
  [['10.0.0.7/32'], '10.0.0.8', false],
  [['0.0.0.0/0'], '203.0.113.9', true],
  [['0.0.0.0/0'], '2001:db8::1', false],
  [['fd00::/8', '127.0.0.0/8'], 'fd12::1', true],
  [['fd00::/8', '127.0.0.0/8'], '127.0.0.1', true],
  [['fd00::/8'], 'unknown', false],
  [['fd00::/8'], undefined, false],
]
for (const [cidrs, address, trusted] of TRUST) {
  test(`${String(address)} is ${trusted ? '' : 'not '}trusted among [${cidrs.join(', ')}]`, () => {
    assert.equal(createTrust(cidrs)(address), trusted)
  })
}

const CALLERS: [ip: string | undefined, counted: string][] = [
  ['203.0.113.9', '203.0.113.9'],
  ['203.0.113.9:51234', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['[2001:db8:1:2::5]:443', '2001:db8:1:2::/64'],
  ['2001:DB8:0001:2:ffff:1:2:3', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8::2:0:0:1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  ['unknown', '192.0.2.1'],
  ['', '192.0.2.1'],
  ['x'.repeat(5_000), '192.0.2.1'],
  [undefined, '192.0.2.1'],
]
for (const [ip, counted] of CALLERS) {
  test(`${String(ip).slice(0, 40)} is counted as ${counted}`, () => {
    assert.equal(callerOf({ ip, socket: { remoteAddress: '192.0.2.1' } }), counted)
  })
}

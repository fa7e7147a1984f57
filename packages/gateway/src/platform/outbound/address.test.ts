import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAllowed, kindOfAddress, readCidr } from './address.ts'

const KINDS: [address: string, kind: string][] = [
  ['8.8.8.8', 'public'],
  ['172.15.255.255', 'public'],
  ['172.32.0.1', 'public'],
  ['100.63.255.255', 'public'],
  ['2606:4700::1111', 'public'],
  ['::ffff:8.8.8.8', 'public'],
  ['64:ff9b::808:808', 'public'],
  ['0.0.0.0', 'unspecified'],
  ['0.1.2.3', 'unspecified'],
  ['10.0.0.1', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.1.1', 'private'],
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['169.254.169.254', 'linkLocal'],
  ['100.100.100.200', 'carrierGradeNat'],
  ['168.63.129.16', 'metadata'],
  ['192.0.0.192', 'reserved'],
  ['192.0.2.1', 'reserved'],
  ['198.18.0.1', 'reserved'],
  ['198.51.100.7', 'reserved'],
  ['203.0.113.9', 'reserved'],
  ['240.0.0.1', 'reserved'],
  ['224.0.0.1', 'multicast'],
  ['255.255.255.255', 'broadcast'],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['::7f00:1', 'reserved'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:7f00:1', 'loopback'],
  ['::ffff:169.254.169.254', 'linkLocal'],
  ['64:ff9b::10.0.0.1', 'private'],
  ['64:ff9b:1::10.0.0.1', 'rfc6052'],
  ['::ffff:0:10.0.0.1', 'rfc6145'],
  ['2002:a00:1::', '6to4'],
  ['2001:0:4136:e378::1', 'teredo'],
  ['fe80::1', 'linkLocal'],
  ['fe80::1%eth0', 'linkLocal'],
  ['fec0::1', 'deprecatedSiteLocal'],
  ['fc00::1', 'uniqueLocal'],
  ['fd00:ec2::254', 'uniqueLocal'],
  ['ff02::1', 'multicast'],
  ['100::1', 'discard'],
  ['2001:db8::1', 'reserved'],
  ['3fff::1', 'reserved'],
  ['4000::1', 'reserved'],
  ['not an address', 'malformed'],
]

for (const [address, kind] of KINDS) {
  test(`${address} is ${kind}`, () => assert.equal(kindOfAddress(address), kind))
}

test('a CIDR is parsed, a bare address is a network of one, other text is neither', () => {
  assert.equal(readCidr('10.0.0.0/8')?.[1], 8)
  assert.equal(readCidr(' 10.0.0.5 ')?.[1], 32)
  assert.equal(readCidr('::1')?.[1], 128)
  for (const text of ['', '10.0.0.0/33', '10.0.0', '0x7f.1', 'localhost', '10.0.0.0/', '/8']) {
    assert.equal(readCidr(text), undefined, text)
  }
})

test('an allowed network contains its addresses in every spelling, and no others', () => {
  const allowed = [readCidr('10.1.0.0/16')!, readCidr('::1')!]
  for (const address of ['10.1.0.0', '10.1.255.255', '::ffff:10.1.2.3', '::1']) assert(isAllowed(address, allowed))
  for (const address of ['10.2.0.0', '::2', '127.0.0.1', 'nonsense']) assert(!isAllowed(address, allowed))
})

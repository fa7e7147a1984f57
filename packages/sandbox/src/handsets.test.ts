import assert from 'node:assert/strict'
import type { NetworkInterfaceInfo } from 'node:os'
import { test } from 'node:test'
import { Handsets, reachOf } from './handsets.ts'

const address = (address: string, internal = false): NetworkInterfaceInfo =>
  ({ address, internal, family: 'IPv4' }) as NetworkInterfaceInfo
const FOUND = {
  lo: [address('127.0.0.1', true)],
  docker0: [address('172.17.0.1')],
  eth0: [address('203.0.113.9')],
  wlan0: [address('192.168.1.7')],
}

test('a token opens one phone until it is ended, and the oldest of too many ends', () => {
  const handsets = new Handsets()
  const first = handsets.open('16505551234', 1)
  assert.match(first.token, /^[\w-]{43}$/)
  assert.equal(handsets.find(first.token, 2)?.phone, '16505551234')
  assert.equal(handsets.find(`${first.token.slice(0, -1)}x`, 2), undefined)
  assert.ok(!JSON.stringify(handsets.list()).includes(first.token), 'the list has no tokens')
  let ended = 0
  handsets.onEnd(first.handset.id, () => ended++)
  const others = Array.from({ length: 20 }, () => handsets.open('85268411234', 3))
  assert.equal(handsets.find(first.token, 4), undefined)
  assert.equal(ended, 1)
  assert.equal(handsets.list().length, 20)
  assert.ok(handsets.end(others[3]!.handset.id))
  assert.ok(!handsets.end(others[3]!.handset.id))
  handsets.endAll()
  assert.equal(handsets.find(others[7]!.token, 5), undefined)
})

test('the addresses for a handset: of the port for handsets, of a sandbox that listens to all, or none', () => {
  assert.deepEqual(reachOf({ host: '127.0.0.1', port: 8081 }, FOUND), { how: 'none', addresses: [] })
  assert.deepEqual(reachOf({ host: '127.0.0.1', port: 8081, own: 8082 }, FOUND), {
    how: 'own',
    addresses: ['http://192.168.1.7:8082', 'http://203.0.113.9:8082', 'http://172.17.0.1:8082'],
  })
  assert.equal(reachOf({ host: '0.0.0.0', port: 8081 }, FOUND).addresses[0], 'http://192.168.1.7:8081')
  assert.deepEqual(reachOf({ host: '10.1.2.3', port: 8081 }, FOUND), {
    how: 'all',
    addresses: ['http://10.1.2.3:8081'],
  })
})

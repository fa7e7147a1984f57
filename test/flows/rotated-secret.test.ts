import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { systemClock } from '../../packages/runtime/src/clock.ts'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startWorld } from '../support/world.ts'

const DAY_MS = 24 * 60 * 60_000

test('the old secret signs for a day and not longer, although nothing else of the channel changes', async (t) => {
  let aheadMs = 0
  const clock = { ...systemClock, now: () => systemClock.now() + aheadMs }
  await using world = await startWorld({ webhook: false, gateway: { clock } })
  const signatures: string[][] = []
  const endpoint = createServer((request, response) => {
    signatures.push(String(request.headers['webhook-signature']).split(' '))
    request.resume().on('end', () => response.end())
  })
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve))
  t.after(() => endpoint.close())
  const { port } = endpoint.address() as AddressInfo
  await world.admin('PUT', '/admin/channels/1/webhook', { url: `http://127.0.0.1:${port}/` })
  await world.admin('POST', '/admin/channels/1/webhook/rotate-secret')
  const told = async (): Promise<number> => {
    const before = signatures.length
    await world.sandbox.phone(DEMO.phones[0]).says('hello')
    await world.receiver.until(() => signatures.length > before, 'the callback')
    return signatures.at(-1)!.length
  }
  assert.equal(await told(), 2)
  aheadMs = DAY_MS - 60_000
  assert.equal(await told(), 2)
  aheadMs = DAY_MS + 1
  assert.equal(await told(), 1)
})

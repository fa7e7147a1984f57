import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ShiftedClock } from '../../packages/runtime/src/clock.ts'
import { ADMIN_TOKEN, startWorld, type World } from '../support/world.ts'

const MINUTE = 60_000

async function signIn(world: World, token: string): Promise<number> {
  const response = await fetch(`${world.gateway.url}/console/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-postern-console': '1' },
    body: JSON.stringify({ token }),
  })
  await response.arrayBuffer()
  return response.status
}

for (const step of [-40_000, -90 * MINUTE, 90 * MINUTE]) {
  test(`a clock that is set ${step < 0 ? 'back' : 'ahead'} by ${Math.abs(step) / 1000} s refuses no request, and events arrive`, async () => {
    const clock = new ShiftedClock()
    await using world = await startWorld({ gateway: { clock } })
    world.receiver.anyTime = true
    const someone = { to: '15550300001', type: 'template', template: { name: 'order_update', language: 'en' } }
    const call = async () => (await world.customer('GET', '/external/templates')).http
    const send = async () => {
      const answer = await world.customer('POST', '/external/messages/whatsapp', someone)
      return `${answer.http} ${answer.http === 429 ? answer.message : ''}`.trim()
    }
    // The buckets are in use before the step, as in operation.
    for (let i = 0; i < 50; i++) assert.equal(await call(), 200)
    const before = await send()
    for (let i = 0; i < 4; i++) assert.equal(await signIn(world, 'wrong'), 401)
    clock.step(step)
    for (let i = 0; i < 50; i++) assert.equal(await call(), 200)
    assert.equal(await send(), before)
    assert.equal(await signIn(world, ADMIN_TOKEN), 200)
    assert.equal((await world.admin('GET', '/admin/channels')).http, 200)
    await world.sandbox.phone('15550300002').says('after the step')
    await world.receiver.until(
      () => world.receiver.received.some(({ body }) => body.event === 'new_message'),
      'the message of a person who writes after the step',
    )
  })
}

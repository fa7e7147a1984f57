import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { ShiftedClock } from '../../packages/runtime/src/clock.ts'
import { startWorld, type World } from '../support/world.ts'

const SEND = '/external/messages/whatsapp'
const CODE = {
  type: 'button',
  sub_type: 'copy_code',
  index: '0',
  parameters: [{ type: 'coupon_code', coupon_code: 'A' }],
}
const MARKETING = { name: 'test_button_code_1', components: [CODE] }
const UTILITY = { name: 'hello_world' }
const MINUTE = 60
const HOUR = 60 * MINUTE

type Shown = { state: string; next_try_at: number | null; error: { reason: string } | null; sent_as: string | null }

let world: World
const clock = new ShiftedClock()
/** From half an hour ahead until four hours ahead, by the clock of Hong Kong. */
let begins: number
let ends: number
before(async () => {
  world = await startWorld({ gateway: { clock } })
  world.receiver.anyTime = true
  // Of a younger channel it is not known whether a window is closed.
  passUntil(Math.floor(clock.now() / 1000) + 25 * HOUR)
  const now = Math.floor(clock.now() / 1000)
  begins = Math.ceil(now / MINUTE) * MINUTE + 30 * MINUTE
  ends = begins + 3 * HOUR
  await quietHours({ from: inHongKong(begins), to: inHongKong(ends) })
})
after(() => world.stop())

const inHongKong = (seconds: number): string => new Date((seconds + 8 * HOUR) * 1000).toISOString().slice(11, 16)

async function quietHours(value: object | null): Promise<void> {
  const changed = await world.admin('PATCH', `/admin/channels/${DEMO.channelId}`, { quiet_hours: value })
  assert.equal(changed.http, 200, JSON.stringify(changed))
  assert.deepEqual((changed.data as { quiet_hours: unknown }).quiet_hours, value)
}

function passUntil(seconds: number): void {
  const ms = seconds * 1000 - clock.now()
  world.sandbox.clock.advance(ms)
  clock.advance(ms)
}

async function schedule(to: string, more: object): Promise<string> {
  const answer = await world.customer('POST', SEND, { to, type: 'template', ...more })
  assert.equal(answer.http, 202, JSON.stringify(answer))
  return (answer.data as { reference: string }).reference
}

const one = async (reference: string): Promise<Shown> =>
  (await world.customer('GET', `/external/scheduled/${reference}`)).data as Shown
const told = async (reference: string) =>
  (await world.receiver.gets({ event: 'message_scheduled_update', reference })).body as {
    state: string
    error: unknown
  }

async function held(reference: string): Promise<Shown> {
  for (;;) {
    const shown = await one(reference)
    if (shown.error !== null || (shown.state !== 'scheduled' && shown.state !== 'sending')) return shown
  }
}

test('marketing that is scheduled into quiet hours waits until they are over; nothing else does', async () => {
  const at = begins + HOUR
  const marketing = await schedule('85268410001', { template: MARKETING, send_at: at })
  const utility = await schedule('85268410002', { template: UTILITY, send_at: at })
  const fallback = { type: 'text', text: 'a free message', fallback: { template: MARKETING } }
  const instead = await schedule('85268410003', { ...fallback, send_at: at })
  const short = await schedule('85268410004', { template: MARKETING, send_at: at, expires_at: ends - 1 })
  passUntil(at)
  assert.equal((await told(utility)).state, 'sent')
  assert.equal((await told(short)).state, 'expired')
  for (const reference of [marketing, instead]) {
    const shown = await held(reference)
    assert.deepEqual([shown.state, shown.next_try_at, shown.error?.reason], ['scheduled', ends, 'quiet_hours'])
  }
  const now = await world.customer('POST', SEND, { to: '85268410005', type: 'template', template: MARKETING })
  assert.equal(now.http, 200, 'a send of this moment is never held back')
  passUntil(ends)
  for (const reference of [marketing, instead]) assert.equal((await told(reference)).state, 'sent')
  assert.equal((await one(instead)).sent_as, 'template')
})

test('for: "all" holds back everything that goes out by itself', async () => {
  const next = begins + 24 * HOUR
  await quietHours({ from: inHongKong(begins), to: inHongKong(ends), for: 'all' })
  const utility = await schedule('85268410012', { template: UTILITY, send_at: next + HOUR })
  passUntil(next + HOUR)
  assert.equal((await held(utility)).error?.reason, 'quiet_hours')
  await quietHours(null)
  passUntil(next + 3 * HOUR)
  assert.equal((await told(utility)).state, 'sent')
})

test('wrong quiet hours are refused by their fields', async () => {
  for (const [value, path] of [
    [{ from: '25:00', to: '08:00' }, 'quiet_hours.from'],
    [{ from: '21:00', to: '21:00' }, 'quiet_hours.to'],
    [{ from: '21:00', to: '08:00', days: ['monday'] }, 'quiet_hours.days.0'],
    [{ from: '21:00', to: '08:00', zone: 'UTC' }, 'quiet_hours.zone'],
  ] as const) {
    const answer = await world.admin('PATCH', `/admin/channels/${DEMO.channelId}`, { quiet_hours: value })
    const { fields } = answer.error as unknown as { fields: { path: string }[] }
    assert.deepEqual([answer.http, fields[0]?.path], [422, path], JSON.stringify(answer))
  }
})

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { shownState } from '../../packages/gateway/src/domain/channels/shown-state.ts'
import { startWorld, type World } from '../support/world.ts'

let world: World
before(async () => void (world = await startWorld()))
after(() => world.stop())

type Shown = { state: ReturnType<typeof shownState>; messages_per_second: number }

async function shown(): Promise<Shown> {
  const own = (await world.customer('GET', '/external/channel')).data as Shown
  const admin = (await world.admin('GET', '/admin/channels/1')).data as Shown
  assert.deepEqual(own.state, admin.state, 'customers and operators see the same state')
  return own
}

const metric = async (name: string): Promise<string | undefined> => {
  const text = await (await fetch(`${world.gateway.url}/metrics`)).text()
  return new RegExp(`^${name}\\{channel="1"\\} (\\S+)$`, 'm').exec(text)?.[1]
}

test('a number of which nothing was told has a state with empty parts', async () => {
  const { state } = await shown()
  assert.equal(state.quality, null)
  assert.deepEqual([state.alerts, state.other], [[], {}])
  assert.equal(await metric('postern_channel_quality'), undefined)
  assert.equal(await metric('postern_channel_restricted'), '0')
})

test('every signal of an account is its event, changes the state before the event arrives, and is shown', async () => {
  const tell = async (kind: string, what: string, values = {}): Promise<Record<string, unknown>> => {
    const had = world.receiver.received.length
    await world.sandbox.tell({ kind, values })
    await world.receiver.until(() => world.receiver.received.length > had, `the event of ${kind}`)
    const { body } = world.receiver.received[had]!
    assert.deepEqual([body.event, body.what], ['channel_update', what], kind)
    assert.ok(body.value, 'Meta’s value')
    return body
  }
  await tell('phone_number_quality', 'quality', { event: 'FLAGGED', max_daily_conversations_per_business: null })
  assert.equal((await shown()).state.quality?.value, 'FLAGGED')
  assert.equal(await metric('postern_channel_quality'), '1')

  await tell('phone_number_quality', 'limit')
  assert.equal((await shown()).state.throughput?.value, 'HIGH')
  assert.equal((await shown()).state.messaging_limit?.value, 'unlimited')
  await tell('business_capability', 'limit', { max_daily_conversations_per_business: 'TIER_2K' })
  assert.equal((await shown()).state.messaging_limit?.value, 2000)

  await tell('account_review', 'review', { decision: 'REJECTED' })
  assert.equal((await shown()).state.review?.value, 'REJECTED')
  await tell('phone_number_name', 'name')
  assert.equal((await shown()).state.name_review?.value, 'APPROVED')
  assert.equal(typeof (await shown()).state.verified_name?.value, 'string')
  await tell('security', 'security')
  assert.equal((await shown()).state.security?.value, 'PIN_RESET_REQUEST')
  await tell('account_alert', 'alert')
  assert.equal((await shown()).state.alerts[0]?.type, 'INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED')
  await tell('volume_tier', 'account')
  assert.ok((await shown()).state.other.VOLUME_BASED_PRICING_TIER_UPDATE)

  await tell('account_restricted', 'restriction')
  assert.match((await shown()).state.restriction?.reason ?? '', /^RESTRICTED_BUSINESS_INITIATED_CALLING: Review/)
  assert.equal(await metric('postern_channel_restricted'), '1')

  await tell('app_disconnected', 'account')
  assert.deepEqual(
    [(await shown()).state.account?.value, (await shown()).state.account?.reason],
    ['PARTNER_REMOVED', 'PRIMARY_INACTIVITY (SYSTEM)'],
  )
  assert.equal(await metric('postern_channel_connected'), '0')
  await tell('account_reconnected', 'account')
  assert.equal((await shown()).state.account?.value, 'ACCOUNT_RECONNECTED')
  assert.equal(await metric('postern_channel_connected'), '1')
})

test('a signal about another number of the account changes nothing here', async () => {
  const before = (await shown()).state
  await world.sandbox.tell({ kind: 'security', values: { display_phone_number: '15550001234', event: 'PIN_CHANGED' } })
  await world.receiver.gets({ event: 'channel_update', now: 'PIN_CHANGED' } as never)
  assert.deepEqual((await shown()).state, before)
})

test('what WhatsApp answers about the number becomes its state when the channel is checked', async () => {
  await world.sandbox.judgeNumber({ quality: 'YELLOW' })
  assert.equal((await world.admin('POST', '/admin/channels/1/check')).http, 200)
  const { quality, throughput, verified_name: name, coexistence } = (await shown()).state
  assert.deepEqual([quality?.value, quality?.reason], ['YELLOW', 'asked'])
  assert.equal(await metric('postern_channel_quality'), '2')
  assert.ok(throughput?.value)
  assert.ok(name?.value)
  assert.equal(coexistence?.value, false)
})

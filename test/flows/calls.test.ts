import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createClient, type Client } from '../../packages/client/src/index.ts'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startWorld, type World } from '../support/world.ts'

let world: World
let client: Client
before(async () => {
  world = await startWorld()
  client = createClient({ url: world.gateway.url, certificationCode: DEMO.certificationCode })
})
after(() => world.stop())

const OFFER = 'v=0\r\no=- 3626166318745852955 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n'
const offer = { sdp_type: 'offer', sdp: OFFER } as const
const answer = { sdp_type: 'answer', sdp: OFFER } as const
const listening = { status: 'ENABLED', purpose: 'quality', announcement_language: 'en' } as const

type Told = Record<string, unknown> & { call_event: string; value: Record<string, unknown> }
const told = (id: string): Told[] =>
  world.receiver.received.map(({ body }) => body as Told).filter(({ call_id }) => call_id === id)
async function tells(id: string, call_event: string): Promise<Told> {
  return (await world.receiver.gets({ event: 'call', call_id: id, call_event })).body as Told
}
const requests = (): Record<string, unknown>[] =>
  world.sandbox
    .received()
    .filter(({ path }) => path.endsWith('/calls'))
    .map(({ body }) => body as Record<string, unknown>)

test('a contact calls: the call opens the window, is taken, recorded and ended', async () => {
  const phone = world.sandbox.phone('12065550111')
  phone.is({ name: 'Mira' })
  const { id } = await phone.calls({ payload: 'campaign', sdp: OFFER })
  const rings = await tells(id, 'connect')
  assert.deepEqual(rings.session, offer)
  assert.equal(rings.direction, 'USER_INITIATED')
  assert.equal(rings.deeplink_payload, 'campaign')
  assert.equal((rings.contact as { phone: string }).phone, '12065550111')
  assert.equal((await client.window('12065550111')).state, 'open')

  assert.deepEqual(await client.call({ action: 'pre_accept', call_id: id, session: answer }), {
    call_id: id,
    success: true,
  })
  await client.call({
    action: 'accept',
    call_id: id,
    session: answer,
    biz_opaque_callback_data: 'ticket 88',
    recording: listening,
    transcription: listening,
  })
  assert.deepEqual(requests().at(-1), {
    messaging_product: 'whatsapp',
    action: 'accept',
    call_id: id,
    session: answer,
    biz_opaque_callback_data: 'ticket 88',
    recording: listening,
    transcription: listening,
  })
  await client.call({ action: 'terminate', call_id: id })
  const end = await tells(id, 'terminate')
  assert.equal(end.status, 'COMPLETED')
  assert.equal(end.biz_opaque_callback_data, 'ticket 88')
  assert.equal(typeof end.duration, 'number')

  const recording = (await tells(id, 'call_recording_available')).call_recording as { audio: { id: string } }
  const transcript = (await tells(id, 'call_transcription_available')).call_transcript as { document: { id: string } }
  assert.ok((await (await client.media.download(recording.audio.id)).arrayBuffer()).byteLength > 0)
  const text = await (await client.media.download(transcript.document.id)).json()
  assert.ok('transcript' in (text as object))
  assert.deepEqual(
    told(id).map(({ call_event }) => call_event),
    ['connect', 'terminate', 'call_recording_available', 'call_transcription_available'],
  )
})

test('a call is rejected', async () => {
  const { id } = await world.sandbox.phone('12065550112').calls()
  await client.call({ action: 'reject', call_id: id })
  assert.equal((await tells(id, 'terminate')).status, 'FAILED')
})

test('the business calls once the contact allows it, and the permission is kept', async () => {
  const [to, phone] = ['12065550113', world.sandbox.phone('12065550113')]
  await phone.says('Call me')
  await world.receiver.until(
    () => world.receiver.received.some(({ raw }) => raw.includes('Call me')),
    'the message of the contact',
  )
  const refused = await world.customer('POST', '/external/calls', { action: 'connect', to, session: offer })
  assert.deepEqual([refused.http, refused.code], [400, 10002])
  assert.match(refused.message, /^\(#138006\)/)
  const { upstream, reason } = refused.error as unknown as {
    reason: string
    upstream: { code: number; advice: string }
  }
  assert.deepEqual([reason, upstream.code], ['upstream_refused', 138006])
  assert.match(upstream.advice, /call_permission_request/)

  const ask = async (): Promise<void> => {
    const interactive = { type: 'call_permission_request', action: { name: 'call_permission_request' } }
    await world.send({ to, type: 'interactive', interactive })
    await world.sandbox.settled()
  }
  const permission = async (word: string) => {
    await world.receiver.until(
      () => world.receiver.received.filter(({ raw }) => raw.includes(`"response":"${word}"`)).length > 0,
      `the permission: ${word}`,
    )
    return ((await world.customer('GET', `/external/contacts/${to}`)).data as { calls: unknown }).calls
  }
  await ask()
  await phone.permitsCalls()
  const kept = (await permission('accept')) as { permission: string; until: number }
  assert.equal(kept.permission, 'temporary')
  assert.ok(Math.abs(kept.until - Date.now() / 1000 - 7 * 86_400) < 120)

  const { call_id: id } = await client.call({ action: 'connect', to, session: offer, biz_opaque_callback_data: 'a' })
  assert.match(id, /^wacid\./)
  assert.equal(requests().at(-1)!.to, to)
  const [connected, ringing] = [await tells(id, 'connect'), await tells(id, 'ringing')]
  assert.equal((connected.session as { sdp_type: string }).sdp_type, 'answer')
  assert.equal(ringing.direction, 'BUSINESS_INITIATED')
  assert.equal(ringing.biz_opaque_callback_data, 'a')
  await phone.answers(id)
  await tells(id, 'accepted')
  await phone.hangsUp(id)
  await tells(id, 'terminate')

  await ask()
  await phone.permitsCalls({ accepts: false })
  assert.equal(((await permission('reject')) as { permission: string }).permission, 'none')
})

test('problems of a call name their field, and WhatsApp is not asked', async () => {
  const before = requests().length
  const fields = async (body: object): Promise<string[]> => {
    const { http, error } = await world.customer('POST', '/external/calls', body)
    assert.equal(http, 422)
    return (error as unknown as { fields: { path: string; rule: string }[] }).fields.map((f) => `${f.path} ${f.rule}`)
  }
  const to = '12065550114'
  assert.deepEqual(await fields({}), ['action required'])
  assert.deepEqual(await fields({ action: 'hold' }), ['action enum'])
  assert.deepEqual(await fields({ action: 'connect', to }), ['session required'])
  assert.deepEqual(await fields({ action: 'connect', session: offer }), ['to required'])
  assert.deepEqual(await fields({ action: 'connect', to, session: answer }), ['session.sdp_type enum'])
  assert.deepEqual(await fields({ action: 'connect', to: '+1 206', session: offer }), ['to pattern'])
  assert.deepEqual(await fields({ action: 'accept', call_id: 'wacid.A' }), ['session required'])
  assert.deepEqual(await fields({ action: 'reject' }), ['call_id required'])
  assert.deepEqual(await fields({ action: 'terminate', call_id: 'wacid.A', session: answer }), ['session unknownKey'])
  assert.deepEqual(await fields({ action: 'connect', to, session: offer, recording: { status: 'ENABLED' } }), [
    'recording.purpose required',
    'recording.announcement_language required',
  ])
  assert.deepEqual(await fields({ action: 'connect', to, session: offer, biz_opaque_callback_data: 'x'.repeat(513) }), [
    'biz_opaque_callback_data maxLength',
  ])
  assert.equal(requests().length, before)
})

test('what WhatsApp refuses is explained', async () => {
  const unknown = await world.customer('POST', '/external/calls', {
    action: 'reject',
    call_id: 'wacid.unknown',
    to: '12065550112',
  })
  assert.deepEqual(
    [unknown.code, (unknown.error as unknown as { upstream: { code: number } }).upstream.code],
    [10002, 100],
  )
  const session = { sdp_type: 'offer', sdp: 'nothing' }
  const bad = await world.customer('POST', '/external/calls', { action: 'connect', to: '12065550112', session })
  const { upstream } = bad.error as unknown as { upstream: { code: number; advice: string } }
  assert.equal(upstream.code, 138004)
  assert.match(upstream.advice, /session\.sdp/)
})

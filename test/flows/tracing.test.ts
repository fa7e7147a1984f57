import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { pino } from 'pino'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { SERIALIZERS, silentLog } from '../../packages/gateway/src/platform/log.ts'
import { createTracing } from '../../packages/gateway/src/platform/tracing/open-telemetry.ts'
import { newSpanId, placeOf, referenceWith } from '../../packages/gateway/src/platform/tracing/trace-context.ts'
import type { FinishedSpan } from '../../packages/gateway/src/platform/tracing/tracing.ts'
import { startSandbox } from '../../packages/sandbox/src/index.ts'
import { demoChannel } from '../support/killable.ts'
import { post, status, webhook } from '../support/meta.ts'
import { OtlpSink, type SunkSpan } from '../support/otlp-sink.ts'
import { startProcess } from '../support/process.ts'
import { Receiver } from '../support/receiver.ts'
import { ADMIN_TOKEN, caller, startWorld } from '../support/world.ts'

const [PHONE] = DEMO.phones
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const CALLER = '00f067aa0ba902b7'

async function sinkFor(t: TestContext): Promise<OtlpSink> {
  const sink = await OtlpSink.start()
  t.after(() => sink.close())
  return sink
}

const settingsFor = (sink: OtlpSink, more: Record<string, string> = {}): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
  ...more,
})

const text = (body: string) => ({ to: PHONE, type: 'text', text: body })
const send = '/external/messages/whatsapp'
const SERVER = 'POST /external/messages/whatsapp'

test('one trace leads from a send to its statuses and their callbacks; the caller’s span is above it', async (t) => {
  const sink = await sinkFor(t)
  const world = await startWorld({
    env: settingsFor(sink, { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc' }),
  })
  t.after(() => world.stop())
  await world.sandbox.phone(PHONE).says('hi')
  await world.receiver.gets({ event: 'new_message' })
  const given = { traceparent: `00-${TRACE}-${CALLER}-01` }
  const { data } = await world.customer('POST', send, text('hello'), given)
  const { msg_id: wamid } = data as { msg_id: string }
  const told = await world.receiver.gets({
    event: 'message_status_update',
    message_status: 'delivered',
    message_id: wamid,
  })
  await world.stop()

  const ours = sink.spans.filter(({ traceId }) => traceId === TRACE)
  const one = (find: (span: SunkSpan) => boolean): SunkSpan => {
    const found = ours.filter(find)
    assert.equal(found.length, 1, sink.drawing())
    return found[0]!
  }
  const server = one(({ name }) => name === SERVER)
  assert.equal(server.parentSpanId, CALLER)
  assert.equal(server.attributes['http.response.status_code'], 200)
  const sent = one(({ name }) => name === 'send whatsapp')
  assert.equal(sent.parentSpanId, server.spanId)
  assert.match(String(sent.attributes['messaging.message.id']), /^msg_[0-9A-Z]{26}$/)
  const call = one(({ name }) => name === 'POST /{phone_number_id}/messages')
  assert.equal(call.parentSpanId, sent.spanId)
  assert.equal(call.attributes['server.address'], '127.0.0.1')
  const status = one(({ attributes }) => attributes['postern.message_status'] === 'delivered')
  assert.equal(status.parentSpanId, sent.spanId)
  assert.ok(status.startedAt >= call.startedAt)
  const callback = one(({ parentSpanId }) => parentSpanId === status.spanId)
  assert.equal(callback.attributes['http.response.status_code'], 200)
  assert.equal(told.headers.traceparent, `00-${TRACE}-${callback.spanId}-01`)
  assert.equal(told.body.traceparent, `00-${TRACE}-${status.spanId}-01`)
  assert.equal(told.body.reference, sent.attributes['messaging.message.id'])

  const inbound = sink.spans.find(({ attributes }) => attributes['postern.event'] === 'new_message')!
  assert.notEqual(inbound.traceId, TRACE)
  assert.ok(
    sink.spans.some(({ parentSpanId }) => parentSpanId === inbound.spanId),
    sink.drawing(),
  )
  assert.equal(sink.headers[0]!.authorization, 'Bearer abc')
  const everything = JSON.stringify(sink.spans)
  for (const personal of [PHONE, wamid, 'hello']) assert.ok(!everything.includes(personal), personal)
})

test('another process continues the trace of a message, minutes later', async (t) => {
  const sink = await sinkFor(t)
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-trace-'))
  t.after(() => rmSync(dataDir, { recursive: true, force: true }))
  const start = () =>
    startWorld({ env: settingsFor(sink), dataDir, gateway: { sandbox: { statusDelayMs: 3_600_000 } } })
  const first = await start()
  await first.sandbox.phone(PHONE).says('hi')
  const alone = await first.send(text('hello'))
  const given = await first.customer('POST', send, text('again'), { traceparent: `00-${TRACE}-${CALLER}-01` })
  const ids = [alone, (given.data as { msg_id: string }).msg_id]
  await first.stop()
  const sends = sink.spans.filter(({ name }) => name === 'send whatsapp')
  assert.equal(sends.length, 2, sink.drawing())

  const second = await start()
  t.after(() => second.stop())
  for (const [i, { attributes, traceId }] of sends.entries()) {
    const id = String(attributes['messaging.message.id'])
    // As WhatsApp returns it: the trace of a caller travels with our id.
    const returned = { biz_opaque_callback_data: referenceWith(id, i === 0 ? undefined : traceId) }
    await post(second, webhook(status(PHONE, ids[i]!, 'delivered', returned)))
    const told = await second.receiver.gets({ message_status: 'delivered', message_id: ids[i] })
    assert.match(String(told.headers.traceparent), new RegExp(`^00-${traceId}-`))
    assert.equal(told.body.reference, id)
  }
  await second.stop()
  for (const { spanId, traceId } of sends) {
    const spans = sink.spans.filter((span) => span.traceId === traceId)
    const continued = spans.find((span) => span.parentSpanId === spanId && span.name === 'process whatsapp')
    assert.ok(
      spans.some(({ parentSpanId }) => parentSpanId === continued?.spanId),
      sink.drawing(),
    )
  }
  assert.equal(sends[1]!.traceId, TRACE)
})

test('a caller’s decision counts: what it does not record is recorded nowhere', async (t) => {
  const sink = await sinkFor(t)
  const world = await startWorld({
    env: settingsFor(sink, { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }),
  })
  t.after(() => world.stop())
  await world.sandbox.phone(PHONE).says('hi')
  await world.send(text('by the ratio'))
  await world.customer('POST', send, text('by the caller'), { traceparent: `00-${'a'.repeat(32)}-${CALLER}-00` })
  await world.customer('POST', send, text('recorded'), { traceparent: `00-${TRACE}-${CALLER}-01` })
  await world.gateway.settled()
  const told = world.receiver.received.filter(({ headers }) => headers.traceparent !== undefined)
  await world.stop()
  assert.ok(told.length > 0 && told.length < world.receiver.received.length)
  for (const { body, headers } of told)
    assert.equal(String(headers.traceparent).split('-')[1], TRACE, JSON.stringify(body))
  assert.deepEqual([...new Set(sink.spans.map(({ traceId }) => traceId))], [TRACE], sink.drawing())
})

for (const behaviour of ['hang', 503] as const)
  test(`a collector that answers ${behaviour} stops and slows no send, and no shutdown`, async (t) => {
    const sink = await sinkFor(t)
    sink.behaviour = behaviour
    const world = await startWorld({ env: settingsFor(sink) })
    t.after(() => world.stop())
    await world.sandbox.phone(PHONE).says('hi')
    for (let i = 0; i < 5; i++) await world.send(text(`hello ${i}`))
    const begunAt = performance.now()
    await world.gateway.stop()
    assert.ok(sink.calls > 0, 'the collector was asked')
    assert.ok(performance.now() - begunAt < 8_000, 'the shutdown has a limit')
    assert.deepEqual(sink.spans, [])
  })

test('spans that wait for a collector have a limit', async (t) => {
  const sink = await sinkFor(t)
  sink.behaviour = 'hang'
  const tracing = createTracing({ ...TRACING, endpoint: sink.url })
  for (let i = 0; i < 10_000; i++) tracing.record(spanOf(i))
  sink.behaviour = 200
  await tracing.stop()
  // Those that wait, and one export on its way.
  assert.ok(sink.spans.length <= 2_048 + 256, String(sink.spans.length))
})

test('exports that fail are logged once, with the number of lost spans', async (t) => {
  const sink = await sinkFor(t)
  sink.behaviour = 400
  const lines: string[] = []
  const log = pino({ serializers: SERIALIZERS }, { write: (line: string) => void lines.push(line) })
  const results: string[] = []
  const onExport = (result: string) => void results.push(result)
  const tracing = createTracing({ ...TRACING, endpoint: sink.url, log, onExport })
  for (let i = 0; i < 600; i++) tracing.record(spanOf(i))
  await tracing.stop()
  assert.ok(results.length > 1 && results.every((result) => result === 'failed'), String(results))
  assert.equal(lines.filter((line) => line.includes('tracing.export_failed')).length, 1)
})

const TRACING = { serviceName: 'postern', version: '1', sampler: 'always_on', ratio: 1, log: silentLog } as const

const spanOf = (i: number): FinishedSpan => ({
  place: { traceId: placeOf(`msg ${i}`).traceId, spanId: newSpanId() },
  name: 'x',
  kind: 'internal',
  startedAt: Date.now(),
  endedAt: Date.now(),
  attributes: {},
})

test('with workers, one trace has the spans of all of them', { timeout: 60_000 }, async (t) => {
  const sink = await sinkFor(t)
  const sandbox = await startSandbox({ seed: `traces ${Date.now()}`, statusDelayMs: 1 })
  const receiver = await Receiver.start()
  const folder = mkdtempSync(join(tmpdir(), 'postern-trace-'))
  const gateway = await startProcess(
    {
      ...settingsFor(sink),
      ...{ PORT: '0', DATA_DIR: folder, MASTER_KEY: randomBytes(32).toString('base64'), ADMIN_TOKEN },
      ...{ CLOUD_API_URL: sandbox.url, META_APP_SECRET: sandbox.appSecret, META_VERIFY_TOKEN: sandbox.verifyToken },
      OUTBOUND_ALLOW: '127.0.0.0/8',
    },
    ['--workers', '2'],
  )
  t.after(async () => {
    await gateway.terminate()
    await Promise.all([sandbox.close(), receiver.close()])
    rmSync(folder, { recursive: true, force: true })
  })
  await sandbox.subscribe(`${gateway.url}/webhooks/meta`)
  const call = caller(() => gateway.url)
  const asAdmin = { authorization: `Bearer ${ADMIN_TOKEN}`, connection: 'close' }
  const { data } = await call('POST', '/admin/channels', { ...demoChannel(), webhook_url: receiver.url }, asAdmin)
  const { certification_code: code } = data as { certification_code: string }
  const template = { type: 'template', template: { name: 'test_button_reply_1' } }
  const sent = await call(
    'POST',
    send,
    { to: PHONE, ...template },
    {
      ...{ 'certification-code': code, connection: 'close' },
      traceparent: `00-${TRACE}-${CALLER}-01`,
    },
  )
  assert.equal(sent.http, 200, JSON.stringify(sent))
  const told = await receiver.gets({ message_status: 'delivered' })
  assert.match(String(told.headers.traceparent), new RegExp(`^00-${TRACE}-`))
  await gateway.terminate()
  const names = sink.spans.filter(({ traceId }) => traceId === TRACE).map(({ name }) => name)
  for (const name of [SERVER, 'send whatsapp', 'process whatsapp', 'POST'])
    assert.ok(names.includes(name), sink.drawing())
})

import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { DEMO } from '../packages/gateway/src/app/demo.ts'
import { newSpanId, writeTraceparent } from '../packages/gateway/src/platform/tracing/trace-context.ts'
import { OtlpSink, type SunkSpan } from '../test/support/otlp-sink.ts'
import { startWorld } from '../test/support/world.ts'

/**
 * Draws docs/images/trace.svg: the spans of one message, as a collector got them. A gateway, its sandbox and an endpoint
 * run in this process; the message is sent, delivered and read. Run it again after a change of the spans.
 */

const OUT = resolve(import.meta.dirname, '../docs/images/trace.svg')
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const [PHONE] = DEMO.phones
/** By the kind of a span: the caller's, requests that arrive, requests that leave, messages sent, statuses. */
const COLOURS: Readonly<Record<number, string>> = {
  0: '#98a4ae',
  2: '#0b6e4f',
  3: '#2563a8',
  4: '#3f9d78',
  5: '#b7791f',
}

type Row = { span: SunkSpan; depth: number }

const sink = await OtlpSink.start()
const world = await startWorld({
  env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
  gateway: { sandbox: { statusDelayMs: 60 } },
})
await world.sandbox.phone(PHONE).says('Is it on its way?')
await world.receiver.gets({ event: 'new_message' })
// Not the first one, whose times are those of a program that has just started.
for (let i = 0; i < 20; i++) {
  const message_id = await world.send({ to: PHONE, type: 'text', text: 'warming up' })
  await world.receiver.gets({ message_status: 'delivered', message_id })
}
// Read now, so that their callbacks are not before those of the message in the lane.
world.sandbox.phone(PHONE).reads()
await world.gateway.settled()
world.receiver.behaviour = () => ({ status: 200, delayMs: 18 })
world.sandbox.fault({ on: 'messages', latencyMs: 45, times: 1 })
const shop = { traceId: TRACE, spanId: newSpanId() }
const startedAt = Date.now()
const sent = await world.customer(
  'POST',
  '/external/messages/whatsapp',
  { to: PHONE, type: 'text', text: 'It arrives today.' },
  { traceparent: writeTraceparent(shop) },
)
const endedAt = Date.now()
const { msg_id: message_id } = sent.data as { msg_id: string }
await world.receiver.gets({ message_status: 'delivered', message_id })
await after(40)
world.sandbox.phone(PHONE).reads()
await world.receiver.gets({ message_status: 'read', message_id })
await world.gateway.settled()
await world.stop()
await sink.close()

const caller: SunkSpan = {
  ...{ ...shop, parentSpanId: undefined, name: 'order paid', kind: 3, startedAt, endedAt },
  ...{ attributes: {}, failed: false, service: 'your shop' },
}
const spans = [caller, ...sink.spans.filter(({ traceId }) => traceId === TRACE)]
writeFileSync(OUT, draw(rowsOf(caller, 0)))
console.log(`${OUT}: ${spans.length} spans`)

function rowsOf(span: SunkSpan, depth: number): Row[] {
  const below = spans.filter(({ parentSpanId }) => parentSpanId === span.spanId)
  below.sort((a, b) => a.startedAt - b.startedAt)
  return [{ span, depth }, ...below.flatMap((one) => rowsOf(one, depth + 1))]
}

function draw(rows: Row[]): string {
  const [width, names, right, line, top] = [960, 390, 70, 30, 56]
  const from = Math.min(...rows.map(({ span }) => span.startedAt))
  const to = Math.max(...rows.map(({ span }) => span.endedAt))
  const scale = (width - names - right) / (to - from)
  const x = (at: number): number => names + (at - from) * scale
  const step = [10, 20, 50, 100, 200, 500].find((ms) => (to - from) / ms <= 8) ?? 1000
  const ticks = Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => i * step)
  const height = top + rows.length * line + 12
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="One trace: a send, its call of WhatsApp, three statuses, and their callbacks" font-family="Inter, system-ui, sans-serif" font-size="13">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="16" y="24" font-weight="600" fill="#14202b">One message in one trace</text>
${ticks.map((ms) => `<line x1="${n(names + ms * scale)}" x2="${n(names + ms * scale)}" y1="${top - 8}" y2="${height - 8}" stroke="#e3e8ec"/><text x="${n(names + ms * scale)}" y="${top - 14}" fill="#5b6b78" font-size="11" text-anchor="middle">${ms} ms</text>`).join('\n')}
${rows
  .map(({ span, depth }, i) => {
    const y = top + i * line
    const wide = Math.max(3, (span.endedAt - span.startedAt) * scale)
    return `<text x="${16 + depth * 18}" y="${y + 18}" fill="#14202b">${escape(nameOf(span))}</text>
<rect x="${n(x(span.startedAt))}" y="${y + 6}" width="${n(wide)}" height="16" rx="3" fill="${COLOURS[span.service === 'postern' ? span.kind : 0] ?? '#98a4ae'}"/>
<text x="${n(x(span.startedAt) + wide + 6)}" y="${y + 18}" fill="#5b6b78" font-size="11">${(span.endedAt - span.startedAt).toFixed(1)} ms</text>`
  })
  .join('\n')}
</svg>
`
}

function n(value: number): string {
  return value.toFixed(1)
}

function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;')
}

function nameOf({ name, service, attributes, kind }: SunkSpan): string {
  const status = attributes['postern.message_status']
  if (service !== 'postern') return `${service}: ${name}`
  if (status !== undefined) return `${name} · ${String(status)}`
  return kind === 3 && attributes['postern.endpoint_id'] !== undefined ? `${name} · your endpoint` : name
}

import { loadavg } from 'node:os'
import type { Channel } from '../packages/gateway/src/domain/channels/channel.ts'
import type { Endpoint } from '../packages/gateway/src/domain/channels/endpoint.ts'
import { statusBody, toldStatusBody } from '../packages/gateway/src/domain/events/bodies.ts'
import { traceAttempt } from '../packages/gateway/src/flows/deliver/trace-delivery.ts'
import { traceFacts } from '../packages/gateway/src/flows/receive/trace-facts.ts'
import { traceSend } from '../packages/gateway/src/flows/send/trace-send.ts'
import { newMessageId } from '../packages/gateway/src/platform/ids.ts'
import { silentLog } from '../packages/gateway/src/platform/log.ts'
import { createTracing } from '../packages/gateway/src/platform/tracing/open-telemetry.ts'
import type { StatusFact } from '../packages/gateway/src/store/store.ts'
import type { PostgresServer } from '../test/support/postgres.ts'
import { OtlpSink } from '../test/support/otlp-sink.ts'
import type { Report } from './report.ts'
import { type Engine, type Home, makeHome, removeHome, type Side, startEngine } from './sides.ts'
import { measured, type Measured, middleOf } from './throughput.ts'
import type { BenchWorld } from './world.ts'

const SHARE = '0.01'

/** The cost of tracing: off, and on with one trace in a hundred, which go to a collector that takes them at once. */
export async function traces(
  world: BenchWorld,
  engine: Engine,
  server: PostgresServer | undefined,
  run: { inFlight: number; rounds: number; ms: number },
  report: Report,
): Promise<void> {
  const sink = await OtlpSink.start()
  const on = {
    OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: SHARE,
  }
  const homes: Home[] = []
  const sides: Side[] = []
  try {
    for (const env of [{}, on]) {
      homes.push(await makeHome(engine, server))
      sides.push(await startEngine(world, homes.at(-1)!, { env }))
    }
    for (const side of sides) await world.run(side.target, 'whole', run.inFlight, Math.min(3000, run.ms))
    const turns = sides.map((): Measured[] => [])
    for (let round = 0; round < run.rounds; round++)
      for (const [i, side] of sides.entries())
        turns[i]!.push(await measured(world, side, 'whole', run.inFlight, run.ms))
    const [off, traced] = turns.map(middleOf) as [Measured, Measured]
    report.table(
      `${engine}: tracing, whole messages, ${run.inFlight} in flight, ${run.rounds} rounds of ${run.ms / 1000} s, ${sink.spans.length} spans (load average ${loadavg()[0]!.toFixed(1)})`,
      ['', 'per second', '÷ off', 'p50 / p99 ms', 'CPU µs each', 'its CPU ÷ that of off', 'failed'],
      [off, traced].map((result, i) => [
        i === 0 ? 'off' : 'on, 1 in 100',
        result.perSecond.toFixed(0),
        (result.perSecond / off.perSecond).toFixed(2),
        `${result.p50.toFixed(1)} / ${result.p99.toFixed(1)}`,
        result.cpuMicros.toFixed(0),
        (result.cpuMicros / off.cpuMicros).toFixed(2),
        String(turns[i]!.reduce((sum, turn) => sum + turn.failed, 0)),
      ]),
    )
    const alone = await tracingAlone(sink)
    report.line(
      `The work of tracing for a message with three statuses and their callbacks, alone: ${alone.toFixed(1)} µs of CPU, ${((100 * alone) / off.cpuMicros).toFixed(1)} % of a message's.`,
    )
  } finally {
    for (const side of sides) await side.stop()
    for (const home of homes) await removeHome(home)
    await sink.close()
  }
}

const MESSAGES = 100_000

/** CPU microseconds of tracing for each message, exports included: the same on a noisy machine. */
async function tracingAlone(sink: OtlpSink): Promise<number> {
  const tracing = createTracing({
    ...{ endpoint: sink.url, serviceName: 'bench', version: '0', log: silentLog },
    ...{ sampler: 'parentbased_traceidratio', ratio: Number(SHARE) },
  })
  const channel = { id: 1, businessPhone: '15550001111', phoneNumberId: '1000' } as Channel
  const endpoint = { kind: 'http', url: 'http://127.0.0.1:1/hook', channelId: 1, publicId: 'ep_1' } as Endpoint
  const meta = { tracing, origin: 'https://graph.facebook.com', version: 'v25.0' }
  const told = { wamid: 'wamid.1', status: 'read', errors: [], atSeconds: 1, recipient: '15550002222', more: {} }
  const begun = process.cpuUsage()
  for (let i = 0; i < MESSAGES; i++) {
    const id = newMessageId()
    const { spans } = traceSend(meta, { channel, id, type: 'text', request: undefined })
    spans?.called('messages', tracing.now(), 0, undefined)
    spans?.ended({ outcome: 'accepted', code: undefined, waitedMs: 0, startedAt: tracing.now() })
    for (const status of ['sent', 'delivered', 'read'] as const) {
      const body = statusBody(channel, told, undefined)
      const fact = { kind: 'status', channelId: 1, wamid: 'wamid.1', reference: id, status, body } as StatusFact
      traceFacts(tracing, [fact], tracing.now())()
      const event = { id: 'evt_1', body: toldStatusBody(fact.body, undefined), attempts: 0 }
      traceAttempt(tracing, endpoint, event)?.ended({ status: 200, ms: 1, text: '' })
    }
    // Exports need turns of the event loop.
    if (i % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await tracing.stop()
  const { user, system } = process.cpuUsage(begun)
  return (user + system) / MESSAGES
}

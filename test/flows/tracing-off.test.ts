import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { test } from 'node:test'

// Before anything of the gateway is imported.
const loaded: string[] = []
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    loaded.push(found.url)
    return found
  },
})

/** The API alone belongs to the library of the metrics. */
const OF_TRACING = /platform\/tracing\/open-telemetry|node_modules\/@opentelemetry\/(?!api\/)/

test('without a collector, nothing of OpenTelemetry’s SDK is loaded; with one, it is', async () => {
  const { DEMO } = await import('../../packages/gateway/src/app/demo.ts')
  const { startWorld } = await import('../support/world.ts')
  const [to] = DEMO.phones
  const world = await startWorld()
  await world.sandbox.phone(to).says('hi')
  await world.send({ to, type: 'text', text: 'hello' })
  const told = await world.receiver.gets({ message_status: 'delivered' })
  await world.stop()
  assert.deepEqual(
    loaded.filter((url) => OF_TRACING.test(url)),
    [],
  )
  assert.equal(told.headers.traceparent, undefined)
  assert.equal(told.body.traceparent, undefined)

  const traced = await startWorld({ webhook: false, env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' } })
  await traced.stop()
  assert.ok(loaded.some((url) => OF_TRACING.test(url)))
})

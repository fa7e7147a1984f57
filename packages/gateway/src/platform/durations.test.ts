import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AggregatorRegistry, Registry } from 'prom-client'
import { durations } from './durations.ts'

test('a histogram of ours is written as Prometheus reads it, and adds up over threads', async () => {
  const registry = new Registry()
  const seconds = durations(registry, 'x_seconds', 'Time.', ['route', 'status'])
  for (const took of [0.005, 0.02, 0.02, 60]) seconds.observe(took, '/a', '2xx')
  seconds.observe(1, '/b', '4xx')
  const text = await registry.metrics()
  assert.match(text, /^# TYPE x_seconds histogram$/m)
  assert.match(text, /^x_seconds_bucket\{le="0.005",route="\/a",status="2xx"\} 1$/m)
  assert.match(text, /^x_seconds_bucket\{le="0.025",route="\/a",status="2xx"\} 3$/m)
  assert.match(text, /^x_seconds_bucket\{le="10",route="\/a",status="2xx"\} 3$/m)
  assert.match(text, /^x_seconds_bucket\{le="\+Inf",route="\/a",status="2xx"\} 4$/m)
  assert.match(text, /^x_seconds_count\{route="\/b",status="4xx"\} 1$/m)
  const parts = [await registry.getMetricsAsJSON(), await registry.getMetricsAsJSON()]
  const sum = await AggregatorRegistry.aggregate(parts).metrics()
  assert.match(sum, /^x_seconds_bucket\{le="0.025",route="\/a",status="2xx"\} 6$/m)
  assert.match(sum, /^x_seconds_sum\{route="\/b",status="4xx"\} 2$/m)
})

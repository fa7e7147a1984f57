import type { Metric, Registry } from 'prom-client'

/** Upper bounds of the buckets in seconds. */
export const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

type Row = { labels: Record<string, string>; counts: number[]; sum: number; count: number }

/**
 * A histogram with labels that counts in plain numbers: the library looks up the labels at every observation, which is
 * too slow for the hot path.
 */
export function durations(registry: Registry, name: string, help: string, labelNames: string[]) {
  const rows = new Map<string, Row>()
  const metric = {
    ...{ name, help, labelNames, type: 'histogram', aggregator: 'sum' },
    reset: () => rows.clear(),
    get: () =>
      Promise.resolve({
        ...{ name, help, type: 'histogram', aggregator: 'sum' },
        values: [...rows.values()].flatMap((row) => valuesOf(name, row)),
      }),
  }
  // The library's own type has the histogram's whole class.
  registry.registerMetric(metric as unknown as Metric)
  return {
    observe(seconds: number, ...labels: string[]): void {
      const key = labels.join('\n')
      let row = rows.get(key)
      if (!row) {
        const named = Object.fromEntries(labelNames.map((label, i) => [label, labels[i] ?? '']))
        rows.set(key, (row = { labels: named, counts: SECONDS.map(() => 0), sum: 0, count: 0 }))
      }
      row.sum += seconds
      row.count++
      const bucket = SECONDS.findIndex((most) => seconds <= most)
      if (bucket >= 0) row.counts[bucket]!++
    },
  }
}

function valuesOf(name: string, { labels, counts, sum, count }: Row) {
  let below = 0
  return [
    ...SECONDS.map((le, i) => ({
      metricName: `${name}_bucket`,
      labels: { le, ...labels },
      value: (below += counts[i]!),
    })),
    { metricName: `${name}_bucket`, labels: { le: '+Inf', ...labels }, value: count },
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ]
}

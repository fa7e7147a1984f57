import { setTimeout as after } from 'node:timers/promises'
import { startCluster, until } from '../cluster.ts'
import { startTraffic } from '../traffic.ts'
import { close, type Row, type Scale } from './row.ts'

/** The machine of the test has too much to do; nothing was begun. */
const BUSY = '503 overloaded'

/**
 * Two nodes behind a load balancer are replaced one after the other, as in an upgrade: SIGTERM, and a start. `old` is a
 * checkout of an earlier version, which the first nodes run; their successors migrate the database under them. No
 * request fails.
 */
export async function rollingUpgrade(scale: Scale, databaseUrl: string, old?: string): Promise<Row> {
  let replaced = 0
  const cluster = await startCluster({
    databaseUrl,
    nodes: 2,
    balanced: true,
    checkoutOf: () => (replaced === 0 ? old : undefined),
  })
  try {
    const traffic = startTraffic(cluster)
    for (let round = 0; round < scale.rounds; round++) {
      for (const node of cluster.origins.keys()) {
        const [webhooks, sends] = [traffic.acknowledged, traffic.sent]
        // Beside the other one, which may be of the other version.
        await until(
          () => traffic.acknowledged > webhooks + 50 && traffic.sent > sends + 20,
          'traffic between two stops',
        )
        const code = await cluster.terminate(node)
        if (code !== 0) throw new Error(`node ${node} ended with ${code}`)
        replaced++
        await cluster.start(node)
        scale.say(`node ${node + 1} replaced, ${traffic.acknowledged} webhooks and ${traffic.sent} sends acknowledged`)
      }
    }
    await after(1_000)
    // How the older version stops is its own.
    const explains = old === undefined ? [BUSY] : [BUSY, '503 shutting_down']
    const row = await close(traffic, {
      what:
        old === undefined
          ? 'nodes replaced one after the other'
          : 'nodes of an older version replaced one after the other',
      engine: 'postgres',
      rounds: scale.rounds,
      mayRepeat: false,
      // The node that is left has all the traffic meanwhile.
      available: 0.9,
      explains,
      note: 'no request failed for it',
    })
    const failed = Object.entries(row.verdict.refused).filter(([why]) => !explains.includes(why))
    if (failed.length > 0) row.verdict.broken.push(`refused: ${failed.map(([why, n]) => `${n} × ${why}`).join(', ')}`)
    return row
  } finally {
    await cluster.close()
  }
}

import { setTimeout as after } from 'node:timers/promises'
import { startCluster, until } from '../cluster.ts'
import { startTraffic } from '../traffic.ts'
import { close, type Row, type Scale } from './row.ts'

/**
 * How the customer's endpoint fails. once: every other event fails at its first attempt only. half: any call fails with
 * probability one half until the end of the load, so that lanes wait behind repeated failures, far into the schedule.
 */
export type Failing = 'once' | 'half'

/**
 * SIGKILL of a gateway at random moments, and a new start with the same data: of the only gateway, or of one of several
 * on the same PostgreSQL, with a failing endpoint. With `half` the checker waits as long as the schedule may need.
 */
export async function killGateway(
  scale: Scale,
  { databaseUrl, nodes = 1, failing = 'once' }: { databaseUrl?: string; nodes?: number; failing?: Failing } = {},
): Promise<Row> {
  const cluster = await startCluster({ nodes, ...(databaseUrl !== undefined && { databaseUrl }) })
  try {
    const tried = new Set<string>()
    cluster.receiver.behaviour = (call, { id }) => {
      if (failing === 'half') return Math.random() < 0.5 ? 503 : 200
      if (tried.has(id) || call % 2 === 0) return 200
      tried.add(id)
      return 503
    }
    const traffic = startTraffic(cluster)
    for (let round = 0; round < scale.rounds; round++) {
      // On a slow machine a gateway would be killed right after its start, which would prove little.
      const had = traffic.sent
      await until(() => traffic.sent > had + 2, 'some sends between two kills')
      await after(Math.random() * 400)
      await cluster.killAndRestart(Math.floor(Math.random() * nodes))
      scale.say(`kill ${round + 1}, ${traffic.acknowledged} webhooks and ${traffic.sent} sends acknowledged`)
    }
    await after(200)
    const what = nodes === 1 ? 'SIGKILL of the gateway' : `SIGKILL of one node of ${nodes}`
    const row = await close(
      traffic,
      {
        what: failing === 'half' ? `${what}, half of all calls to the customer fail` : what,
        engine: cluster.engine,
        rounds: scale.rounds,
        mayRepeat: true,
        // The only gateway is down most of the time, because a start takes longer than a kill. One of several is not.
        available: nodes === 1 ? 0.01 : 0.4,
        explains: ['no answer'],
        note: '',
      },
      failing === 'half' ? 'as the schedule needs' : undefined,
    )
    const { latestMs, laneWaitMs } = row.verdict
    const waited =
      laneWaitMs === undefined ? '' : `; at the load's end a lane was due in ${seconds(laneWaitMs)} at most`
    return { ...row, note: `the latest event came after ${seconds(latestMs)}${waited}` }
  } finally {
    await cluster.close()
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(0)} s`

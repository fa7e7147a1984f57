import { setTimeout as after } from 'node:timers/promises'
import { startCluster, until } from '../cluster.ts'
import { startTraffic } from '../traffic.ts'
import { close, type Row, type Scale } from './row.ts'

/**
 * How the customer fails. once: every other event at its first try and never again. half: any call, at even odds, up to
 * the load's end, so that lanes wait behind one failure after another, deep into the schedule.
 */
export type Failing = 'once' | 'half'

/**
 * SIGKILL of a gateway at random moments, and a start of it over what it left: of the only one, or of one of several on
 * the same PostgreSQL, before a customer that fails. With `half` the judge waits for as long as the schedule may need.
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
      // On a slow machine a gateway is hardly open before it would be killed again, which would prove little.
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
        // The only gateway is away most of the time, as it takes longer to start than to be killed; one of several is not.
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

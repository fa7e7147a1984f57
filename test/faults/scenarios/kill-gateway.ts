import { setTimeout as after } from 'node:timers/promises'
import { startHouse, until } from '../house.ts'
import { startTraffic } from '../traffic.ts'
import { close, type Row, type Scale } from './row.ts'

/**
 * SIGKILL of a gateway at random moments, and a start of it over what it left: of the only one, or of one of several on
 * the same PostgreSQL. The customer answers 503 to every other event at first.
 */
export async function killGateway(
  scale: Scale,
  { databaseUrl, nodes = 1 }: { databaseUrl?: string; nodes?: number } = {},
): Promise<Row> {
  const house = await startHouse({ nodes, ...(databaseUrl !== undefined && { databaseUrl }) })
  try {
    // Every other event fails at its first try and no later: after five failures a lane rests for two minutes, and the
    // judge would wait for that.
    const tried = new Set<string>()
    house.receiver.behaviour = (call, { id }) => {
      if (tried.has(id) || call % 2 === 0) return 200
      tried.add(id)
      return 503
    }
    const traffic = startTraffic(house)
    for (let round = 0; round < scale.rounds; round++) {
      // On a slow machine a gateway is hardly open before it would be killed again, which would prove little.
      const had = traffic.sent
      await until(() => traffic.sent > had + 2, 'some sends between two kills')
      await after(Math.random() * 400)
      await house.killAndRestart(Math.floor(Math.random() * nodes))
      scale.say(`kill ${round + 1}, ${traffic.acknowledged} webhooks and ${traffic.sent} sends acknowledged`)
    }
    await after(200)
    return await close(traffic, {
      what: nodes === 1 ? 'SIGKILL of the gateway' : `SIGKILL of one node of ${nodes}`,
      engine: house.engine,
      rounds: scale.rounds,
      mayRepeat: true,
      note: '',
    })
  } finally {
    await house.close()
  }
}

import { setTimeout as after } from 'node:timers/promises'
import { startPostgres } from '../../support/postgres.ts'
import { startCluster, until, type ClusterOptions } from '../cluster.ts'
import { startProxy, type Proxy, type Weather } from '../proxy.ts'
import { startTraffic } from '../traffic.ts'
import { untilTaken } from '../whatsapp.ts'
import { close, type Row, type Scale } from './row.ts'

const BAD: Weather[] = ['refuse', 'slow', 'cut', 'silent']

/** Bad connections between the gateway and one of its three peers: refused, slow, cut and silent. */
export async function badNetwork(
  scale: Scale,
  to: 'whatsapp' | 'customer' | 'store',
  databaseUrl?: string,
): Promise<Row> {
  let proxy: Proxy | undefined
  const through = async (port: number): Promise<number> => {
    proxy = await startProxy(port)
    return proxy.port
  }
  const server = to === 'store' ? await startPostgres({ fsync: true }) : undefined
  try {
    const options: ClusterOptions = {
      ...(databaseUrl !== undefined && { databaseUrl }),
      ...(to === 'whatsapp' && { whatsappPort: through }),
      ...(to === 'customer' && { customerPort: through }),
    }
    if (server) {
      const port = await through(server.port)
      options.databaseUrl = (await server.createDatabase()).replace(/:\d+\//, `:${port}/`)
    }
    const cluster = await startCluster(options)
    try {
      const traffic = startTraffic(cluster)
      for (let round = 0; round < scale.rounds; round++) {
        // A failed endpoint is not called for a while. Only an endpoint that is called again can be affected again.
        const had = cluster.receiver.received.length
        await until(() => cluster.receiver.received.length > had + 5, 'deliveries between two rounds', 120_000)
        await after(150 + Math.random() * 300)
        const weather = BAD[round % BAD.length]!
        proxy!.weather = weather
        // Open connections are affected by most faults by themselves; a refused network also closes them.
        if (weather === 'refuse') proxy!.cutAll()
        await after(300 + Math.random() * 700)
        proxy!.weather = 'pass'
        // Bytes were lost from the stream, so such a connection can only be closed.
        if (weather === 'silent') proxy!.cutAll()
        scale.say(`${weather}, ${traffic.acknowledged} webhooks and ${traffic.sent} sends acknowledged`)
      }
      await untilTaken(cluster.origins[0]!, 'last')
      await after(500)
      return await close(
        traffic,
        {
          what: `connections to ${NAMES[to]} refused, slow, cut and silent`,
          engine: cluster.engine,
          rounds: scale.rounds,
          // When a customer's answer, or a commit's, is cut, the only choice is to repeat.
          mayRepeat: to !== 'whatsapp',
          ...COSTS[to],
          note: `${Math.round(proxy!.harmed)} connections harmed`,
        },
        150_000,
      )
    } finally {
      await cluster.close()
      await proxy?.close()
    }
  } finally {
    await server?.remove()
  }
}

const COSTS = {
  // Slow or silent calls hold their senders, so that the few failures count more.
  whatsapp: { available: 0.25, explains: ['504 outcome_unknown', '503 upstream_unavailable'] },
  // An unavailable customer's endpoint costs no send and no webhook.
  customer: { available: 0.99, explains: [] },
  store: { available: 0.1, explains: ['503 store_unavailable', '504 outcome_unknown', '503 overloaded'] },
}
const NAMES = { whatsapp: 'WhatsApp', customer: 'the customer', store: 'PostgreSQL' }

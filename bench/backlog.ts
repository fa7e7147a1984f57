import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../packages/runtime/src/clock.ts'
import { openStore } from '../packages/gateway/src/store/open.ts'
import type { PostgresServer } from '../test/support/postgres.ts'
import { fill, numbers } from './fill.ts'
import type { Report } from './report.ts'
import { makeHome, removeHome, startEngine, type Engine, type Home, type Side } from './sides.ts'
import { measured, type Measured } from './throughput.ts'
import type { BenchWorld } from './world.ts'

type Run = { inFlight: number; rounds: number; ms: number; events: number }

/** Lanes of the backlog. */
const LANES = 100_000
/** Enough for a whole claim, so that claims of the same size are compared. */
const FEW = 1_000
export const BROKEN = 3

/**
 * One channel's customer is down while events accumulate; another channel works beside it. Measures the cost for the
 * other channel, the cost of a claim, and the speed of the delivery when the customer is back.
 */
export async function backlog(
  world: BenchWorld,
  engine: Engine,
  server: PostgresServer | undefined,
  run: Run,
  report: Report,
): Promise<void> {
  const customer = await startCustomer()
  const sides: { label: string; home: Home; side: Side; claim: number; turns: Measured[]; rss: number }[] = []
  try {
    for (const events of [FEW, run.events]) {
      const home = await makeHome(engine, server)
      const first = await startEngine(world, home)
      const added = await first.admin('POST', '/admin/channels', {
        name: 'Broken',
        business_phone: '15550002222',
        phone_number_id: '3000',
        waba_id: '3001',
        access_token: 'token',
        webhook_url: customer.url,
      })
      if ((added.data as { channel_id: number }).channel_id !== BROKEN) throw new Error('another channel was expected')
      await first.stop()
      const startedAt = performance.now()
      await fill(home, (kind) => pile(kind, events))
      process.stderr.write(
        `${engine}: ${events} events filled in ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`,
      )
      const claim = await claimMs(home)
      const side = await startEngine(world, home)
      sides.push({ label: events.toLocaleString('en'), home, side, claim, turns: [], rss: 0 })
      await world.run(side.target, 'whole', run.inFlight, Math.max(3000, run.ms))
    }
    for (let round = 0; round < run.rounds; round++) {
      for (const one of sides) {
        one.turns.push(await measured(world, one.side, 'whole', run.inFlight, run.ms))
        one.rss = Math.max(one.rss, one.side.rss())
      }
    }
    const middles = sides.map((one) => one.turns.sort((a, b) => a.perSecond - b.perSecond)[one.turns.length >> 1]!)
    report.table(
      `cost of a backlog, ${engine}: whole messages of one channel while another channel's customer is away`,
      [
        'undelivered',
        'claim of 64 lanes, ms',
        'per second',
        '÷ few',
        'p50 / p99 ms',
        'CPU µs each',
        'CPU ÷ few',
        'most MiB',
      ],
      sides.map((one, i) => {
        const middle = middles[i]!
        return [
          one.label,
          one.claim.toFixed(2),
          middle.perSecond.toFixed(0),
          (middle.perSecond / middles[0]!.perSecond).toFixed(2),
          `${middle.p50.toFixed(1)} / ${middle.p99.toFixed(1)}`,
          middle.cpuMicros.toFixed(0),
          (middle.cpuMicros / middles[0]!.cpuMicros).toFixed(2),
          (one.rss / 1024 ** 2).toFixed(0),
        ]
      }),
    )
    // The customer is back: a restart ends the rest, and shows the start time with such a store.
    const piled = sides[1]!
    await piled.side.stop()
    customer.well = true
    const startedAt = performance.now()
    const again = await startEngine(world, piled.home)
    piled.side = again
    const startMs = performance.now() - startedAt
    await untilCalls(customer, 1)
    const from = customer.calls
    const fromMs = performance.now()
    await sleep(Math.max(5000, run.ms))
    const rate = (customer.calls - from) / ((performance.now() - fromMs) / 1000)
    report.line(
      `Worked off, ${engine}: ${rate.toFixed(0)} events a second with nothing else to do, one channel, ` +
        `${(again.rss() / 1024 ** 2).toFixed(0)} MiB; a start over the backlog took ${startMs.toFixed(0)} ms.`,
    )
  } finally {
    for (const { side, home } of sides) {
      await side.stop()
      await removeHome(home)
    }
    await customer.close()
  }
}

/** Median time of claiming 64 lanes, each given back. */
async function claimMs(home: Home): Promise<number> {
  const store = await openStore({ dataDir: home.folder, databaseUrl: home.database?.url }, systemClock)
  try {
    const endpoint = await store.sql.get<{ id: number }>('select id from endpoints where channel_id = $1', [BROKEN])
    const times: number[] = []
    for (let i = 0; i < 40; i++) {
      const startedAt = performance.now()
      const lanes = await store.claimLanes(endpoint!.id, 64, { holder: 'n_bench', leaseMs: 60_000 })
      times.push(performance.now() - startedAt)
      await store.releaseLanes('n_bench', lanes)
    }
    return times.sort((a, b) => a - b)[times.length >> 1]!
  } finally {
    await store.close()
  }
}

export function pile(engine: 'sqlite' | 'postgres', events: number): string[] {
  const at = Date.now() - 3_600_000
  const text = engine === 'sqlite' ? 'cast(15560000000 + n as text)' : '(15560000000 + n)::text'
  const lanes = Math.min(LANES, events / 10)
  const body = `'{"event":"message_status_update","message_id":"wamid.pile' || n || '","message_status":"read","timestamp":"1790000000","recipient":{"wa_id":"15550100000","user_id":"US.15550100000"},"business_phone":"15550002222","pricing":{"billable":true,"pricing_model":"PMP","type":"regular","category":"utility"}}'`
  return [
    'begin',
    `insert into contacts (channel_id, phone, created_at) select ${BROKEN}, ${text}, ${at} from ${numbers(engine, lanes)}`,
    `insert into contact_keys (channel_id, key, contact_id) select ${BROKEN}, 'p:' || phone, id from contacts where channel_id = ${BROKEN}`,
    `insert into lanes (endpoint_id, contact_id, channel_id, cursor, due_at, waiting_since)
     select e.id, c.id, ${BROKEN}, e.begins_after, ${at} + c.id % 1000, ${at}
     from contacts c join endpoints e on e.channel_id = c.channel_id where c.channel_id = ${BROKEN}`,
    `insert into events (channel_id, contact_id, kind, body, created_at)
     select ${BROKEN}, (select min(id) from contacts where channel_id = ${BROKEN}) + n % ${lanes}, 'message_status_update', ${body}, ${at}
     from ${numbers(engine, events)}`,
    `insert into delivery_counts (endpoint_id, shard, pending, dead)
     select id, 0, ${events}, 0 from endpoints where channel_id = ${BROKEN}`,
    'commit',
  ]
}

type Customer = { url: string; well: boolean; calls: number; close(): Promise<void> }

/** Answers 503 until it is well; counts accepted requests. */
async function startCustomer(): Promise<Customer> {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      if (customer.well) customer.calls++
      response.writeHead(customer.well ? 200 : 503).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const customer: Customer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    well: false,
    calls: 0,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return customer
}

async function untilCalls(customer: Customer, count: number): Promise<void> {
  for (let i = 0; customer.calls < count; i++) {
    if (i > 1200) throw new Error('the backlog was not touched within a minute')
    await sleep(50)
  }
}

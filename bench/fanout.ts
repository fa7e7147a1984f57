import { loadavg } from 'node:os'
import type { PostgresServer } from '../test/support/postgres.ts'
import type { Report } from './report.ts'
import { makeHome, removeHome, startEngine, type Engine, type Home, type Side } from './sides.ts'
import { measured, middleOf, type Measured, warmUp } from './throughput.ts'
import type { BenchWorld } from './world.ts'

const COUNTS = [1, 3, 10] as const

/**
 * Whole messages on channels with 1, 3 and 10 endpoints: a message counts when every endpoint was called with each of
 * its statuses. One gateway for each, all running, in turns.
 */
export async function fanout(
  world: BenchWorld,
  engine: Engine,
  server: PostgresServer | undefined,
  run: { inFlight: number; rounds: number; ms: number },
  report: Report,
): Promise<void> {
  const homes: Home[] = []
  const sides: Side[] = []
  try {
    for (const count of COUNTS) {
      const home = await makeHome(engine, server)
      homes.push(home)
      const side = await startEngine(world, home)
      sides.push(side)
      await giveEndpoints(side, world, count)
    }
    for (const side of sides) await warmUp(world, side, 'whole', run)
    const turns = new Map<Side, Measured[]>(sides.map((side) => [side, []]))
    for (let round = 0; round < run.rounds; round++)
      for (const side of sides) turns.get(side)!.push(await measured(world, side, 'whole', run.inFlight, run.ms))
    const middles = sides.map((side) => middleOf(turns.get(side)!))
    const one = middles[0]!
    report.table(
      `whole messages on ${engine} by endpoints, ${run.inFlight} in flight, ${run.rounds} rounds of ${run.ms / 1000} s (load average ${loadavg()[0]!.toFixed(1)})`,
      [
        'endpoints',
        'per second',
        '÷ one',
        'callbacks per second',
        'p50 / p99 ms',
        'CPU µs each',
        'CPU ÷ one',
        'failed',
      ],
      middles.map((middle, i) => [
        String(COUNTS[i]),
        middle.perSecond.toFixed(0),
        (middle.perSecond / one.perSecond).toFixed(2),
        (middle.perSecond * 3 * COUNTS[i]!).toFixed(0),
        `${middle.p50.toFixed(1)} / ${middle.p99.toFixed(1)}`,
        middle.cpuMicros.toFixed(0),
        (middle.cpuMicros / one.cpuMicros).toFixed(2),
        String(turns.get(sides[i]!)!.reduce((sum, turn) => sum + turn.failed, 0)),
      ]),
    )
  } finally {
    for (const side of sides) await side.stop()
    for (const home of homes) await removeHome(home)
  }
}

async function giveEndpoints(side: Side, world: BenchWorld, count: number): Promise<void> {
  const { data } = (await side.admin('GET', '/admin/channels')) as { data: { channel_id: number; name: string }[] }
  const channel = data.find(({ name }) => name === 'Bench')!.channel_id
  for (let i = 2; i <= count; i++)
    await side.admin('POST', `/admin/channels/${channel}/endpoints`, {
      name: `Endpoint ${i}`,
      url: `${world.customerUrl}/${i}`,
    })
  side.target.endpoints = count
}

import { loadavg } from 'node:os'
import type { PostgresServer } from '../test/support/postgres.ts'
import { limitCpu } from './cpu-quota.ts'
import type { Report } from './report.ts'
import { makeHome, removeHome, startEngine, type Engine, type Home, type Side } from './sides.ts'
import { measured, middleOf, type Measured, warmUp } from './throughput.ts'
import type { BenchWorld } from './world.ts'

type Run = { inFlight: number; rounds: number; ms: number }

/** Webhooks at half of the maximum rate: the time until each is acknowledged. */
export async function halfLoad(
  world: BenchWorld,
  sides: Side[],
  most: Map<string, Measured>,
  run: Run,
  report: Report,
): Promise<void> {
  const rows: string[][] = []
  for (const side of sides) {
    const max = most.get(`${side.name} webhook`) ?? (await measured(world, side, 'webhook', run.inFlight, run.ms))
    const result = await world.paced(side.target, max.perSecond / 2, run.ms * 2)
    rows.push([
      side.name,
      max.perSecond.toFixed(0),
      result.perSecond.toFixed(0),
      result.p50.toFixed(1),
      result.p99.toFixed(1),
      String(result.failed),
    ])
  }
  report.table(
    `webhooks at half of the most, from the moment each was due to its 200; the customer is called all the while`,
    ['', 'most per second', 'per second', 'p50 ms', 'p99 ms', 'failed'],
    rows,
  )
}

/** Of a core for each node, when nodes are limited: the rest of this machine is for the database and the driver. */
const HELD_SHARE = 0.2

/** Nodes on the same PostgreSQL: without a limit, and each limited to a part of a core, as if on separate machines. */
export async function nodes(world: BenchWorld, server: PostgresServer, run: Run, report: Report): Promise<void> {
  await nodesOf([1, 2], undefined, 'two nodes against one, all of them on the same cores')
  const held = await nodesOf(
    [1, 2, 3],
    HELD_SHARE,
    `nodes held to ${HELD_SHARE} of a core each, as on machines of their own`,
  )
  if (!held) report.line('Nodes were not held to a part of a core: control groups cannot be written here.')

  async function nodesOf(counts: number[], share: number | undefined, title: string): Promise<boolean> {
    const rows: string[][] = []
    let one: Measured | undefined
    for (const count of counts) {
      const home = await makeHome('postgres', server)
      const side = await startEngine(world, home, { nodes: count })
      const undo: (() => void)[] = []
      try {
        // Warmed up before the limit, otherwise the warm-up would take all of the time.
        await warmUp(world, side, 'whole', run)
        for (const pid of share === undefined ? [] : side.pids) {
          const back = limitCpu(pid, share!)
          if (!back) return false
          undo.push(back)
        }
        const inFlight = share === undefined ? run.inFlight : count * run.inFlight
        await world.run(side.target, 'whole', inFlight, Math.min(2000, run.ms))
        const turns: Measured[] = []
        for (let round = 0; round < run.rounds; round++)
          turns.push(await measured(world, side, 'whole', inFlight, run.ms))
        const result = turns.sort((a, b) => a.perSecond - b.perSecond)[Math.floor(turns.length / 2)]!
        one ??= result
        rows.push([
          `${count} ${count === 1 ? 'node' : 'nodes'}`,
          result.perSecond.toFixed(0),
          (result.perSecond / one.perSecond).toFixed(2),
          `${result.p50.toFixed(1)} / ${result.p99.toFixed(1)}`,
          result.cpuMicros.toFixed(0),
          String(result.failed),
        ])
      } finally {
        for (const back of undo) back()
        await side.stop()
        await removeHome(home)
      }
    }
    report.table(
      `${title}, whole messages, the same PostgreSQL`,
      ['', 'per second', '÷ one', 'p50 / p99 ms', 'CPU µs each', 'failed'],
      rows,
    )
    return true
  }
}

/** One gateway with one HTTP thread and one with two, in turns: the cost of sharing a machine. */
export async function workers(
  world: BenchWorld,
  engine: Engine,
  server: PostgresServer | undefined,
  run: Run,
  report: Report,
): Promise<void> {
  const homes: Home[] = []
  const sides: Side[] = []
  try {
    for (const count of [1, 2]) {
      homes.push(await makeHome(engine, server))
      sides.push(await startEngine(world, homes.at(-1)!, { workers: count }))
    }
    for (const side of sides) await warmUp(world, side, 'whole', run)
    const turns = sides.map((): Measured[] => [])
    for (let round = 0; round < run.rounds; round++)
      for (const [i, side] of sides.entries())
        turns[i]!.push(await measured(world, side, 'whole', run.inFlight, run.ms))
    const [one, two] = turns.map(middleOf) as [Measured, Measured]
    report.table(
      `${engine}: workers of one gateway, whole messages, ${run.inFlight} in flight (load average ${loadavg()[0]!.toFixed(1)})`,
      ['', 'per second', '÷ one', 'p50 / p99 ms', 'CPU µs each', 'CPU of one ÷ its', 'failed'],
      [one, two].map((result, i) => [
        i === 0 ? '1 worker' : '2 workers',
        result.perSecond.toFixed(0),
        (result.perSecond / one.perSecond).toFixed(2),
        `${result.p50.toFixed(1)} / ${result.p99.toFixed(1)}`,
        result.cpuMicros.toFixed(0),
        (one.cpuMicros / result.cpuMicros).toFixed(2),
        String(turns[i]!.reduce((sum, turn) => sum + turn.failed, 0)),
      ]),
    )
  } finally {
    for (const side of sides) await side.stop()
    for (const home of homes) await removeHome(home)
  }
}

/** The same load for a long time: memory, waiting work and times of the last part compared with the first. */
export async function soak(
  world: BenchWorld,
  engine: Engine,
  server: PostgresServer | undefined,
  run: Run,
  report: Report,
): Promise<void> {
  const home = await makeHome(engine, server)
  const side = await startEngine(world, home)
  try {
    await world.run(side.target, 'whole', run.inFlight, 3000)
    const parts = 6
    const rows: string[][] = []
    for (let part = 1; part <= parts; part++) {
      const result = await measured(world, side, 'whole', run.inFlight, run.ms / parts)
      const live = await liveOf(side)
      rows.push([
        `${((part * run.ms) / parts / 1000).toFixed(0)} s`,
        result.perSecond.toFixed(0),
        `${result.p50.toFixed(1)} / ${result.p99.toFixed(1)}`,
        result.cpuMicros.toFixed(0),
        (side.rss() / 1024 ** 2).toFixed(0),
        String(live.lanes_held ?? '?'),
        String(live.store_backlog ?? '?'),
        String(result.failed),
      ])
    }
    report.table(
      `soak of ${run.ms / 1000} s, ${side.name}, whole messages`,
      ['after', 'per second', 'p50 / p99 ms', 'CPU µs each', 'resident MiB', 'lanes held', 'commits waiting', 'failed'],
      rows,
    )
  } finally {
    await side.stop()
    await removeHome(home)
  }
}

/** The gauges of the process in `/metrics`. */
export async function liveOf(side: Side): Promise<Record<string, number>> {
  const text = await (await fetch(`${side.target.urls[0]}/metrics`)).text()
  const live: Record<string, number> = {}
  for (const [, what, value] of text.matchAll(/what="(\w+)"\} (\S+)/g)) live[what!] = Number(value)
  return live
}

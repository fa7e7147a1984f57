import { loadavg } from 'node:os'
import type { Report } from './report.ts'
import type { Side } from './sides.ts'
import type { BenchWorld, Mode, Result } from './world.ts'

export type Measured = Result & { cpuMicros: number }

/** One turn, with its CPU time per message: the figure that a noisy neighbour disturbs least. */
export async function measured(
  world: BenchWorld,
  side: Side,
  mode: Mode,
  inFlight: number,
  ms: number,
): Promise<Measured> {
  const before = side.cpuMicros()
  const result = await world.run(side.target, mode, inFlight, ms)
  return { ...result, cpuMicros: (side.cpuMicros() - before) / Math.max(1, result.done) }
}

/**
 * After so many, V8 has compiled the code of the hot path: measured on SQLite, it still compiles at 20,000, and the rate
 * rises by a tenth until then. A gateway that runs for days has it compiled.
 */
const WARM = 30_000

/**
 * Runs a side until it is warm, by messages and not by time: on a busy machine two seconds are only a few hundred
 * messages, and the rounds would measure the compiler. At most as long as eight rounds.
 */
export async function warmUp(
  world: BenchWorld,
  side: Side,
  mode: Mode,
  run: { inFlight: number; ms: number },
): Promise<void> {
  const until = performance.now() + 8 * run.ms
  for (let done = 0; done < WARM && performance.now() < until;)
    done += (await world.run(side.target, mode, run.inFlight, Math.min(1000, run.ms))).done
}

const FIGURES: Record<Mode, string> = {
  send: 'sends',
  ack: 'webhooks acknowledged',
  webhook: 'webhook → customer',
  whole: 'whole messages',
}

/**
 * Every side in turn, several rounds, so that a noisy machine disturbs all alike; the median of each side's rounds
 * counts. Ratios are to the first side (bare) and the second (no store).
 */
export async function throughput(
  world: BenchWorld,
  sides: Side[],
  modes: Mode[],
  run: { inFlight: number; rounds: number; ms: number },
  report: Report,
): Promise<Map<string, Measured>> {
  const all = new Map<string, Measured>()
  for (const mode of modes) {
    const rows: string[][] = []
    for (const side of sides) await warmUp(world, side, mode, run)
    const turns = new Map<Side, Measured[]>(sides.map((side) => [side, []]))
    for (let round = 0; round < run.rounds; round++)
      for (const side of sides) turns.get(side)!.push(await measured(world, side, mode, run.inFlight, run.ms))
    const middles = sides.map((side) => middleOf(turns.get(side)!))
    const [bare, none] = middles as [Measured, Measured]
    for (const [i, side] of sides.entries()) {
      const one = middles[i]!
      all.set(`${side.name} ${mode}`, one)
      rows.push([
        side.name,
        one.perSecond.toFixed(0),
        (one.perSecond / bare.perSecond).toFixed(2),
        i === 0 ? '' : (one.perSecond / none.perSecond).toFixed(2),
        `${one.p50.toFixed(1)} / ${one.p99.toFixed(1)}`,
        one.cpuMicros.toFixed(0),
        (one.cpuMicros / bare.cpuMicros).toFixed(2),
        i === 0 ? '' : (one.cpuMicros / none.cpuMicros).toFixed(2),
        String(turns.get(side)!.reduce((sum, turn) => sum + turn.failed, 0)),
      ])
    }
    report.table(
      `${FIGURES[mode]}, ${run.inFlight} in flight, ${run.rounds} rounds of ${run.ms / 1000} s (load average ${loadavg()[0]!.toFixed(1)})`,
      [
        '',
        'per second',
        '÷ bare',
        '÷ no store',
        'p50 / p99 ms',
        'CPU µs each',
        'CPU ÷ bare',
        'CPU ÷ no store',
        'failed',
      ],
      rows,
    )
  }
  return all
}

export function middleOf(turns: Measured[]): Measured {
  return turns.sort((a, b) => a.perSecond - b.perSecond)[Math.floor(turns.length / 2)]!
}

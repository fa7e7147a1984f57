import { loadavg } from 'node:os'
import type { Report } from './report.ts'
import type { Side } from './sides.ts'
import { warmUp } from './throughput.ts'
import type { BenchWorld, Result } from './world.ts'

type Run = { rounds: number; ms: number }

/** The time that a gateway adds to a single send at a time. Ratios are to the first side (bare). */
export async function alone(world: BenchWorld, sides: readonly Side[], run: Run, report: Report): Promise<void> {
  for (const side of sides) await warmUp(world, side, 'send', { inFlight: 64, ms: run.ms })
  const turns = await inTurns(sides, run.rounds, (side) => world.run(side.target, 'send', 1, run.ms))
  const [bare] = turns as [Result[]]
  const base = middle(bare, 'p50')
  report.table(
    `sends, one at a time, ${run.rounds} rounds of ${run.ms / 1000} s (load average ${loadavg()[0]!.toFixed(1)})`,
    ['', 'p50 ms', 'added to bare', 'p99 ms', 'failed'],
    sides.map((side, i) => [
      side.name,
      middle(turns[i]!, 'p50').toFixed(2),
      i === 0 ? '' : (middle(turns[i]!, 'p50') - base).toFixed(2),
      middle(turns[i]!, 'p99').toFixed(1),
      failures(turns[i]!),
    ]),
  )
}

const CALM_PER_SECOND = 10

/** Whole messages with long pauses between them: the time of one when nothing is shared with others. */
export async function calm(world: BenchWorld, sides: readonly Side[], run: Run, report: Report): Promise<void> {
  for (const side of sides) await warmUp(world, side, 'whole', { inFlight: 64, ms: run.ms })
  const turns = await inTurns(sides, run.rounds, (side) => world.pacedWhole(side.target, CALM_PER_SECOND, run.ms))
  report.table(
    `whole messages at ${CALM_PER_SECOND} a second, ${run.rounds} rounds of ${run.ms / 1000} s (load average ${loadavg()[0]!.toFixed(1)})`,
    ['', 'p50 ms', 'p99 ms', 'failed'],
    sides.map((side, i) => [
      side.name,
      middle(turns[i]!, 'p50').toFixed(1),
      middle(turns[i]!, 'p99').toFixed(1),
      failures(turns[i]!),
    ]),
  )
}

async function inTurns(
  sides: readonly Side[],
  rounds: number,
  measure: (side: Side) => Promise<Result>,
): Promise<Result[][]> {
  const turns: Result[][] = sides.map(() => [])
  for (let round = 0; round < rounds; round++)
    for (const [i, side] of sides.entries()) turns[i]!.push(await measure(side))
  return turns
}

function middle(turns: readonly Result[], of: 'p50' | 'p99'): number {
  const values = turns.map((turn) => turn[of]).sort((a, b) => a - b)
  return values[Math.floor(values.length / 2)]!
}

const failures = (turns: readonly Result[]): string => String(turns.reduce((sum, turn) => sum + turn.failed, 0))

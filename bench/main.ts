import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import type { PostgresServer } from '../test/support/postgres.ts'
import { age } from './age.ts'
import { alone, calm } from './calm.ts'
import { againstQueue } from './queue.ts'
import { backlog } from './backlog.ts'
import { fanout } from './fanout.ts'
import { helpWith, list, number, option, refuseOthers } from './options.ts'
import { describeMachine } from './machine.ts'
import { reads } from './reads.ts'
import { createReport } from './report.ts'
import {
  makeHome,
  removeHome,
  startBare,
  startBenchPostgres,
  startEngine,
  startNull,
  startOther,
  startOtherNull,
  type Engine,
  type Home,
} from './sides.ts'
import { halfLoad, nodes, soak, workers } from './steady.ts'
import { throughput } from './throughput.ts'
import { traces } from './traces.ts'
import { startBenchWorld, type Mode } from './world.ts'

/**
 * Each figure is a ratio to a bare pass-through of the same bytes, and to the same gateway without a store. The same
 * world drives all of them in the same run and in turns, so that a noisy machine disturbs all alike.
 */
const FIGURES = [
  'send',
  'ack',
  'webhook',
  'whole',
  'half',
  'queue',
  'alone',
  'calm',
  'nodes',
  'workers',
  'fanout',
  'backlog',
  'age',
  'reads',
  'soak',
  'traces',
] as const
/** Figures that compare the running sides, besides the modes. */
const WITH_SIDES: readonly string[] = ['half', 'queue', 'alone', 'calm']
helpWith(`npm run bench -- [options]

  --figures a,b         ${FIGURES.slice(0, 8).join(', ')},
                        ${FIGURES.slice(8).join(', ')} (default: all)
  --engines a,b         sqlite, postgres (default: both)
  --in-flight 64        messages in progress
  --rounds 3            turns of each side; the median counts
  --seconds 5           length of a turn
  --backlog-events N    for backlog and reads (default: 1000000)
  --age-messages N      for age and reads (default: 5000000)
  --soak-seconds N      for soak (default: 60)
  --against FOLDER      another checkout, its packages installed, as further sides
  --markdown FILE       writes the tables there, too

What each figure is, and the last measurements: docs/benchmarks.md
`)
refuseOthers([
  ...['figures', 'engines', 'in-flight', 'rounds', 'seconds', 'markdown'],
  ...['backlog-events', 'age-messages', 'soak-seconds', 'against'],
])
const figures = list('figures', FIGURES)
const engines = list<Engine>('engines', ['sqlite', 'postgres'])
const run = { inFlight: number('in-flight', 64), rounds: number('rounds', 3), ms: number('seconds', 5) * 1000 }

const report = createReport((text) => process.stdout.write(text))
const startedAt = new Date()
const machine = await describeMachine()
report.line(machine)
const world = await startBenchWorld()
const undo: (() => Promise<void>)[] = [() => world.close()]
const server: PostgresServer | undefined = engines.includes('postgres') ? await startBenchPostgres() : undefined
if (server) undo.push(() => server.remove())
try {
  const modes = (['send', 'ack', 'webhook', 'whole'] as Mode[]).filter((mode) => figures.includes(mode))
  const homes = new Map<Engine, Home>()
  for (const engine of engines) {
    const home = await makeHome(engine, server)
    homes.set(engine, home)
    undo.push(() => removeHome(home))
  }
  if (modes.length > 0 || figures.some((figure) => WITH_SIDES.includes(figure))) {
    const sides = [await startBare(world), await startNull(world)]
    undo.push(...sides.map((side) => () => side.stop()))
    const atRest = new Map<string, number>()
    for (const engine of engines) {
      const side = await startEngine(world, homes.get(engine)!)
      undo.push(() => side.stop())
      sides.push(side)
    }
    const other = option('against')
    if (other !== undefined) {
      const more = [await startOtherNull(world, other)]
      undo.push(() => more[0]!.stop())
      for (const engine of engines) {
        const home = await makeHome(engine, server)
        undo.push(() => removeHome(home))
        const side = await startOther(world, other, home)
        undo.push(() => side.stop())
        more.push(side)
      }
      sides.push(...more)
    }
    // Some seconds after its start a gateway frees the memory of the start.
    await new Promise((resolve) => setTimeout(resolve, 6000))
    for (const side of sides) atRest.set(side.name, side.rss())
    const all = await throughput(world, sides, modes, run, report)
    if (figures.includes('half')) await halfLoad(world, sides.slice(2), all, run, report)
    if (figures.includes('queue')) await againstQueue(world, sides.slice(2), run, report)
    if (figures.includes('alone')) await alone(world, sides, run, report)
    if (figures.includes('calm')) await calm(world, sides, run, report)
    report.line(
      `Resident memory, at rest and after the load: ${sides
        .slice(1)
        .map((side) => `${side.name} ${mib(atRest.get(side.name)!)} and ${mib(side.rss())} MiB`)
        .join('; ')}.`,
    )
    for (const side of sides) await side.stop()
  }
  if (figures.includes('nodes') && server) await nodes(world, server, run, report)
  for (const engine of engines) if (figures.includes('fanout')) await fanout(world, engine, server, run, report)
  for (const engine of engines) {
    if (figures.includes('workers')) await workers(world, engine, server, run, report)
  }
  for (const engine of engines) {
    const events = number('backlog-events', 1_000_000)
    if (figures.includes('backlog')) await backlog(world, engine, server, { ...run, events }, report)
  }
  for (const engine of engines) {
    const messages = number('age-messages', 5_000_000)
    if (figures.includes('age')) await age(world, engine, server, { ...run, messages }, report)
  }
  for (const engine of engines) {
    const stored = { messages: number('age-messages', 5_000_000), events: number('backlog-events', 1_000_000) }
    if (figures.includes('reads')) await reads(world, engine, server, stored, report)
  }
  for (const engine of engines) {
    const ms = number('soak-seconds', 60) * 1000
    if (figures.includes('soak')) await soak(world, engine, server, { ...run, ms }, report)
  }
  for (const engine of engines) if (figures.includes('traces')) await traces(world, engine, server, run, report)
  const path = option('markdown')
  if (path !== undefined) {
    writeFileSync(
      path,
      `Run of ${startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC, load average at its end ${loadavg()
        .map((load) => load.toFixed(1))
        .join(', ')}.\n\n${report.markdown()}\n`,
    )
  }
} finally {
  for (const back of undo.reverse()) await back().catch((error: unknown) => process.stderr.write(`${String(error)}\n`))
}

function mib(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0)
}

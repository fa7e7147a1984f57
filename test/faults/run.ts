import { cpus, loadavg, totalmem } from 'node:os'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { startPostgres } from '../support/postgres.ts'
import { canMount } from './disk.ts'
import { canBreakDisks } from './failing-disk.ts'
import { backupAndRestore } from './scenarios/backup.ts'
import { killBroadcast, lineOfBroadcast } from './scenarios/broadcast.ts'
import { clockJumps } from './scenarios/clock.ts'
import { killWithEndpoints } from './scenarios/endpoints.ts'
import { killGateway } from './scenarios/kill-gateway.ts'
import { failover, killPostgres } from './scenarios/kill-postgres.ts'
import { badNetwork } from './scenarios/network.ts'
import { fuzzRow } from './scenarios/fuzz.ts'
import { dumpAndRestore, pointInTime } from './scenarios/recovery.ts'
import { powerLoss } from './scenarios/power.ts'
import { rollingUpgrade } from './scenarios/rolling.ts'
import { shareOfSends, type Row, type Scale } from './scenarios/row.ts'
import {
  postgresFull,
  postgresGone,
  postgresReadOnly,
  sqliteFrozen,
  sqliteFull,
  sqliteReadOnly,
  startedFirst,
} from './scenarios/store-away.ts'

type Scenario = {
  name: string
  run: (scale: Scale, database: () => Promise<string>) => Promise<Row>
  /** Undefined where it can run here, else what is missing. */
  missing?: string | undefined
}

const NO_MOUNT = canMount ? undefined : 'only root on Linux may mount a disk'
const NO_EXT4 = canBreakDisks ? undefined : 'it needs root on Linux, loop devices and the tools of ext4'

const SCENARIOS: Scenario[] = [
  { name: 'gateway-sqlite', run: (scale) => killGateway(scale) },
  { name: 'gateway-postgres', run: async (scale, db) => killGateway(scale, { databaseUrl: await db() }) },
  { name: 'node', run: async (scale, db) => killGateway(scale, { databaseUrl: await db(), nodes: 3 }) },
  { name: 'half-sqlite', run: (scale) => killGateway(scale, { failing: 'half' }) },
  {
    name: 'half-postgres',
    run: async (scale, db) => killGateway(scale, { databaseUrl: await db(), failing: 'half' }),
  },
  { name: 'endpoints-sqlite', run: (scale) => killWithEndpoints(scale, { kills: 'gateway' }) },
  {
    name: 'endpoints-postgres',
    run: async (scale, db) => killWithEndpoints(scale, { databaseUrl: await db(), kills: 'gateway' }),
  },
  { name: 'database-sqlite', run: (scale) => killWithEndpoints(scale, { kills: 'database' }) },
  {
    name: 'database-postgres',
    run: async (scale, db) => killWithEndpoints(scale, { databaseUrl: await db(), kills: 'database' }),
  },
  { name: 'postgres', run: killPostgres },
  { name: 'failover', run: failover },
  { name: 'net-whatsapp-sqlite', run: (scale) => badNetwork(scale, 'whatsapp') },
  {
    name: 'net-whatsapp-postgres',
    run: async (scale, db) => badNetwork(scale, 'whatsapp', await db()),
  },
  { name: 'net-customer-sqlite', run: (scale) => badNetwork(scale, 'customer') },
  {
    name: 'net-customer-postgres',
    run: async (scale, db) => badNetwork(scale, 'customer', await db()),
  },
  { name: 'net-store', run: (scale) => badNetwork(scale, 'store') },
  { name: 'gone-postgres', run: postgresGone },
  { name: 'readonly-postgres', run: postgresReadOnly },
  { name: 'full-sqlite', run: sqliteFull, missing: NO_MOUNT },
  { name: 'full-postgres', run: postgresFull, missing: NO_MOUNT },
  { name: 'readonly-sqlite', run: sqliteReadOnly, missing: NO_EXT4 },
  { name: 'frozen-sqlite', run: sqliteFrozen, missing: NO_EXT4 },
  { name: 'power-sqlite', run: powerLoss, missing: NO_EXT4 },
  { name: 'started-first', run: startedFirst },
  { name: 'clock-sqlite', run: (scale) => clockJumps(scale) },
  { name: 'clock-postgres', run: async (scale, db) => clockJumps(scale, await db()) },
  { name: 'backup-sqlite', run: backupAndRestore },
  { name: 'dump-postgres', run: dumpAndRestore },
  { name: 'recovery-postgres', run: pointInTime },
  { name: 'rolling-postgres', run: async (scale, db) => rollingUpgrade(scale, await db(), scale.old) },
]

const FUZZ = ['fuzz', 'fuzz-postgres']
const BROADCASTS = ['broadcast-sqlite', 'broadcast-postgres']
const SEPARATE = [...BROADCASTS, ...FUZZ]

const HELP = `npm run test:faults -- [--rounds 50] [--only a,b] [--fuzz 100000] [--route a,b] [--people 100000] [--old folder] [--keep]

  --rounds   of each scenario
  --only     ${SCENARIOS.map(({ name }) => name).join(', ')}, ${SEPARATE.join(', ')}
  --fuzz     random and mutated requests at each public route
  --route    only at routes whose method and path hold one of these texts
  --people   recipients of a broadcast that is killed five times
  --old      checkout of an earlier version, with its packages, from which rolling-postgres upgrades
  --keep     writes the table into docs/faults.md
`

/** Runs what is asked for and answers the exit code: 1 when a promise was broken. */
export async function runFaults(args: string[]): Promise<number> {
  const option = (name: string): string | undefined => {
    const at = args.indexOf(`--${name}`)
    return at < 0 ? undefined : (args[at + 1] ?? '')
  }
  if (args.includes('--help')) {
    process.stdout.write(HELP)
    return 0
  }
  const rounds = Number(option('rounds') ?? 50)
  const people = Number(option('people') ?? 100_000)
  const bodies = Number(option('fuzz') ?? 100_000)
  const only = option('only')?.split(',')
  const unknown = only?.find((name) => !SEPARATE.includes(name) && !SCENARIOS.some((one) => one.name === name))
  if (unknown !== undefined || !(rounds > 0) || !(bodies > 0) || !(people > 0)) {
    process.stderr.write(unknown === undefined ? HELP : `There is no scenario ${unknown}.\n${HELP}`)
    return 1
  }
  const chosen = SCENARIOS.filter(({ name }) => !only || only.includes(name))
  const say = (text: string): void => void process.stderr.write(`  ${text}\n`)
  const lines: string[][] = []
  const tables: string[] = []
  let failed = 0
  const needsServer = chosen.length > 0 || !only || only.some((name) => name.endsWith('-postgres'))
  const server = needsServer ? await startPostgres({ fsync: true }) : undefined
  try {
    for (const { name, run, missing } of chosen) {
      if (missing !== undefined) {
        failed++
        lines.push([name, '', '', '', '', '', '', '', `NOT RUN: ${missing}`])
        continue
      }
      process.stderr.write(`${name}\n`)
      const startedAt = performance.now()
      try {
        const row = await run({ rounds, say, old: option('old') }, () => server!.createDatabase())
        if (row.verdict.broken.length > 0) failed++
        lines.push(lineOf(row))
      } catch (error) {
        failed++
        lines.push([name, '', '', '', '', '', '', '', `FAILED: ${(error as Error).message.split('\n')[0]}`])
        say(String((error as Error).stack))
      }
      say(`${lines.at(-1)!.join(' | ')} (${((performance.now() - startedAt) / 1000).toFixed(0)} s)`)
    }
    for (const name of BROADCASTS.filter((one) => !only || only.includes(one))) {
      process.stderr.write(`${name}\n`)
      try {
        const databaseUrl = name === 'broadcast-postgres' ? await server!.createDatabase() : undefined
        const run = { people, kills: 5, say, databaseUrl, compared: 3_000 }
        const result = await killBroadcast(run)
        if (result.broken.length > 0) failed++
        tables.push(lineOfBroadcast(databaseUrl === undefined ? 'SQLite' : 'PostgreSQL', run, result))
        say(tables.at(-1)!)
      } catch (error) {
        failed++
        tables.push(`${name} FAILED: ${(error as Error).message}`)
        say(String((error as Error).stack))
      }
    }
    for (const name of FUZZ.filter((one) => !only || only.includes(one))) {
      process.stderr.write(`${name}\n`)
      try {
        const databaseUrl = name === 'fuzz' ? undefined : await server!.createDatabase()
        const route = option('route')
        tables.push(
          await fuzzRow(bodies, {
            say,
            ...(databaseUrl !== undefined && { databaseUrl }),
            ...(route !== undefined && { only: route.split(',') }),
          }),
        )
      } catch (error) {
        failed++
        tables.push(`${name} FAILED: ${(error as Error).message}`)
        say(String((error as Error).stack))
      }
    }
  } finally {
    await server?.remove()
  }
  const parts = [lines.length > 0 ? tableOf(lines) : '', ...tables]
  const text = parts.filter((part) => part !== '').join('\n\n')
  process.stdout.write(`\n${text}\n\n${failed === 0 ? 'Every promise held.' : `${failed} FAILED.`}\n`)
  if (args.includes('--keep')) keep(text)
  return failed === 0 ? 0 : 1
}

const HEAD = ['Fault', 'Engine', 'Rounds', 'Events', 'Sends', 'Answered 2xx', 'Not acknowledged', 'Repeated', 'Outcome']

function lineOf({ what, engine, rounds, verdict, note }: Row): string[] {
  const refused = Object.entries(verdict.refused).map(([why, count]) => `${count} × ${why}`)
  const outcome =
    verdict.broken.length === 0 ? `nothing lost${note && `; ${note}`}` : `BROKEN: ${verdict.broken.join('; ')}`
  return [
    what,
    engine,
    String(rounds),
    String(verdict.events),
    String(verdict.sends),
    shareOfSends(verdict),
    refused.join(', ') || '0',
    String(verdict.duplicates),
    outcome,
  ]
}

function tableOf(lines: string[][]): string {
  const row = (cells: string[]): string => `| ${cells.join(' | ')} |`
  return [row(HEAD), row(HEAD.map(() => '---')), ...lines.map(row)].join('\n')
}

const PAGE = fileURLToPath(new URL('../../docs/faults.md', import.meta.url))
const MARK = '<!-- last run -->'

/** Everything below the mark on the page is the last run's. */
function keep(text: string): void {
  const [above] = readFileSync(PAGE, 'utf8').split(MARK)
  const machine = `${cpus().length} cores of ${cpus()[0]?.model.trim() ?? process.arch}, ${(totalmem() / 1024 ** 3).toFixed(0)} GiB, Node ${process.versions.node}`
  const when = `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`
  writeFileSync(
    PAGE,
    `${above}${MARK}\n\n${when}, ${machine}, load average at the end ${loadavg()[0]!.toFixed(1)}.\n\n${text}\n`,
  )
}

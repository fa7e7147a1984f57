import { setTimeout as after } from 'node:timers/promises'
import { startPostgres, type PostgresServer } from '../../support/postgres.ts'
import { startCluster } from '../cluster.ts'
import { startTraffic } from '../traffic.ts'
import { untilTaken } from '../whatsapp.ts'
import { close, type Row, type Scale } from './row.ts'

/** Answers to customers while the store is unavailable. */
const AWAY = ['503 store_unavailable', '504 outcome_unknown', '503 overloaded', 'no answer']

/**
 * SIGKILL of every process of PostgreSQL at random moments, and its restart. The gateways keep running and reconnect.
 */
export async function killPostgres(scale: Scale): Promise<Row> {
  const server = await startPostgres({ fsync: true })
  try {
    const cluster = await startCluster({ databaseUrl: await server.createDatabase(), nodes: 2 })
    try {
      const traffic = startTraffic(cluster)
      const recovery: number[] = []
      for (let round = 0; round < scale.rounds; round++) {
        await after(100 + Math.random() * 600)
        await crash(server)
        const startedAt = performance.now()
        await untilTaken(cluster.origins[0]!, round)
        recovery.push(performance.now() - startedAt)
        scale.say(`crash ${round + 1}, ${traffic.acknowledged} webhooks and ${traffic.sent} sends acknowledged`)
      }
      return await close(traffic, {
        what: 'SIGKILL of PostgreSQL and its start, two nodes',
        engine: 'postgres',
        rounds: scale.rounds,
        mayRepeat: true,
        // It is down most of the time.
        available: 0.05,
        explains: AWAY,
        note: `a webhook was taken again ${Math.max(...recovery).toFixed(0)} ms after the start at most`,
      })
    } finally {
      await cluster.close()
    }
  } finally {
    await server.remove()
  }
}

export async function crash(server: PostgresServer): Promise<void> {
  await server.signalAll('SIGKILL')
  // Waits for its guardian, which ends with it.
  await server.stop('immediate')
  await server.start()
}

/**
 * The primary of a synchronous pair is killed under load, and its standby is promoted. The gateways know both
 * addresses. Then a new standby of the survivor is created.
 */
export async function failover(scale: Scale): Promise<Row> {
  const settings = { synchronous_standby_names: 'ANY 1 (s1)', synchronous_commit: 'on', wal_keep_size: '512MB' }
  let primary = await startPostgres({ fsync: true, settings: { wal_level: 'replica' } })
  let standby: PostgresServer | undefined
  const gone: PostgresServer[] = []
  const notes: number[] = []
  let row: Row | undefined
  try {
    // Each round is a new installation: a pair has two addresses, and the failover uses up the second.
    for (let round = 0; round < scale.rounds; round++) {
      standby = await startPostgres({ fsync: true, standbyOf: { primary, name: 's1' } })
      await primary.query(`alter system set synchronous_standby_names = '${settings.synchronous_standby_names}'`)
      await primary.query('select pg_reload_conf()')
      await untilSynchronous(primary)
      const url = (await primary.createDatabase()).replace(
        /@[^/]+/,
        `@127.0.0.1:${primary.port},127.0.0.1:${standby.port}`,
      )
      const cluster = await startCluster({ databaseUrl: `${url}?target_session_attrs=read-write`, nodes: 2 })
      try {
        const traffic = startTraffic(cluster)
        await after(1500 + Math.random() * 1000)
        await primary.signalAll('SIGKILL')
        const startedAt = performance.now()
        await standby.query(`alter system set synchronous_standby_names = ''`).catch(() => {})
        await standby.query('select pg_promote(true, 30)')
        await untilTaken(cluster.origins[0]!, round)
        notes.push(performance.now() - startedAt)
        await after(1500)
        scale.say(`failover ${round + 1}, ${traffic.acknowledged} webhooks and ${traffic.sent} sends acknowledged`)
        const one = await close(traffic, {
          what: 'primary of a synchronous pair killed, standby promoted, two nodes',
          engine: 'postgres',
          rounds: scale.rounds,
          mayRepeat: true,
          available: 0.6,
          explains: AWAY,
          note: '',
        })
        row = row ? joined(row, one) : one
      } finally {
        await cluster.close()
      }
      gone.push(primary)
      primary = standby
      standby = undefined
      await primary.query('select pg_reload_conf()')
    }
    return { ...row!, note: `a webhook was taken again ${Math.max(...notes).toFixed(0)} ms after the kill at most` }
  } finally {
    for (const server of [...gone, primary, standby]) await server?.remove()
  }
}

async function untilSynchronous(primary: PostgresServer): Promise<void> {
  for (let i = 0; ; i++) {
    const [row] = await primary.query<{ state: string }>(
      `select sync_state as state from pg_stat_replication where application_name = 's1'`,
    )
    if (row?.state === 'quorum' || row?.state === 'sync') return
    if (i > 300) throw new Error('the standby did not become synchronous within 15 s')
    await after(50)
  }
}

function joined(a: Row, b: Row): Row {
  const refused = { ...a.verdict.refused }
  for (const [key, count] of Object.entries(b.verdict.refused)) refused[key] = (refused[key] ?? 0) + count
  return {
    ...a,
    verdict: {
      events: a.verdict.events + b.verdict.events,
      acknowledged: a.verdict.acknowledged + b.verdict.acknowledged,
      posted: a.verdict.posted + b.verdict.posted,
      sends: a.verdict.sends + b.verdict.sends,
      duplicates: a.verdict.duplicates + b.verdict.duplicates,
      refused,
      latestMs: Math.max(a.verdict.latestMs, b.verdict.latestMs),
      broken: [...a.verdict.broken, ...b.verdict.broken],
    },
  }
}

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { startPostgres, type PostgresServer } from '../../support/postgres.ts'
import { makeDisk } from '../disk.ts'
import { makeFailingDisk, type FailingDisk } from '../failing-disk.ts'
import { startCluster, until, type Cluster } from '../cluster.ts'
import { startTraffic } from '../traffic.ts'
import { textWebhook, untilTaken, webhookAnswer } from '../whatsapp.ts'
import { close, type Row, type Scale } from './row.ts'

/**
 * While the store accepts no writes, every route says so and nothing is acknowledged; when it does again, everything
 * recovers by itself. Returns the time of the recovery in ms. With `some` the store still accepts a write now and then,
 * as a full disk does while its pages have room: acknowledged data is then stored, and the rest is refused with the
 * same reason.
 */
async function whileAway(
  cluster: Cluster,
  round: number,
  back: () => Promise<void> | void,
  some: boolean,
): Promise<number> {
  let ready = { http: 0, reason: '' }
  await until(async () => (ready = await cluster.readiness(0)).http === 503, '/readyz says that the store is away')
  assert.match(ready.reason, /SQLite|PostgreSQL|store|writes/, '/readyz says why')
  const webhook = JSON.stringify(textWebhook('15550888888', `wamid.away${round}`, 'is this kept?'))
  const taken = await webhookAnswer(cluster.origins[0]!, webhook)
  assert.ok(taken === 503 || (some && taken === 200), `a webhook while the store is away was answered ${taken}`)
  const before = cluster.whatsapp.taken.size
  const sends = await Promise.all(
    Array.from({ length: 3 }, () =>
      cluster.call(
        'POST',
        '/external/messages/whatsapp',
        { to: '15550777777', type: 'text', text: 'nobody gets this' },
        { 'certification-code': cluster.code },
      ),
    ),
  )
  for (const send of sends) {
    if (some && (send.http === 200 || send.http === 504)) continue
    assert.equal(send.http, 503, JSON.stringify(send))
    assert.equal((send.error as { reason?: string }).reason, 'store_unavailable')
    assert.ok(Number(send.headers.get('retry-after')) > 0, 'a time to come back')
  }
  if (!some) assert.equal(cluster.whatsapp.taken.size, before, 'nothing was sent')
  assert.equal((await fetch(`${cluster.origins[0]}/healthz`)).status, 200, 'the process itself is well')
  await back()
  return untilTaken(cluster.origins[0]!, `away${round}`)
}

async function overAndOver(
  scale: Scale,
  cluster: Cluster,
  what: string,
  leave: () => Promise<void> | void,
  back: () => Promise<void> | void,
  { how = '', some = false, available = 0.25 } = {},
): Promise<Row> {
  const traffic = startTraffic(cluster, { people: 6, senders: 4 })
  let longest = 0
  for (let round = 0; round < scale.rounds; round++) {
    await after(300 + Math.random() * 500)
    await leave()
    longest = Math.max(longest, await whileAway(cluster, round, back, some))
    await until(async () => (await cluster.readiness(0)).http === 200, '/readyz says that it is well again')
    scale.say(`${what} ${round + 1}, ${traffic.acknowledged} webhooks and ${traffic.sent} sends acknowledged`)
  }
  await after(300)
  return close(traffic, {
    what,
    engine: cluster.engine,
    rounds: scale.rounds,
    // An attempt whose record the store refused is repeated.
    mayRepeat: true,
    available,
    explains: ['503 store_unavailable', '504 outcome_unknown', '503 overloaded', 'no answer'],
    note: `${how}back at work ${longest.toFixed(0)} ms after the store at most`,
  })
}

export async function sqliteFull(scale: Scale): Promise<Row> {
  const disk = makeDisk(96)
  try {
    const cluster = await startCluster({ dataDir: disk.folder })
    try {
      return await overAndOver(
        scale,
        cluster,
        'disk full',
        () => disk.fill(),
        () => disk.free(),
        { how: 'tmpfs of 96 MB; ', some: true, available: 0.4 },
      )
    } finally {
      await cluster.close()
    }
  } finally {
    disk.close()
  }
}

/** The kernel makes the file system read-only, as after a disk error; then it is repaired and the gateway restarted. */
export function sqliteReadOnly(scale: Scale): Promise<Row> {
  return onFailingDisk(
    scale,
    'disk read-only by an error; repaired, and the gateway killed and started',
    (disk) => disk.breaks(),
    async (disk, cluster) => {
      await cluster.kill(0)
      disk.repair()
      await cluster.start(0)
    },
    0.03,
  )
}

/** The same for a gateway that keeps running: its files refuse writes for a while. */
export function sqliteFrozen(scale: Scale): Promise<Row> {
  return onFailingDisk(
    scale,
    'files of the store take no writes',
    (disk) => disk.freeze(),
    (disk) => disk.thaw(),
    // As with any store that is down about half of the time; on a slow machine, more of it.
    0.25,
  )
}

async function onFailingDisk(
  scale: Scale,
  what: string,
  leave: (disk: FailingDisk) => void,
  back: (disk: FailingDisk, cluster: Cluster) => Promise<void> | void,
  available: number,
): Promise<Row> {
  const disk = makeFailingDisk(256)
  try {
    const cluster = await startCluster({ dataDir: disk.folder })
    try {
      return await overAndOver(
        scale,
        cluster,
        what,
        () => leave(disk),
        () => back(disk, cluster),
        { how: 'ext4; ', available },
      )
    } finally {
      await cluster.close()
    }
  } finally {
    disk.close()
  }
}

/** A gateway is started while its PostgreSQL is down, as after a power cut: it waits, and opens with it. */
export async function startedFirst(scale: Scale): Promise<Row> {
  const server = await startPostgres({ fsync: true })
  try {
    const cluster = await startCluster({ databaseUrl: await server.createDatabase() })
    let starting: Promise<void> | undefined
    try {
      return await overAndOver(
        scale,
        cluster,
        'gateway started before its store',
        async () => {
          await Promise.all([cluster.kill(0), server.stop('immediate')])
          starting = cluster.start(0)
          // Awaited once the store is back. A start that fails before must not end this process.
          starting.catch(() => {})
        },
        async () => {
          await server.start()
          await starting
        },
        // The gateway is down during kills and starts, which is most of the time.
        { available: 0.03 },
      )
    } finally {
      await cluster.close()
    }
  } finally {
    await server.remove()
  }
}

export async function postgresFull(scale: Scale): Promise<Row> {
  const disk = makeDisk(400)
  try {
    const dataDir = join(disk.folder, 'data')
    mkdirSync(dataDir)
    const server = await startPostgres({
      fsync: true,
      dataDir,
      settings: { max_wal_size: '64MB', min_wal_size: '32MB' },
    })
    try {
      const cluster = await startCluster({ databaseUrl: await server.createDatabase() })
      try {
        return await overAndOver(
          scale,
          cluster,
          'disk full',
          () => disk.fill(),
          async () => {
            disk.free()
            // PostgreSQL ends when it cannot even write its log; then it must be started again.
            if (!(await answers(server))) await server.stop('immediate')
            await server.start()
          },
          { how: 'tmpfs of 400 MB; ', some: true, available: 0.4 },
        )
      } finally {
        await cluster.close()
      }
    } finally {
      await server.remove()
    }
  } finally {
    disk.close()
  }
}

export async function postgresGone(scale: Scale): Promise<Row> {
  const server = await startPostgres({ fsync: true })
  try {
    const cluster = await startCluster({ databaseUrl: await server.createDatabase() })
    try {
      return await overAndOver(
        scale,
        cluster,
        'store stopped',
        () => server.stop('fast'),
        () => server.start(),
      )
    } finally {
      await cluster.close()
    }
  } finally {
    await server.remove()
  }
}

export async function postgresReadOnly(scale: Scale): Promise<Row> {
  const server = await startPostgres({ fsync: true })
  const set = async (value: string): Promise<void> => {
    await server.query(`alter system set default_transaction_read_only = ${value}`)
    await server.query('select pg_reload_conf()')
  }
  try {
    const cluster = await startCluster({ databaseUrl: await server.createDatabase() })
    try {
      return await overAndOver(
        scale,
        cluster,
        'store read-only',
        () => set('on'),
        () => set('off'),
      )
    } finally {
      await cluster.close()
    }
  } finally {
    await server.remove()
  }
}

async function answers(server: PostgresServer): Promise<boolean> {
  for (let i = 0; i < 40; i++) {
    try {
      await server.query('select 1')
      return true
    } catch {
      await after(100)
    }
  }
  return false
}

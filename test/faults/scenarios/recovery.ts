import { execFile } from 'node:child_process'
import { appendFileSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findBinaries, ownerOfServer, startPostgres, type PostgresServer } from '../../support/postgres.ts'
import { type Cluster, startCluster, until } from '../cluster.ts'
import { goBack, type Way } from './back.ts'
import { postern } from './backup.ts'
import type { Row, Scale } from './row.ts'

const run = promisify(execFile)

type Tools = {
  server: PostgresServer
  url: string
  cluster: Cluster
  /** A folder that belongs to the server's user. */
  folder: string
  /** Runs a program of PostgreSQL as the server's user. */
  tool(name: string, args: string[]): Promise<void>
}

/** The docs' `pg_dump` and `pg_restore`, with `postern restore --after-pg-restore`. */
export const dumpAndRestore = (scale: Scale): Promise<Row> =>
  onOwnServer(scale, {}, ({ server, url, cluster, folder, tool }) => {
    const fileOf = (round: number): string => join(folder, `${round}.dump`)
    return {
      what: 'pg_dump of working nodes; SIGKILL; pg_restore',
      note: 'pg_dump, pg_restore and postern restore --after-pg-restore',
      keep: (round) => tool('pg_dump', ['--format=custom', '--schema=postern', `--file=${fileOf(round)}`, url]),
      async lose() {},
      async restore(round) {
        await server.query('drop schema postern cascade', url)
        await tool('pg_restore', ['--exit-on-error', '--no-owner', `--dbname=${url}`, fileOf(round)])
        await postern(['restore', '--after-pg-restore'], cluster.settings(0))
      },
    }
  })

/**
 * The docs' recovery to a point in time: an archive of the write-ahead log, a base backup while the nodes work, a moment,
 * and the tables dropped under them some seconds later.
 */
export async function pointInTime(scale: Scale): Promise<Row> {
  const archive = mkdtempSync(join(tmpdir(), 'postern-wal-'))
  const owner = ownerOfServer()
  if (owner) chownSync(archive, owner.uid, owner.gid)
  const settings = {
    archive_mode: 'on',
    archive_command: `test ! -f ${archive}/%f && cp %p ${archive}/%f`,
    archive_timeout: 60,
  }
  try {
    return await onOwnServer(scale, settings, ({ server, url, cluster, folder, tool }) => {
      const baseOf = (round: number): string => join(folder, `base-${round}`)
      let moment = ''
      return {
        what: 'tables dropped under working nodes; recovery to the moment before',
        note: 'base backup, archive of the WAL and postern restore --after-pg-restore',
        // Of nodes whose tables are gone.
        explains: ['500'],
        // A recovery begins a new timeline, so each round has a base of its own.
        prepare: (round) =>
          tool('pg_basebackup', [
            '--checkpoint=fast',
            `--pgdata=${baseOf(round)}`,
            `--dbname=${server.url('postgres')}`,
          ]),
        async keep() {
          moment = (await server.query<{ now: string }>('select clock_timestamp()::text as now'))[0]!.now
        },
        lose: () => dropped(server, url),
        async restore(round) {
          await server.stop()
          rmSync(server.dataDir, { recursive: true })
          await run('cp', ['-a', baseOf(round), server.dataDir])
          appendFileSync(
            join(server.dataDir, 'postgresql.auto.conf'),
            `restore_command = 'cp ${archive}/%f %p'\nrecovery_target_time = '${moment}'\nrecovery_target_action = 'promote'\n`,
          )
          writeFileSync(join(server.dataDir, 'recovery.signal'), '')
          await server.start()
          const recovers = 'select pg_is_in_recovery() as yes'
          await until(
            async () => !(await server.query<{ yes: boolean }>(recovers))[0]!.yes,
            'PostgreSQL accepts writes',
            60_000,
          )
          await postern(['restore', '--after-pg-restore'], cluster.settings(0))
        },
      }
    })
  } finally {
    rmSync(archive, { recursive: true, force: true })
  }
}

/** Two nodes on a server of their own, which a way may stop and replace. */
async function onOwnServer(
  scale: Scale,
  settings: Record<string, string | number>,
  wayOf: (tools: Tools) => Way,
): Promise<Row> {
  const bin = await findBinaries()
  const owner = ownerOfServer()
  const folder = mkdtempSync(join(tmpdir(), 'postern-recovery-'))
  if (owner) chownSync(folder, owner.uid, owner.gid)
  const server = await startPostgres({ fsync: true, settings })
  try {
    const url = await server.createDatabase()
    const cluster = await startCluster({ databaseUrl: url, nodes: 2 })
    const as = { ...owner, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } }
    const tool = async (name: string, args: string[]): Promise<void> => void (await run(join(bin, name), args, as))
    try {
      return await goBack(scale, cluster, wayOf({ server, url, cluster, folder, tool }))
    } finally {
      await cluster.close()
    }
  } finally {
    await server.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The accident. It needs a lock on every table while nodes use them, so PostgreSQL may end it as a deadlock. */
async function dropped(server: PostgresServer, url: string): Promise<void> {
  await until(
    async () => {
      await server.query('drop schema postern cascade', url)
      return true
    },
    'the tables are dropped',
    60_000,
  )
}

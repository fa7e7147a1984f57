import { VERSION } from '../app/version.ts'
import { keptSecrets, type Made, makeBackup, NoBackup } from '../flows/backup/make.ts'
import { keepBackup, type Listed, listBackups, openPlace, type Place } from '../flows/backup/place.ts'
import type { Manifest } from '../flows/backup/manifest.ts'
import { type Config, readConfig } from '../platform/config.ts'
import { BadCopy } from '../store/sqlite/snapshot.ts'
import { Failed, Misused, type Command } from './command.ts'
import { table } from './table.ts'

export const backup: Command = {
  name: 'backup',
  summary: 'Back up the SQLite store into one file, while the gateway runs or not.',
  args: '[file]',
  usage: '[<file>] [--force] [--without-key]',
  details:
    'Without a file, the backup goes to BACKUP_TO. It has the database and, where they are kept in DATA_DIR, the master key and the admin token: keep it as safe as those. It is verified before it gets its name. With PostgreSQL, use pg_dump (docs/backup.md).',
  options: {
    force: { type: 'boolean', help: 'Replace an existing file.' },
    'without-key': {
      type: 'boolean',
      help: 'Leave out the master key and the admin token. A restore then needs MASTER_KEY.',
    },
  },
  async run(call) {
    const config = readConfig(call.env)
    refusePostgres(config)
    const [file] = call.words
    const options = {
      dataDir: config.dataDir,
      version: VERSION,
      secrets: call.values['without-key'] ? [] : keptSecrets(config),
    }
    const made = await (
      file === undefined
        ? inPlace(config, config.backupTo, (place) =>
            keepBackup(place, { ...options, now: Date.now(), keep: config.backupKeep }),
          )
        : makeBackup(options, file, { force: call.values.force === true })
    ).catch(failedBackup)
    return { data: shown(made), text: textOfMade(made) }
  },
}

export const backupList: Command = {
  name: 'backup list',
  summary: 'List the backups in BACKUP_TO, the newest first.',
  args: '[place]',
  usage: '[<folder>|s3://<bucket>/<prefix>]',
  async run(call) {
    const config = readConfig(call.env)
    const listed = await inPlace(config, call.words[0] ?? config.backupTo, listBackups).catch(failedBackup)
    return { data: listed.map(shownListed), text: textOfList(listed) }
  },
}

async function inPlace<T>(
  config: Pick<Config, 'outboundAllow'>,
  address: string | undefined,
  work: (place: Place) => Promise<T>,
): Promise<T> {
  if (address === undefined) throw new Misused('give a place, or set BACKUP_TO')
  const place = await openPlace(address, config.outboundAllow)
  try {
    return await work(place)
  } finally {
    await place.close()
  }
}

const shownListed = (one: Listed): Record<string, unknown> =>
  'problem' in one
    ? { name: one.name, bytes: one.bytes, problem: one.problem }
    : {
        name: one.name,
        bytes: one.bytes,
        taken_at: one.manifest.taken_at,
        version: one.manifest.version,
        schema: one.manifest.schema,
        has_key: hasKey(one.manifest),
      }

function textOfList(listed: readonly Listed[]): string {
  if (listed.length === 0) return 'There is no backup.'
  return table(
    ['NAME', 'MIB', 'TAKEN AT', 'VERSION', 'KEY'],
    listed.map((one) => [
      one.name,
      mebibytes(one.bytes),
      ...('problem' in one
        ? [one.problem]
        : [one.manifest.taken_at, one.manifest.version, hasKey(one.manifest) ? 'yes' : 'no']),
    ]),
  )
}

const hasKey = ({ parts }: Manifest): boolean => parts.some(({ name }) => name === 'master.key')
const mebibytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)

/** Never the whole DATABASE_URL: it may hold a password. */
export function refusePostgres(config: Pick<Config, 'databaseUrl'>): void {
  if (config.databaseUrl === undefined) return
  throw new Failed(
    'DATABASE_URL is set, and PostgreSQL has its own tools. Back up with: pg_dump --format=custom --schema=postern --file=postern.dump "$DATABASE_URL". docs/backup.md has the rest.',
  )
}

export function failedBackup(error: unknown): never {
  if (error instanceof NoBackup || error instanceof BadCopy) throw new Failed(error.message)
  const { code, message } = error as NodeJS.ErrnoException & { errcode?: number }
  if (code === 'ENOSPC' || code === 'EACCES' || code === 'EROFS' || code === 'ERR_SQLITE_ERROR')
    throw new Failed(`The backup failed: ${message}. Nothing was left behind.`)
  throw error
}

function shown({ file, bytes, manifest }: Made): Record<string, unknown> {
  const { version, schema, taken_at, parts } = manifest
  return { file, bytes, version, schema, taken_at, parts }
}

function textOfMade({ file, bytes, manifest }: Made): string {
  const rows = Object.values(manifest.rows).reduce((sum, count) => sum + count, 0)
  const key = hasKey(manifest)
    ? 'It has the master key: whoever has the file can read the access tokens in it.'
    : 'It does not have the master key: a restore needs MASTER_KEY as it is now.'
  return `${file}: ${mebibytes(bytes)} MiB, ${rows} rows, as of ${manifest.taken_at}. Verified.\n${key}`
}

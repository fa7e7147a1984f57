import { VERSION } from '../app/version.ts'
import { type Made, makeBackup, NoBackup } from '../flows/backup/make.ts'
import { type Config, readConfig } from '../platform/config.ts'
import { BadCopy } from '../store/sqlite/snapshot.ts'
import { Failed, Misused, type Command } from './command.ts'

export const backup: Command = {
  name: 'backup',
  summary: 'Back up the SQLite store into one file, while the gateway runs or not.',
  args: '[file]',
  usage: '<file> [--force] [--without-key]',
  details:
    'The file has the database and, where they are kept in DATA_DIR, the master key and the admin token: keep it as safe as those. It is verified before it gets its name. With PostgreSQL, use pg_dump (docs/backup.md).',
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
    if (file === undefined) throw new Misused('file is missing')
    const options = {
      dataDir: config.dataDir,
      version: VERSION,
      secrets: call.values['without-key'] ? [] : keptSecrets(config),
    }
    const made = await makeBackup(options, file, { force: call.values.force === true }).catch(failedBackup)
    return { data: shown(made), text: textOfMade(made) }
  },
}

/** The secrets that are kept in `DATA_DIR`. Those of the environment are kept elsewhere. */
export const keptSecrets = (config: Pick<Config, 'masterKey' | 'adminToken'>) => [
  ...(config.masterKey === undefined ? (['master.key'] as const) : []),
  ...(config.adminToken === undefined ? (['admin.token'] as const) : []),
]

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
  const key = manifest.parts.some(({ name }) => name === 'master.key')
    ? 'It has the master key: whoever has the file can read the access tokens in it.'
    : 'It does not have the master key: a restore needs MASTER_KEY as it is now.'
  return `${file}: ${(bytes / 1024 / 1024).toFixed(1)} MiB, ${rows} rows, as of ${manifest.taken_at}. Verified.\n${key}`
}

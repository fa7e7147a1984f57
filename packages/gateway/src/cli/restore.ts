import { systemClock } from '@postern/runtime/clock'
import { BadBackup } from '../flows/backup/manifest.ts'
import { NoBackup } from '../flows/backup/make.ts'
import { openBackup } from '../flows/backup/place.ts'
import { NoRestore, restoreBackup, type Restored } from '../flows/backup/restore.ts'
import { readConfig } from '../platform/config.ts'
import { StoreUnavailable } from '../platform/errors.ts'
import { StoreTooNew } from '../store/migrate.ts'
import { openStore } from '../store/open.ts'
import { type Settled, settleRestored } from '../store/restored.ts'
import { BadCopy } from '../store/sqlite/snapshot.ts'
import { Failed, Misused, textOf, type Command } from './command.ts'

export const restore: Command = {
  name: 'restore',
  summary: 'Restore a backup, a file or s3://…, into DATA_DIR. The gateway must be stopped.',
  args: '[file]',
  usage: '<file> [--to <folder>] [--force]',
  details:
    'What may have been sent since the backup becomes unknown and is not sent again (docs/backup.md). After pg_restore or a point-in-time recovery of PostgreSQL, run it with --after-pg-restore and without a file, before the first node starts.',
  options: {
    to: { type: 'string', value: 'folder', help: 'Restore into this folder. Default: DATA_DIR.' },
    force: { type: 'boolean', help: 'Move the store that is in the folder aside.' },
    'after-pg-restore': { type: 'boolean', help: 'Settle a PostgreSQL database that its own tools have restored.' },
  },
  async run(call) {
    const config = readConfig(call.env)
    const [file] = call.words
    if (call.values['after-pg-restore'] === true) {
      if (file !== undefined) throw new Misused('--after-pg-restore takes no file')
      if (config.databaseUrl === undefined) throw new Failed('--after-pg-restore needs DATABASE_URL.')
      const settled = await settlePostgres(config)
      return { data: shownSettled(settled), text: textOfSettled(settled) }
    }
    if (config.databaseUrl !== undefined)
      throw new Failed(
        'DATABASE_URL is set, and PostgreSQL has its own tools. Restore with pg_restore, then run: postern restore --after-pg-restore. docs/backup.md has the rest.',
      )
    if (file === undefined) throw new Misused('file is missing')
    const dataDir = textOf(call.values, 'to') ?? config.dataDir
    const restored = await restoreBackup(() => openBackup(file, config.outboundAllow), {
      config: { ...config, dataDir },
      clock: systemClock,
      force: call.values.force === true,
    }).catch((error: unknown) => failedRestore(error, file))
    return { data: shown(restored), text: textOfRestored(restored) }
  },
}

async function settlePostgres(config: ReturnType<typeof readConfig>): Promise<Settled> {
  const store = await openStore(config, systemClock).catch((error: unknown) => {
    if (error instanceof StoreUnavailable || error instanceof StoreTooNew) throw new Failed(error.message)
    throw error
  })
  try {
    return await settleRestored(store, systemClock.now())
  } finally {
    await store.close()
  }
}

function failedRestore(error: unknown, file: string): never {
  if (error instanceof StoreTooNew)
    throw new Failed(
      `${file} was made by a newer version of Postern than this one. Restore it with that version or a newer one. ${error.message}`,
    )
  if (error instanceof NoBackup) throw new Failed(error.message)
  if ([NoRestore, BadBackup, BadCopy].some((kind) => error instanceof kind))
    throw new Failed(error instanceof NoRestore ? error.message : `${file}: ${(error as Error).message}`)
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'EISDIR' || code === 'EACCES' || code === 'ENOSPC')
    throw new Failed(`${message}. Nothing was changed.`)
  throw error
}

const shownSettled = ({ sends, scheduled, recipients, look, access }: Settled): Record<string, unknown> => ({
  unknown: { sends, scheduled, recipients },
  look_at: look.map(({ channelId, ...one }) => ({ channel_id: channelId, ...one })),
  access: { certification_codes: access.codes, api_keys: access.keys, users: access.users },
})

const shown = ({ dataDir, manifest, movedTo, settled }: Restored): Record<string, unknown> => ({
  data_dir: dataDir,
  taken_at: manifest.taken_at,
  version: manifest.version,
  schema: manifest.schema,
  moved_to: movedTo ?? null,
  ...shownSettled(settled),
})

function textOfRestored({ dataDir, manifest, movedTo, settled }: Restored): string {
  return [
    `${dataDir} has the store as of ${manifest.taken_at}. Start the gateway.`,
    ...(movedTo === undefined ? [] : [`The files from before are in ${movedTo}. Delete them when all is well.`]),
    textOfSettled(settled),
  ].join('\n')
}

function textOfSettled({ sends, scheduled, recipients, look, access }: Settled): string {
  return [
    `May have been sent since, so they are unknown and are not sent again: ${sends} sends, ${scheduled} scheduled sends, ${recipients} recipients of broadcasts.`,
    ...look.map(
      ({ channelId, id, name, state }) =>
        `Look at it before it starts, it may have been sent since: broadcast ${id}${name === null ? '' : ` (${name})`} of channel ${channelId}, ${state}.`,
    ),
    `${access.codes} certification codes, ${access.keys} API keys and ${access.users} users have access, as at the time of the backup. What was revoked, removed or disabled since works again: revoke it again.`,
  ].join('\n')
}

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '../../../../test/support/world.ts'
import { run } from './run.ts'

type Ran = { exit: number; out: string; err: string }

async function cli(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  let out = ''
  let err = ''
  const exit = await run(args, env, { out: (text) => (out += text), err: (text) => (err += text) })
  return { exit, out, err }
}

let folder: string
let world: World
/** A backup of the running world, with its key. */
let kept: string

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-backup-'))
  world = await startWorld({ dataDir: join(folder, 'data') })
  await world.send({ to: '85268411234', type: 'text', text: 'before the backup' })
  await world.gateway.settled()
  // The world's own token comes from the environment.
  writeFileSync(join(world.dataDir, 'admin.token'), 'the-token-in-the-folder\n')
  kept = join(folder, 'kept.tar')
  const made = await cli(['backup', kept], { DATA_DIR: world.dataDir })
  assert.equal(made.exit, 0, made.err)
})
after(async () => {
  await world.stop()
  rmSync(folder, { recursive: true, force: true })
})

const tar = (...args: string[]): string => execFileSync('tar', args, { encoding: 'utf8' })
let counted = 0
const fresh = (): string => join(folder, `fresh-${++counted}`)

/** A copy of the backup with some of its parts changed. */
function changed(change: (parts: string) => void): string {
  const parts = fresh()
  mkdirSync(parts)
  tar('-xf', kept, '-C', parts)
  change(parts)
  const file = `${parts}.tar`
  const names = readdirSync(parts).sort((a, b) => Number(b === 'manifest.json') - Number(a === 'manifest.json'))
  tar('-cf', file, '-C', parts, ...names)
  return file
}

function changeManifest(parts: string, change: (manifest: Record<string, unknown>) => void): void {
  const path = join(parts, 'manifest.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  change(manifest)
  writeFileSync(path, JSON.stringify(manifest))
}

test('a backup of a running gateway is a tar of what belongs together, for its owner only, and leaves nothing else', async () => {
  assert.deepEqual(tar('-tf', kept).trim().split('\n'), ['manifest.json', 'postern.db', 'master.key', 'admin.token'])
  assert.equal(statSync(kept).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(folder).sort(), ['data', 'kept.tar'])
  const parts = fresh()
  mkdirSync(parts)
  tar('-xf', kept, '-C', parts)
  const manifest = JSON.parse(readFileSync(join(parts, 'manifest.json'), 'utf8')) as {
    schema: number
    rows: Record<string, number>
    parts: { name: string; sha256: string; bytes: number }[]
  }
  for (const { name, sha256, bytes } of manifest.parts) {
    const content = readFileSync(join(parts, name))
    assert.equal(content.length, bytes)
    assert.equal(createHash('sha256').update(content).digest('hex'), sha256)
  }
  const db = new DatabaseSync(join(parts, 'postern.db'))
  assert.equal(db.prepare('pragma integrity_check').get()!.integrity_check, 'ok')
  assert.equal(db.prepare('select count(*) as n from messages').get()!.n, manifest.rows.messages)
  assert.ok(manifest.rows.messages! >= 1)
  db.close()
})

test('a backup never replaces a file by itself', async () => {
  const before = readFileSync(kept)
  const refused = await cli(['backup', kept], { DATA_DIR: world.dataDir })
  assert.equal(refused.exit, 1)
  assert.match(refused.err, /exists\. Choose another name, or overwrite it with --force/)
  assert.ok(readFileSync(kept).equals(before))
  const copy = fresh()
  copyFileSync(kept, copy)
  assert.equal((await cli(['backup', copy, '--force'], { DATA_DIR: world.dataDir })).exit, 0)
  assert.ok(!readFileSync(copy).equals(before))
})

test('a key that is kept elsewhere is not in the backup', async () => {
  const file = fresh()
  const answer = await cli(['backup', file, '--without-key', '--json'], { DATA_DIR: world.dataDir })
  const { parts } = JSON.parse(answer.out) as { parts: { name: string }[] }
  assert.deepEqual(
    parts.map(({ name }) => name),
    ['postern.db'],
  )
  const refused = await cli(['restore', file, '--to', fresh()])
  assert.equal(refused.exit, 1)
  assert.match(refused.err, /does not have the master key.*Set MASTER_KEY/)
  const wrong = await cli(['restore', file, '--to', fresh()], { MASTER_KEY: Buffer.alloc(32).toString('base64') })
  assert.equal(wrong.exit, 1)
  assert.match(wrong.err, /MASTER_KEY is not the one/)
  const key = readFileSync(join(world.dataDir, 'master.key'), 'utf8').trim()
  assert.equal((await cli(['restore', file, '--to', fresh()], { MASTER_KEY: key })).exit, 0)
})

test('what cannot be backed up is said in words', async () => {
  const nothing = await cli(['backup', fresh()], { DATA_DIR: join(folder, 'nothing') })
  assert.equal(nothing.exit, 1)
  assert.match(nothing.err, /There is no store in .*nothing: .*postern\.db is missing\. Check DATA_DIR/)
  const nowhere = await cli(['backup', '/proc/backup.tar'], { DATA_DIR: world.dataDir })
  assert.equal(nowhere.exit, 1)
  assert.match(nowhere.err, /\/proc cannot be written/)
  const postgres = {
    DATABASE_URL: 'postgres://gateway:secret-word@db/postern',
    MASTER_KEY: Buffer.alloc(32).toString('base64'),
    ADMIN_TOKEN: 'sixteen characters',
  }
  const server = await cli(['backup', fresh()], postgres)
  assert.equal(server.exit, 1)
  assert.match(server.err, /pg_dump --format=custom/)
  assert.doesNotMatch(server.err, /secret-word/)
  assert.match((await cli(['restore', kept], postgres)).err, /pg_restore.*--after-pg-restore/)
})

test('a restore refuses a running folder, one that is in use, and says how to go on', async () => {
  const running = await cli(['restore', kept, '--force'], { DATA_DIR: world.dataDir })
  assert.equal(running.exit, 1)
  assert.match(running.err, /A gateway runs on .*data\. Stop it first/)
  const used = fresh()
  mkdirSync(used)
  writeFileSync(join(used, 'letter.txt'), 'mine')
  const refused = await cli(['restore', kept, '--to', used])
  assert.equal(refused.exit, 1)
  assert.match(refused.err, /is not empty \(letter\.txt\)\..*--force/)
  assert.deepEqual(
    readdirSync(used).filter((name) => name !== 'postern.lock'),
    ['letter.txt'],
  )
})

test('a damaged, cut or foreign file is refused with its words, and changes nothing', async () => {
  const cases: [string, RegExp][] = [
    [changed((parts) => writeFileSync(join(parts, 'master.key'), `${'A'.repeat(43)}=\n`)), /master\.key .*SHA-256/],
    [
      changed((parts) => {
        const bytes = readFileSync(join(parts, 'postern.db'))
        bytes[bytes.length >> 1]! ^= 1
        writeFileSync(join(parts, 'postern.db'), bytes)
      }),
      /postern\.db is damaged/,
    ],
    [changed((parts) => rmSync(join(parts, 'postern.db'))), /ends before postern\.db/],
    [changed((parts) => writeFileSync(join(parts, 'zzz'), 'x')), /"zzz", which its manifest does not name/],
    [
      changed((parts) => changeManifest(parts, (manifest) => (manifest.format = 2))),
      /manifest\.json has a wrong format/,
    ],
    [changed((parts) => changeManifest(parts, (manifest) => (manifest.schema = 9999))), /newer version of Postern/],
    [
      changed((parts) =>
        changeManifest(parts, (manifest) => ((manifest.rows as Record<string, number>).messages = 77)),
      ),
      /rows in messages instead of 77/,
    ],
    [join(import.meta.dirname, 'backup.ts'), /not a backup/],
    [join(folder, 'missing.tar'), /no such file/],
  ]
  const half = fresh()
  writeFileSync(half, readFileSync(kept).subarray(0, 100_000))
  cases.push([half, /not a backup/])
  const empty = fresh()
  writeFileSync(empty, '')
  cases.push([empty, /not a backup/])
  for (const [file, says] of cases) {
    const to = fresh()
    const refused = await cli(['restore', file, '--to', to])
    assert.equal(refused.exit, 1, file)
    assert.match(refused.err, says)
    assert.doesNotMatch(refused.err, /\n {4}at /)
    assert.deepEqual(
      readdirSync(to).filter((name) => name !== 'postern.lock'),
      [],
    )
  }
})

test('a restored folder starts with the same channels, secrets and messages; what was there before lies beside', async () => {
  const to = fresh()
  assert.equal((await cli(['restore', kept, '--to', to])).exit, 0)
  assert.equal(statSync(join(to, 'postern.db')).mode & 0o777, 0o600)
  writeFileSync(join(to, 'admin.token'), 'another-admin-token\n')
  const again = await cli(['restore', kept, '--to', to, '--force', '--json'])
  assert.equal(again.exit, 0, again.err)
  const { moved_to: moved } = JSON.parse(again.out) as { moved_to: string }
  assert.equal(readFileSync(join(moved, 'admin.token'), 'utf8'), 'another-admin-token\n')
  assert.ok(existsSync(join(moved, 'postern.db')))
  await using restored = await startWorld({ dataDir: to, webhook: false })
  const { data } = await restored.customer('GET', '/external/messages?count=10')
  assert.match(JSON.stringify(data), /before the backup/)
})

test('a restore says who has access: what was revoked since the backup works again', async () => {
  const to = fresh()
  const restored = await cli(['restore', kept, '--to', to])
  assert.equal(restored.exit, 0, restored.err)
  assert.match(restored.out, /1 certification codes, 0 API keys and 0 users have access.*revoke it again/)
  const shown = await cli(['restore', kept, '--to', to, '--force', '--json'])
  assert.deepEqual((JSON.parse(shown.out) as { access: unknown }).access, {
    certification_codes: 1,
    api_keys: 0,
    users: 0,
  })
})

test('a gateway that is not running is backed up too, and its folder is as it was', async () => {
  const data = fresh()
  assert.equal((await cli(['restore', kept, '--to', data])).exit, 0)
  const names = (): string[] => readdirSync(data).sort()
  const before = names()
  const made = await cli(['backup', fresh()], { DATA_DIR: data })
  assert.equal(made.exit, 0, made.err)
  assert.deepEqual(names(), before)
})

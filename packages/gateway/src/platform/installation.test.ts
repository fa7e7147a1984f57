import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { adminTokenShown, keptAdminToken, loadSecrets, UnusableSecret } from './installation.ts'
import { prepareDataDir, UnusableDataDir } from './data-dir.ts'

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'postern-secrets-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}
const load = (dataDir: string) => loadSecrets({ dataDir, masterKey: undefined, adminToken: undefined })
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

test('secrets are created once, complete, and readable by their owner only', (t) => {
  const dataDir = join(folder(t), 'deep', 'down')
  const first = load(dataDir)
  assert.equal(first.masterKey.length, 32)
  assert.ok(first.adminToken.length >= 16)
  assert.deepEqual(readdirSync(dataDir).sort(), ['admin.token', 'admin.token.unshown', 'master.key'])
  for (const name of readdirSync(dataDir)) assert.equal(modeOf(join(dataDir, name)), '600', name)
  assert.equal(modeOf(dataDir), '700')
  assert.deepEqual(load(dataDir), first)
})

test('a token is new until it was shown, however many starts failed before', (t) => {
  const dataDir = folder(t)
  assert.equal(load(dataDir).adminTokenIsNew, true)
  assert.equal(load(dataDir).adminTokenIsNew, true)
  adminTokenShown(dataDir)
  assert.equal(load(dataDir).adminTokenIsNew, false)
})

test('a token that an operator put there is never shown', (t) => {
  const dataDir = folder(t)
  writeFileSync(join(dataDir, 'admin.token'), 'chosen-by-somebody\n')
  assert.deepEqual([load(dataDir).adminToken, load(dataDir).adminTokenIsNew], ['chosen-by-somebody', false])
})

for (const [what, bytes] of [
  ['empty', ''],
  ['blank', ' \n\n'],
  ['short', 'pa_0123456789ab'],
  ['full of zeros', '\0'.repeat(48)],
] as const) {
  test(`an admin token that is ${what} is refused, and the command line does not send it`, (t) => {
    const dataDir = folder(t)
    load(dataDir)
    writeFileSync(join(dataDir, 'admin.token'), bytes)
    const refused = (error: Error): boolean =>
      error instanceof UnusableSecret && /admin\.token .*Delete the file and start again/.test(error.message)
    assert.throws(() => load(dataDir), refused)
    assert.throws(() => keptAdminToken(dataDir), refused)
  })
}

for (const [what, bytes] of [
  ['empty', ''],
  ['short', Buffer.alloc(31, 1).toString('base64')],
  ['long', Buffer.alloc(33, 1).toString('base64')],
  ['cut', Buffer.alloc(32, 1).toString('base64').slice(0, 20)],
  ['full of zeros', '\0'.repeat(45)],
  ['32 bytes among other characters', `!!${Buffer.alloc(32, 1).toString('base64')}`],
] as const) {
  test(`a master key that is ${what} is refused`, (t) => {
    const dataDir = folder(t)
    load(dataDir)
    writeFileSync(join(dataDir, 'master.key'), bytes)
    assert.throws(
      () => load(dataDir),
      (error: Error) => error instanceof UnusableSecret && /master\.key .*Restore it from a backup/.test(error.message),
    )
    assert.equal(readFileSync(join(dataDir, 'master.key'), 'utf8'), bytes, 'what a backup may mend is left alone')
  })
}

test('an interrupted start leaves no file that the next start uses', (t) => {
  const dataDir = folder(t)
  // No process has this id.
  writeFileSync(join(dataDir, 'admin.token.unfinished-4194999'), 'pa_')
  writeFileSync(join(dataDir, 'master.key.unfinished-4194999'), '')
  const { adminToken } = load(dataDir)
  assert.ok(adminToken.length >= 16)
  assert.deepEqual(readdirSync(dataDir).sort(), ['admin.token', 'admin.token.unshown', 'master.key'])
})

test('a secret that is a folder, and one that cannot be read', (t) => {
  const dataDir = folder(t)
  mkdirSync(join(dataDir, 'admin.token'))
  assert.throws(() => load(dataDir), /admin\.token cannot be read: EISDIR/)
})

test('each start removes other users’ access to an existing folder’s files', (t) => {
  const dataDir = folder(t)
  chmodSync(dataDir, 0o755)
  const names = ['admin.token', 'master.key', 'postern.db', 'postern.db-wal', 'postern.db-shm', 'postern.db.backup']
  for (const name of names) {
    writeFileSync(join(dataDir, name), '')
    chmodSync(join(dataDir, name), 0o664)
  }
  writeFileSync(join(dataDir, 'theirs.txt'), '')
  chmodSync(join(dataDir, 'theirs.txt'), 0o644)
  prepareDataDir(dataDir)
  for (const name of names) assert.equal(modeOf(join(dataDir, name)), '600', name)
  assert.equal(modeOf(join(dataDir, 'theirs.txt')), '644')
})

test('a folder that cannot be created is reported in one line, and soon', (t) => {
  const dataDir = folder(t)
  writeFileSync(join(dataDir, 'a-file'), '')
  for (const path of [join(dataDir, 'a-file'), join(dataDir, 'a-file', 'below'), '/proc/nope', '/proc/nope/deeper']) {
    assert.throws(
      () => load(path),
      (error: Error) => error instanceof UnusableDataDir && error.message.startsWith(`DATA_DIR ${path} cannot be used`),
    )
  }
})

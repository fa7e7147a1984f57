import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'

const ROOT = resolve(import.meta.dirname, '../..')
const PACKAGES = ['cloud-api', 'runtime', 'client', 'sandbox', 'gateway', 'console', 'ui']

/** Each file imports one other; `rules` are those that refuse it. */
const IMPORTS: { from: string; to: string; typeOnly?: true; rules: string[] }[] = [
  { from: 'gateway/src/http/a.ts', to: 'gateway/src/flows/send/to.ts', rules: [] },
  { from: 'gateway/src/cli/a.ts', to: 'gateway/src/app/to.ts', rules: [] },
  { from: 'gateway/src/main.ts', to: 'gateway/src/cli/to.ts', rules: [] },
  { from: 'gateway/src/flows/send/a.ts', to: 'gateway/src/flows/send/to.ts', rules: [] },
  { from: 'gateway/src/domain/a.test.ts', to: 'gateway/src/app/to.ts', rules: [] },
  { from: 'gateway/src/store/a.ts', to: '@postern/runtime', rules: [] },
  { from: 'sandbox/src/a.ts', to: '@postern/cloud-api', rules: [] },
  { from: 'console/src/a.tsx', to: 'gateway/src/domain/to.ts', rules: [] },
  { from: 'gateway/src/platform/a.ts', to: 'gateway/src/domain/to.ts', rules: ['floor-platform'] },
  { from: 'gateway/src/domain/b.ts', to: 'gateway/src/store/to.ts', typeOnly: true, rules: ['floor-domain'] },
  { from: 'gateway/src/store/b.ts', to: 'gateway/src/flows/send/to.ts', rules: ['floor-store'] },
  { from: 'gateway/src/flows/send/b.ts', to: 'gateway/src/http/to.ts', rules: ['floor-flows'] },
  { from: 'gateway/src/http/b.ts', to: 'gateway/src/cli/to.ts', rules: ['floor-http'] },
  { from: 'gateway/src/cli/b.ts', to: 'gateway/src/http/to.ts', rules: ['floor-cli'] },
  { from: 'gateway/src/app/b.ts', to: 'gateway/src/main.ts', rules: ['floor-app'] },
  { from: 'gateway/src/flows/send/c.ts', to: 'gateway/src/flows/media/to.ts', rules: ['flows-apart'] },
  { from: 'gateway/src/flows/e.ts', to: 'gateway/src/flows/media/to.ts', rules: ['flows-apart'] },
  { from: 'gateway/src/store/d.ts', to: 'gateway/src/new/to.ts', rules: ['unknown-folder'] },
  { from: 'client/src/a.ts', to: '@postern/cloud-api', rules: ['package-client'] },
  { from: 'sandbox/src/b.ts', to: 'gateway/src/domain/to.ts', rules: ['package-sandbox', 'published-names'] },
  { from: 'gateway/src/store/e.ts', to: 'runtime/src/index.ts', rules: ['package-gateway', 'published-names'] },
  { from: 'console/src/b.tsx', to: 'gateway/src/flows/send/to.ts', rules: ['pages'] },
  { from: 'gateway/src/domain/f.ts', to: 'gateway/src/domain/missing.ts', rules: ['resolvable'] },
  { from: 'gateway/src/domain/round-1.ts', to: 'gateway/src/domain/round-2.ts', rules: ['no-cycles'] },
  // A cycle is reported once, at the first of its files.
  { from: 'gateway/src/domain/round-2.ts', to: 'gateway/src/domain/round-1.ts', rules: [] },
]

test('imports that go up, across or in a cycle are refused, and the others are not', async () => {
  const root = mkdtempSync(join(tmpdir(), 'postern-imports-'))
  try {
    const write = (path: string, text: string): void => {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    write('package.json', '{"type":"module"}')
    for (const name of PACKAGES) {
      const exports = { '.': { types: './dist/index.d.ts', default: './dist/index.js' } }
      write(`packages/${name}/package.json`, JSON.stringify({ name: `@postern/${name}`, type: 'module', exports }))
      write(`packages/${name}/src/index.ts`, 'export const one = 1\n')
      write(`packages/${name}/dist/index.d.ts`, "export * from '../src/index.ts'\n")
    }
    mkdirSync(join(root, 'node_modules/@postern'), { recursive: true })
    for (const name of PACKAGES) symlinkSync(join(root, 'packages', name), join(root, 'node_modules/@postern', name))
    for (const { to } of IMPORTS) if (to.endsWith('/to.ts')) write(`packages/${to}`, 'export const one = 1\n')
    for (const { from, to, typeOnly } of IMPORTS) {
      const name = to.startsWith('@') ? to : relative(dirname(`packages/${from}`), `packages/${to}`)
      const path = name.startsWith('.') || name.startsWith('@') ? name : `./${name}`
      write(`packages/${from}`, `${typeOnly ? 'import type' : 'import'} { one } from '${path}'\nexport { one }\n`)
    }

    const found = new Map<string, string[]>()
    for (const { from, rule } of await violations(root)) found.set(from, [...(found.get(from) ?? []), rule.name].sort())
    for (const { from, to, rules } of IMPORTS)
      assert.deepEqual(found.get(`packages/${from}`) ?? [], rules, `${from} imports ${to}`)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})

type Violation = { from: string; to: string; rule: { name: string } }

/** The check of `npm run imports`, in another folder and with machine-readable output. */
function violations(root: string): Promise<Violation[]> {
  const bin = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const args = [bin, '--config', join(ROOT, '.dependency-cruiser.js'), '--output-type', 'json', 'packages']
  return new Promise((done, fail) =>
    execFile(process.execPath, args, { cwd: root, maxBuffer: 64 << 20 }, (_error, stdout, stderr) => {
      try {
        done((JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations)
      } catch (cause) {
        fail(new Error(stderr, { cause }))
      }
    }),
  )
}

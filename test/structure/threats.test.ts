import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

test('each threat in docs/security.md names a test that is there', () => {
  const rows = [...read('docs/security.md').matchAll(/^\|.*\| `([\w./-]+\.test\.ts)`: (.+) \|$/gm)]
  assert.ok(rows.length >= 24, `${rows.length} threats with a test`)
  for (const [, file, title] of rows) {
    // A title that is made from a table has a value where the docs have "…".
    const parts = title!.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    assert.match(read(file!), new RegExp(`\\btest\\(\\s*['"\`]${parts.join('\\$\\{[^}]+\\}')}`), `${file}: ${title}`)
  }
})

type Locked = { version?: string; dev?: boolean; license?: string; hasInstallScript?: boolean; link?: boolean }
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }
const production = Object.entries(lock.packages).filter(
  // Node itself, for one system each: its package names no licence.
  ([name, { dev, link }]) => name.includes('node_modules/') && !dev && !link && !/\/node-(bin-)?\w+-\w+$/.test(name),
)

/** Licences that allow use in any product. Another one is a decision: look at it, then add it. */
const ALLOWED = new Set(['MIT', 'MIT-0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'BlueOak-1.0.0'])
ALLOWED.add('MPL-2.0').add('Python-2.0').add('CC0-1.0').add('Unlicense').add('SEE LICENSE IN LICENSE')

test('the packages of production have licences of the list, and run nothing while they are installed', () => {
  assert.ok(production.length > 50, `${production.length} packages`)
  const strange = production.filter(([, { license }]) =>
    (license ?? 'none')
      .replace(/[()]/g, '')
      .split(/ (?:OR|AND) /)
      .every((one) => !ALLOWED.has(one)),
  )
  assert.deepEqual(
    strange.map(([name, { license }]) => `${name}: ${license}`),
    [],
  )
  assert.deepEqual(
    production.filter(([, one]) => one.hasInstallScript).map(([name]) => name),
    [],
  )
})

test('no package of ours runs a script where it is installed', () => {
  for (const name of ['client', 'cloud-api', 'gateway', 'runtime', 'sandbox']) {
    const { scripts = {} } = JSON.parse(read(`packages/${name}/package.json`)) as { scripts?: Record<string, string> }
    for (const script of ['preinstall', 'install', 'postinstall', 'prepare'])
      assert.equal(scripts[script], undefined, `${name}: ${script}`)
  }
})

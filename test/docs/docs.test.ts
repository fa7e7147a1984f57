import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { test } from 'node:test'
import { clientTypes } from '../../scripts/generate-client-types.ts'
import { GENERATED, regenerated } from '../../scripts/generate-docs.ts'
import { RETRY_SPAN_MS, retryDelayMs } from '../../packages/gateway/src/flows/deliver/schedule.ts'
import { ERRORS } from '../../packages/gateway/src/platform/errors.ts'
import { run } from '../../packages/gateway/src/cli/run.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

for (const { file, mark, text } of GENERATED) {
  test(`docs/${file}: the part "${mark}" is what the code says (node scripts/generate-docs.ts writes it)`, () => {
    const page = read(`docs/${file}`)
    assert.ok(text().length > 500)
    assert.equal(page, regenerated(page, mark, text()))
  })
}

test('the client’s types are those of the gateway’s schemas (node scripts/generate-client-types.ts writes them)', () => {
  for (const [path, text] of Object.entries(clientTypes())) assert.equal(read(path), text, path)
})

test('docs/errors.md has a row for every reason, with its HTTP status and code, and for no other', () => {
  const rows = [...read('docs/errors.md').matchAll(/^\| `([a-z_]+)` ?¹? \| (\d+) \| (\d+) \| (.+) \| (.+) \|$/gm)].map(
    ([, reason, http, code]) => `${reason} ${http} ${code}`,
  )
  const catalogue = Object.entries(ERRORS).map(([reason, { http, code }]) => `${reason} ${http} ${code}`)
  assert.deepEqual(rows.sort(), catalogue.sort())
})

test('docs/callbacks.md tells the retries as they are', () => {
  const unit = { s: 1000, min: 60_000, h: 3_600_000 }
  const words = /<!-- schedule -->(.*)<!-- \/schedule -->/s.exec(read('docs/callbacks.md'))![1]!
  const told = [...words.matchAll(/([\d.]+) (s|min|h)\b/g)].map(([, n, u]) => Number(n) * unit[u as keyof typeof unit])
  const real = Array.from({ length: told.length + 3 }, (_, i) => retryDelayMs(i + 1, () => 0.5))
  assert.ok(told.length > 5)
  assert.deepEqual(real, [...told, ...[1, 2, 3].map(() => told.at(-1)!)])
  assert.equal(RETRY_SPAN_MS, 72 * unit.h)
})

/** What a page calls a file or folder, in the places that it means. */
const pathsIn = (page: string): string[] =>
  [...page.matchAll(/`((?:[\w.@-]+\/)*[\w.@-]+\/?)`/g)]
    .map(([, path]) => path!)
    .filter((path) => path.includes('/') && (path.endsWith('/') || /\.(tsx?|js|sql|md|css)$/.test(path)))

test('CONTRIBUTING: the ten tasks of a newcomer, and every path that it names, are there', () => {
  const page = read('CONTRIBUTING.md')
  const tasks = [...page.matchAll(/^\| \d+\. (.+?) \| (.+) \|$/gm)]
  assert.ok(tasks.length >= 10, `${tasks.length} tasks`)
  for (const [, task, files] of tasks) assert.ok(pathsIn(files!).length > 0, task)
  assert.ok(pathsIn(page).length > 40)
  for (const path of pathsIn(page)) assert.ok(existsSync(join(ROOT, path)), path)
})

test('docs/architecture.md: every file that it names is there', () => {
  const roots = ['', 'packages/gateway/src', 'packages/gateway/src/flows', 'packages/gateway/src/http', 'packages']
  const paths = pathsIn(read('docs/architecture.md'))
  assert.ok(paths.length > 25, `${paths.length} paths`)
  for (const path of paths)
    assert.ok(
      roots.some((root) => existsSync(join(ROOT, root, path))),
      path,
    )
})

const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md']
for (const name of readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }))
  if (name.endsWith('.md')) pages.push(`docs/${name}`)

/** As GitHub makes them from headings. */
const anchorsOf = (page: string): Set<string> =>
  new Set(
    [...page.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  )

test('every link of the docs leads somewhere, to the very heading', () => {
  let links = 0
  for (const page of pages) {
    for (const [, target] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue
      links++
      const [path = '', anchor] = target!.split('#')
      const file = path === '' ? page : join(dirname(page), path)
      assert.ok(existsSync(join(ROOT, file)), `${page}: ${target}`)
      if (anchor !== undefined) assert.ok(anchorsOf(read(file)).has(anchor), `${page}: ${target}`)
    }
  }
  assert.ok(links > 40, `${links} links`)
})

/** Commands of two words. */
const GROUPS = ['channel', 'template', 'deliveries', 'broadcast', 'endpoint', 'alarm', 'user']

test('every command that the docs name exists, with its options', async () => {
  let named = 0
  for (const page of pages.filter((one) => !one.includes('decisions'))) {
    // Up to the end of the code, with lines that a backslash joins.
    const text = read(page).replaceAll('\\\n', ' ')
    for (const [, , words] of text.matchAll(
      /(npm run postern -- |`postern |^postern )((?:[a-z]+(?: |`|$))[^`\n#]*)/gm,
    )) {
      const [first = '', second = ''] = words!.trim().replace(/`.*/, '').split(/\s+/)
      if (GROUPS.includes(first) && !/^[a-z]+$/.test(second)) continue
      const name = GROUPS.includes(first) ? [first, second] : [first]
      let help = ''
      const exit = await run([...name, '--help'], {}, { out: (out) => (help += out), err: () => {} })
      assert.equal(exit, 0, `${page}: postern ${words}`)
      for (const [option] of words!.matchAll(/--[a-z-]+/g))
        assert.ok(help.includes(option), `${page}: ${words}: ${option}`)
      named++
    }
  }
  assert.ok(named > 15, `${named} commands`)
})

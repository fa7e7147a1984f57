import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { after, test } from 'node:test'
import fastify from 'fastify'
import { addGuide } from '../../packages/gateway/src/http/guide.ts'
import { GatewayError } from '../../packages/gateway/src/platform/errors.ts'
import { violationsOf } from './axe.ts'
import { startBrowser } from './browser.ts'

const ROOT = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'postern-guide-'))
execFileSync(process.execPath, ['scripts/build-guide.js', '--out', folder], { cwd: ROOT, stdio: 'pipe' })
const app = fastify()
app.setErrorHandler((error, _request, reply) =>
  reply.status(error instanceof GatewayError && error.reason === 'route_not_found' ? 404 : 500).send(error),
)
addGuide(app, folder)
const base = await app.listen({ host: '127.0.0.1', port: 0 })
after(async () => {
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})

const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html'))
const text = (name: string): string => readFileSync(join(folder, name), 'utf8')

test('the guide has a page for each file of docs, and each of its links leads to a page and its heading', () => {
  const files = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((name) => name.endsWith('.md')))
    assert.ok(pages.includes(file.replace(/README\.md$/, 'index.md').replace(/\.md$/, '.html')), file)
  assert.doesNotMatch(text('index.html'), /<h2>More<\/h2>/, 'scripts/guide/contents.js: add the page to a group')
  const idsOf = new Map(
    pages.map((name) => [name, new Set([...text(name).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))]),
  )
  let links = 0
  for (const name of pages) {
    for (const [, target] of text(name).matchAll(/ (?:href|src)="([^"]+)"/g)) {
      if (/^(?:https?|mailto|data):/.test(target!)) continue
      links++
      const [path = '', id] = target!.split('#')
      const to = path === '' ? name : posix.join(posix.dirname(name), path)
      if (to.endsWith('.html')) {
        assert.ok(idsOf.has(to), `${name}: ${target}`)
        if (id !== undefined) assert.ok(idsOf.get(to)!.has(decodeURIComponent(id)), `${name}: ${target}`)
      } else assert.ok(readFileSync(join(folder, to)).length > 0, `${name}: ${target}`)
    }
    assert.doesNotMatch(
      text(name),
      /<script(?! type="module" src=)|<style| style="| on[a-z]+="/,
      `${name}: nothing inline`,
    )
  }
  assert.ok(links > 1_000, `${links} links`)
})

test('the guide is served: redirect, types, compression, unchanged pages, and nothing outside of its folder', async () => {
  const first = await fetch(`${base}/docs/guide`)
  assert.equal(first.url, `${base}/docs/guide/`)
  assert.match(await first.text(), /<h1[^>]*>Postern/)
  const page = await fetch(`${base}/docs/guide/messages`, { headers: { 'accept-encoding': 'gzip' } })
  assert.equal(page.headers.get('content-encoding'), 'gzip')
  assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8')
  assert.doesNotMatch(page.headers.get('content-security-policy')!, /unsafe|\*/)
  const etag = page.headers.get('etag')!
  const again = await fetch(page.url, { headers: { 'accept-encoding': 'gzip', 'if-none-match': etag } })
  assert.equal(again.status, 304)
  for (const path of ['nothing', '..%2f..%2fpackage.json', '%2e%2e/package.json', '.built-from', 'messages.html.gz'])
    assert.equal((await fetch(`${base}/docs/guide/${path}`)).status, 404, path)
})

test('a gateway whose guide is not built says how to build it', async () => {
  const bare = fastify()
  addGuide(bare, join(folder, 'nowhere'))
  const answer = await bare.inject('/docs/guide/')
  assert.equal(answer.statusCode, 503)
  assert.match(answer.body, /npm run build:web/)
  await bare.close()
})

test('in a browser: the search finds a section, a language stays chosen on other pages, code is copied', async () => {
  await using browser = await startBrowser()
  const page = await browser.open(`${base}/docs/guide/`)
  await page.keyboard.press('/')
  await page.keyboard.type('webhook signature')
  await page.getByRole('option').first().waitFor()
  await page.getByRole('option', { name: /Callbacks › Verifying/ }).waitFor()
  await page.keyboard.press('Escape')
  assert.equal(await page.getByRole('option').count(), 0, 'the list is closed')

  await page.goto(`${base}/docs/guide/quickstart.html`)
  await page.locator('label', { hasText: 'Python' }).first().click()
  await page.getByText('import json, urllib.request').first().waitFor()
  await page.reload()
  await page.getByText('import json, urllib.request').first().waitFor()
  assert.equal(await page.getByText('import { createClient }').first().isVisible(), false)
  const block = page.locator('.code').filter({ hasText: 'npm ci && npm start' })
  await block.hover()
  await block.getByRole('button', { name: 'Copy' }).click()
  await block.getByRole('button', { name: 'Copied' }).waitFor()
  assert.match(await page.evaluate('navigator.clipboard.readText()'), /npm ci && npm start/)
  assert.deepEqual(page.wrongs, [])
})

for (const dark of [false, true])
  test(`axe finds nothing, and a narrow page does not scroll sideways (${dark ? 'dark' : 'light'})`, async () => {
    await using browser = await startBrowser({ dark, width: dark ? 390 : 1280 })
    for (const name of dark ? ['quickstart'] : ['index', 'callbacks']) {
      const page = await browser.open(`${base}/docs/guide/${name}.html`)
      assert.deepEqual(await violationsOf(page), [], name)
      const [wide, shown] = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]')
      assert.ok(wide <= shown, `${name}: ${wide} of ${shown}`)
    }
  })

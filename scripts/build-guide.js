// Makes the guide: the pages of `docs/` as a website of static files. The gateway serves it at /docs/guide; with
// --out FOLDER it goes anywhere else. Plain JavaScript: it runs while packages are being installed, on any Node.
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { ELSEWHERE } from './guide/contents.js'

const ROOT = join(import.meta.dirname, '..')
const OWN = join(import.meta.dirname, 'guide')
const at = process.argv.indexOf('--out')
const out = at > 0 ? process.argv[at + 1] : join(ROOT, 'packages/gateway/guide')
if (out === undefined) throw new Error('--out needs a folder')
if (at > 0 && existsSync(out) && readdirSync(out).length > 0 && !existsSync(join(out, 'search.json')))
  throw new Error(`${out} is not empty and no guide: name another folder`)

const files = [
  ...new Set([
    ...Object.values(ELSEWHERE),
    ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
      .map((name) => `docs/${name.replaceAll('\\', '/')}`)
      .filter((name) => name.endsWith('.md')),
  ]),
].filter((file) => existsSync(join(ROOT, file)))

const stamp = join(out, '.built-from')
const from = fingerprint()
if (process.argv.includes('--if-changed') && existsSync(stamp) && readFileSync(stamp, 'utf8') === from) process.exit(0)

try {
  await build()
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error
  console.log('The guide is not built: markdown-it is missing (install with dev packages).')
}

function fingerprint() {
  const hash = createHash('sha256')
  const own = readdirSync(OWN, { recursive: true, encoding: 'utf8' }).map((name) => join('scripts/guide', name))
  for (const name of [
    ...files,
    ...own.filter((one) => /\.\w+$/.test(one)),
    'scripts/build-guide.js',
    'package-lock.json',
  ].sort())
    hash.update(`${name}\n`).update(readFileSync(join(ROOT, name)))
  return hash.digest('hex')
}

async function build() {
  const { pageOf, render } = await import('./guide/render.js')
  const { layout } = await import('./guide/layout.js')
  rmSync(out, { recursive: true, force: true })
  const pages = new Map(files.map((file) => [pageOf(file), render(file, readFileSync(join(ROOT, file), 'utf8'))]))
  pages.set('decisions/index', decisionsOf(pages))
  for (const name of pages.keys()) write(`${name}.html`, layout(pages, name))
  for (const image of new Set([...pages.values()].flatMap((page) => page.images))) {
    mkdirSync(join(out, 'images'), { recursive: true })
    copyFileSync(join(ROOT, image), join(out, 'images', basename(image)))
  }
  const rows = [...pages].flatMap(([page, { title, sections }]) => sections.map((one) => ({ page, in: title, ...one })))
  write('search.json', JSON.stringify(rows))
  for (const name of ['guide.css', 'guide.js']) write(name, readFileSync(join(OWN, 'assets', name)))
  write('minisearch.js', readFileSync(join(ROOT, 'node_modules/minisearch/dist/es/index.js')))
  writeFileSync(stamp, from)
  console.log(`The guide has ${pages.size} pages: ${out}`)
}

/** Writes a file, and its compressed copy for browsers that accept it. */
function write(name, content) {
  const path = join(out, name)
  const bytes = Buffer.from(content)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
}

function decisionsOf(pages) {
  const names = [...pages.keys()].filter((name) => name.startsWith('decisions/')).sort()
  const rows = names.map((name) => `<li><a href="${basename(name)}.html">${pages.get(name).title}</a></li>`)
  const html = `<h1 id="decisions">Decisions</h1><p>Why it is built as it is, one page each.</p><ul>${rows.join('')}</ul>`
  return { title: 'Decisions', html, headings: [], sections: [{ id: '', title: 'Decisions', text: '' }], images: [] }
}

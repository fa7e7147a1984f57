// Builds the console and the phones into the packages that serve them. An install without development packages contains
// built pages, or none: the API needs no page. With --if-changed, pages that were built from the same files stay.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const PAGES = [
  { page: 'console', servedBy: 'gateway' },
  { page: 'phones', servedBy: 'sandbox' },
]

/** The input files of a page: its own, the parts of the gateway that it uses, and the packages. */
function inputs(page) {
  const folders = [page, 'ui', 'gateway', 'cloud-api'].map((name) => join('packages', name))
  const under = (folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
  return [...folders.flatMap((folder) => [join(folder, 'package.json'), ...under(join(folder, 'src'))])]
    .concat(join('packages', page, 'index.html'), join('scripts', 'pages.config.ts'), 'package-lock.json')
    .filter((name) => /\.\w+$/.test(name) && !name.endsWith('.test.ts'))
    .sort()
}

function fingerprint(page) {
  const hash = createHash('sha256')
  for (const name of inputs(page))
    hash
      .update(`${name}\n`)
      .update(readFileSync(join(ROOT, name)))
      .update('\n')
  return hash.digest('hex')
}

for (const { page, servedBy } of PAGES) {
  const outDir = join(ROOT, 'packages', servedBy, 'pages')
  const stamp = join(outDir, '.built-from')
  const built = existsSync(join(outDir, 'index.html'))
  const from = fingerprint(page)
  const same = built && existsSync(stamp) && readFileSync(stamp, 'utf8') === from
  if (same && process.argv.includes('--if-changed')) continue
  try {
    const { build } = await import('vite')
    const root = join(ROOT, 'packages', page)
    await build({ configFile: join(import.meta.dirname, 'pages.config.ts'), root, build: { outDir }, logLevel: 'warn' })
    writeFileSync(stamp, from)
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error
    console.log(
      built ? 'The pages are built already.' : 'The pages are not built: vite is missing (install with dev packages).',
    )
  }
}

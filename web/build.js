// Builds the two pages when they can be built. An install without development packages brings them built already, or
// goes without: the gateway's API needs no page. With --if-changed, pages that were built from the same files stay.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const WEB = import.meta.dirname
const ROOT = join(WEB, '..')
/** Beside the pages, so that it goes when they go; `npm pack` leaves it out. */
const STAMP = join(WEB, 'dist', '.built-from')

/** The files that the pages can be made from: theirs, the parts of the gateway that they import, and the packages. */
function inputs() {
  const under = (folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
  return [...under('web').filter((name) => !name.startsWith(join('web', 'dist'))), ...under('src'), 'package-lock.json']
    .filter((name) => /\.\w+$/.test(name) && !name.endsWith('.test.ts'))
    .sort()
}

function fingerprint() {
  const hash = createHash('sha256')
  for (const name of inputs())
    hash
      .update(`${name}\n`)
      .update(readFileSync(join(ROOT, name)))
      .update('\n')
  return hash.digest('hex')
}

const built = existsSync(join(WEB, 'dist', 'index.html'))
const from = fingerprint()
const same = built && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === from

if (!same || !process.argv.includes('--if-changed')) {
  try {
    const { build } = await import('vite')
    await build({ configFile: join(WEB, 'vite.config.ts'), logLevel: 'warn' })
    writeFileSync(STAMP, from)
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error
    console.log(
      built ? 'The pages are built already.' : 'The pages are not built: vite is missing (install with dev packages).',
    )
  }
}

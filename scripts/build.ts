import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'

/**
 * Makes `dist/` for the published package: Node runs TypeScript as it is, but not under node_modules. What the code
 * reads at run time lies beside it, as in `src/`.
 */
const ROOT = resolve(import.meta.dirname, '..')
const [SRC, DIST] = [join(ROOT, 'src'), join(ROOT, 'dist')]

rmSync(DIST, { recursive: true, force: true })
const tsc = join(dirname(createRequire(import.meta.url).resolve('@typescript/native/package.json')), 'bin', 'tsc')
execFileSync(process.execPath, [tsc, '-p', join(ROOT, 'tsconfig.build.json')], { stdio: 'inherit' })

let copied = 0
for (const entry of readdirSync(SRC, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !entry.name.endsWith('.sql')) continue
  const from = join(entry.parentPath, entry.name)
  const to = join(DIST, relative(SRC, from))
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
  copied++
}
if (copied === 0) throw new Error('no migration was copied: a store without tables would be published')
if (!existsSync(join(ROOT, 'web', 'dist', 'index.html')))
  throw new Error('the pages are not built: npm run build:web comes first')

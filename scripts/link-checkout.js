// In a checkout the source runs as it is, and `postern/client` and `postern/sandbox` must be found there as well as in
// the published package, whose `exports` name files of `dist/`. Where nothing is built, these files lead to the source.
// Plain JavaScript: it runs while packages are being installed.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const targets = Object.values(manifest.exports).filter((target) => typeof target === 'object')

// With --anew, what was built for packing goes, so that a checkout never runs what its source was once.
if (process.argv.includes('--anew')) rmSync(join(ROOT, 'dist'), { recursive: true, force: true })
if (existsSync(join(ROOT, 'src', 'main.ts'))) {
  for (const { types, default: code } of targets) {
    const source = code.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts')
    const up = '../'.repeat(code.split('/').length - 2)
    for (const path of [types, code]) {
      const file = join(ROOT, path)
      if (existsSync(file)) continue
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, `export * from '${up}${source}'\n`)
    }
  }
}

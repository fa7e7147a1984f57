// In a checkout the source runs directly, but the packages' `exports` name files of `dist/`. Where nothing is built,
// these files import the source. Plain JavaScript: it runs while packages are being installed, on any Node.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const PACKAGES = join(import.meta.dirname, '..', 'packages')

for (const name of readdirSync(PACKAGES)) {
  const root = join(PACKAGES, name)
  const targets = Object.values(readManifest(root).exports ?? {}).filter((target) => typeof target === 'object')
  // With --anew, files that were built for packing are removed, so that a checkout never runs an old build.
  if (process.argv.includes('--anew')) rmSync(join(root, 'dist'), { recursive: true, force: true })
  for (const { types, default: code } of targets) {
    const source = code.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts')
    if (!existsSync(join(root, source))) continue
    const up = '../'.repeat(code.split('/').length - 2)
    for (const path of [types, code]) {
      const file = join(root, path)
      if (existsSync(file)) continue
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, `export * from '${up}${source}'\n`)
    }
  }
}

function readManifest(root) {
  const path = join(root, 'package.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
}

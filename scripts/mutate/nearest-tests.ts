import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** Browsers, faults and PostgreSQL take minutes: `npm test` finds a mutant that only they find. */
const TOO_SLOW = /^test\/(web|faults|package|docs)\/|\/support\/(shared-)?postgres/

/** Test files that use a file of `packages/`, those with the fewest imports in between first. */
export function nearestTests(root: string): (file: string) => string[] {
  const importedBy = new Map<string, Set<string>>()
  const all = ['packages', 'test', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  for (const file of all.filter((name) => name.endsWith('.ts') && !/\/(node_modules|dist)\//.test(name))) {
    for (const target of importsOf(root, file)) {
      const from = importedBy.get(target) ?? new Set()
      importedBy.set(target, from.add(file))
    }
  }
  return (file) => {
    const tests: string[] = []
    const seen = new Set([file])
    // Tests beside the file first: they were written for it.
    for (let layer = [file]; layer.length > 0;) {
      const next: string[] = []
      for (const one of layer) {
        for (const user of [...(importedBy.get(one) ?? [])].sort()) {
          if (seen.has(user) || TOO_SLOW.test(user)) continue
          seen.add(user)
          if (user.endsWith('.test.ts')) tests.push(user)
          else next.push(user)
        }
      }
      layer = next
    }
    const room = dirname(file)
    return tests.sort((a, b) => Number(b.startsWith(room)) - Number(a.startsWith(room)))
  }
}

function importsOf(root: string, file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/(?:from\s+|import\(|import\s+)'(\.[^']+\.ts|@postern\/[^']+)'/g)]
    .map(([, wanted]) => {
      const [, name, entry = 'index'] = /^@postern\/([\w-]+)(?:\/([\w-]+))?$/.exec(wanted!) ?? []
      return name ? `packages/${name}/src/${entry}.ts` : resolve(root, dirname(file), wanted!).slice(root.length + 1)
    })
    .filter((target) => existsSync(join(root, target)))
}

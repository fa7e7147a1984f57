import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

/**
 * Imports point down only. Packages know one another by their published names; inside the gateway each folder is a
 * floor, and a file may import what stands below it or in its own room, never beside it and never above.
 */
const PACKAGES = resolve(import.meta.dirname, '../packages')
const SRC = join(PACKAGES, 'gateway', 'src')

/** What a package's published code may import of the others. */
const USES: Record<string, string[]> = {
  'cloud-api': [],
  runtime: [],
  client: [],
  sandbox: ['cloud-api', 'runtime'],
  gateway: ['cloud-api', 'runtime', 'sandbox'],
}
const FLOORS = ['platform', 'domain', 'store', 'flows', 'http', 'cli', 'app', 'main']
/** The command line starts a gateway. */
const ALLOWED = new Set(['cli app'])

/** A flow is a room of its own: flows do not know one another and meet in the store. */
function roomOf(path: string): string {
  const [first, second, third] = relative(SRC, path).split('/')
  if (second === undefined) return first!.replace(/\.ts$/, '')
  return first === 'flows' && third !== undefined ? `flows/${second}` : first!
}

const floorOf = (room: string): number => FLOORS.indexOf(room.split('/')[0]!)

function problemOf(from: string, to: string): string | undefined {
  if (from === to || ALLOWED.has(`${from} ${to}`)) return undefined
  const [a, b] = [floorOf(from), floorOf(to)]
  if (a < 0 || b < 0) return `the folder ${a < 0 ? from : to} is no floor: add it to scripts/check-imports.ts`
  if (b < a)
    return from === 'cli' && to === 'http' ? 'the command line and the HTTP server do not know one another' : undefined
  return a === b ? 'folders of one floor do not know one another' : 'imports point down only'
}

const problems: string[] = []
let files = 0
for (const [name, uses] of Object.entries(USES)) {
  const src = join(PACKAGES, name, 'src')
  for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    // A test may set up its world with whatever it needs.
    if (!entry.isFile() || !/\.tsx?$/.test(entry.name) || /\.test\.tsx?$/.test(entry.name)) continue
    files++
    const report = (problem: string): number => problems.push(`${relative(PACKAGES, path)}: ${problem}`)
    const text = readFileSync(path, 'utf8')
    for (const match of text.matchAll(/^\s*(?:import|export)\s[^'"]*?from\s+'([^']+)'|import\('([^']+)'\)/gm)) {
      const wanted = match[1] ?? match[2]!
      const other = /^@postern\/([\w-]+)/.exec(wanted)?.[1]
      if (other !== undefined && !uses.includes(other))
        report(`imports the package ${wanted}, which ${name} does not use`)
      if (!wanted.startsWith('.')) continue
      const target = resolve(dirname(path), wanted)
      if (!target.startsWith(`${src}/`)) report(`imports ${wanted}, which is a file of another package`)
      else if (name === 'gateway') {
        const problem = problemOf(roomOf(path), roomOf(target))
        if (problem) report(`imports ${relative(src, target)}: ${problem}`)
      }
    }
  }
}
if (files === 0) problems.push('no file was looked at')
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.stdout.write(`imports: ${files} files, ${problems.length} problems\n`)
process.exitCode = problems.length > 0 ? 1 : 0

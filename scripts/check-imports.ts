import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

/**
 * Imports point down only. Each room has a floor; a room may import what stands below it, never beside it (flows do
 * not know one another) and never above. The sandbox is the other side of the wire: it sees Meta's wire types alone.
 */
const SRC = resolve(import.meta.dirname, '../src')

const FLOORS: string[][] = [
  ['ground'],
  ['fields'],
  ['cloud-api', 'outbound'],
  ['messages', 'templates', 'channels', 'events', 'contacts'],
  ['store'],
  ['send', 'receive', 'deliver', 'sync', 'media', 'upkeep'],
  ['api', 'cli', 'client'],
  ['gateway'],
  ['main'],
]

/** Nouns may know one another: a message names a template, a callback names a message. */
const BESIDE = new Set(['messages', 'templates', 'channels', 'events', 'contacts'])
/** cli starts a gateway; the phone's own page is served by the sandbox, which the gateway starts. */
const ALLOWED = new Set(['cli gateway', 'cli sandbox', 'gateway sandbox'])

function roomOf(path: string): string {
  const [first, ...rest] = relative(SRC, path).split('/')
  if (rest.length > 0) return first!
  if (first === 'gateway.ts' || first === 'machine.ts' || first === 'demo.ts') return 'gateway'
  return first === 'main.ts' ? 'main' : 'ground'
}

const floorOf = (room: string): number => FLOORS.findIndex((floor) => floor.includes(room))

function problemOf(from: string, to: string, target: string, typesOnly: boolean): string | undefined {
  if (from === to || ALLOWED.has(`${from} ${to}`)) return undefined
  if (from === 'sandbox') {
    if (to === 'ground') return undefined
    return to === 'cloud-api' && target.endsWith('wire.ts') && typesOnly
      ? undefined
      : 'the sandbox sees wire types and the ground, and no logic of the gateway'
  }
  if (to === 'sandbox') return 'only the gateway and the command line start a sandbox'
  const [a, b] = [floorOf(from), floorOf(to)]
  if (a < 0 || b < 0) return `the room ${a < 0 ? from : to} stands on no floor: add it to scripts/check-imports.ts`
  if (b < a) return undefined
  if (a === b && BESIDE.has(from) && BESIDE.has(to)) return undefined
  return b === a ? 'rooms of one floor do not know one another' : 'imports point down only'
}

const problems: string[] = []
let files = 0
for (const entry of readdirSync(SRC, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name)
  // A test may set up its world with whatever it needs.
  if (!entry.isFile() || !/\.tsx?$/.test(entry.name) || /\.test\.tsx?$/.test(entry.name)) continue
  files++
  const text = readFileSync(path, 'utf8')
  for (const match of text.matchAll(
    /^\s*(?:import|export)\s+(type\s)?[^'"]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/gm,
  )) {
    const target = resolve(dirname(path), match[2] ?? match[3]!)
    if (!target.startsWith(SRC)) continue
    const problem = problemOf(roomOf(path), roomOf(target), target, match[1] !== undefined)
    if (problem) problems.push(`${relative(SRC, path)} imports ${relative(SRC, target)}: ${problem}`)
  }
}
if (files === 0) problems.push('no file was looked at')
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.stdout.write(`imports: ${files} files, ${problems.length} problems\n`)
process.exitCode = problems.length > 0 ? 1 : 0

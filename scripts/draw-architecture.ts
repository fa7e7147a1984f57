import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

/**
 * Draws the packages and the gateway's layers from the imports that the source has, as Mermaid text.
 * `scripts/generate-docs.ts` writes both drawings into docs/architecture.md; a test fails when they are out of date.
 */
const PACKAGES = resolve(import.meta.dirname, '../packages')
const GATEWAY = join(PACKAGES, 'gateway', 'src')

/** Nodes, each with the nodes that it imports. */
type Graph = Map<string, Set<string>>

/** Every import of a source file that is not a test: the importing file, and the path or package that it names. */
function* importsOf(folder: string): Generator<{ file: string; wanted: string }> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.tsx?$/.test(entry.name) || /\.test\.tsx?$/.test(entry.name)) continue
    const file = join(entry.parentPath, entry.name)
    const text = readFileSync(file, 'utf8')
    for (const [, a, b] of text.matchAll(/^\s*(?:import|export)\s[^'"]*?from\s+'([^']+)'|import\('([^']+)'\)/gm))
      yield { file, wanted: (a ?? b)! }
  }
}

const foldersOf = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()

function packages(): Graph {
  const graph: Graph = new Map(foldersOf(PACKAGES).map((name) => [name, new Set<string>()]))
  for (const [name, uses] of graph) {
    for (const { file, wanted } of importsOf(join(PACKAGES, name, 'src'))) {
      const published = /^@postern\/([\w-]+)/.exec(wanted)?.[1]
      const local = wanted.startsWith('.')
        ? relative(PACKAGES, resolve(dirname(file), wanted)).split('/')[0]
        : undefined
      const other = published ?? local
      if (other !== undefined && other !== name && graph.has(other)) uses.add(other)
    }
  }
  return graph
}

/** The folders and files directly under the gateway's `src`. */
function layers(): Graph {
  const layerOf = (path: string): string => relative(GATEWAY, path).split('/')[0]!
  const graph: Graph = new Map()
  for (const { file, wanted } of importsOf(GATEWAY)) {
    const from = layerOf(file)
    if (!graph.has(from)) graph.set(from, new Set())
    if (!wanted.startsWith('.')) continue
    const to = layerOf(resolve(dirname(file), wanted))
    if (to !== from) graph.get(from)!.add(to)
  }
  return graph
}

/** True when `to` is reached from `from` by more than one arrow. */
function isReachedFurther(graph: Graph, from: string, to: string): boolean {
  const seen = new Set<string>()
  const left = [...graph.get(from)!].filter((next) => next !== to)
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    if (at === to) return true
    if (seen.has(at)) continue
    seen.add(at)
    left.push(...(graph.get(at) ?? []))
  }
  return false
}

/** An arrow for each import that does not follow from other arrows. */
function arrows(graph: Graph): string[] {
  for (const node of graph.keys())
    if (isReachedFurther(new Map([...graph, ['', new Set([...graph.get(node)!])]]), '', node))
      throw new Error(`The imports of ${node} lead back to it: there is no order of layers to draw.`)
  return [...graph]
    .flatMap(([from, uses]) => [...uses].filter((to) => !isReachedFurther(graph, from, to)).map((to) => [from, to]))
    .sort(([a, b], [c, d]) => `${a} ${b}`.localeCompare(`${c} ${d}`))
    .map(([from, to]) => `  ${id(from!)} --> ${id(to!)}`)
}

/** Some of our words have a meaning in Mermaid. */
const id = (name: string): string => `n_${name.replaceAll(/\W/g, '_')}`

const mermaid = (lines: string[]): string => ['```mermaid', 'flowchart TB', ...lines, '```'].join('\n')

type Manifest = { name: string; private?: boolean }

export function drawPackages(): string {
  const graph = packages()
  const nodes = [...graph.keys()].sort().map((name) => {
    const manifest = JSON.parse(readFileSync(join(PACKAGES, name, 'package.json'), 'utf8')) as Manifest
    const kind = manifest.private ? 'private' : `published as ${manifest.name}`
    return `  ${id(name)}["<b>packages/${name}</b><br/>${kind}"]`
  })
  return mermaid([...nodes, ...arrows(graph)])
}

export function drawLayers(): string {
  const graph = layers()
  const nodes = [...graph.keys()].sort().map((name) => {
    const inside = name.endsWith('.ts') ? [] : foldersOf(join(GATEWAY, name))
    return `  ${id(name)}["<b>${name}</b>${inside.length > 0 ? `<br/>${inside.join(' · ')}` : ''}"]`
  })
  return mermaid([...nodes, ...arrows(graph)])
}

if (import.meta.main) process.stdout.write(`${drawPackages()}\n\n${drawLayers()}\n`)

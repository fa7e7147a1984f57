import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import ts from 'typescript'

const ROOT = resolve(import.meta.dirname, '../..')
const MOST_LINES = 400
const MOST_LINES_OF_A_FUNCTION = 80

/** Files above the limit that hold a single thing, which would read worse in two files. */
const LONG_FILES: Record<string, string> = {
  'packages/cloud-api/src/error-codes.ts': 'a table',
  'packages/console/src/words-zh.ts': 'a table of words',
  'packages/gateway/src/flows/deliver/deliverer.ts':
    'one state machine: lanes, their leases, and the endpoints they lead to',
  'packages/gateway/src/flows/send/broadcast-runner.ts': 'one state machine: a broadcast and its recipients',
  'packages/gateway/src/store/core/working-set.ts': 'one data structure: a batch as its operations see it',
}

const sources = (): string[] =>
  readdirSync(join(ROOT, 'packages'))
    .map((name) => `packages/${name}/src`)
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
    )
    .filter((file) => /(?<!\.test)\.tsx?$/.test(file) && !file.includes('/generated/'))

test('no file is longer than 400 lines, except tables, types and single state machines', () => {
  const long = sources().filter((file) => readFileSync(join(ROOT, file), 'utf8').split('\n').length > MOST_LINES + 1)
  assert.deepEqual(long.sort(), Object.keys(LONG_FILES).sort())
})

/** Lines of a function without those of the functions inside it: a factory counts only its own lines. */
function ownLines(source: ts.SourceFile, node: ts.FunctionLikeDeclaration): number {
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line
  let lines = lineOf(node.end) - lineOf(node.getStart()) + 1
  const leaveOut = (child: ts.Node): void => {
    if (ts.isFunctionLike(child) && 'body' in child && child.body) {
      lines -= lineOf(child.end) - lineOf(child.getStart())
    } else ts.forEachChild(child, leaveOut)
  }
  ts.forEachChild(node, leaveOut)
  return lines
}

const hasReason = (text: string): boolean => /\blong\b/i.test(text)

test('no function has more than 80 lines of its own, unless its comment says why it is long', () => {
  const found: string[] = []
  for (const file of sources()) {
    const text = readFileSync(join(ROOT, file), 'utf8')
    const kind = file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, kind)
    const look = (node: ts.Node): void => {
      if (ts.isFunctionLike(node) && 'body' in node && node.body) {
        const lines = ownLines(source, node as ts.FunctionLikeDeclaration)
        const comment = text.slice(node.getFullStart(), node.getStart())
        if (lines > MOST_LINES_OF_A_FUNCTION && !hasReason(comment))
          found.push(`${file}: ${node.name?.getText() ?? 'a function'} says ${lines} lines`)
      }
      ts.forEachChild(node, look)
    }
    look(source)
  }
  assert.deepEqual(found, [])
})

import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import ts from 'typescript'

export type LogEvent = { levels: Set<string>; fields: Set<string> }

const ROOT = resolve(import.meta.dirname, '../..')
const LEVELS = new Set(['fatal', 'error', 'warn', 'info', 'debug', 'trace'])

/** Every event that the source passes to the log, with its levels and the fields that stand beside it. */
export function logEventsOfSource(): Map<string, LogEvent> {
  const found = new Map<string, LogEvent>()
  const files = globSync('packages/{gateway,sandbox,runtime}/src/**/*.ts', { cwd: ROOT })
  for (const file of files) {
    if (file.endsWith('.test.ts')) continue
    const text = readFileSync(resolve(ROOT, file), 'utf8')
    if (!/\blog\??\./.test(text)) continue
    const look = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) take(found, node)
      ts.forEachChild(node, look)
    }
    look(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true))
  }
  return found
}

function take(found: Map<string, LogEvent>, { expression, arguments: given }: ts.CallExpression): void {
  if (!ts.isPropertyAccessExpression(expression) || !LEVELS.has(expression.name.text)) return
  if (!/(^|[.#])log$/.test(expression.expression.getText())) return
  const last = given.at(-1)
  // `endpoint.${state}`: the page has a row for each word.
  const name =
    last && ts.isStringLiteral(last) ? last.text : last && ts.isTemplateExpression(last) ? last.head.text : ''
  if (name === '') return
  const event = found.get(name) ?? { levels: new Set(), fields: new Set() }
  found.set(name, event)
  event.levels.add(expression.name.text)
  if (given.length > 1) fieldsOf(given[0]!, event.fields)
}

/** The keys of an object, also of those that are spread into it. */
function fieldsOf(node: ts.Node, fields: Set<string>): void {
  if (!ts.isObjectLiteralExpression(node)) return
  for (const property of node.properties) {
    if (ts.isSpreadAssignment(property)) {
      const look = (inner: ts.Node): void => {
        if (ts.isObjectLiteralExpression(inner)) fieldsOf(inner, fields)
        else ts.forEachChild(inner, look)
      }
      look(property.expression)
    } else if (property.name) fields.add(property.name.getText())
  }
}

import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { CALLBACKS } from '../packages/gateway/src/http/callbacks.ts'
import { LIMITS } from '../packages/gateway/src/domain/messages/limits.ts'
import { FIELDS } from '../packages/gateway/src/http/field-callbacks.ts'
import type { Route } from '../packages/gateway/src/http/route.ts'
import { INPUTS, isNumeric, NARROWED, QUERIES, RENAMED } from './client-types/names.ts'
import { printStructure, printType, type Printing, type Schema } from './client-types/print.ts'
import { allRoutes } from './client-types/routes.ts'

/**
 * Writes the client's types from the gateway's schemas: every body, query and answer of a route, every event, and the
 * webhook's types of the Cloud API, so that the client has no dependencies. A test fails when they differ.
 * `node scripts/generate-client-types.ts`
 */
const ROOT = resolve(import.meta.dirname, '..')
const MADE = '// Made by scripts/generate-client-types.ts. Change the schemas, not this file.\n'
const GENERATED = 'packages/client/src/generated'

type Json = Schema & { $defs?: Record<string, Schema>; $schema?: string; id?: string }
type Io = 'input' | 'output'

/** The content of the client's generated files, by path. */
export function clientTypes(): Record<string, string> {
  const types = createTypes()
  for (const [name, schema] of Object.entries(INPUTS)) types.add(name, schema, 'input')
  const routes = allRoutes().map((route) => routeLine(route, types.print))
  const events = CALLBACKS.map(({ event, body }) => ({ event, name: types.print(body, 'output', '') }))
  const schemas = [
    types.text(),
    `/** An event that the client has a type for. */\nexport type KnownEvent = TestEvent | ${events.map(({ name }) => name).join(' | ')}`,
  ].join('\n\n')
  // The others have nothing but WhatsApp's value.
  const names = ['test', ...events.map(({ event }) => event).filter((event) => !(event in FIELDS))]
  const files = {
    schemas: `${importOf(schemas, `${MADE}\n`, ['../types.ts'])}\n${schemas}\n`,
    routes: `${importOf(routes.join('\n'), MADE, ['./schemas.ts', '../types.ts'], types.names())}\n/** Every route of the gateway: what it takes, and the \`data\` of its answer. */\nexport interface Routes {\n${routes.join('\n')}\n}\n`,
    'event-names': `${MADE}\nexport const EVENT_NAMES = [\n${names.map((name) => `  '${name}',`).join('\n')}\n] as const\n`,
    // One constant each, so that a bundle has only those that it uses.
    limits: `${MADE}\n/* In characters (Unicode code points) unless stated otherwise. */\n${Object.entries(LIMITS)
      .map(([name, limit]) => `export const ${name} = ${limit}\n`)
      .join('')}`,
    'cloud-api': `${MADE}\n${readFileSync(join(ROOT, 'packages/cloud-api/src/wire.ts'), 'utf8')}`,
  }
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${GENERATED}/${name}.ts`, text]))
}

const OWN_TYPES = ['InboundValue', 'SentStatus', 'CallbackEvent', 'BroadcastMessage', 'BroadcastRecipient']
const ALSO_OWN = ['EventName', 'TemplateName', 'TestEvent']

/** The head of a file: its imports of the types that `text` uses. */
function importOf(text: string, head: string, [first, second]: string[], names: readonly string[] = []): string {
  const uses = (list: readonly string[]): string[] =>
    list.filter((name) => new RegExp(`\\b${name}\\b`).test(text)).sort()
  const own = uses([...OWN_TYPES, ...ALSO_OWN])
  const line = (list: string[], from: string): string =>
    list.length === 0 ? '' : `import type { ${list.join(', ')} } from '${from}'\n`
  return second === undefined ? head + line(own, first!) : `${head}\n${line(uses(names), first!)}${line(own, second)}`
}

type Print = (schema: z.ZodType, io: Io, path: string) => string

function createTypes() {
  const waiting = new Map<string, { schema: Json; io: Io }>()
  /** By what they say, because a part has no name of its own in a schema. */
  const byShape = new Map<string, string>()

  function jsonOf(schema: z.ZodType, io: Io): Json {
    const options = { io, unrepresentable: 'any', reused: 'inline' } as const
    const { $defs = {}, $schema: _, ...json } = renamed(z.toJSONSchema(schema, options)) as Json
    for (const [id, definition] of Object.entries($defs)) {
      const name = RENAMED[id] ?? id
      if (!waiting.has(name)) waiting.set(name, { schema: definition, io })
    }
    return json
  }

  const printing = (io: Io, own = ''): Printing => ({
    isInput: io === 'input',
    nameOf(schema) {
      const name = byShape.get(shapeOf(schema))
      return name === own ? undefined : name
    },
    typeAt: (path) => NARROWED[path],
  })

  return {
    /** A type under a name, which its equals elsewhere have too. */
    add(name: string, schema: z.ZodType, io: Io): void {
      const json = jsonOf(schema, io)
      if (json.$ref !== undefined) return
      byShape.set(shapeOf(json), name)
      waiting.set(name, { schema: json, io })
    },
    print: ((schema, io, path) => printType(jsonOf(schema, io), printing(io), path)) as Print,
    names: () => [...waiting.keys()],
    /** All named types. */
    text: (): string =>
      [...waiting]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, { schema, io }]) => {
          const says = schema.description === undefined ? '' : `/** ${schema.description} */\n`
          return `${says}export type ${name} = ${NARROWED[name] ?? printStructure(schema, printing(io, name), name)}`
        })
        .join('\n\n'),
  }
}

/** With the client's names in the references. */
const renamed = (schema: unknown): unknown =>
  JSON.parse(
    JSON.stringify(schema).replaceAll(/"#\/\$defs\/(\w+)"/g, (_, id: string) => `"#/$defs/${RENAMED[id] ?? id}"`),
  )

function shapeOf({ description: _d, ...schema }: Json & { title?: string; examples?: unknown }): string {
  const { title: _t, examples: _e, id: _i, ...rest } = schema as Record<string, unknown>
  return JSON.stringify(rest)
}

function routeLine(route: Route, print: Print): string {
  const key = `${route.method} ${route.path}`
  const body = route.body ?? route.bodyDocument
  const data = [route.data, route.accepted?.data].filter((one): one is z.ZodType => one instanceof z.ZodType)
  const parts = [
    ...(route.query ? [`query: ${queryOf(route.query)}`] : []),
    ...(body ? [`body: ${print(body, 'input', `${key} body`)}`] : []),
    `data: ${data.map((one) => print(one, 'output', `${key} data`)).join(' | ') || 'Response'}`,
  ]
  return `/** ${route.summary}. */\n${JSON.stringify(key)}: {\n${parts.join('\n')}\n}`
}

function queryOf(query: z.ZodType): string {
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' }) as Schema
  const lines = Object.entries(properties).map(([name, schema]) => {
    const says = schema.description === undefined ? '' : `/** ${schema.description} */\n`
    const how: Printing = { isInput: true, nameOf: () => undefined, typeAt: () => undefined }
    const isStatus = name === 'status' && schema.enum?.includes('delivered')
    const type = isStatus
      ? 'MessageStatus'
      : (QUERIES[name] ?? (isNumeric(name, schema.pattern) ? 'number' : printStructure(schema, how, '')))
    return `${says}${name}${required.includes(name) ? `: ${type}` : `?: ${type} | undefined`}`
  })
  return `{\n${lines.join('\n')}\n}`
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(clientTypes())) writeFileSync(join(ROOT, path), text)
}

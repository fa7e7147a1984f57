import { ENDINGS, VALUES } from './values.ts'

/** The parts of a JSON schema that an example is made from. */
export type Schema = {
  $ref?: string
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  propertyNames?: Schema
  items?: Schema
  prefixItems?: Schema[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  default?: unknown
  examples?: unknown[]
  format?: string
  pattern?: string
  minimum?: number
  exclusiveMinimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
}

type Options = {
  /** The named schemas of the document. */
  schemas: Readonly<Record<string, Schema>>
  /** Values that come before those of the table, by the name of the key. */
  values?: Readonly<Record<string, readonly unknown[]>>
  /** True: every key. False: those that are required. */
  all: boolean
}

/** Deeper parts have what is required alone, so that an example stays short and a recursive schema ends. */
const DEEP = 5

/** A value that the schema allows: with an example of its own where it has one, else made of its parts. */
export function exampleOf(schema: Schema, options: Options, name = '', depth = 0): unknown {
  const seen = resolved(schema, options.schemas)
  if (seen.examples?.length) return seen.examples[0]
  if (seen.const !== undefined) return seen.const
  const known = [...(options.values?.[name] ?? []), ...(VALUES[name] ?? []), ...ended(name)]
  const found = known.find((value) => fits(seen, value, options.schemas))
  if (found !== undefined) return found
  if (seen.enum) return seen.enum[0]
  const choice = choiceOf(seen, options.schemas)
  if (choice) return exampleOf(choice, options, name, depth)
  switch (typeOf(seen)) {
    case 'object':
      return objectOf(seen, options, depth)
    case 'array':
      return Array.from({ length: Math.max(1, seen.minItems ?? 1) }, () =>
        exampleOf(seen.items ?? seen.prefixItems?.[0] ?? {}, options, name, depth + 1),
      )
    case 'integer':
    case 'number':
      return Math.max(seen.minimum ?? (seen.exclusiveMinimum ?? 0) + 1, Math.min(1, seen.maximum ?? 1))
    case 'boolean':
      return true
    case 'string':
      return textOf(seen)
    case 'null':
      return null
    default:
      return {}
  }
}

function objectOf(schema: Schema, options: Options, depth: number): Record<string, unknown> {
  const required = new Set(schema.required)
  const all = options.all && depth < DEEP
  const entries = Object.entries(schema.properties ?? {}).filter(([name]) => required.has(name) || all)
  const made = entries.map(([name, property]) => [name, exampleOf(property, options, name, depth + 1)] as const)
  // A map of names, such as the components of a message by their place.
  const { additionalProperties: more, propertyNames } = schema
  if (entries.length === 0 && typeof more === 'object' && all && Object.keys(more).length > 0)
    return { [String(propertyNames?.enum?.[0] ?? 'name')]: exampleOf(more, options, '', depth + 1) }
  return Object.fromEntries(made)
}

/** The schema without references, with the parts of `allOf` in one. */
function resolved(schema: Schema, schemas: Options['schemas']): Schema {
  let seen = schema
  while (seen.$ref !== undefined) {
    const { $ref, ...beside } = seen
    seen = { ...schemas[$ref.split('/').at(-1)!], ...beside }
  }
  if (!seen.allOf) return seen
  const parts = seen.allOf.map((part) => {
    const one = resolved(part, schemas)
    // Of alternatives that only require other keys, the first.
    return one.anyOf && !one.type ? resolved(one.anyOf[0]!, schemas) : one
  })
  const { allOf: _, ...rest } = seen
  return parts.reduce(
    (whole, part) => ({
      ...whole,
      ...part,
      properties: { ...whole.properties, ...without(part.properties, whole.properties) },
      required: [...(whole.required ?? []), ...(part.required ?? [])],
    }),
    { ...rest },
  )
}

/** An alternative repeats a key of the whole without all that is said of it. */
const without = (some: Schema['properties'] = {}, known: Schema['properties'] = {}): Schema['properties'] =>
  Object.fromEntries(Object.entries(some).filter(([name]) => !(name in known)))

/** The first alternative that is a value. */
function choiceOf(schema: Schema, schemas: Options['schemas']): Schema | undefined {
  const choices = (schema.anyOf ?? schema.oneOf)?.map((one) => resolved(one, schemas))
  return choices?.find((one) => one.type !== 'null') ?? choices?.[0]
}

const typeOf = ({ type, properties, items }: Schema): string | undefined =>
  (Array.isArray(type) ? type.find((one) => one !== 'null') : type) ??
  (properties ? 'object' : items ? 'array' : undefined)

function textOf({ format, minLength = 0 }: Schema): string {
  if (format === 'date-time') return '2026-11-26T12:00:00Z'
  if (format === 'date') return '2026-11-26'
  if (format === 'uri') return 'https://shop.example.com/'
  return 'text'.padEnd(minLength, '.')
}

const ended = (name: string): unknown[] => ENDINGS.filter(([ending]) => ending.test(name)).map(([, value]) => value)

/** True when a simple value keeps what a schema says of simple values. */
function fits(schema: Schema, value: unknown, schemas: Options['schemas']): boolean {
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return choices.some((one) => fits(resolved(one, schemas), value, schemas))
  if (schema.const !== undefined) return schema.const === value
  if (schema.enum) return schema.enum.includes(value)
  // Anything is allowed.
  if (schema.type === undefined) return schema.properties === undefined && !schema.$ref
  const types = [schema.type].flat()
  if (value === null) return types.includes('null')
  if (Array.isArray(value)) return types.includes('array') && value.length >= (schema.minItems ?? 0)
  if (typeof value === 'object') return types.includes('object') && !schema.properties
  if (typeof value === 'number')
    return (
      (types.includes('integer') || types.includes('number')) &&
      value >= (schema.minimum ?? value) &&
      value <= (schema.maximum ?? value)
    )
  if (typeof value !== 'string' || !types.includes('string')) return false
  const { pattern, minLength = 0, maxLength = Infinity, format } = schema
  if (format !== undefined && format !== 'uri') return false
  if (format === 'uri' && !URL.canParse(value)) return false
  return value.length >= minLength && value.length <= maxLength && (!pattern || new RegExp(pattern, 'u').test(value))
}

/**
 * Prints a JSON Schema as a TypeScript type. It keeps the rules across keys that TypeScript can hold: exactly one of two
 * keys, at least one, not both, one that needs another, and short lists of a fixed size.
 */
export type Schema = {
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  not?: Schema
  dependentRequired?: Record<string, string[]>
  const?: unknown
  enum?: unknown[]
  $ref?: string
  additionalProperties?: boolean | Schema
  minItems?: number
  maxItems?: number
  description?: string
  format?: string
  pattern?: string
}

export type Printing = {
  /** Bodies take `undefined` for an absent key, and lists that are read only. */
  isInput: boolean
  /** The name of a type that is printed elsewhere. */
  nameOf: (schema: Schema) => string | undefined
  /** The type at a path, where the schema says less than is known. */
  typeAt: (path: string) => string | undefined
}

/** Lists of up to so many items become tuples: four reply buttons do not compile. */
const LONGEST_TUPLE = 3

export function printType(schema: Schema, how: Printing, path: string): string {
  return how.typeAt(path) ?? how.nameOf(schema) ?? printStructure(schema, how, path)
}

/** The type itself, also where it has a name. */
export function printStructure(schema: Schema, how: Printing, path: string): string {
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1)!
  if ('const' in schema) return JSON.stringify(schema.const)
  if (schema.enum) return union(schema.enum.map((one) => JSON.stringify(one)))
  const choices = (schema.anyOf ?? schema.oneOf ?? []).filter((choice) => !isRequirement(choice))
  if (choices.length > 0) return union(choices.map((choice) => printType(choice, how, path)))
  if (schema.allOf) return schema.allOf.map((part) => wrapped(printType(part, how, path))).join(' & ')
  if (Array.isArray(schema.type))
    return union(schema.type.map((type) => printStructure({ ...schema, type }, how, path)))
  switch (schema.type) {
    case 'string':
      return schema.format === 'decimal' ? '`${number}`' : 'string'
    case 'number':
    case 'integer':
      return 'number'
    case 'boolean':
    case 'null':
      return schema.type
    case 'array':
      return printList(schema, how, path)
    case 'object':
      return printObject(schema, how, path)
    default:
      return 'unknown'
  }
}

function printList(schema: Schema, how: Printing, path: string): string {
  const item = printType(schema.items ?? {}, how, `${path}[]`)
  const readonly = how.isInput ? 'readonly ' : ''
  const { minItems = 0, maxItems = Infinity } = schema
  if (!how.isInput || maxItems > LONGEST_TUPLE) return `${readonly}${wrapped(item)}[]`
  const sizes = Array.from({ length: maxItems - minItems + 1 }, (_, i) => minItems + i)
  return union(sizes.map((size) => `${readonly}[${Array(size).fill(item).join(', ')}]`))
}

function printObject(schema: Schema, how: Printing, path: string): string {
  const keys = Object.keys(schema.properties ?? {})
  const open = schema.additionalProperties !== false && schema.additionalProperties !== undefined
  const values = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {}
  if (keys.length === 0)
    return open || schema.properties === undefined
      ? `Record<string, ${printType(values, how, `${path}.*`)}>`
      : 'Record<string, never>'
  const rules = rulesOf(schema)
  const ruled = new Set(rules.flatMap(({ keys }) => keys))
  const required = new Set(schema.required)
  const property = (key: string, presence: 'required' | 'optional' | 'absent'): string => {
    const one = schema.properties![key]
    const says = one?.description === undefined ? '' : `/** ${one.description.replaceAll('*/', '*\\/')} */\n`
    if (presence === 'absent') return `${quoted(key)}?: undefined`
    const type = printType(one ?? {}, how, `${path}.${key}`)
    if (presence === 'required') return `${says}${quoted(key)}: ${type}`
    return `${says}${quoted(key)}?: ${type}${how.isInput ? ' | undefined' : ''}`
  }
  const rest = keys
    .filter((key) => !ruled.has(key))
    .map((key) => property(key, required.has(key) ? 'required' : 'optional'))
  if (open) rest.push('[key: string]: unknown')
  const parts = rules.map(({ cases }) =>
    union(cases.map((one) => braces(Object.entries(one).map(([key, presence]) => property(key, presence))))),
  )
  if (rest.length > 0 || parts.length === 0) parts.unshift(braces(rest))
  return parts.length === 1 ? parts[0]! : parts.map(wrapped).join(' & ')
}

type Presence = 'required' | 'optional' | 'absent'
type Rule = { keys: string[]; cases: Record<string, Presence>[] }

/** The rules across keys of an object. Each becomes a union of its cases. */
function rulesOf({ anyOf, oneOf, not, dependentRequired, properties = {} }: Schema): Rule[] {
  const rules: Rule[] = []
  const either = (anyOf ?? oneOf ?? []).filter(isRequirement).map(({ required }) => required![0]!)
  if (either.length === 2) {
    const [a, b] = either as [string, string]
    const second: Presence = anyOf ? 'optional' : 'absent'
    rules.push({
      keys: either,
      cases: [
        { [a]: 'required', [b]: second },
        { [a]: 'absent', [b]: 'required' },
      ],
    })
  }
  const barred = not?.required ?? []
  if (barred.length === 1) rules.push({ keys: barred, cases: [{ [barred[0]!]: 'absent' }] })
  if (barred.length === 2) {
    const [a, b] = barred as [string, string]
    rules.push({
      keys: barred,
      cases: [
        { [a]: 'optional', [b]: 'absent' },
        { [a]: 'absent', [b]: 'optional' },
      ],
    })
  }
  for (const [key, [needed]] of Object.entries(dependentRequired ?? {})) {
    if (!(key in properties) || needed === undefined) continue
    // What is never there cannot be needed.
    if (barred.length === 1 && barred[0] === needed) rules.push({ keys: [key], cases: [{ [key]: 'absent' }] })
    else
      rules.push({
        keys: [key, needed],
        cases: [
          { [needed]: 'required', [key]: 'optional' },
          { [needed]: 'absent', [key]: 'absent' },
        ],
      })
  }
  return rules
}

/** A branch that says only which key must be there. */
const isRequirement = (schema: Schema): boolean => Object.keys(schema).every((key) => key === 'required')

const union = (types: string[]): string => [...new Set(types)].join(' | ') || 'never'
/** In an intersection or before `[]`. */
const wrapped = (type: string): string => (/[|&]|^readonly /.test(type) && !isOneBlock(type) ? `(${type})` : type)
const quoted = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key))
const braces = (lines: string[]): string => `{\n${lines.join('\n')}\n}`

/** True when the braces at both ends belong together. */
function isOneBlock(type: string): boolean {
  if (!type.startsWith('{') || !type.endsWith('}')) return false
  let depth = 0
  for (const [i, character] of [...type].entries()) {
    if (character === '{') depth++
    if (character === '}' && --depth === 0) return i === [...type].length - 1
  }
  return false
}

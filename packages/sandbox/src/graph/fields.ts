import type { Json } from '../checker.ts'
import { invalid } from '../graph-error.ts'

/** One item of `fields=`: `preview.invalidate(false)`, `phone_numbers.limit(2){id,verified_name}`. */
export type Field = { name: string; args: Record<string, string>; inner: string | null }

/** The fields of a Graph node. An empty field is undefined. A function is called only when its field is requested. */
export type Node = { type: string; fields: Record<string, unknown> }

const MOST_FIELDS_CHARACTERS = 4_000

export function parseFields(text: string): Field[] {
  if (text.length > MOST_FIELDS_CHARACTERS) throw invalid('Param fields is too long.')
  return split(text)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const brace = part.indexOf('{')
      const head = brace < 0 ? part : part.slice(0, brace)
      const args = Object.fromEntries([...head.matchAll(/\.([a-z_]+)\(([^()]*)\)/g)].map((m) => [m[1]!, m[2]!]))
      return {
        name: /^[^.(]*/.exec(head)![0].trim(),
        args,
        inner: brace < 0 ? null : part.slice(brace + 1, part.lastIndexOf('}')),
      }
    })
}

/** Splits at commas outside of brackets. */
function split(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c === '(' || c === '{' || c === '[') depth++
    else if (c === ')' || c === '}' || c === ']') depth--
    else if (c === ',' && depth <= 0) {
      parts.push(text.slice(from, i))
      from = i + 1
    }
  }
  parts.push(text.slice(from))
  return parts
}

/**
 * Returns the requested fields, and the id, which Graph always adds.
 * @throws GraphError 100 that names the first field the node does not have
 */
export function pick(node: Node, fields: string | null, byDefault: readonly string[]): Json {
  const wanted: Field[] = fields ? parseFields(fields) : byDefault.map((name) => ({ name, args: {}, inner: null }))
  const picked: Json = {}
  for (const field of wanted) {
    if (!Object.hasOwn(node.fields, field.name)) {
      throw invalid(`Tried accessing nonexisting field (${field.name}) on node type (${node.type})`)
    }
    const given = node.fields[field.name]
    const value: unknown = typeof given === 'function' ? (given as (field: Field) => unknown)(field) : given
    if (value !== undefined) picked[field.name] = value
  }
  if (node.fields['id'] !== undefined) picked['id'] = node.fields['id']
  return picked
}

/** Fields that Meta's node has and for which the sandbox has no value. */
export const empty = (names: string): Json => Object.fromEntries(names.split(/\s+/).map((name) => [name, undefined]))

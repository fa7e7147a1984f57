import type { Document, Schema } from './document.ts'
import { markup, type Html } from './markup.ts'

/** Deeper than any body of ours. It only ends the walk through a recursive schema. */
const DEEPEST = 16

/** Parts of a schema that are shorter than this are repeated: a link would not save a reader anything. */
const LONG = 1_500

/**
 * What one operation's article has described already. A long part that comes again (the template of a message, and the
 * template as its fallback) is a link to its first place: `sendMessage` would be five times as long otherwise.
 */
export type Told = { document: Document; prefix: string; places: Map<string, { anchor: string; name: string }> }

export const toldOnce = (document: Document, prefix: string): Told => ({ document, prefix, places: new Map() })

/** A schema as nested lists, with the facts that a reader needs to write a body. */
export function schemaOf(told: Told, schema: Schema, depth = 0): Html {
  const { document } = told
  const seen = resolve(document, schema)
  if (depth > DEEPEST) return markup`<p>…</p>`
  const choices = choicesOf(seen)
  if (choices.length > 0 && !isSimple(document, seen)) {
    return markup`<p class="choice">One of:</p>
      ${choices.map((choice) => choiceOf(told, choice, depth + 1))}`
  }
  if (seen.properties && Object.keys(seen.properties).length > 0) {
    const required = new Set(seen.required)
    return markup`<dl>
      ${Object.entries(seen.properties).map(([name, property]) =>
        propertyOf(told, name, property, required.has(name), depth + 1),
      )}
    </dl>`
  }
  if (seen.items)
    return markup`<p class="choice">Each of:</p>
      ${schemaOf(told, seen.items, depth + 1)}`
  return markup`<p>${inWords(document, seen)}</p>`
}

function choiceOf(told: Told, choice: Schema, depth: number): Html {
  const { document } = told
  const seen = resolve(document, choice)
  const name = seen.title ?? constantOf(seen) ?? inWords(document, seen)
  if (isSimple(document, seen)) return markup`<p class="leaf">${name}${says(seen)}</p>`
  return markup`<details>
    <summary>${name}${says(seen)}</summary>
    ${schemaOf(told, { ...seen, description: undefined } as Schema, depth)}
  </details>`
}

function propertyOf(told: Told, name: string, property: Schema, required: boolean, depth: number): Html {
  const seen = resolve(told.document, property)
  return markup`<dt><code>${name}</code>${required && markup` <b>required</b>`} <i>${inWords(told.document, seen)}</i></dt>
    <dd>${seen.description}${!isSimple(told.document, seen) && partsOf(told, name, seen, depth)}</dd>`
}

function partsOf(told: Told, name: string, schema: Schema, depth: number): Html {
  const { description: _, ...parts } = schema
  const text = JSON.stringify(parts)
  const before = told.places.get(text)
  if (before) return markup` <a href="#${before.anchor}">As <code>${before.name}</code> above.</a>`
  const anchor = `${told.prefix}.${told.places.size + 1}`
  const isLong = text.length > LONG
  if (isLong) told.places.set(text, { anchor, name })
  return markup`<details${isLong && markup` id="${anchor}"`}>
    <summary>more</summary>
    ${schemaOf(told, schema, depth)}
  </details>`
}

/** The branches that describe a value. Branches that only name required keys (`to` or `recipient`) are skipped. */
const choicesOf = (schema: Schema): Schema[] =>
  (schema.anyOf ?? schema.oneOf ?? []).filter((choice) => Object.keys(choice).some((key) => key !== 'required'))

/** True when it has no parts that would have to be shown separately. */
function isSimple(document: Document, schema: Schema): boolean {
  if (schema.properties && Object.keys(schema.properties).length > 0) return false
  const parts = [...choicesOf(schema), ...(schema.items ? [schema.items] : [])]
  return parts.every((part) => isSimple(document, resolve(document, part)))
}

/** The type and its limits in a few words. */
export function inWords(document: Document, schema: Schema): string {
  const seen = resolve(document, schema)
  if (seen.const !== undefined) return JSON.stringify(seen.const)
  if (seen.enum) return seen.enum.map((one) => JSON.stringify(one)).join(' | ')
  const choices = choicesOf(seen)
  if (choices.length > 0)
    return [...new Set(choices.map((choice) => inWords(document, choice)))].slice(0, 8).join(' or ')
  if (seen.items) return `list of ${inWords(document, seen.items)}${range(seen.minItems, seen.maxItems, '')}`
  const type = Array.isArray(seen.type) ? seen.type.join(' or ') : (seen.type ?? 'anything')
  return [
    type,
    seen.format && seen.format !== type ? `(${seen.format})` : '',
    range(seen.minLength || undefined, seen.maxLength, ' characters'),
    range(seen.minimum, tooLarge(seen.maximum), ''),
    seen.default === undefined ? '' : `, ${JSON.stringify(seen.default)} unless told`,
  ]
    .filter((word) => word !== '')
    .join(' ')
    .replaceAll(' ,', ',')
}

export function resolve(document: Document, schema: Schema): Schema {
  let seen = schema
  for (let steps = 0; seen.$ref !== undefined && steps < DEEPEST; steps++) {
    const found = document.components?.schemas?.[seen.$ref.split('/').at(-1)!]
    if (!found) return {}
    const { $ref: _ref, ...beside } = seen
    seen = { ...found, ...beside }
  }
  // An object, and which of its keys must be there (`to` or `recipient`): the object is what a reader needs.
  const object = seen.allOf?.find((part) => part.properties)
  return object ? { ...object, ...seen, allOf: undefined } : seen
}

/** The constant that distinguishes one of several objects. */
function constantOf(schema: Schema): string | undefined {
  const entry = Object.entries(schema.properties ?? {}).find(([, property]) => property.const !== undefined)
  return entry && `${entry[0]}: ${JSON.stringify(entry[1].const)}`
}

const says = (schema: Schema): Html | undefined =>
  schema.description === undefined ? undefined : markup` <small>${schema.description}</small>`

/** The range of JavaScript's whole numbers is not a limit of the API. */
const tooLarge = (limit: number | undefined): number | undefined =>
  limit !== undefined && limit >= Number.MAX_SAFE_INTEGER ? undefined : limit

function range(least: number | undefined, most: number | undefined, unit: string): string {
  const from = least === undefined || least <= -Number.MAX_SAFE_INTEGER ? undefined : least
  if (from !== undefined && most !== undefined) return `${from} to ${most}${unit}`
  if (most !== undefined) return `at most ${most}${unit}`
  return from === undefined ? '' : `at least ${from}${unit}`
}

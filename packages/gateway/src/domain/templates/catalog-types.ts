import type { ButtonWants, CardWants, CatalogEntry, HeaderWants, TextWants } from './catalog-entry.ts'

/*
 * TypeScript types of an account's approved templates, for `@postern/client`: a wrong name or a missing parameter does
 * not compile.
 */

/** The kinds of buttons that take a parameter; a URL only when it ends in a variable. */
const WITH_PARAMETER = new Set([
  'quick_reply',
  'url',
  'copy_code',
  'flow',
  'catalog',
  'mpm',
  'spm',
  'voice_call',
  'order_details',
])
const HEADERS = new Set(['image', 'video', 'gif', 'document', 'location', 'product'])

/** The parts of a template as types, by key. A part that takes nothing is missing. */
type Shape = Record<string, string>

/** A declaration file with the approved templates of `entries`. Languages of one template are one entry. */
export function catalogTypes(entries: readonly CatalogEntry[]): string {
  const byName = new Map<string, CatalogEntry[]>()
  for (const entry of entries.filter(({ status }) => status === 'APPROVED'))
    byName.set(entry.name, [...(byName.get(entry.name) ?? []), entry])
  const templates = [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, all]) => templateOf(name, all))
  return [
    '// Made by `postern types`. Run it again when a template changes.',
    'export {}',
    '',
    "declare module '@postern/client' {",
    '  interface TemplateCatalog {',
    ...templates.map((lines) => lines.map((line) => `    ${line}`).join('\n')),
    '  }',
    '}',
    '',
  ].join('\n')
}

function templateOf(name: string, entries: readonly CatalogEntry[]): string[] {
  const language = union(entries.map((entry) => JSON.stringify(entry.language)))
  const shapes = entries.map(shapeOf)
  const keys = [...new Set(shapes.flatMap(Object.keys))]
  const parts = keys.map((key) => {
    const types = shapes.flatMap((shape) => shape[key] ?? [])
    // One of the languages does without it.
    return `${key}${types.length < shapes.length ? '?' : ''}: ${union(types)}`
  })
  const [{ category, wants }] = entries as [CatalogEntry]
  return [
    `/** ${comment(`${category}: ${wants.body?.text ?? ''}`)} */`,
    `${quoted(name)}: { ${[`language: ${language}`, ...parts].join('; ')} }`,
  ]
}

function shapeOf({ category, wants }: CatalogEntry): Shape {
  if (category === 'AUTHENTICATION') return { code: 'true' }
  return {
    ...partsOf(wants, wants.isNamed),
    ...(wants.offer?.hasExpiration && { offer: 'true' }),
    ...(wants.cards && { cards: `[${wants.cards.map((card) => block(partsOf(card, wants.isNamed))).join(', ')}]` }),
  }
}

function partsOf({ header, body, buttons }: CardWants, isNamed: boolean): Shape {
  const head = header && headerOf(header, isNamed)
  const values = body && valuesOf(body, isNamed)
  const taking = buttons.flatMap((button, index) => (takes(button) ? [`${index}: '${button.kind}'`] : []))
  return {
    ...(head && { header: head }),
    ...(values && { body: values }),
    ...(taking.length > 0 && { buttons: `{ ${taking.join('; ')} }` }),
  }
}

function headerOf({ kind, text }: HeaderWants, isNamed: boolean): string | undefined {
  if (kind !== 'text') return HEADERS.has(kind) ? `'${kind}'` : undefined
  const values = text && valuesOf(text, isNamed)
  return values && (isNamed ? values : "'text'")
}

function valuesOf({ variables }: TextWants, isNamed: boolean): string | undefined {
  if (variables.length === 0) return undefined
  if (!isNamed) return `[${variables.map(() => 'string').join(', ')}]`
  return `{ ${variables.map((name) => `${quoted(name)}: string`).join('; ')} }`
}

const takes = ({ kind, hasVariable }: ButtonWants): boolean =>
  WITH_PARAMETER.has(kind) && (kind !== 'url' || hasVariable === true)

const block = (shape: Shape): string => {
  const parts = Object.entries(shape).map(([key, type]) => `${key}: ${type}`)
  return parts.length === 0 ? '{}' : `{ ${parts.join('; ')} }`
}
const union = (types: readonly string[]): string => [...new Set(types)].join(' | ')
const quoted = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name))
/** Words of a template's author, which must not end the comment. */
const comment = (text: string): string => text.replaceAll('*/', '*\u200b/').replaceAll(/\s+/g, ' ')

import type { CatalogEntry } from '../../../src/templates/catalog-entry.ts'
import { variablesIn } from '../../../src/templates/variables.ts'

/** A template as the form holds it; the common kinds, while carousels and offers are written as JSON. */
export type Sketch = {
  name: string
  language: string
  category: string
  header: { format: 'NONE' | 'TEXT' | 'IMAGE' | 'VIDEO' | 'DOCUMENT' | 'LOCATION'; text: string; example: string }
  body: string
  /** By the name of the variable. */
  examples: Record<string, string>
  footer: string
  buttons: SketchButton[]
}
export type SketchButton = {
  type: 'QUICK_REPLY' | 'URL' | 'PHONE_NUMBER' | 'COPY_CODE'
  text: string
  value: string
  example: string
}

type Json = Record<string, unknown>

export const emptySketch = (): Sketch => ({
  name: '',
  language: 'en_US',
  category: 'UTILITY',
  header: { format: 'NONE', text: '', example: '' },
  body: '',
  examples: {},
  footer: '',
  buttons: [],
})

const KNOWN = new Set(['HEADER', 'BODY', 'FOOTER', 'BUTTONS'])
const BUTTONS = new Set(['QUICK_REPLY', 'URL', 'PHONE_NUMBER', 'COPY_CODE'])

/** The sketch of a template that exists, or undefined when the form cannot hold all of it. */
export function sketchOf(entry: CatalogEntry): Sketch | undefined {
  const parts = entry.components
  const buttons = parts.find((part) => part.type.toUpperCase() === 'BUTTONS')?.buttons ?? []
  const fits =
    entry.category !== 'AUTHENTICATION' &&
    parts.every((part) => KNOWN.has(part.type.toUpperCase())) &&
    buttons.every((button) => BUTTONS.has(button.type.toUpperCase()))
  if (!fits) return undefined
  const part = (type: string) => parts.find((one) => one.type.toUpperCase() === type)
  const header = part('HEADER')
  const body = part('BODY')?.text ?? ''
  const given = (part('BODY')?.example ?? {}) as { body_text?: string[][] }
  const names = [...new Set(variablesIn(body))]
  return {
    name: entry.name,
    language: entry.language,
    category: entry.category,
    header: {
      format: (header?.format?.toUpperCase() ?? (header ? 'TEXT' : 'NONE')) as Sketch['header']['format'],
      text: header?.text ?? '',
      example: firstText(header?.example),
    },
    body,
    examples: Object.fromEntries(names.map((name, i) => [name, given.body_text?.[0]?.[i] ?? ''])),
    footer: part('FOOTER')?.text ?? '',
    buttons: buttons.map((button) => ({
      type: button.type.toUpperCase() as SketchButton['type'],
      text: button.text ?? '',
      value: String(button.url ?? button.phone_number ?? ''),
      example: firstText(button.example),
    })),
  }
}

function firstText(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return firstText(value[0])
  if (typeof value === 'object' && value !== null) return firstText(Object.values(value)[0])
  return ''
}

/** The body of the creation, as the API takes it. */
export function templateFrom(sketch: Sketch): Json {
  return { name: sketch.name, language: sketch.language, category: sketch.category, components: componentsFrom(sketch) }
}

export function componentsFrom(sketch: Sketch): Json[] {
  const components: Json[] = []
  if (sketch.category === 'AUTHENTICATION') {
    return [
      { type: 'BODY', add_security_recommendation: true },
      { type: 'FOOTER', code_expiration_minutes: 10 },
      { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
    ]
  }
  const { header } = sketch
  if (header.format === 'TEXT') {
    const example = variablesIn(header.text).length > 0 ? { example: { header_text: [header.example] } } : {}
    components.push({ type: 'HEADER', format: 'TEXT', text: header.text, ...example })
  } else if (header.format === 'LOCATION') components.push({ type: 'HEADER', format: 'LOCATION' })
  else if (header.format !== 'NONE')
    components.push({ type: 'HEADER', format: header.format, example: { header_handle: [header.example] } })
  const names = [...new Set(variablesIn(sketch.body))]
  const isNamed = names.some((name) => !/^\d+$/.test(name))
  const example = isNamed
    ? { body_text_named_params: names.map((name) => ({ param_name: name, example: sketch.examples[name] ?? '' })) }
    : { body_text: [names.map((name) => sketch.examples[name] ?? '')] }
  components.push({ type: 'BODY', text: sketch.body, ...(names.length > 0 && { example }) })
  if (sketch.footer !== '') components.push({ type: 'FOOTER', text: sketch.footer })
  if (sketch.buttons.length > 0) components.push({ type: 'BUTTONS', buttons: sketch.buttons.map(buttonFrom) })
  return components
}

function buttonFrom({ type, text, value, example }: SketchButton): Json {
  if (type === 'QUICK_REPLY') return { type, text }
  if (type === 'PHONE_NUMBER') return { type, text, phone_number: value }
  if (type === 'COPY_CODE') return { type, example }
  return { type, text, url: value, ...(variablesIn(value).length > 0 && { example: [example] }) }
}

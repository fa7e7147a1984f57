// Numbers of sixteen digits and more may exceed 2^53, and a rounded template id would name another template.
const LONG_NUMBER = /[[:,\s]-?\d{16,}/

type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown

const isBeyond = (value: unknown, source: string | undefined): source is string =>
  typeof value === 'number' && source !== undefined && !Number.isSafeInteger(value) && /^-?\d+$/.test(source)

const toRawJson: Reviver = (_key, value, { source }) =>
  isBeyond(value, source) ? (JSON as unknown as { rawJSON: (text: string) => unknown }).rawJSON(source) : value

const toText: Reviver = (_key, value, { source }) => (isBeyond(value, source) ? source : value)

/**
 * `JSON.parse` that loses no digit of an integer above 2^53. `as` is the form of such an integer:
 *
 * - `raw` for JSON that we pass on, as webhooks: a raw JSON value, which `JSON.stringify` writes as a number with all
 *   digits. The receiver gets the type that Meta sent. `digitsOf` reads it.
 * - `text` for JSON that we only read, as answers of the Cloud API: a string, because all integers of that size are
 *   ids,
 *   and our code and tables hold ids as text.
 */
export function parseExact(text: string, as: 'raw' | 'text'): unknown {
  // A reviver visits every value, so it is used only where a large number may occur.
  if (!LONG_NUMBER.test(text)) return JSON.parse(text)
  return JSON.parse(text, (as === 'raw' ? toRawJson : toText) as Parameters<typeof JSON.parse>[1])
}

/** The text of an id that Meta sends as a number or as text. Undefined when it is neither. */
export function digitsOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length <= 64 ? value : undefined
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined
  const raw = (value as { rawJSON?: unknown } | null)?.rawJSON
  return typeof raw === 'string' ? raw : undefined
}

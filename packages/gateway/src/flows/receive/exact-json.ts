// Sixteen digits and more may pass 2^53, and a rounded template id is another template's id.
const LONG_NUMBER = /[[:,\s]-?\d{16,}/

type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown

const keepDigits: Reviver = (_key, value, { source }) =>
  typeof value === 'number' && source !== undefined && !Number.isSafeInteger(value) && /^-?\d+$/.test(source)
    ? (JSON as unknown as { rawJSON: (text: string) => unknown }).rawJSON(source)
    : value

/**
 * `JSON.parse` that loses no digit: an integer beyond 2^53 becomes a raw JSON value, which `JSON.stringify` writes
 * back as it came and `digitsOf` reads.
 */
export function parseExact(text: string): unknown {
  // A reviver visits every value, so it is used only where it could matter.
  return LONG_NUMBER.test(text) ? JSON.parse(text, keepDigits as Parameters<typeof JSON.parse>[1]) : JSON.parse(text)
}

/** An id that Meta sends as a number here and as text there, as text; undefined when it is neither. */
export function digitsOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length <= 64 ? value : undefined
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined
  const raw = (value as { rawJSON?: unknown } | null)?.rawJSON
  return typeof raw === 'string' ? raw : undefined
}

import { z } from 'zod'
import { shorten, type IssueParams, type Rule } from './problem.ts'
import { codePoints } from './text.ts'

/**
 * Parts of our zod schemas. Each reports which field breaks which rule, and has a JSON Schema with the same rule (JSON
 * Schema counts code points, as we do).
 */

export type Report = (path: PropertyKey[], params: IssueParams) => void
type Meta = { description?: string; examples?: unknown[]; [key: string]: unknown }

/**
 * A check across fields. It also runs when single fields are wrong, because an answer lists every problem at once. So
 * it must accept any value: use `itemsOf` and `fieldOf` to read it safely.
 */
export function across(look: (value: unknown, report: Report) => void) {
  return <S extends z.ZodType>(schema: S): S => {
    const check = z.check<z.output<S>>((payload) => {
      const report: Report = (path, params) => {
        payload.issues.push({ code: 'custom', path, params, input: undefined, continue: true })
      }
      look(payload.value, report)
    })
    check._zod.def.when = () => true
    return schema.check(check)
  }
}

/** A property of any value, or undefined. */
export function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}

/**
 * A field's text. Empty for any other type, which another check reports: an object might throw when converted to text.
 */
export function wordIn(value: unknown, key: string): string {
  const found = fieldOf(value, key)
  return typeof found === 'string' ? found : ''
}

/** The items of any value, or none. */
export function itemsOf(value: unknown, key?: string): readonly unknown[] {
  const list = key === undefined ? value : fieldOf(value, key)
  return Array.isArray(list) ? (list as unknown[]) : []
}

type Extra = { oneLine?: boolean; trimmed?: boolean; description?: string; examples?: unknown[] }

/** Text of `min` to `max` code points, kept unchanged: nothing is trimmed or escaped. */
export function text(min: number, max: number, extra: Extra = {}) {
  const { oneLine, trimmed, ...meta } = extra
  return z
    .string()
    .check((payload) => {
      const { value } = payload
      // The UTF-16 length is never below the number of code points, so most texts need no counting.
      const length = value.length > max ? codePoints(value) : value.length
      if (length > max) fail(payload, 'maxLength', `at most ${max} characters, got ${length}`, max, length)
      if (length < min) {
        const says = min === 1 ? 'must not be empty' : `at least ${min} characters, got ${length}`
        fail(payload, 'minLength', says, min, length)
      }
      if (oneLine && (value.includes('\n') || value.includes('\r'))) fail(payload, 'pattern', 'must be one line')
      if (trimmed && value.trim() !== value) fail(payload, 'pattern', 'must not begin or end with a space')
    })
    .meta({ minLength: min, ...(max < Infinity && { maxLength: max }), ...meta })
}

/** Text that matches a pattern. `says` describes the wanted form. The value itself is never echoed. */
export function matching(pattern: RegExp, says: string, meta: Meta = {}) {
  return z
    .string()
    .check((payload) => {
      if (!pattern.test(payload.value)) fail(payload, 'pattern', says)
    })
    .meta({ pattern: pattern.source, ...meta })
}

/** A URL that begins with http:// or https://. Another check decides whether it may be reached. */
export function webLink(meta: Meta = {}) {
  return z
    .string()
    .check((payload) => {
      if (!isWebLink(payload.value)) fail(payload, 'pattern', 'must be an http or https URL')
    })
    .meta({ format: 'uri', ...meta })
}

function isWebLink(value: string): boolean {
  return /^https?:\/\//i.test(value) && !/[\s\\]/.test(value) && URL.canParse(value)
}

/** A whole number. zod's own `int()` would stop every check across fields at the first fraction. */
export function whole(min: number, max: number, meta: Meta = {}) {
  return z
    .number()
    .check((payload) => {
      const { value } = payload
      if (!Number.isSafeInteger(value)) fail(payload, 'type', `must be a whole number, got ${value}`, undefined, value)
      else if (value < min) fail(payload, 'minimum', `at least ${min}, got ${value}`, min, value)
      else if (value > max) fail(payload, 'maximum', `at most ${max}, got ${value}`, max, value)
    })
    .meta({ type: 'integer', minimum: min, ...(max < Infinity && { maximum: max }), ...meta })
}

/** A fixed word in upper or lower case. It stays as written: the reader converts it. */
export function anyCase<const W extends string>(word: W) {
  return z
    .string()
    .check((payload) => {
      if (payload.value.toLowerCase() !== word)
        fail(payload, 'enum', `must be "${word}"`, undefined, shorten(payload.value))
    })
    .meta({ enum: [...new Set([word, word.toUpperCase()])] })
}

/** One of several words, in upper or lower case. */
export function anyCaseOf(words: readonly string[], meta: Meta = {}) {
  const wanted = `must be one of ${words.join(', ')}, in any case`
  return z
    .string()
    .check((payload) => {
      if (words.includes(payload.value) || words.includes(payload.value.toLowerCase())) return
      if (words.includes(payload.value.toUpperCase())) return
      const actual = shorten(payload.value)
      fail(payload, 'enum', `${wanted}, got ${JSON.stringify(actual)}`, undefined, actual)
    })
    .meta({ enum: [...new Set(words.flatMap((word) => [word, word.toLowerCase(), word.toUpperCase()]))], ...meta })
}

export function fail(
  payload: z.core.ParsePayload<unknown>,
  rule: Rule,
  says: string,
  limit?: number,
  actual?: unknown,
): void {
  const params: IssueParams = {
    rule,
    says,
    ...(limit !== undefined && { limit }),
    ...(actual !== undefined && { actual }),
  }
  payload.issues.push({ code: 'custom', params, input: undefined, continue: true })
}

/** Exactly one of two keys. Without either, the first is named, because it is the usual one. */
export function oneOfTwo(first: string, second: string, hint: string) {
  const checked = across((value, report) => {
    if (typeof value !== 'object' || value === null) return
    const a = fieldOf(value, first) !== undefined
    const b = fieldOf(value, second) !== undefined
    if (a && b) report([], { rule: 'exclusive', says: `takes ${first} or ${second}, not both` })
    if (!a && !b) report([first], { rule: 'required', says: hint })
  })
  return <S extends z.ZodType>(schema: S): S =>
    checked(schema).meta({ oneOf: [{ required: [first] }, { required: [second] }] })
}

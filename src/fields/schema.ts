import { z } from 'zod'
import { kindOf, named, shorten, type IssueParams, type Rule } from './problem.ts'
import { codePoints } from './text.ts'

/**
 * Pieces that our zod schemas are made of. Each leaves an issue that says exactly which field breaks which rule,
 * and a JSON Schema that says the same (JSON Schema counts code points, as we do).
 */

export type Report = (path: PropertyKey[], params: IssueParams) => void
type Meta = { description?: string; examples?: unknown[]; [key: string]: unknown }

/**
 * A check across fields. It also runs when single fields are wrong, because an answer lists every problem at once:
 * so it must expect any value at all. Use `itemsOf` and `fieldOf` to look around safely.
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

/** A property of whatever was sent, or undefined. */
export function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}

/** The items of whatever was sent, or none. */
export function itemsOf(value: unknown, key?: string): readonly unknown[] {
  const list = key === undefined ? value : fieldOf(value, key)
  return Array.isArray(list) ? (list as unknown[]) : []
}

/** A list much longer than allowed is not looked into: its length is problem enough, and looking costs time. */
const FAR_TOO_LONG = 100
const NO_LIMIT = 1000

type ListDef = z.core.$ZodArrayDef & { limit: number; cap: number }

const Listed = z.core.$constructor<z.ZodArray & { _zod: { def: ListDef } }, ListDef>('Listed', (inst, def) => {
  z.ZodArray.init(inst, def)
  const parse = inst._zod.parse
  inst._zod.parse = (payload, ctx) => {
    const { value } = payload
    if (!Array.isArray(value) || value.length <= def.cap) return parse(payload, ctx)
    const params = countProblem('maxItems', def.limit, value.length)
    payload.issues.push({ code: 'custom', params, input: undefined, continue: false })
    return payload
  }
})

/**
 * A list of `min` to `max` items. Unlike with zod's own `.max()`, the items of a list that is a little too long are
 * looked at all the same, so that one answer names everything.
 */
export function listOf<T extends z.ZodType>(item: T, min = 0, max = Infinity): z.ZodArray<T> {
  const limit = Number.isFinite(max) ? max : NO_LIMIT
  const cap = Number.isFinite(max) ? max + FAR_TOO_LONG : NO_LIMIT
  const list = new Listed({ type: 'array', element: item, limit, cap }) as unknown as z.ZodArray<T>
  const counted = across((value, report) => {
    if (!Array.isArray(value)) return
    if (value.length > limit) report([], countProblem('maxItems', limit, value.length))
    if (value.length < min) report([], countProblem('minItems', min, value.length))
  })
  return counted(list).meta({ ...(min > 0 && { minItems: min }), ...(Number.isFinite(max) && { maxItems: max }) })
}

function countProblem(rule: 'minItems' | 'maxItems', limit: number, actual: number): IssueParams {
  const words = rule === 'maxItems' ? 'at most' : 'at least'
  return { rule, limit, actual, says: `${words} ${limit} ${limit === 1 ? 'entry' : 'entries'}, got ${actual}` }
}

type Extra = { oneLine?: boolean; trimmed?: boolean; description?: string; examples?: unknown[] }

/** Text of `min` to `max` code points. Kept exactly as it came: nothing is trimmed or escaped. */
export function text(min: number, max: number, extra: Extra = {}) {
  const { oneLine, trimmed, ...meta } = extra
  return z
    .string()
    .check((payload) => {
      const { value } = payload
      // The UTF-16 length is never below the count of code points, so most texts need no counting.
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

/** Text that a pattern must match; `says` tells what is wanted. The value itself is never echoed. */
export function matching(pattern: RegExp, says: string, meta: Meta = {}) {
  return z
    .string()
    .check((payload) => {
      if (!pattern.test(payload.value)) fail(payload, 'pattern', says)
    })
    .meta({ pattern: pattern.source, ...meta })
}

/** An address that begins with http:// or https://. Whether it may be reached is somebody else's question. */
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

/** A fixed word that may be written in any case. It stays as written: whoever reads it lowers it. */
export function anyCase<const W extends string>(word: W) {
  return z
    .string()
    .check((payload) => {
      if (payload.value.toLowerCase() !== word)
        fail(payload, 'enum', `must be "${word}"`, undefined, shorten(payload.value))
    })
    .meta({ enum: [...new Set([word, word.toUpperCase()])] })
}

/** One of several words, in any case. */
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

type Choice = z.ZodType | { at: PropertyKey[]; params: IssueParams }
type ChoiceDef = z.core.$ZodUnionDef & { choose: (value: unknown) => Choice }

const Chosen = z.core.$constructor<z.ZodUnion & { _zod: { def: ChoiceDef } }, ChoiceDef>('Chosen', (inst, def) => {
  z.ZodUnion.init(inst, def)
  inst._zod.parse = (payload, ctx) => {
    const choice = def.choose(payload.value)
    if ('_zod' in choice) return choice._zod.run(payload as z.core.ParsePayload<never>, ctx)
    payload.issues.push({ code: 'custom', path: choice.at, params: choice.params, input: undefined })
    return payload
  }
})

/**
 * A union whose branch is chosen by looking at the value once. An ordinary union tries every branch, which is slow
 * and answers with the complaints of branches that nobody meant.
 */
export function choose<const O extends readonly z.ZodType[]>(
  options: O,
  pick: (value: unknown) => Choice,
): z.ZodUnion<O> {
  return new Chosen({ type: 'union', options, choose: pick }) as unknown as z.ZodUnion<O>
}

/** A union told apart by the word under `key`. */
export function chooseBy<const T extends Record<string, z.ZodType>>(
  key: string,
  table: T,
  { ignoreCase = false, fallback }: { ignoreCase?: boolean; fallback?: (value: object) => string | undefined } = {},
): z.ZodUnion<T[keyof T][]> {
  const branches = new Map(Object.entries(table))
  const words = [...branches.keys()]
  const wanted = `must be ${words.length === 1 ? '' : 'one of '}${words.map((word) => `"${word}"`).join(', ')}`
  return choose([...branches.values()], (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return notAnObject(value)
    const word = (value as Record<string, unknown>)[key] ?? fallback?.(value)
    if (word === undefined) return { at: [key], params: { rule: 'required', says: `is required: ${wanted}` } }
    if (typeof word !== 'string') {
      const actual = kindOf(word)
      return { at: [key], params: { rule: 'type', actual, says: `must be a string, got ${named(actual)}` } }
    }
    const branch = branches.get(ignoreCase ? word.toLowerCase() : word)
    if (branch) return branch
    const actual = shorten(word)
    return { at: [key], params: { rule: 'enum', actual, says: `${wanted}, got ${JSON.stringify(actual)}` } }
  }) as unknown as z.ZodUnion<T[keyof T][]>
}

export function notAnObject(value: unknown): { at: PropertyKey[]; params: IssueParams } {
  if (value === undefined) return { at: [], params: { rule: 'required', says: 'is required' } }
  const actual = kindOf(value)
  return { at: [], params: { rule: 'type', actual, says: `must be an object, got ${named(actual)}` } }
}

/** Exactly one of two keys. Without either, the first is named, since it is the usual one. */
export function oneOfTwo(first: string, second: string, hint: string) {
  return across((value, report) => {
    if (typeof value !== 'object' || value === null) return
    const a = fieldOf(value, first) !== undefined
    const b = fieldOf(value, second) !== undefined
    if (a && b) report([], { rule: 'exclusive', says: `takes ${first} or ${second}, not both` })
    if (!a && !b) report([first], { rule: 'required', says: hint })
  })
}

/** Every value of `read(item)` is there once; the later one is the one reported. */
export function unique(
  items: readonly unknown[],
  read: (item: unknown) => unknown,
  at: (index: number) => PropertyKey[],
  report: Report,
): void {
  const seen = new Map<unknown, number>()
  items.forEach((item, index) => {
    const value = read(item)
    if (value === undefined || typeof value === 'object') return
    const before = seen.get(value)
    if (before === undefined) seen.set(value, index)
    else report(at(index), { rule: 'unique', says: `must differ from entry ${before}, whose value is the same` })
  })
}

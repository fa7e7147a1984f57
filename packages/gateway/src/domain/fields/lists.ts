import { z } from 'zod'
import type { IssueParams } from './problem.ts'
import { across, type Report } from './schema.ts'

/**
 * The items of a list much longer than allowed are not checked: the length is a sufficient problem, and checking costs
 * time.
 */
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
 * A list of `min` to `max` items. Unlike with zod's own `.max()`, the items of a list that is slightly too long are
 * checked too, so that one answer has every problem.
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

/** Every value of `read(item)` must be unique. The later one is reported. */
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

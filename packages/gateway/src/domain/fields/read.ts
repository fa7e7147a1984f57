import type { z } from 'zod'
import { withoutNulls } from './nulls.ts'
import { problem, problemsOf, type FieldProblem } from './problem.ts'

export type Read<T> = { ok: true; data: T } | { ok: false; problems: FieldProblem[] }

/**
 * Reads `value` by a schema and returns all its problems. zod compares the `length` of an expected list or text before
 * it checks the type, and an object such as `{"toString": 1}` makes that throw: this function returns a problem
 * instead. An optional key that is null counts as absent.
 */
export function readBy<T>(schema: z.ZodType<T>, value: unknown): Read<T> {
  const read = readOnce(schema, value)
  if (read.ok) return read
  // Only a value that fails can have a null to remove, so valid values are not searched.
  const cleaned = withoutNulls(schema, value)
  return cleaned === value ? read : readOnce(schema, cleaned)
}

function readOnce<T>(schema: z.ZodType<T>, value: unknown): Read<T> {
  let read: z.ZodSafeParseResult<T>
  try {
    read = schema.safeParse(value, { reportInput: true })
  } catch (error) {
    if (!(error instanceof TypeError) || !/to primitive value/.test(error.message)) throw error
    return { ok: false, problems: [problem('', 'type', 'the body holds a "length" that is an object: remove it')] }
  }
  return read.success ? { ok: true, data: read.data } : { ok: false, problems: problemsOf(read.error.issues) }
}

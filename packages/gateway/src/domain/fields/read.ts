import type { z } from 'zod'
import { withoutNulls } from './nulls.ts'
import { problem, problemsOf, type FieldProblem } from './problem.ts'

export type Read<T> = { ok: true; data: T } | { ok: false; problems: FieldProblem[] }

/**
 * Reads `value` by a schema and says everything that is wrong with it. zod compares the `length` of what should have
 * been a list or a text before it looks whether it is one, and an object there such as `{"toString": 1}` makes that
 * throw: whoever sends it gets a refusal like everybody else. An optional key that is null counts as absent.
 */
export function readBy<T>(schema: z.ZodType<T>, value: unknown): Read<T> {
  const read = readOnce(schema, value)
  if (read.ok) return read
  // Only what does not pass can hold a null too many, so what passes pays nothing for the look.
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

import type { z } from 'zod'
import { validationError } from '../errors.ts'
import { problemsOf } from '../fields/problem.ts'

/** Reads `value` by a schema, or throws the 422 that lists every problem. */
export function check<T>(schema: z.ZodType<T>, value: unknown, prefix = ''): T {
  const read = schema.safeParse(value, { reportInput: true })
  if (read.success) return read.data
  const problems = problemsOf(read.error.issues)
  throw validationError(
    prefix === ''
      ? problems
      : problems.map((problem) => ({ ...problem, path: problem.path ? `${prefix}.${problem.path}` : prefix })),
  )
}

import type { z } from 'zod'
import { validationError } from '../platform/errors.ts'
import { readBy } from '../domain/fields/read.ts'

/** Reads `value` by a schema, or throws the 422 with every problem. */
export function check<T>(schema: z.ZodType<T>, value: unknown, prefix = ''): T {
  const read = readBy(schema, value)
  if (read.ok) return read.data
  const { problems } = read
  throw validationError(
    prefix === ''
      ? problems
      : problems.map((problem) => ({ ...problem, path: problem.path ? `${prefix}.${problem.path}` : prefix })),
  )
}

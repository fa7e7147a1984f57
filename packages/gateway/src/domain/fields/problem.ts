import type { z } from 'zod'
import type { FieldProblem as ListedProblem } from '../../platform/errors.ts'
import { codePoints } from './text.ts'

/**
 * One problem of one field of a body. `path` joins keys and zero-based indices with dots, and is empty for the body
 * itself. Lengths count Unicode code points.
 */
export type FieldProblem = ListedProblem<Rule>

/** Stable words: customers' programs may depend on them. */
export type Rule =
  | 'required'
  | 'type'
  | 'unknownKey'
  | 'enum'
  | 'pattern'
  | 'minLength'
  | 'maxLength'
  | 'minItems'
  | 'maxItems'
  | 'minimum'
  | 'maximum'
  | 'unique'
  | 'exclusive'
  | 'consistent'
  | 'maxLines'
  | 'maxDepth'
  | 'exists'
  | 'status'

/** The details that our own checks store in a zod issue, so that they need not be parsed from its text. */
export type IssueParams = { rule: Rule; limit?: number; actual?: unknown; says: string }

/** More problems would not help a caller, and a hostile body could cause a hundred thousand. */
export const MOST_PROBLEMS = 100

/** Converts zod's issues (made with `reportInput`) to problems, at most `MOST_PROBLEMS`. */
export function problemsOf(issues: readonly z.core.$ZodIssue[]): FieldProblem[] {
  const problems: FieldProblem[] = []
  for (const issue of issues) {
    if (problems.length >= MOST_PROBLEMS) break
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys.slice(0, MOST_PROBLEMS - problems.length)) {
        problems.push(unknownKey([...issue.path, key]))
      }
    } else {
      problems.push(problemOf(issue))
    }
  }
  return problems
}

function problemOf(issue: z.core.$ZodIssue): FieldProblem {
  const path = pathOf(issue.path)
  switch (issue.code) {
    case 'custom': {
      // A plain zod refinement has only its message.
      if (issue.params === undefined) return problem(path, 'pattern', issue.message)
      const { rule, limit, actual, says } = issue.params as IssueParams
      return problem(path, rule, says, limit, actual)
    }
    case 'invalid_type': {
      if (issue.input === undefined) return problem(path, 'required', 'is required')
      const wanted = named(issue.expected)
      return problem(
        path,
        'type',
        `must be ${wanted}, got ${named(kindOf(issue.input))}`,
        undefined,
        kindOf(issue.input),
      )
    }
    case 'invalid_value': {
      if (issue.input === undefined) return problem(path, 'required', `is required: ${list(issue.values)}`)
      return notOneOf(path, issue.values, issue.input)
    }
    case 'too_big':
    case 'too_small': {
      const big = issue.code === 'too_big'
      const limit = Number(big ? issue.maximum : issue.minimum)
      const words = big ? 'at most' : 'at least'
      if (issue.origin === 'array') {
        const got = (issue.input as unknown[]).length
        const items = limit === 1 ? 'entry' : 'entries'
        return problem(path, big ? 'maxItems' : 'minItems', `${words} ${limit} ${items}, got ${got}`, limit, got)
      }
      if (typeof issue.input === 'string') {
        const got = codePoints(issue.input)
        return problem(path, big ? 'maxLength' : 'minLength', `${words} ${limit} characters, got ${got}`, limit, got)
      }
      // A hostile object may have a length of its own (`{"length":-1}`) and throw when it is converted to text.
      if (typeof issue.input !== 'number') return problem(path, 'type', `must not be ${named(kindOf(issue.input))}`)
      return problem(path, big ? 'maximum' : 'minimum', `${words} ${limit}, got ${issue.input}`, limit, issue.input)
    }
    default:
      return problem(path, 'pattern', 'is not valid')
  }
}

/** A problem without its absent parts, so that answers stay small. */
export function problem(path: string, rule: Rule, message: string, limit?: number, actual?: unknown): FieldProblem {
  return {
    path,
    rule,
    ...(limit !== undefined && { limit }),
    ...(actual !== undefined && { actual }),
    message,
  }
}

export function unknownKey(path: readonly PropertyKey[]): FieldProblem {
  return problem(pathOf(path), 'unknownKey', 'is not known here: remove it, or check its spelling')
}

export function notOneOf(path: string, allowed: readonly unknown[], got: unknown): FieldProblem {
  const shown = typeof got === 'string' ? shorten(got) : kindOf(got)
  return problem(path, 'enum', `must be ${list(allowed)}, got ${JSON.stringify(shown)}`, undefined, shown)
}

export function pathOf(path: readonly PropertyKey[]): string {
  return path.map((part) => shorten(String(part))).join('.')
}

/** The name of a JSON value's type. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

/** Shortens a customer's text for answers and logs. */
export function shorten(text: string): string {
  return text.length > 64 ? `${text.slice(0, 63).toWellFormed()}…` : text
}

const NAMES: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  null: 'null',
}

export function named(kind: string): string {
  return NAMES[kind] ?? kind
}

function list(values: readonly unknown[]): string {
  const quoted = values.map((value) => JSON.stringify(value))
  return quoted.length === 1 ? String(quoted[0]) : `one of ${quoted.join(', ')}`
}

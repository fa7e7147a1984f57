import { problem, type FieldProblem } from './problem.ts'

/** No real message comes near these limits. They bound the cost of a hostile body. */
export const MOST_VALUES = 20_000
export const MOST_DEPTH = 32

/**
 * Checks a parsed JSON body before any schema: its depth, its number of values, and texts that cannot be stored.
 * Returns the first problem, or undefined.
 */
export function outOfBounds(body: unknown): FieldProblem | undefined {
  return look(body, 0, { left: MOST_VALUES }, [])
}

function look(value: unknown, depth: number, budget: { left: number }, path: PropertyKey[]): FieldProblem | undefined {
  if (--budget.left < 0) return problem('', 'maxItems', `at most ${MOST_VALUES} values in one body`, MOST_VALUES)
  if (typeof value === 'string') return unsound(value) ? textProblem(value, path) : undefined
  if (typeof value !== 'object' || value === null) return undefined
  if (depth >= MOST_DEPTH) {
    return problem(path.slice(0, 8).join('.'), 'maxDepth', `at most ${MOST_DEPTH} levels deep`, MOST_DEPTH)
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      path.push(i)
      const found = look(value[i], depth + 1, budget, path)
      if (found) return found
      path.pop()
    }
    return undefined
  }
  for (const key in value) {
    path.push(key)
    if (unsound(key)) return textProblem(key, path.slice(0, -1))
    const found = look((value as Record<string, unknown>)[key], depth + 1, budget, path)
    if (found) return found
    path.pop()
  }
  return undefined
}

function unsound(text: string): boolean {
  return !text.isWellFormed() || text.includes('\0')
}

/**
 * Half a surrogate pair has no UTF-8 form and would silently become "\uFFFD". Texts that were cut at a UTF-16 length
 * end so. Some databases cannot store NUL in a text.
 */
function textProblem(text: string, path: PropertyKey[]): FieldProblem {
  const says = text.isWellFormed()
    ? 'holds the character U+0000: remove it'
    : 'holds half of a character (a lone surrogate): cut texts between characters'
  return problem(path.join('.').toWellFormed(), 'pattern', says)
}

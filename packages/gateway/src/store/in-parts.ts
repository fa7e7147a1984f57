import type { SqlValue } from './sql.ts'

/** Values of one statement. A fixed number, so that few statements need to be prepared. */
const AT_ONCE = 50

/** `$n, $n+1, …` for the values of one part, as a list for `in (…)`. */
export const places = (first: number): string => Array.from({ length: AT_ONCE }, (_, i) => `$${first + i}`).join(', ')

/** Parts of the same length; the last one is filled with null. */
export function inParts<T extends SqlValue>(values: readonly T[]): (T | null)[][] {
  const parts: (T | null)[][] = []
  for (let i = 0; i < values.length; i += AT_ONCE) {
    const part: (T | null)[] = values.slice(i, i + AT_ONCE)
    while (part.length < AT_ONCE) part.push(null)
    parts.push(part)
  }
  return parts
}

/** Rows with the same key, in the order of their first one. */
export function grouped<T>(rows: readonly T[], keyOf: (row: T) => string): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>()
  for (const row of rows) {
    const key = keyOf(row)
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return [...groups.values()]
}

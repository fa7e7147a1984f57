type Fact = { name: string; value: string }

/** A value of the log, as short as it can be said. */
export const shown = (value: unknown): string =>
  value === null || value === undefined ? '—' : typeof value === 'string' ? value : JSON.stringify(value)

const fields = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

/** What differs: `before → after`, or the value alone when there was none. */
export function changesOf(before: unknown, after: unknown): Fact[] {
  const [old, now] = [fields(before), fields(after)]
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
    .map((name) => ({
      name,
      value: name in old ? `${shown(old[name])} → ${shown(now[name])}` : shown(now[name]),
    }))
}

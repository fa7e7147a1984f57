/**
 * The body of a message during writing: plain JSON, changed by copies. A path joins keys and indices with dots, as in
 * the paths of problems.
 */
export type Json = Record<string, unknown>

export function getAt(value: unknown, path: string): unknown {
  let here = value
  for (const key of path.split('.')) {
    if (typeof here !== 'object' || here === null) return undefined
    here = (here as Json)[key]
  }
  return here
}

/** Returns a copy with `put` at the path. `undefined` removes the key. */
export function setAt<T>(value: T, path: string, put: unknown): T {
  const [key, ...rest] = path.split('.') as [string, ...string[]]
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as Json) }) as Json
  const next = rest.length === 0 ? put : setAt(copy[key] ?? (/^\d+$/.test(rest[0]!) ? [] : {}), rest.join('.'), put)
  if (next === undefined) delete copy[key]
  else copy[key] = next
  return copy as T
}

/** Removes empty optional texts, which are not sent. */
export function withoutEmpty(value: unknown, optional: ReadonlySet<string>, path = ''): unknown {
  if (Array.isArray(value)) return value.map((one, i) => withoutEmpty(one, optional, `${path}.${i}`))
  if (typeof value !== 'object' || value === null) return value
  const kept: Json = {}
  for (const [key, one] of Object.entries(value)) {
    if (one === '' && optional.has(key)) continue
    kept[key] = withoutEmpty(one, optional, `${path}.${key}`)
  }
  return kept
}

/** A URL becomes a link, any other text an id. */
export function mediaFrom(text: string, before: unknown): Json {
  const { link: _link, id: _id, ...rest } = (typeof before === 'object' && before !== null ? before : {}) as Json
  if (text === '') return rest
  return /^\d+$/.test(text) ? { ...rest, id: text } : { ...rest, link: text }
}

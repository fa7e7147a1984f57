import { GraphError, invalid } from './graph-error.ts'

export type Json = Record<string, unknown>

/** Length in code points. Meta does not state its unit. */
export function lengthOf(text: string): number {
  let n = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0xdc00 || unit > 0xdfff) n++
  }
  return n
}

/** A caller's value as text, for an error or a look-up. `String` would throw for `{"toString": 1}`. */
export const wordOf = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Joins a path in Meta's form: `interactive` and `['action']['buttons'][0]`. */
export const at = (path: string, key: string | number): string =>
  path === '' ? String(key) : typeof key === 'number' ? `${path}[${key}]` : `${path}['${key}']`

/** Graph also accepts an object as text that contains its JSON, in forms and in JSON. Decodes the text in place. */
function decoded(parent: Json, key: string): unknown {
  const value = parent[key]
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value
  try {
    return (parent[key] = JSON.parse(value) as unknown)
  } catch {
    return value
  }
}

/**
 * Two checks in one walk. A wrong shape (missing key, wrong type, unknown key) is thrown at once as code 100. A wrong
 * value is kept, and `settle` throws the first one, because Meta checks every shape before any value.
 */
export class Checker {
  #problem: GraphError | undefined

  /** Records a wrong value. Default code: 131009. */
  value(holds: boolean, details: string, code = 131009): void {
    if (!holds) this.#problem ??= new GraphError(code, { details })
  }

  settle(): void {
    if (this.#problem) throw this.#problem
  }

  object(parent: Json, key: string, path: string): Json {
    const value = decoded(parent, key)
    const where = at(path, key)
    if (value === undefined || value === null) throw invalid(`The parameter ${where} is required.`)
    if (!isObject(value)) throw invalid(`Param ${where} must be a JSON object.`)
    return value
  }

  optionalObject(parent: Json, key: string, path: string): Json | undefined {
    return parent[key] === undefined || parent[key] === null ? undefined : this.object(parent, key, path)
  }

  array(parent: Json, key: string, path: string): unknown[] {
    const value = decoded(parent, key)
    const where = at(path, key)
    if (value === undefined || value === null) throw invalid(`The parameter ${where} is required.`)
    if (!Array.isArray(value)) throw invalid(`Param ${where} must be an array.`)
    return value
  }

  /** Returns the items of an array, each an object. */
  objects(parent: Json, key: string, path: string): Json[] {
    return this.array(parent, key, path).map((item, i) => {
      if (!isObject(item)) throw invalid(`Param ${at(at(path, key), i)} must be a JSON object.`)
      return item
    })
  }

  string(parent: Json, key: string, path: string, most = Infinity): string {
    const value = parent[key]
    const where = at(path, key)
    if (value === undefined || value === null || value === '') throw invalid(`The parameter ${where} is required.`)
    if (typeof value !== 'string') throw invalid(`Param ${where} must be a string.`)
    if (value.length > most && lengthOf(value) > most) {
      throw invalid(`Param ${where} must be at most ${most} characters long.`)
    }
    return value
  }

  optionalString(parent: Json, key: string, path: string, most = Infinity): string | undefined {
    return parent[key] === undefined || parent[key] === null ? undefined : this.string(parent, key, path, most)
  }

  optionalBoolean(parent: Json, key: string, path: string): void {
    const value = parent[key]
    if (value !== undefined && value !== null && typeof value !== 'boolean') {
      throw invalid(`Param ${at(path, key)} must be a boolean.`)
    }
  }

  /** Checks that the value is one of the words, in upper or lower case. Returns it in lower case. */
  word(parent: Json, key: string, path: string, words: readonly string[]): string {
    const value = this.string(parent, key, path)
    const lower = value.toLowerCase()
    if (!words.includes(lower)) {
      throw invalid(
        `Param ${at(path, key)} must be one of {${words.map((w) => w.toUpperCase()).join(', ')}} - got "${value}".`,
      )
    }
    return lower
  }

  onlyKeys(value: Json, keys: readonly string[], path: string): void {
    for (const key in value) {
      if (!keys.includes(key)) throw invalid(`Unexpected key "${key}" on param "${path}".`)
    }
  }

  uri(text: string, where: string): void {
    // A link without a protocol, or with a protocol that no phone opens, is refused at once. Whether the link answers
    // is checked later.
    if (!/^https?:\/\/[^\s/?#]+/i.test(text) || /\s/.test(text)) throw invalid(`Param ${where} is not a valid URI.`)
  }
}

import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { GatewayError, validationError } from '../platform/errors.ts'
import { syntaxProblem } from './json-syntax.ts'
import { MOST_PROBLEMS, unknownKey, type FieldProblem } from '../domain/fields/problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** False when an empty body is allowed. */
    needsBody?: boolean
    /** True for an answer that goes on as long as its reader stays: its time says nothing. */
    goesOn?: boolean
  }
}

/**
 * Parses JSON bodies from bytes: a text decoder would turn invalid UTF-8 into `�`, and a message in GBK would be sent
 * garbled.
 */
export function addJsonBodies(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, raw: Buffer) => {
    if (raw.length > 0) return parseJson(raw)
    if (request.routeOptions.config.needsBody === true) throw new GatewayError('bad_json', { problem: 'it is empty' })
    // Many clients set the content type on every call, and some routes have no body.
    return undefined
  })
}

/** The value of a body. Throws a `GatewayError`. */
export function parseJson(raw: Buffer): unknown {
  if (!isUtf8(raw)) throw new GatewayError('bad_encoding', { position: firstWrongByte(raw) })
  const text = raw.toString('utf8')
  const value = parsed(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  // A key may be written with escapes, so the search includes them.
  if (text.includes('__proto__') || text.includes('\\u')) refusePrototypes(value)
  return value
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new GatewayError('bad_json', { problem: syntaxProblem(text, error as Error) }, { cause: error })
  }
}

/**
 * `{"__proto__": …}` is a normal key in JSON and dangerous in programs. Schemas do not see it reliably, so it is
 * refused here by name, like every unknown key.
 */
function refusePrototypes(value: unknown): void {
  const found: FieldProblem[] = []
  const open: { value: unknown; path: readonly PropertyKey[] }[] = [{ value, path: [] }]
  for (let next = open.pop(); next && found.length < MOST_PROBLEMS; next = open.pop()) {
    const { value: part, path } = next
    if (typeof part !== 'object' || part === null) continue
    if (Object.hasOwn(part, '__proto__')) found.push(unknownKey([...path, '__proto__']))
    // A path of ten thousand keys helps no reader, and building it would take quadratic time.
    const isDeep = path.length >= DEEPEST_PATH
    for (const key of Object.keys(part)) {
      if (key === '__proto__') continue
      const child = (part as Record<string, unknown>)[key]
      if (typeof child === 'object' && child !== null) {
        open.push({ value: child, path: isDeep ? path : [...path, Array.isArray(part) ? Number(key) : key] })
      }
    }
  }
  if (found.length > 0) throw validationError(found)
}

const DEEPEST_PATH = 20

/** The position of the first bytes that are not UTF-8. */
function firstWrongByte(raw: Buffer): number {
  let good = 0
  let end = raw.length
  // The longest valid prefix, except for at most three bytes of an incomplete character.
  while (good < end) {
    const middle = (good + end + 1) >> 1
    if (isUtf8Prefix(raw.subarray(0, middle))) good = middle
    else end = middle - 1
  }
  while (good > 0 && !isUtf8(raw.subarray(0, good))) good--
  return good
}

function isUtf8Prefix(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

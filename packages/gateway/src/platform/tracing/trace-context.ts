import { hash, randomFillSync } from 'node:crypto'

/** The place of a span: its trace and its own id, in hexadecimal as W3C Trace Context writes them. */
export type SpanPlace = { traceId: string; spanId: string }

/** The span of a caller, from the header `traceparent`. */
export type Parent = SpanPlace & { sampled: boolean }

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-|$)/
const TRACE_ID = /^[0-9a-f]{32}$/
const NOTHING = /^0+$/
/** A header of a later version may be longer. */
const MOST_CHARACTERS = 512

/** Reads a header `traceparent` (https://www.w3.org/TR/trace-context/). Undefined when it is not one: the trace begins here. */
export function readTraceparent(text: unknown): Parent | undefined {
  if (typeof text !== 'string' || text.length > MOST_CHARACTERS) return undefined
  const [, version, traceId, spanId, flags] = TRACEPARENT.exec(text) ?? []
  if (version === undefined || version === 'ff' || (version === '00' && text.length > WRITTEN_LENGTH)) return undefined
  if (NOTHING.test(traceId!) || NOTHING.test(spanId!)) return undefined
  return { traceId: traceId!, spanId: spanId!, sampled: (Number.parseInt(flags!, 16) & 1) === 1 }
}

/** The header of a sampled span. */
export const writeTraceparent = ({ traceId, spanId }: SpanPlace): string => `00-${traceId}-${spanId}-01`

/** Number of characters of a header of this version. */
export const WRITTEN_LENGTH = 55

/**
 * The place of the first span about a message or an event, from its id. Every node computes the same place, also minutes
 * later, so no store keeps it.
 */
export function placeOf(id: string): SpanPlace {
  const text = hash('sha256', `postern trace ${id}`, 'hex')
  return { traceId: text.slice(0, 32), spanId: text.slice(32, 48) }
}

const pool = Buffer.alloc(2048)
let used = pool.length

export function newSpanId(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += 8
  return pool.toString('hex', used - 8, used)
}

/** The trace that a caller gave, or null when the caller's trace is not sampled. Undefined: there was no caller's trace. */
export type GivenTrace = string | null | undefined

/** Our ids of messages have this length: `msg_` and a ULID. */
const ID_LENGTH = 30
const NOT_SAMPLED = '-'

/**
 * Our reference of a message, as WhatsApp gets it and returns it with every status. A trace that the caller began cannot
 * be computed from the id, so it travels with it.
 */
export const referenceWith = (id: string, trace: GivenTrace): string =>
  trace === undefined ? id : `${id} ${trace ?? NOT_SAMPLED}`

/** What `referenceWith` wrote. Other text is returned as the reference. */
export function readReference(text: string): { reference: string; trace?: string | null } {
  if (text.length <= ID_LENGTH || text[ID_LENGTH] !== ' ') return { reference: text }
  const reference = text.slice(0, ID_LENGTH)
  const rest = text.slice(ID_LENGTH + 1)
  if (rest === NOT_SAMPLED) return { reference, trace: null }
  return TRACE_ID.test(rest) ? { reference, trace: rest } : { reference: text }
}

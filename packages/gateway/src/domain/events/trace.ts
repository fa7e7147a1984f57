import {
  readTraceparent,
  type SpanPlace,
  WRITTEN_LENGTH,
  writeTraceparent,
} from '../../platform/tracing/trace-context.ts'
import type { StatusBody } from './bodies.ts'

/** The key that every body has before its own: the traced place comes right after its value. */
const BEFORE = '"business_phone":"'
const KEY = ',"traceparent":"'
/** Room for our head: Meta's names of fields are at most 100 characters long. */
const HEAD = 400

/** The position after the head of a body, where its trace is written. Undefined for a body without a head. */
function afterHead(body: string): number | undefined {
  const at = body.slice(0, HEAD).indexOf(BEFORE)
  const end = at < 0 ? -1 : body.indexOf('"', at + BEFORE.length)
  return end < 0 || end >= HEAD ? undefined : end + 1
}

/** The body with the span that its delivery continues. */
export function bodyInTrace(body: string, place: SpanPlace): string {
  const at = afterHead(body)
  return at === undefined ? body : `${body.slice(0, at)}${KEY}${writeTraceparent(place)}"${body.slice(at)}`
}

export function statusInTrace(body: StatusBody, place: SpanPlace): StatusBody {
  const text = bodyInTrace(body.text, place)
  return { ...body, text, referenceAt: body.referenceAt + text.length - body.text.length }
}

/** The span that a body's delivery continues. */
export function traceIn(body: string): SpanPlace | undefined {
  const at = afterHead(body)
  if (at === undefined || !body.startsWith(KEY, at)) return undefined
  const from = at + KEY.length
  return readTraceparent(body.slice(from, from + WRITTEN_LENGTH))
}

/** The body as it is without a trace. */
export function withoutTrace(body: string): string {
  const at = afterHead(body)
  if (at === undefined || !body.startsWith(KEY, at)) return body
  return body.slice(0, at) + body.slice(at + KEY.length + WRITTEN_LENGTH + 1)
}

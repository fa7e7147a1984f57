import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Channel } from '../domain/channels/channel.ts'
import type { GatewayError } from '../platform/errors.ts'

/** What a handler gets: everything checked already. */
export type Call<Q, B> = {
  request: FastifyRequest
  reply: FastifyReply
  /** The channel of the certification code; only on customer routes. */
  channel: Channel
  params: Record<string, string>
  query: Q
  body: B
  /** Under an Idempotency-Key: the id that what is made shall have. */
  resourceId?: string
}

/** What became of a thing that a call was to make. */
export type Became =
  | { kind: 'made'; data: unknown }
  /** It was begun, and how it ended is not known. */
  | { kind: 'unknown'; error: GatewayError }
  /** It was tried in vain: it may be made anew, under another id. */
  | { kind: 'not_taken' }
  | { kind: 'nothing' }

/**
 * One route: where it is, who may call it, what it takes and answers. The server and the OpenAPI document are both
 * made from these, so they cannot disagree.
 */
export type Route<Q = unknown, B = unknown> = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `{name}` marks a parameter. */
  path: string
  tag:
    'messages' | 'contacts' | 'templates' | 'media' | 'events' | 'channels' | 'deliveries' | 'broadcasts' | 'overview'
  summary: string
  description?: string
  /** `code`: header certification-code. `admin`: bearer token. */
  auth: 'code' | 'admin'
  query?: z.ZodType<Q>
  /** Checked before the handler runs. */
  body?: z.ZodType<B>
  /** For the document alone, where the handler checks the body by itself. */
  bodyDocument?: z.ZodType
  /** A multipart upload instead of JSON. */
  multipart?: boolean
  /** The shape of `data`, or null where the answer is no envelope (bytes). */
  data: z.ZodType | null
  created?: boolean
  /** Reasons of the catalogue that this route can answer beside the ones that all have. */
  fails?: readonly string[]
  /**
   * For POSTs that make something which must not be made twice: its id is chosen and committed with the
   * Idempotency-Key, so that even after a crash it can be found out what became of it.
   */
  idempotency?: {
    newId: (now: number) => string
    became: (channel: Channel, resourceId: string) => Promise<Became>
  }
  /** The answer's `data`. Undefined when the handler has sent the reply by itself. */
  handle: (call: Call<Q, B>) => Promise<unknown>
}

/** Keeps the types of query and body together while a list holds routes of all kinds. */
export function route<Q = unknown, B = unknown>(spec: Route<Q, B>): Route {
  return spec as unknown as Route
}

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Channel } from '../domain/channels/channel.ts'
import type { GatewayError, Reason } from '../platform/errors.ts'

/** What a handler gets: everything checked already. */
export type Call<Q, B, C = Channel> = {
  request: FastifyRequest
  reply: FastifyReply
  /** The channel of the certification code, or the one that `{channel_id}` of the path names; undefined elsewhere. */
  channel: C
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
  fails?: readonly Reason[]
  /**
   * For POSTs that make something which must not be made twice: its id is chosen and committed with the
   * Idempotency-Key, so that even after a crash it can be found out what became of it.
   */
  idempotency?: {
    newId: (now: number) => string
    became: (channel: Channel, resourceId: string) => Promise<Became>
  }
  /** The answer's `data`. Undefined when the handler has sent the reply by itself. */
  handle: (call: Call<Q, B, Channel | undefined>) => Promise<unknown>
  /** For a route whose `{channel_id}` may name a channel that was deleted: its handler looks for itself. */
  channelMayBeDeleted?: boolean
}

/** How a call to WhatsApp may fail, for `fails`. */
export const UPSTREAM_FAILS = [
  'upstream_refused',
  'upstream_throttled',
  'upstream_unavailable',
] as const satisfies Reason[]

type Auth = Route['auth']

/** What a handler may rely on: customers' routes and admin routes of one channel have a channel, the others have none. */
type ChannelOf<A extends Auth, P extends string, D extends boolean> = A extends 'code'
  ? Channel
  : P extends `${string}{channel_id}${string}`
    ? D extends true
      ? undefined
      : Channel
    : undefined

/** Whether the server has to resolve the `{channel_id}` of the path. */
export const hasChannelInPath = ({ auth, path, channelMayBeDeleted }: Route): boolean =>
  auth === 'admin' && path.includes('{channel_id}') && channelMayBeDeleted !== true

/** Keeps the types of query, body and channel together while a list holds routes of all kinds. */
export function route<
  const A extends Auth,
  const P extends string,
  Q = unknown,
  B = unknown,
  const D extends boolean = false,
>(
  spec: Omit<Route<Q, B>, 'auth' | 'path' | 'channelMayBeDeleted' | 'handle'> & {
    auth: A
    path: P
    channelMayBeDeleted?: D
    handle: (call: Call<Q, B, ChannelOf<A, P, D>>) => Promise<unknown>
  },
): Route {
  return spec as unknown as Route
}

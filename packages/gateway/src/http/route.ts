import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Channel } from '../domain/channels/channel.ts'
import type { Right } from '../domain/people/role.ts'
import type { GatewayError, Reason } from '../platform/errors.ts'
import type { Statement } from '../store/sql.ts'
import type { Audited } from './audit.ts'

/** The parameters of a handler, all checked. */
export type Call<Q, B, C = Channel> = {
  request: FastifyRequest
  reply: FastifyReply
  /** The channel of the certification code, or of `{channel_id}` in the path; undefined for other routes. */
  channel: C
  params: Record<string, string>
  query: Q
  body: B
  /** With an Idempotency-Key: the id of the object to create. */
  resourceId?: string
  /** For admin routes that write their row of the audit log in the transaction of their change. */
  audited: (what: Pick<Audited, 'object' | 'before' | 'after'>) => Statement
}

/** The state of an object that a call was to create. */
export type Became =
  | { kind: 'made'; data: unknown }
  /** It was begun, and its result is not known. */
  | { kind: 'unknown'; error: GatewayError }
  /** It failed: it may be created again, under another id. */
  | { kind: 'not_taken' }
  | { kind: 'nothing' }

/**
 * One route: its path, its callers, its parameters and its answer. The server and the OpenAPI document are both made
 * from it, so they cannot disagree.
 */
export type Route<Q = unknown, B = unknown> = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `{name}` marks a parameter. */
  path: string
  tag:
    | 'messages'
    | 'contacts'
    | 'templates'
    | 'media'
    | 'events'
    | 'channels'
    | 'endpoints'
    | 'deliveries'
    | 'broadcasts'
    | 'calls'
    | 'overview'
    | 'people'
    | 'resources'
  summary: string
  description?: string
  /** `code`: header certification-code. `admin`: bearer token. */
  auth: 'code' | 'admin'
  /** For admin routes: what a role must have to call it. */
  right?: Right | undefined
  /** True for a body that needs the right `administer`, whatever the route needs. */
  administers?: (body: B) => boolean
  /** For GETs: true when the answer has messages or names of contacts. The audit log has a row for each look. */
  readsConversation?: boolean
  query?: z.ZodType<Q>
  /** Checked before the handler runs. */
  body?: z.ZodType<B>
  /** Only for the document, when the handler checks the body itself. */
  bodyDocument?: z.ZodType
  /** A multipart upload instead of JSON. */
  multipart?: boolean
  /** The shape of `data`, or null when the answer is no envelope (bytes). */
  data: z.ZodType | null
  /** Where `data` is null: the content type of a text that goes on and on. */
  streams?: string
  /** Headers that it looks at, and that its answer has, with what they mean. For the document alone. */
  requestHeaders?: Readonly<Record<string, string>>
  answerHeaders?: Readonly<Record<string, string>>
  created?: boolean
  /** For routes that may answer 202: the shape of `data` then, and which data mean it. */
  accepted?: { data: z.ZodType; is: (data: unknown) => boolean }
  /** Reasons of the catalogue that this route can answer, besides those of all routes. */
  fails?: readonly Reason[]
  /**
   * For POSTs that create an object which must not be created twice: its id is chosen and committed with the
   * Idempotency-Key, so that its state can be found even after a crash.
   */
  idempotency?: {
    newId: (now: number) => string
    became: (channel: Channel, resourceId: string) => Promise<Became>
  }
  /** Returns the answer's `data`. Undefined when the handler has sent the reply itself. */
  handle: (call: Call<Q, B, Channel | undefined>) => Promise<unknown>
  /**
   * For a route without a channel in its path or query, when the caller has some channels only. `own`: the handler looks
   * at the caller's channels itself. `none`: it tells nothing of channels. Missing: it is refused.
   */
  channels?: 'own' | 'none'
  /** For a route whose `{channel_id}` may name a deleted channel: its handler finds the channel itself. */
  channelMayBeDeleted?: boolean
}

/** The HTTP status of a success. */
export const statusOf = ({ created, accepted }: Pick<Route, 'created' | 'accepted'>, data: unknown): number =>
  created ? 201 : accepted?.is(data) ? 202 : 200

/** Errors of a call to WhatsApp, for `fails`. */
export const UPSTREAM_FAILS = [
  'upstream_refused',
  'upstream_throttled',
  'upstream_unavailable',
] as const satisfies Reason[]

type Auth = Route['auth']

/** Customers' routes and admin routes of one channel have a channel, the others have none. */
type ChannelOf<A extends Auth, P extends string, D extends boolean> = A extends 'code'
  ? Channel
  : P extends `${string}{channel_id}${string}`
    ? D extends true
      ? undefined
      : Channel
    : undefined

/** Each admin route says what a role needs for it. */
type RightOf<A extends Auth> = [A] extends ['code'] ? { right?: undefined } : { right: Right }

/** True when the server resolves the `{channel_id}` of the path. */
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
  spec: Omit<Route<Q, B>, 'auth' | 'right' | 'path' | 'channelMayBeDeleted' | 'handle'> &
    RightOf<A> & {
      auth: A
      path: P
      channelMayBeDeleted?: D
      handle: (call: Call<Q, B, ChannelOf<A, P, D>>) => Promise<unknown>
    },
): Route {
  return spec as unknown as Route
}

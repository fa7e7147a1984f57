import type { FastifyRequest } from 'fastify'
import type { Clock } from '@postern/runtime/clock'
import { type AuditRow, objectOf, redacted } from '../domain/people/audit.ts'
import type { NOBODY, Principal } from '../domain/people/principal.ts'
import { GatewayError, StoreUnavailable } from '../platform/errors.ts'
import { isRecord } from '../platform/is-record.ts'
import { newId } from '../platform/ids.ts'
import { auditStatement } from '../store/audit-log.ts'
import type { Sql, Statement } from '../store/sql.ts'
import { createRefusals, type Refusals } from './audit-refusals.ts'
import { callerOf } from './caller.ts'
import { operationName } from './operation-names.ts'
import type { Route } from './route.ts'

/** A page asks again every few seconds: for so long, the same look of the same person is one read. */
const ONE_READ_MS = 10 * 60_000
const MOST_READS = 10_000

/** What a row says beside who, when and from where. */
export type Audited = Pick<AuditRow, 'action' | 'kind'> &
  Partial<Pick<AuditRow, 'channelId' | 'object' | 'outcome' | 'before' | 'after'>>

export type Audit = {
  /** The statement that adds a row: for the transaction of the change itself. */
  statement(
    request: FastifyRequest,
    by: Pick<Principal, 'kind' | 'id' | 'name' | 'role'> | typeof NOBODY,
    what: Audited,
  ): Statement
  /** Records that a key reads messages of a channel by a customer's route: one row for a while, whatever it reads. */
  readByKey(request: FastifyRequest, route: Route): Promise<void>
  /** Records a change that was refused with 403. */
  refused: Refusals['refused']
  /** Writes what waits to be written. */
  stop(): Promise<void>
  /** Records one call of an admin route. */
  of(request: FastifyRequest, route: Route, given: Given): Recording
}

type Given = { params: Record<string, string>; query: unknown; body: unknown }

export type Recording = {
  /** For a handler that writes the row itself, with its change. */
  statement(what: Pick<Audited, 'object' | 'before' | 'after'>): Statement
  /** Before the handler runs. `look`: the object as it is now. */
  begin(look: (() => Promise<unknown>) | undefined): Promise<void>
  /** After it: `data` is its answer. */
  done(data: unknown): Promise<void>
  failed(error: unknown): Promise<void>
}

/** The audit log: each change of an admin route, and each read of a conversation. */
export function createAudit({ sql, clock }: { sql: Sql; clock: Clock }): Audit {
  const reads = new Map<string, number>()

  const statement: Audit['statement'] = (request, by, what) => {
    const now = clock.now()
    return auditStatement({
      id: newId('aud', now),
      at: now,
      actorKind: by.kind,
      actorId: by.id,
      actorName: by.name,
      role: by.role,
      channelId: null,
      object: {},
      outcome: 'ok',
      before: null,
      after: null,
      address: callerOf(request),
      requestId: request.id,
      ...what,
    })
  }

  /** True for the first look of a while. */
  function isNewRead(key: string): boolean {
    const now = clock.monotonic()
    if ((reads.get(key) ?? -Infinity) > now - ONE_READ_MS) return false
    reads.delete(key)
    reads.set(key, now)
    if (reads.size > MOST_READS) reads.delete(reads.keys().next().value!)
    return true
  }

  function of(request: FastifyRequest, route: Route, { params, query, body }: Given): Recording {
    const action = operationName(route)
    const isChange = route.method !== 'GET'
    const by = request.principal!
    const named = { ...params, ...(isRecord(query) ? query : {}) }
    const channelId = Number(named.channel_id)
    const shared = { action, channelId: Number.isSafeInteger(channelId) && channelId > 0 ? channelId : null }
    let before: unknown = null
    let isWritten = false

    async function write(what: Partial<Audited>): Promise<void> {
      const row = statement(request, by, { ...shared, kind: 'change', object: objectOf(named, undefined), ...what })
      try {
        await sql.atomically([row])
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || !isChange) throw error
        // The change itself was made, so the caller must not take it for a refusal.
        throw new StoreUnavailable(error.message, { cause: error, outcomeUnknown: true })
      }
    }

    return {
      statement(what) {
        isWritten = true
        return statement(request, by, { ...shared, kind: 'change', object: objectOf(named, what.object), ...what })
      },
      async begin(look) {
        if (!isChange) {
          if (route.readsConversation !== true) return
          const object = objectOf(named, undefined)
          // Further pages of a list are the same look.
          const { last_id: _page, count: _count, ...look } = object
          if (isNewRead(`${by.id} ${callerOf(request)} ${action} ${JSON.stringify(look)}`))
            await write({ kind: 'read', object })
          return
        }
        // A look that fails leaves `before` empty: the change itself answers what is wrong.
        if (look) before = onlyChanged(await look().catch(() => null), route.method === 'DELETE' ? undefined : body)
      },
      async done(data) {
        if (!isChange || isWritten) return
        await write({ object: objectOf(named, data), before: redacted(before), after: afterOf(route, body) })
      },
      async failed(error) {
        const refused = error instanceof GatewayError && error.http < 500
        if (!isChange || isWritten || refused) return
        const outcome = error instanceof GatewayError ? error.reason : 'internal'
        // The store may be what failed: then the caller gets the first error.
        await write({ outcome, after: afterOf(route, body) }).catch(() => undefined)
      },
    }
  }

  async function readByKey(request: FastifyRequest, route: Route): Promise<void> {
    const { principal, channel } = request
    if (principal?.kind !== 'key' || route.readsConversation !== true) return
    const action = operationName(route)
    // Ids and places differ with each call of a program, and its calls are many.
    if (!isNewRead(`${principal.id} ${callerOf(request)} ${action} ${channel?.id}`)) return
    await sql.atomically([statement(request, principal, { action, kind: 'read', channelId: channel?.id ?? null })])
  }

  const { refused, stop } = createRefusals({ sql, clock, statement })
  return { statement, of, readByKey, refused, stop }
}

/** Of what people write to each other the kind and the template are kept. */
function afterOf({ right }: Route, body: unknown): unknown {
  if (right !== 'converse' || !isRecord(body)) return redacted(body)
  const { type, template, marketing } = body
  return redacted({ type, marketing, template_name: isRecord(template) ? template.name : undefined })
}

/** Of the object as it was, the keys that the body changes. */
function onlyChanged(was: unknown, body: unknown): unknown {
  if (!isRecord(was) || !isRecord(body)) return was
  return Object.fromEntries(Object.entries(was).filter(([key]) => key in body))
}

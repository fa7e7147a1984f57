import type { Channel } from '../../domain/channels/channel.ts'
import { timeProblem } from '../../domain/messages/later.ts'
import type { OutgoingMessage } from '../../domain/messages/message.ts'
import { parseMessage } from '../../domain/messages/parse.ts'
import { isRecord } from '../../platform/is-record.ts'
import { GatewayError, validationError } from '../../platform/errors.ts'
import { newMessageId } from '../../platform/ids.ts'
import { findMessage } from '../../store/messages.ts'
import {
  cancelScheduled,
  changeScheduled,
  findScheduled,
  insertScheduled,
  listScheduled,
  type ScheduledRow,
} from '../../store/scheduled.ts'
import type { Store } from '../../store/store.ts'

/** What a caller may change of a scheduled send. */
export type ScheduleChange = {
  sendAt?: number | undefined
  /** Null: it does not expire. */
  expiresAt?: number | null | undefined
  /** The body of another message, without times. */
  message?: unknown
}

/** Accepts sends for later, changes and cancels them. `createScheduler` sends them. */
export type Scheduling = ReturnType<typeof createScheduling>

export function createScheduling(deps: { store: Store; nudge: () => void }) {
  const { store, nudge } = deps
  const { sql } = store

  async function mustFind(channel: Channel, id: string): Promise<ScheduledRow> {
    const row = await findScheduled(sql, channel.id, id)
    if (!row) throw new GatewayError('resource_not_found', { what: 'scheduled message', id: id.slice(0, 100) })
    return row
  }

  function mustBeAhead(sendAt: number, now: number): void {
    const problem = timeProblem(sendAt, now)
    if (problem !== undefined) throw validationError([{ path: 'send_at', rule: 'consistent', message: problem }])
  }

  return {
    find: (channelId: number, id: string) => findScheduled(sql, channelId, id),
    mustFind,
    list: (channelId: number, page: Parameters<typeof listScheduled>[2]) => listScheduled(sql, channelId, page),

    /** Stores a send for later. `id`: of an interrupted request that may have stored it. Returns its reference. */
    async add(
      channel: Channel,
      { message, body, id }: { message: OutgoingMessage; body: unknown; id: string | undefined },
    ): Promise<string> {
      const now = await store.now()
      const sendAt = message.sendAt!
      mustBeAhead(sendAt, now)
      const reference = id ?? newMessageId(now)
      const row = {
        channel_id: channel.id,
        id: reference,
        contact: contactOf(message),
        body: JSON.stringify(withoutTimes(body)),
        send_at: sendAt,
        expires_at: message.expiresAt ?? null,
      }
      await insertScheduled(sql, row, now)
      nudge()
      return reference
    },

    /** Returns the row as it is afterwards. */
    async change(channel: Channel, id: string, change: ScheduleChange): Promise<ScheduledRow> {
      const row = await mustFind(channel, id)
      const now = await store.now()
      const sendAt = change.sendAt ?? Number(row.send_at)
      if (change.sendAt !== undefined) mustBeAhead(sendAt, now)
      const kept = row.expires_at === null ? null : Number(row.expires_at)
      const expiresAt = change.expiresAt === undefined ? kept : change.expiresAt
      if (expiresAt !== null && expiresAt <= sendAt)
        throw validationError([{ path: 'expires_at', rule: 'consistent', message: 'must be later than send_at' }])
      const body = change.message === undefined ? (JSON.parse(row.body) as unknown) : change.message
      const message = mustBeMessage(body)
      const next = {
        channel_id: channel.id,
        id,
        contact: contactOf(message),
        body: JSON.stringify(body),
        send_at: sendAt,
        expires_at: expiresAt,
      }
      if (!(await changeScheduled(sql, next, now))) throw tooLate(await mustFind(channel, id))
      nudge()
      return mustFind(channel, id)
    },

    async cancel(channel: Channel, id: string): Promise<ScheduledRow> {
      if (!(await cancelScheduled(sql, channel.id, id, await store.now()))) throw tooLate(await mustFind(channel, id))
      nudge()
      return mustFind(channel, id)
    },

    /** The row, and what a later status told of a send whose answer was lost. */
    async known(row: ScheduledRow): Promise<ScheduledRow> {
      if (row.state !== 'unknown' || row.message_id === null) return row
      const message = await findMessage(sql, Number(row.channel_id), row.message_id)
      if (!message || message.wamid === null) return row
      return { ...row, state: 'sent', wamid: message.wamid, sent_as: message.type, error: null }
    },
  }
}

/** A message of a change: its times are beside it, and a one-time code is not stored. */
function mustBeMessage(body: unknown): OutgoingMessage {
  const timed = ['send_at', 'expires_at'].filter((key) => isRecord(body) && key in body)
  if (timed.length > 0)
    throw validationError(
      timed.map((key) => ({ path: `message.${key}`, rule: 'unknownKey', message: 'belongs beside the message' })),
    )
  // With a time, so that the rules for messages that are stored apply.
  const parsed = parseMessage(isRecord(body) ? { ...body, send_at: 0 } : body)
  if (parsed.ok) return parsed.message
  throw validationError(parsed.problems.map((problem) => ({ ...problem, path: `message.${problem.path}` })))
}

const contactOf = ({ groupId, to, recipient }: OutgoingMessage): string => groupId ?? to ?? recipient!

function withoutTimes(body: unknown): unknown {
  const { send_at: _sendAt, expires_at: _expiresAt, ...rest } = body as Record<string, unknown>
  return rest
}

const tooLate = ({ id, state }: ScheduledRow): GatewayError =>
  new GatewayError('conflict', { problem: `The message ${id} is ${state}: only a scheduled one can be changed.` })

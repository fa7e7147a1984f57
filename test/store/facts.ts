import type { StatusBody } from '../../packages/gateway/src/domain/events/bodies.ts'
import { newMessageId } from '../../packages/gateway/src/platform/ids.ts'
import type { Statement } from '../../packages/gateway/src/store/sql.ts'
import type {
  AttemptRecord,
  LeasedLane,
  LeaseOffer,
  MessageFact,
  NewMessage,
  Notice,
  ContactIdentity,
  StatusFact,
  Store,
} from '../../packages/gateway/src/store/store.ts'
import { CHANNEL, OTHER } from './engines.ts'

let serial = 0

export const phone = (n: number): string => `1555${String(n).padStart(7, '0')}`

/** A message of a contact. */
export function inbound(contact: ContactIdentity, more: Partial<MessageFact> = {}): MessageFact {
  const n = ++serial
  return {
    kind: 'message',
    channelId: CHANNEL,
    contact,
    wamid: `wamid.in.${n}`,
    type: 'text',
    at: Date.UTC(2026, 8, 1) + n,
    content: `{"text":{"body":"${n}"}}`,
    body: `{"event":"new_message","n":${n}}`,
    opensWindow: true,
    ...more,
  }
}

export function status(
  word: StatusFact['status'],
  message: { wamid: string; reference?: string },
  contact: ContactIdentity,
  more: Partial<StatusFact> = {},
): StatusFact {
  return {
    kind: 'status',
    channelId: CHANNEL,
    contact,
    ...message,
    status: word,
    at: Date.UTC(2026, 8, 1) + ++serial,
    error: word === 'failed' ? '{"code":131026}' : null,
    body: bodyOf({ status: word, wamid: message.wamid }),
    ...more,
  }
}

/** The body of a status, as the receiver makes it. */
export function bodyOf(first: Record<string, unknown>): StatusBody {
  const text = JSON.stringify(first)
  return { text, referenceAt: text.length - 1 }
}

export function notice(key: string, more: Partial<Notice> = {}): Notice {
  return {
    kind: 'notice',
    channelId: CHANNEL,
    event: 'template_status_update',
    key,
    at: Date.UTC(2026, 8, 1),
    body: JSON.stringify({ key }),
    ...more,
  }
}

export function draft(contact: ContactIdentity, more: Partial<NewMessage> = {}): NewMessage {
  return {
    channelId: CHANNEL,
    id: newMessageId(),
    contact,
    type: 'text',
    recipient: contact.phone ?? contact.userId ?? '',
    content: '{"type":"text"}',
    createdAt: Date.UTC(2026, 8, 1),
    ...more,
  }
}

/** Begins a message of ours, and settles it as accepted by Meta. */
export async function sent(store: Store, contact: ContactIdentity, more: Partial<NewMessage> = {}) {
  const message = draft(contact, more)
  const wamid = `wamid.out.${++serial}`
  await store.beginMessage(message)
  await store.settleMessage({
    channelId: message.channelId,
    id: message.id,
    at: message.createdAt + 1,
    status: 'accepted',
    wamid,
  })
  return { id: message.id, wamid, reference: message.id }
}

export const LEASE_MS = 60_000

/** Takes every lane of the tests' endpoints, or at most `lanes`. */
export function offerOf(holder: string, lanes = 1_000_000): LeaseOffer {
  return { holder, leaseMs: LEASE_MS, capacities: [CHANNEL, OTHER].map((endpointId) => [endpointId, lanes] as const) }
}

/** An attempt at the first event of a lane, as the deliverer would record it. */
export function attemptAt(
  lane: LeasedLane,
  holder: string,
  now: number,
  outcome: AttemptRecord['outcome'],
  more: Partial<AttemptRecord> = {},
): AttemptRecord {
  const event = lane.events[0]!
  return {
    endpointId: lane.endpointId,
    channelId: lane.channelId,
    contactId: lane.contactId,
    seq: event.seq,
    number: event.attempts + 1,
    holder,
    at: now,
    outcome,
    status: outcome === 'delivered' ? 200 : 500,
    ms: 12,
    answer: 'ok',
    more: false,
    leaseMs: LEASE_MS,
    ...more,
  }
}

/** Statements that store an event of the past, with any end of its delivery. */
export function storedEvent(
  seq: number,
  { state, at, contactId = 1 }: { state: 'pending' | 'delivered' | 'dead' | 'none'; at: number; contactId?: number },
): Statement[] {
  const statements: Statement[] = [
    {
      sql: `insert into events (seq, channel_id, contact_id, kind, body, created_at) values ($1, $2, $3, 'new_message', '{}', $4)`,
      params: [seq, CHANNEL, contactId, at],
    },
    {
      sql: `insert into lanes (endpoint_id, contact_id, channel_id, cursor) values ($1, $2, $1, $3)
            on conflict (endpoint_id, contact_id) do update set cursor = excluded.cursor`,
      params: [CHANNEL, contactId, seq],
    },
  ]
  if (state === 'dead')
    statements.push({
      sql: `insert into dead_events (endpoint_id, seq, channel_id, contact_id, attempts, at) values ($1, $2, $1, $3, 9, $4)`,
      params: [CHANNEL, seq, contactId, at],
    })
  if (state === 'pending')
    statements.push(
      {
        sql: `insert into owed_events (endpoint_id, seq, contact_id, attempts, since) values ($1, $2, $3, 0, $4)`,
        params: [CHANNEL, seq, contactId, at],
      },
      {
        sql: 'update lanes set due_at = $3, waiting_since = $3 where endpoint_id = $1 and contact_id = $2',
        params: [CHANNEL, contactId, at],
      },
    )
  return statements
}

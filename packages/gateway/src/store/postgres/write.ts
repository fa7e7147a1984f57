import { slotBit } from '../../domain/channels/endpoint.ts'
import type { Contact } from '../core/rows.ts'
import type { Changes } from '../core/working-set.ts'
import { JOIN_CONVERSATIONS } from '../conversations.ts'
import { columns } from './columns.ts'
import { LANE_KEY, LANE_STATE, PRICES, TIMES } from './fields.ts'
import { withoutContents } from './without-contents.ts'
import type { Ask } from './round-trip.ts'

// One statement for each kind of change, its rows as columns. A batch sends only the statements of its changes.

const MAKE_CONTACTS = `insert into contacts (id, channel_id, phone, user_id, name, last_inbound_at, merged_into, created_at,
    parent_user_id, username, state, idle_at, waiting_since)
  select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
    $9::text[], $10::text[], $11::text[], $12::bigint[], $13::bigint[])`
// An unchanged column is null. '' clears a name: no name is empty. 0 clears a time.
const CHANGE_CONTACTS = `update contacts c set phone = nullif(coalesce(x.phone, c.phone), ''),
    user_id = nullif(coalesce(x.user_id, c.user_id), ''), name = nullif(coalesce(x.name, c.name), ''),
    last_inbound_at = greatest(c.last_inbound_at, x.last_inbound_at), merged_into = coalesce(x.merged_into, c.merged_into),
    parent_user_id = coalesce(x.parent_user_id, c.parent_user_id), username = coalesce(x.username, c.username),
    state = coalesce(x.state, c.state), idle_at = nullif(coalesce(x.idle_at, c.idle_at), 0),
    waiting_since = nullif(coalesce(x.waiting_since, c.waiting_since), 0)
  from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::text[],
      $10::bigint[], $11::bigint[])
    as x (id, phone, user_id, name, last_inbound_at, merged_into, parent_user_id, username, state, idle_at, waiting_since)
  where c.id = x.id`
const SET_KEYS = `insert into contact_keys as k (channel_id, key, contact_id)
  select * from unnest($1::bigint[], $2::text[], $3::bigint[])
  on conflict (channel_id, key) do update set contact_id = excluded.contact_id`
const MAKE_KEYS = `insert into contact_keys (channel_id, key, contact_id)
  select * from unnest($1::bigint[], $2::text[], $3::bigint[])`
// The contact of a send is found without a lock, so another node may be merging it. Then the message finds no contact
// here, the statement is refused, and the batch is decided again. The lock makes a later merge wait until the message
// is stored.
const MAKE_MESSAGES = `insert into messages (channel_id, id, contact_id, direction, type, status, wamid, recipient, content,
    error, created_at, accepted_at, sent_at, delivered_at, read_at, played_at, failed_at, pricing,
    conversation, origin, changes)
  select x.channel_id, x.id,
    (select c.id from contacts c where c.id = x.contact_id and c.merged_into is null for share),
    x.direction, x.type, x.status, x.wamid, x.recipient, x.content, x.error, x.created_at, x.accepted_at, x.sent_at,
    x.delivered_at, x.read_at, x.played_at, x.failed_at, x.pricing, x.conversation, x.origin, x.changes
  from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[],
    $17::bigint[], $18::text[], $19::text[], $20::text[], $21::text[])
    as x (channel_id, id, contact_id, direction, type, status, wamid, recipient, content, error, created_at, accepted_at,
      sent_at, delivered_at, read_at, played_at, failed_at, pricing, conversation, origin, changes)`
const CHANGE_MESSAGES = `update messages m set status = x.status, wamid = x.wamid, error = x.error,
    accepted_at = x.accepted_at, sent_at = x.sent_at, delivered_at = x.delivered_at, read_at = x.read_at,
    played_at = x.played_at, failed_at = x.failed_at, contact_id = x.contact_id,
    pricing = x.pricing, conversation = x.conversation
  from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
      $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::text[], $14::text[])
    as x (channel_id, id, status, wamid, error, accepted_at, sent_at, delivered_at, read_at, played_at, failed_at,
      contact_id, pricing, conversation)
  where m.channel_id = x.channel_id and m.id = x.id`
const DROP_MESSAGES = `delete from messages m using unnest($1::bigint[], $2::text[]) as x (channel_id, id)
  where m.channel_id = x.channel_id and m.id = x.id`
const MOVE_MESSAGES = 'update messages set contact_id = $3 where channel_id = $1 and contact_id = $2'
const DROP_CONVERSATION = 'delete from conversations where channel_id = $1 and contact_id = $2'
const MAKE_SEEN = `insert into seen (channel_id, key, at) select * from unnest($1::bigint[], $2::text[], $3::bigint[])`

// The feed shows no event above the place where the oldest unfinished batch began: a lock that ends with the batch
// contains the end of the order before it took places. The number begins with a prefix that nothing else here locks.
const MARK_FEED = `select pg_advisory_xact_lock_shared(5787125521171087360 | last_value) from events_seq_seq`
// A body that quotes the message of the same batch is sent without the quote, in two parts: the message is here
// already.
const MAKE_EVENTS = `insert into events (channel_id, contact_id, kind, message_id, body, created_at, audience)
  select x.channel_id, x.contact_id, x.kind, x.message_id,
    case when x.rest is null then x.body else x.body ||
      (select m.content from messages m where m.channel_id = x.channel_id and m.id = x.message_id) || x.rest end, x.created_at,
    x.audience
  from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[])
    as x (channel_id, contact_id, kind, message_id, body, rest, created_at, audience)
  returning seq`

// A contact that the batch knows only from its message is not locked, so another node may be merging it. Then it has no
// channel here, the statement is refused, and the batch is decided again. 0 is the channel itself.
const MAKE_LANES = `insert into lanes (endpoint_id, contact_id, channel_id, cursor, due_at, holder, attempts, waiting_since)
  select x.endpoint_id, x.contact_id,
    case when x.contact_id = 0 then x.channel_id else
      (select c.channel_id from contacts c where c.id = x.contact_id and c.merged_into is null for share) end,
    x.cursor, x.due_at, x.holder, x.attempts, x.waiting_since
  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[], $8::bigint[])
    as x (endpoint_id, contact_id, channel_id, cursor, due_at, holder, attempts, waiting_since)`
const CHANGE_LANES = `update lanes l set cursor = x.cursor, due_at = x.due_at, holder = x.holder, attempts = x.attempts,
    waiting_since = x.waiting_since
  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[])
    as x (endpoint_id, contact_id, cursor, due_at, holder, attempts, waiting_since)
  where l.endpoint_id = x.endpoint_id and l.contact_id = x.contact_id`
const DROP_LANES = `delete from lanes l using unnest($1::bigint[], $2::bigint[]) as x (endpoint_id, contact_id)
  where l.endpoint_id = x.endpoint_id and l.contact_id = x.contact_id`

const MOVE_OWED = 'update owed_events set contact_id = $3 where endpoint_id = $1 and contact_id = $2'
const OWE_REST = `insert into owed_events (endpoint_id, seq, contact_id, attempts, since)
  select $1::bigint, seq, $4::bigint, 0, created_at from events
  where channel_id = $2 and contact_id = $3 and seq + 0 > $5 and (audience & $6::bigint) <> 0`
const OWE = `insert into owed_events (endpoint_id, seq, contact_id, attempts, since)
  select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])`
const CHANGE_OWED = `update owed_events o set attempts = x.attempts
  from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as x (endpoint_id, seq, attempts)
  where o.endpoint_id = x.endpoint_id and o.seq = x.seq`
const DROP_OWED = `delete from owed_events o using unnest($1::bigint[], $2::bigint[]) as x (endpoint_id, seq)
  where o.endpoint_id = x.endpoint_id and o.seq = x.seq`
const MAKE_DEAD = `insert into dead_events (endpoint_id, seq, channel_id, contact_id, attempts, at)
  select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])`
const DROP_DEAD = `delete from dead_events d using unnest($1::bigint[], $2::bigint[]) as x (endpoint_id, seq)
  where d.endpoint_id = x.endpoint_id and d.seq = x.seq`
// Not for an event that was erased meanwhile: the answer may quote it.
const MAKE_ATTEMPTS = `insert into attempts (endpoint_id, channel_id, seq, number, at, outcome, status, ms, answer)
  select a.* from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[],
    $8::bigint[], $9::text[]) as a (endpoint_id, channel_id, seq, number, at, outcome, status, ms, answer)
  where exists (select 1 from events e where e.seq = a.seq)`
// Each node counts in a row of its own, otherwise every commit would wait for all others.
const COUNT = `insert into delivery_counts as d (endpoint_id, shard, pending, dead)
  select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
  on conflict (endpoint_id, shard) do update set pending = d.pending + excluded.pending, dead = d.dead + excluded.dead`

const SUM_COSTS = `insert into cost_sums as s (channel_id, day, country, category, type, shard, messages)
  select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])
  on conflict (channel_id, day, country, category, type, shard) do update set messages = s.messages + excluded.messages`

/**
 * Sends all changes of a batch. The answers come with the commit that follows. Each new event gets its place in the
 * stored order when its statement is answered.
 */
export function write(ask: Ask, changes: Changes, at: number, shard: number): Promise<unknown>[] {
  const sending = new Sending(ask)
  writeContacts(sending, changes, at)
  writeMessages(sending, changes)
  writeLanes(sending, changes)
  writeEvents(sending, changes)
  writeOwedAndDead(sending, changes)
  writeAttempts(sending, changes, shard)
  return sending.sent
}

/** The statements of one batch, in order. */
class Sending {
  readonly sent: Promise<unknown>[] = []
  readonly #ask: Ask

  constructor(ask: Ask) {
    this.#ask = ask
  }

  query<T>(name: string, text: string, values: unknown[]): Promise<T[]> {
    const answer = this.#ask<T>(name, text, values)
    this.sent.push(answer)
    return answer
  }

  /** One statement for all rows, if there are any. */
  put<T>(
    name: string,
    text: string,
    rows: readonly T[],
    ...fields: ((row: T) => string | number | null | undefined)[]
  ): void {
    if (rows.length > 0) void this.query(name, text, columns(rows, ...fields))
  }
}

function writeContacts(sending: Sending, changes: Changes, at: number): void {
  sending.put(
    'make_contacts',
    MAKE_CONTACTS,
    changes.contactsMade,
    (c) => c.id,
    (c) => c.channelId,
    (c) => c.phone,
    (c) => c.userId,
    (c) => c.name,
    (c) => c.lastInboundAt,
    (c) => c.mergedInto,
    () => at,
    (c) => c.parentId,
    (c) => c.username,
    (c) => c.state,
    (c) => c.idleAt,
    (c) => c.waitingSince,
  )
  sending.put(
    'change_contacts',
    CHANGE_CONTACTS,
    changes.contactsChanged,
    (c) => c.now.id,
    changed('phone'),
    changed('userId'),
    changed('name'),
    (c) => c.now.lastInboundAt,
    (c) => c.now.mergedInto,
    changed('parentId'),
    changed('username'),
    changed('state'),
    ({ before, now }) => (now.idleAt === before.idleAt ? null : (now.idleAt ?? 0)),
    ({ before, now }) => (now.waitingSince === before.waitingSince ? null : (now.waitingSince ?? 0)),
  )
  // A key without an owner is inserted as such: when another node was faster, the batch is decided again.
  sending.put(
    'make_keys',
    MAKE_KEYS,
    changes.keysSet.filter((k) => k.isNew),
    (k) => k.channelId,
    (k) => k.key,
    (k) => k.contactId,
  )
  sending.put(
    'set_keys',
    SET_KEYS,
    changes.keysSet.filter((k) => !k.isNew),
    (k) => k.channelId,
    (k) => k.key,
    (k) => k.contactId,
  )
}

function writeMessages(sending: Sending, changes: Changes): void {
  sending.put(
    'drop_messages',
    DROP_MESSAGES,
    changes.messagesGone,
    (m) => m.channelId,
    (m) => m.id,
  )
  for (const { channelId, from, into } of changes.messagesMoved) {
    void sending.query('move_messages', MOVE_MESSAGES, [channelId, from, into])
    void sending.query('join_conversations', JOIN_CONVERSATIONS, [channelId, from, into])
    void sending.query('drop_conversation', DROP_CONVERSATION, [channelId, from])
  }
  sending.put(
    'make_messages',
    MAKE_MESSAGES,
    changes.messagesMade,
    (m) => m.channelId,
    (m) => m.id,
    (m) => m.contactId,
    (m) => m.direction,
    (m) => m.type,
    (m) => m.status,
    (m) => m.wamid,
    (m) => m.recipient,
    (m) => m.content,
    (m) => m.error,
    (m) => m.createdAt,
    ...TIMES,
    ...PRICES,
    (m) => m.origin,
    (m) => m.changes,
  )
  sending.put(
    'change_messages',
    CHANGE_MESSAGES,
    changes.messagesChanged,
    (m) => m.channelId,
    (m) => m.id,
    (m) => m.status,
    (m) => m.wamid,
    (m) => m.error,
    ...TIMES,
    (m) => m.contactId,
    ...PRICES,
  )
  sending.put(
    'make_seen',
    MAKE_SEEN,
    changes.seenMade,
    (s) => s.channelId,
    (s) => s.key,
    (s) => s.at,
  )
}

function writeLanes(sending: Sending, changes: Changes): void {
  // Before this batch's own events are stored: those already belong to the remaining contact.
  for (const { endpointId, slot, channelId, from, into, after } of changes.oweRest) {
    void sending.query('move_owed', MOVE_OWED, [endpointId, from, into])
    void sending.query('owe_rest', OWE_REST, [endpointId, channelId, from, into, after, slotBit(slot)])
  }
  sending.put(
    'drop_lanes',
    DROP_LANES,
    changes.lanesGone,
    (l) => l.endpointId,
    (l) => l.contactId,
  )
  // Before the events: a lane that another node has just created is a reason to decide again, and its lock orders
  // places.
  sending.put('make_lanes', MAKE_LANES, changes.lanesMade, ...LANE_KEY, (l) => l.channelId, ...LANE_STATE)
  sending.put('change_lanes', CHANGE_LANES, changes.lanesChanged, ...LANE_KEY, ...LANE_STATE)
}

function writeEvents(sending: Sending, changes: Changes): void {
  if (changes.eventsMade.length === 0) return
  void sending.query('mark_feed', MARK_FEED, [])
  const values = columns(
    withoutContents(changes),
    ({ made }) => made.channelId,
    ({ made }) => made.contactId,
    ({ made }) => made.kind,
    ({ made }) => made.messageId,
    ({ body }) => body,
    ({ rest }) => rest,
    ({ made }) => made.event.since,
    ({ made }) => made.audience,
  )
  const places = sending.query<{ seq: number }>('make_events', MAKE_EVENTS, values)
  sending.sent.push(places.then((rows) => rows.forEach(({ seq }, i) => (changes.eventsMade[i]!.event.seq = seq))))
}

function writeOwedAndDead(sending: Sending, changes: Changes): void {
  sending.put(
    'drop_owed',
    DROP_OWED,
    changes.owedGone,
    (o) => o.endpointId,
    (o) => o.seq,
  )
  sending.put(
    'owe',
    OWE,
    changes.owedMade,
    (o) => o.endpointId,
    (o) => o.event.seq,
    (o) => o.contactId,
    (o) => o.event.attempts,
    (o) => o.event.since,
  )
  sending.put(
    'change_owed',
    CHANGE_OWED,
    changes.owedChanged,
    (o) => o.endpointId,
    (o) => o.event.seq,
    (o) => o.event.attempts,
  )
  sending.put(
    'drop_dead',
    DROP_DEAD,
    changes.deadGone,
    (d) => d.endpointId,
    (d) => d.seq,
  )
  sending.put(
    'make_dead',
    MAKE_DEAD,
    changes.deadMade,
    (d) => d.endpointId,
    (d) => d.seq,
    (d) => d.channelId,
    (d) => d.contactId,
    (d) => d.attempts,
    (d) => d.at,
  )
}

function writeAttempts(sending: Sending, changes: Changes, shard: number): void {
  sending.put(
    'make_attempts',
    MAKE_ATTEMPTS,
    changes.attempts,
    (a) => a.endpointId,
    (a) => a.channelId,
    (a) => a.seq,
    (a) => a.number,
    (a) => a.at,
    (a) => a.outcome,
    (a) => a.status,
    (a) => a.ms,
    (a) => a.answer,
  )
  sending.put(
    'count',
    COUNT,
    changes.counts,
    (c) => c.endpointId,
    () => shard,
    (c) => c.pending,
    (c) => c.dead,
  )
  sending.put(
    'sum_costs',
    SUM_COSTS,
    changes.costs,
    (c) => c.channelId,
    (c) => c.day,
    (c) => c.country,
    (c) => c.category,
    (c) => c.type,
    () => shard,
    (c) => c.messages,
  )
}

function changed(field: 'phone' | 'userId' | 'name' | 'parentId' | 'username' | 'state') {
  return ({ before, now }: { before: Contact; now: Contact }): string | null =>
    now[field] === before[field] ? null : (now[field] ?? '')
}

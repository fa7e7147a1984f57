import { slotBit } from '../../domain/channels/endpoint.ts'
import type { Message } from '../core/rows.ts'
import type { Changes } from '../core/working-set.ts'
import { JOIN_CONVERSATIONS } from '../conversations.ts'
import type { Database } from './database.ts'

// One statement for each kind of change. A batch runs only the statements of its changes.

const MAKE_CONTACT = `insert into contacts (id, channel_id, phone, user_id, name, last_inbound_at, merged_into, created_at,
    parent_user_id, username, state, idle_at, waiting_since)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
const CHANGE_CONTACT = `update contacts set phone = $2, user_id = $3, name = $4, last_inbound_at = $5, merged_into = $6,
    parent_user_id = $7, username = $8, state = $9
  where id = $1`
// Their indexes would be written again with every other change.
const CHANGE_IDLE = 'update contacts set idle_at = $2 where id = $1'
const CHANGE_WAITING = 'update contacts set waiting_since = $2 where id = $1'
const SET_KEY = `insert into contact_keys (channel_id, key, contact_id) values ($1, $2, $3)
  on conflict (channel_id, key) do update set contact_id = excluded.contact_id`
const MAKE_MESSAGE = `insert into messages (channel_id, id, contact_id, direction, type, status, wamid, recipient, content,
    error, created_at, accepted_at, sent_at, delivered_at, read_at, played_at, failed_at, pricing,
    conversation, origin, changes)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`
const CHANGE_MESSAGE = `update messages set status = $3, error = $4, accepted_at = $5, sent_at = $6, delivered_at = $7,
    read_at = $8, played_at = $9, failed_at = $10, pricing = $11, conversation = $12
  where channel_id = $1 and id = $2`
// A column that is named here has its indexes written again, whether it changes or not.
const RENAME_MESSAGE = 'update messages set wamid = $3, contact_id = $4 where channel_id = $1 and id = $2'
const DROP_MESSAGE = 'delete from messages where channel_id = $1 and id = $2'
const MOVE_MESSAGES = 'update messages set contact_id = $3 where channel_id = $1 and contact_id = $2'
const DROP_CONVERSATION = 'delete from conversations where channel_id = $1 and contact_id = $2'
const MAKE_SEEN = 'insert into seen (channel_id, key, at) values ($1, $2, $3)'
const MAKE_EVENT = `insert into events (channel_id, contact_id, kind, message_id, body, created_at, audience)
  values ($1, $2, $3, $4, $5, $6, $7)`
const MAKE_LANE = `insert into lanes (endpoint_id, contact_id, channel_id, cursor, due_at, holder, attempts, waiting_since)
  values ($1, $2, $3, $4, $5, $6, $7, $8)`
const CHANGE_LANE = `update lanes set cursor = $3, due_at = $4, holder = $5, attempts = $6, waiting_since = $7
  where endpoint_id = $1 and contact_id = $2`
const DROP_LANE = 'delete from lanes where endpoint_id = $1 and contact_id = $2'
const OWE_REST = `insert into owed_events (endpoint_id, seq, contact_id, attempts, since)
  select $1, seq, $4, 0, created_at from events where channel_id = $2 and contact_id = $3 and seq > $5
    and audience & $6 <> 0`
// See OWED_TO in load.ts.
const MOVE_OWED = `update owed_events indexed by owed_events_lane set contact_id = $3
  where endpoint_id = $1 and contact_id = $2`
const OWE = 'insert into owed_events (endpoint_id, seq, contact_id, attempts, since) values ($1, $2, $3, $4, $5)'
const CHANGE_OWED = 'update owed_events set attempts = $3 where endpoint_id = $1 and seq = $2'
const DROP_OWED = 'delete from owed_events where endpoint_id = $1 and seq = $2'
const MAKE_DEAD = `insert into dead_events (endpoint_id, seq, channel_id, contact_id, attempts, at)
  values ($1, $2, $3, $4, $5, $6)`
const DROP_DEAD = 'delete from dead_events where endpoint_id = $1 and seq = $2'
// Not for an event that was erased meanwhile: the answer may quote it.
const MAKE_ATTEMPT = `insert into attempts (endpoint_id, channel_id, seq, number, at, outcome, status, ms, answer)
  select $1, $2, $3, $4, $5, $6, $7, $8, $9 where exists (select 1 from events where seq = $3)`
const COUNT = `insert into delivery_counts (endpoint_id, shard, pending, dead) values ($1, 0, $2, $3)
  on conflict (endpoint_id, shard) do update set pending = pending + excluded.pending, dead = dead + excluded.dead`

const SUM_COST = `insert into cost_sums (channel_id, day, country, category, type, shard, messages)
  values ($1, $2, $3, $4, $5, 0, $6)
  on conflict (channel_id, day, country, category, type, shard) do update set messages = messages + excluded.messages`

/**
 * Stores the changes of a batch, within the caller's transaction. Gives each new event its place in the stored order.
 */
export function write(db: Database, changes: Changes, at: number): void {
  for (const c of changes.contactsMade)
    db.run(MAKE_CONTACT, [
      ...[c.id, c.channelId, c.phone, c.userId, c.name, c.lastInboundAt, c.mergedInto, at],
      ...[c.parentId, c.username, c.state, c.idleAt, c.waitingSince],
    ])
  for (const { before, now: c } of changes.contactsChanged) {
    if (c.idleAt !== before.idleAt) db.run(CHANGE_IDLE, [c.id, c.idleAt])
    if (c.waitingSince !== before.waitingSince) db.run(CHANGE_WAITING, [c.id, c.waitingSince])
    db.run(CHANGE_CONTACT, [
      ...[c.id, c.phone, c.userId, c.name, c.lastInboundAt, c.mergedInto],
      ...[c.parentId, c.username, c.state],
    ])
  }
  for (const { channelId, key, contactId } of changes.keysSet) db.run(SET_KEY, [channelId, key, contactId])

  for (const { channelId, id } of changes.messagesGone) db.run(DROP_MESSAGE, [channelId, id])
  for (const { channelId, from, into } of changes.messagesMoved) {
    db.run(MOVE_MESSAGES, [channelId, from, into])
    db.run(JOIN_CONVERSATIONS, [channelId, from, into])
    db.run(DROP_CONVERSATION, [channelId, from])
  }
  for (const m of changes.messagesMade)
    db.run(MAKE_MESSAGE, [
      ...[m.channelId, m.id, m.contactId, m.direction, m.type, m.status, m.wamid, m.recipient, m.content, m.error],
      ...[m.createdAt, m.acceptedAt, m.sentAt, m.deliveredAt, m.readAt, m.playedAt, m.failedAt],
      ...[m.pricing, m.conversation, m.origin, m.changes],
    ])
  for (const m of changes.messagesChanged) {
    const { channelId, id, status, error, pricing, conversation } = m
    db.run(CHANGE_MESSAGE, [channelId, id, status, error, ...timesOf(m), pricing, conversation])
    if (changes.messagesRenamed.has(m)) db.run(RENAME_MESSAGE, [channelId, id, m.wamid, m.contactId])
  }
  for (const { channelId, key, at } of changes.seenMade) db.run(MAKE_SEEN, [channelId, key, at])

  // Before this batch's own events are stored: those already belong to the remaining contact.
  for (const { endpointId, slot, channelId, from, into, after } of changes.oweRest) {
    db.run(MOVE_OWED, [endpointId, from, into])
    db.run(OWE_REST, [endpointId, channelId, from, into, after, slotBit(slot)])
  }
  for (const { channelId, contactId, kind, messageId, audience, event } of changes.eventsMade)
    event.seq = db.insert(MAKE_EVENT, [channelId, contactId, kind, messageId, event.body, event.since, audience])

  for (const { endpointId, contactId } of changes.lanesGone) db.run(DROP_LANE, [endpointId, contactId])
  for (const l of changes.lanesMade)
    db.run(MAKE_LANE, [l.endpointId, l.contactId, l.channelId, l.cursor, l.dueAt, l.holder, l.attempts, l.waitingSince])
  for (const l of changes.lanesChanged)
    db.run(CHANGE_LANE, [l.endpointId, l.contactId, l.cursor, l.dueAt, l.holder, l.attempts, l.waitingSince])

  for (const { endpointId, seq } of changes.owedGone) db.run(DROP_OWED, [endpointId, seq])
  for (const { endpointId, contactId, event } of changes.owedMade)
    db.run(OWE, [endpointId, event.seq, contactId, event.attempts, event.since])
  for (const { endpointId, event } of changes.owedChanged) db.run(CHANGE_OWED, [endpointId, event.seq, event.attempts])
  for (const { endpointId, seq } of changes.deadGone) db.run(DROP_DEAD, [endpointId, seq])
  for (const d of changes.deadMade) db.run(MAKE_DEAD, [d.endpointId, d.seq, d.channelId, d.contactId, d.attempts, d.at])
  for (const a of changes.attempts)
    db.run(MAKE_ATTEMPT, [a.endpointId, a.channelId, a.seq, a.number, a.at, a.outcome, a.status, a.ms, a.answer])
  for (const { endpointId, pending, dead } of changes.counts) db.run(COUNT, [endpointId, pending, dead])
  for (const c of changes.costs) db.run(SUM_COST, [c.channelId, c.day, c.country, c.category, c.type, c.messages])
}

const timesOf = (m: Message): (number | null)[] => [
  m.acceptedAt,
  m.sentAt,
  m.deliveredAt,
  m.readAt,
  m.playedAt,
  m.failedAt,
]

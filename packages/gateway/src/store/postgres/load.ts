import type { Keys } from '../core/keys.ts'
import type { StoredEndpoint } from '../core/endpoints.ts'
import type { Contact, Lane, Message } from '../core/rows.ts'
import { EVENTS_IN_HAND, type Snapshot } from '../core/working-set.ts'
import { columns } from './columns.ts'
import type { Ask } from './round-trip.ts'
import { snapshotOf } from './snapshot.ts'

const MOST = EVENTS_IN_HAND + 1

// Every node locks rows in the same order: contacts, messages, lanes, each by its key. Lanes are locked before the
// events of the batch get their places, so that places follow commits.
//
// No order is by a bare indexed column ("id + 0" instead): a plan made while the table is small would walk the whole
// index in that order rather than sort.

const CONTACT = `c.id, c.channel_id as "channelId", c.phone, c.user_id as "userId", c.name,
  c.last_inbound_at as "lastInboundAt", c.merged_into as "mergedInto", c.parent_user_id as "parentId", c.username,
  c.state, c.idle_at as "idleAt", c.waiting_since as "waitingSince"`

const NAMED = `select a.key, ${CONTACT} from unnest($1::bigint[], $2::text[]) as a (channel_id, key)
  join contact_keys k on k.channel_id = a.channel_id and k.key = a.key
  join contacts c on c.id = k.contact_id order by c.id + 0`
const NAMED_LOCKED = `${NAMED} for no key update of c`

const WHOLE = `select k.key, ${CONTACT} from unnest($1::bigint[], $2::bigint[]) as a (channel_id, id)
  join contacts c on c.id = a.id
  left join contact_keys k on k.contact_id = a.id
  order by c.id + 0 for no key update of c`

// $1, $2: channel and our id; $3, $4: channel and wamid.
const MESSAGES = `select m.channel_id as "channelId", m.id, m.contact_id as "contactId", m.direction, m.type, m.status,
    m.wamid, m.recipient, m.error, m.accepted_at as "acceptedAt", m.sent_at as "sentAt", m.delivered_at as "deliveredAt",
    m.read_at as "readAt", m.played_at as "playedAt", m.failed_at as "failedAt", m.pricing, m.conversation,
    case when substr(m.content, 1, 17) = '{"callback_data":' then m.content end as "callbackContent",
    m.origin
  from (
    select a.channel_id, a.id from unnest($1::bigint[], $2::text[]) as a (channel_id, id)
    union
    select m.channel_id, m.id from unnest($3::bigint[], $4::text[]) as a (channel_id, wamid)
    join messages m on m.channel_id = a.channel_id and m.wamid = a.wamid
  ) a
  join messages m on m.channel_id = a.channel_id and m.id = a.id
  order by m.channel_id + 0, m.id for no key update of m`

// After the lanes were locked: a later event of one of them has a place after "newest".
const ENDPOINTS = `select id, channel_id as "channelId", begins_after as "beginsAfter", slot, format, filter,
    case when filter is not null or format <> 'postern' then (select last_value - (not is_called)::int from events_seq_seq) end as newest
  from endpoints where channel_id = any ($1::bigint[])`

const LANE = `l.endpoint_id as "endpointId", l.channel_id as "channelId", l.contact_id as "contactId", l.cursor,
  l.due_at as "dueAt", l.holder, l.attempts, l.waiting_since as "waitingSince"`

// The lanes of contacts by a name ($1, $2), by one of our ids ($3, $4), by a wamid ($5, $6), or by contact id ($7, $8),
// and lanes by their key ($9, $10).
const LANES = `select ${LANE}
  from (
    select e.id as endpoint_id, w.contact_id
    from (
      select k.channel_id, k.contact_id from unnest($1::bigint[], $2::text[]) as a (channel_id, key)
      join contact_keys k on k.channel_id = a.channel_id and k.key = a.key
      union
      select m.channel_id, m.contact_id from unnest($3::bigint[], $4::text[]) as a (channel_id, id)
      join messages m on m.channel_id = a.channel_id and m.id = a.id
      union
      select m.channel_id, m.contact_id from unnest($5::bigint[], $6::text[]) as a (channel_id, wamid)
      join messages m on m.channel_id = a.channel_id and m.wamid = a.wamid
      union
      select a.channel_id, a.id from unnest($7::bigint[], $8::bigint[]) as a (channel_id, id)
    ) w
    join endpoints e on e.channel_id = w.channel_id
    union
    select a.endpoint_id, a.contact_id from unnest($9::bigint[], $10::bigint[]) as a (endpoint_id, contact_id)
  ) a
  join lanes l on l.endpoint_id = a.endpoint_id and l.contact_id = a.contact_id
  order by l.endpoint_id + 0, l.contact_id + 0 for no key update of l`

// The expression keeps the planner from walking the stored order of a whole channel; events_lane is an index on it. The
// bare column excludes the partitions of months before the cursor.
const NEXT_EVENTS = `select e.seq, e.body, e.created_at from events e
  where e.channel_id = l.channel_id and e.contact_id = l.contact_id
    and e.seq + 0 > greatest(l.cursor, a.after) and e.seq > greatest(l.cursor, a.after)
    and (e.audience & (1::bigint << n.slot::int)) <> 0
  order by e.seq + 0 limit ${MOST}`
const AHEAD = `select l.endpoint_id as "endpointId", l.contact_id as "contactId", e.seq, e.body, e.created_at as since
  from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as a (endpoint_id, contact_id, after)
  join lanes l on l.endpoint_id = a.endpoint_id and l.contact_id = a.contact_id
  join endpoints n on n.id = l.endpoint_id
  cross join lateral (${NEXT_EVENTS}) e`

const OWED = `o.endpoint_id as "endpointId", o.contact_id as "contactId", o.seq, o.attempts, o.since`
// Owed to lanes ($1, $2), at most as many as a holder gets at once, and owed by place ($3, $4).
const OWED_EVENTS = `select o.*, e.body
  from (
    select n.* from unnest($1::bigint[], $2::bigint[]) as a (endpoint_id, contact_id)
    cross join lateral (
      select ${OWED} from owed_events o
      where o.endpoint_id = a.endpoint_id and o.contact_id = a.contact_id order by o.seq limit ${MOST}
    ) n
    union
    select ${OWED} from unnest($3::bigint[], $4::bigint[]) as a (endpoint_id, seq)
    join owed_events o on o.endpoint_id = a.endpoint_id and o.seq = a.seq
  ) o
  join events e on e.seq = o.seq`
const LOCK_OWED = `select o.seq from unnest($1::bigint[], $2::bigint[]) as a (endpoint_id, seq)
  join owed_events o on o.endpoint_id = a.endpoint_id and o.seq = a.seq
  order by o.endpoint_id + 0, o.seq + 0 for update of o`

// Results of a statement that a later one of the same round trip needs: stored for the rest of the transaction, under
// the endpoint ($1). A later statement has a later snapshot, so it sees everything that was committed before the rows
// were locked.
const noting = (what: string, id: string): string =>
  `set_config('postern.${what}_' || $1::bigint, coalesce(current_setting('postern.${what}_' || $1::bigint, true), '') || ${id} || ',', true)`
const noted = (what: string): string =>
  `string_to_array(rtrim(current_setting('postern.${what}_' || $1::bigint, true), ','), ',')::bigint[]`

// The time is read once, in a query of its own: the index walk can then end at the first lane that is not due yet.
const CLAIM = `select c.*, ${noting('claimed', 'c."contactId"')} as noted from (
    select ${LANE} from lanes l
    where l.endpoint_id = $1::bigint and l.due_at is not null
      and l.due_at <= (select coalesce($2::bigint, (extract(epoch from clock_timestamp()) * 1000)::bigint))
    order by l.due_at limit $3 for no key update of l skip locked
  ) c`
const CLAIMED_EVENTS = `select l.endpoint_id as "endpointId", l.contact_id as "contactId", e.seq, e.body, e.created_at as since
  from lanes l join endpoints n on n.id = l.endpoint_id
  cross join lateral (${NEXT_EVENTS.replaceAll('greatest(l.cursor, a.after)', 'l.cursor')}) e
  where l.endpoint_id = $1::bigint and l.contact_id = any (${noted('claimed')})`
const CLAIMED_OWED = `select o.*, e.body from unnest(${noted('claimed')}) as a (contact_id)
  cross join lateral (
    select ${OWED} from owed_events o
    where o.endpoint_id = $1::bigint and o.contact_id = a.contact_id order by o.seq limit ${MOST}
  ) o
  join events e on e.seq = o.seq`

const SEEN = `select s.channel_id as "channelId", s.key from unnest($1::bigint[], $2::text[]) as a (channel_id, key)
  join seen s on s.channel_id = a.channel_id and s.key = a.key`

const REPLAYED = `select r.*, ${noting('replayed', 'r."contactId"')} as noted from (
  select e.seq, e.body, e.audience, e.created_at as since, e.contact_id as "storedFor", c.id as "contactId",
    (select d.seq from dead_events d where d.endpoint_id = $1::bigint and d.seq = e.seq) is not null as dead
  from unnest($2::bigint[]) as a (seq) join events e on e.seq = a.seq
  cross join lateral (
    with recursive joined (id, merged_into) as (
      select e.contact_id, (select merged_into from contacts where id = e.contact_id)
      union all
      select j.merged_into, c.merged_into from joined j join contacts c on c.id = j.merged_into
    )
    select id from joined where merged_into is null limit 1
  ) c
  order by e.seq + 0
  ) r`
const REPLAYED_LANES = `select ${LANE} from (select distinct unnest(${noted('replayed')}) as contact_id) a
  join lanes l on l.endpoint_id = $1::bigint and l.contact_id = a.contact_id
  order by l.contact_id + 0 for no key update of l`

const NEW_CONTACTS = `select nextval('contacts_id_seq') as id from generate_series(1, $1::int)`

export type EventRow = { endpointId: number; contactId: number; seq: number; body: string; since: number }
type OwedRow = EventRow & { attempts: number }
type ReplayedRow = {
  seq: number
  body: string
  audience: number
  since: number
  storedFor: number
  contactId: number
  dead: boolean
}

const channelOf = (row: { channelId: number }) => row.channelId
const none: Promise<readonly never[]> = Promise.resolve(Object.freeze([]))

/**
 * Loads everything that a batch asked for, in one round trip. `stock` has unused contact ids, taken from the sequence
 * in advance.
 */
export async function load(
  ask: Ask,
  asked: Keys,
  now: (() => number) | undefined,
  stock: number[],
): Promise<Omit<Snapshot, 'now'>> {
  const groups = groupsOf(asked)
  const found = await settled({
    ...readRows(ask, groups, asked.newContacts - stock.length),
    ...readLanes(ask, asked, groups),
    ...readClaims(ask, asked, now),
    ...readOwedAndSeen(ask, asked, groups),
  })
  stock.push(...found.stock.map((row) => row.id))
  return snapshotOf(asked, found, groups.withNext, stock)
}

/** The asked keys, grouped by the statements that read them. */
function groupsOf(asked: Keys) {
  const names = [...asked.names.values()]
  const plain = names.filter((name) => !name.lanes)
  const locked = names.filter((name) => name.lanes)
  const messages = [...asked.messages.values()]
  const wamids = [...asked.wamids.values()]
  const whole = [...asked.contacts.values()].filter((contact) => contact.whole)
  const toLanes = {
    messages: messages.filter((one) => one.lanes),
    wamids: wamids.filter((one) => one.lanes),
    contacts: [...asked.contacts.values()],
    lanes: [...asked.lanes.values()],
  }
  const withNext = toLanes.lanes.filter((lane) => lane.after !== null)
  const places = [
    ...asked.owed.values(),
    ...asked.replays.flatMap(({ endpointId, seqs }) => seqs.map((seq) => ({ endpointId, seq }))),
  ]
  return { plain, locked, messages, wamids, whole, toLanes, withNext, places }
}
export type Groups = ReturnType<typeof groupsOf>

function readRows(ask: Ask, { plain, locked, whole, messages, wamids }: Groups, missing: number) {
  return {
    stock: missing > 0 ? ask<{ id: number }>('new_contacts', NEW_CONTACTS, [missing + 64]) : none,
    plain: plain.length > 0 ? named(ask, 'named', NAMED, plain) : none,
    locked: locked.length > 0 ? named(ask, 'named_locked', NAMED_LOCKED, locked) : none,
    whole:
      whole.length > 0
        ? ask<Contact & { key: string | null }>(
            'whole',
            WHOLE,
            columns(whole, channelOf, (c) => c.id),
          )
        : none,
    messages:
      messages.length + wamids.length > 0
        ? ask<Message>('messages', MESSAGES, [
            ...columns(messages, channelOf, (m) => m.id),
            ...columns(wamids, channelOf, (m) => m.wamid),
          ])
        : none,
  }
}

function readLanes(ask: Ask, asked: Keys, { locked, toLanes }: Groups) {
  return {
    lanes:
      locked.length + toLanes.messages.length + toLanes.wamids.length + toLanes.contacts.length + toLanes.lanes.length >
      0
        ? ask<Lane>('lanes', LANES, [
            ...columns(locked, channelOf, (one) => one.key),
            ...columns(toLanes.messages, channelOf, (one) => one.id),
            ...columns(toLanes.wamids, channelOf, (one) => one.wamid),
            ...columns(toLanes.contacts, channelOf, (one) => one.id),
            ...columns(
              toLanes.lanes,
              (one) => one.endpointId,
              (one) => one.contactId,
            ),
          ])
        : none,
    endpoints:
      asked.channels.size > 0
        ? ask<StoredEndpoint>(
            'endpoints',
            ENDPOINTS,
            columns(asked.channels, (channelId) => channelId),
          )
        : none,
  }
}

function readClaims(ask: Ask, asked: Keys, now: (() => number) | undefined) {
  const claiming = [...new Set(asked.claims.map(({ endpointId }) => endpointId))]
  const replaying = [...new Set(asked.replays.map(({ endpointId }) => endpointId))]
  return {
    claimed: Promise.all(
      asked.claims.map(({ endpointId, limit }) =>
        ask<Lane & { noted: string }>('claim', CLAIM, [endpointId, now?.() ?? null, limit]),
      ),
    ),
    claimedEvents: Promise.all(claiming.map((id) => ask<EventRow>('claimed_events', CLAIMED_EVENTS, [id]))),
    claimedOwed: Promise.all(claiming.map((id) => ask<OwedRow>('claimed_owed', CLAIMED_OWED, [id]))),
    replayed: Promise.all(
      asked.replays.map(({ endpointId, seqs }) =>
        ask<ReplayedRow>('replayed', REPLAYED, [endpointId, ...columns(seqs, (seq) => seq)]),
      ),
    ),
    replayedLanes: Promise.all(replaying.map((id) => ask<Lane>('replayed_lanes', REPLAYED_LANES, [id]))),
  }
}

function readOwedAndSeen(ask: Ask, asked: Keys, { withNext, places }: Groups) {
  return {
    lockOwed:
      asked.owed.size > 0
        ? ask(
            'lock_owed',
            LOCK_OWED,
            columns(
              asked.owed.values(),
              (one) => one.endpointId,
              (one) => one.seq,
            ),
          )
        : none,
    owed:
      places.length + withNext.length > 0
        ? ask<OwedRow>('owed', OWED_EVENTS, [
            ...columns(
              withNext,
              (one) => one.endpointId,
              (one) => one.contactId,
            ),
            ...columns(
              places,
              (one) => one.endpointId,
              (one) => one.seq,
            ),
          ])
        : none,
    ahead:
      withNext.length > 0
        ? ask<EventRow>(
            'ahead',
            AHEAD,
            columns(
              withNext,
              (one) => one.endpointId,
              (one) => one.contactId,
              (one) => one.after,
            ),
          )
        : none,
    seen:
      asked.seen.size > 0
        ? ask<{ channelId: number; key: string }>(
            'seen',
            SEEN,
            columns(asked.seen.values(), channelOf, (one) => one.key),
          )
        : none,
  }
}

export type Found = {
  [K in keyof Reading]: Awaited<Reading[K]>
}
type Reading = ReturnType<typeof readRows> &
  ReturnType<typeof readLanes> &
  ReturnType<typeof readClaims> &
  ReturnType<typeof readOwedAndSeen>

function named(ask: Ask, name: string, text: string, names: readonly { channelId: number; key: string }[]) {
  return ask<Contact & { key: string }>(
    name,
    text,
    columns(names, channelOf, (one) => one.key),
  )
}

/** Waits for all of them even when one fails, so that no rejection is unhandled. Then throws the first failure. */
async function settled<T extends Record<string, Promise<unknown>> | Promise<unknown>[]>(
  promises: T,
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  const all = await Promise.allSettled(Object.values(promises))
  const failed = all.find((one) => one.status === 'rejected')
  if (failed) throw failed.reason
  return Object.fromEntries(
    Object.keys(promises).map((name, i) => [name, (all[i] as PromiseFulfilledResult<unknown>).value]),
  ) as { [K in keyof T]: Awaited<T[K]> }
}

import { slotBit } from '../../domain/channels/endpoint.ts'
import { endpointOf, type StoredEndpoint } from '../core/endpoints.ts'
import type { Keys } from '../core/keys.ts'
import type { Replayed } from '../core/lanes.ts'
import type { Contact, ContactKey, EndpointRow, Lane, Message, Owed } from '../core/rows.ts'
import { EVENTS_IN_HAND, type Snapshot } from '../core/working-set.ts'
import type { PendingEvent } from '../store.ts'
import type { SqlValue } from '../sql.ts'
import type { Database } from './database.ts'

// Rows are values in the order of these columns: see `contactOf`, `messageOf` and `laneOf`.
const CONTACT = `c.id, c.channel_id, c.phone, c.user_id, c.name, c.last_inbound_at, c.merged_into, c.parent_user_id,
  c.username, c.state, c.idle_at, c.waiting_since`
const NAMED = `select ${CONTACT} from contact_keys k join contacts c on c.id = k.contact_id
  where k.channel_id = $1 and k.key = $2`
const CONTACT_BY_ID = `select ${CONTACT} from contacts c where c.id = $1 and c.channel_id = $2`
const NAMES_OF = 'select key from contact_keys where channel_id = $1 and contact_id = $2'

const MESSAGE = `channel_id, id, contact_id, direction, type, status, wamid, recipient, error,
  accepted_at, sent_at, delivered_at, read_at, played_at, failed_at, pricing, conversation,
  case when substr(content, 1, 17) = '{"callback_data":' then content end, origin`
const MESSAGE_BY_ID = `select ${MESSAGE} from messages where channel_id = $1 and id = $2`
const MESSAGE_BY_WAMID = `select ${MESSAGE} from messages where channel_id = $1 and wamid = $2`

// After ANALYZE of a few channels SQLite would read all of them.
const ENDPOINTS = `select id, channel_id as channelId, begins_after as beginsAfter, slot, format, filter,
    case when filter is not null or format <> 'postern' then (select seq from sqlite_sequence where name = 'events') end as newest
  from endpoints indexed by endpoints_slot where channel_id = $1`
const SLOT = 'select slot from endpoints where id = $1'

const LANE = `select endpoint_id, channel_id, contact_id, cursor, due_at, holder, attempts, waiting_since from lanes
  where endpoint_id = $1 and contact_id = $2`
const DUE = `select contact_id as contactId from lanes
  where endpoint_id = $1 and due_at is not null and due_at <= $2 order by due_at limit $3`
const AHEAD = `select seq, body, created_at from events
  where channel_id = $1 and contact_id = $2 and seq > $3 and audience & $4 <> 0 order by seq limit ${EVENTS_IN_HAND + 1}`

const OWED = 'select o.contact_id as contactId, o.seq, o.attempts, o.since, e.body'
const EVENT = 'join events e on e.seq = o.seq'
// After ANALYZE of an empty table SQLite would use the key, and read everything that is owed to the endpoint.
const OWED_TO = `${OWED} from owed_events o indexed by owed_events_lane ${EVENT}
  where o.endpoint_id = $1 and o.contact_id = $2 order by o.seq limit ${EVENTS_IN_HAND + 1}`
const OWED_EVENT = `${OWED} from owed_events o ${EVENT} where o.endpoint_id = $1 and o.seq = $2`
const SEEN = 'select 1 from seen where channel_id = $1 and key = $2'
const REPLAYED = `select e.contact_id as contactId, e.seq, e.body, e.audience, e.created_at as since,
    exists (select 1 from dead_events d where d.endpoint_id = $2 and d.seq = e.seq) as dead
  from events e where e.seq = $1`

type OwedRow = { contactId: number; seq: number; attempts: number; since: number; body: string }

/**
 * Loads everything that a batch asked for. `contactIds` are unused contact ids. `owes` is false while nothing is owed
 * to any lane, which saves the query.
 */
export function load(
  db: Database,
  asked: Keys,
  now: number,
  { contactIds, owes }: { contactIds: readonly number[]; owes: boolean },
): Snapshot {
  const contacts = new Map<number, Contact>()
  const keys: ContactKey[] = []
  const messages = new Map<string, Message>()
  const endpoints = new Map<number, EndpointRow[]>()
  const lanes = new Map<string, Lane>()
  const owed = new Map<string, Owed>()
  const ahead: { endpointId: number; contactId: number; events: PendingEvent[] }[] = []

  const endpointsOf = (channelId: number): EndpointRow[] => {
    let rows = endpoints.get(channelId)
    if (!rows) endpoints.set(channelId, (rows = db.all<StoredEndpoint>(ENDPOINTS, [channelId]).map(endpointOf)))
    return rows
  }
  const lane = (endpointId: number, contactId: number): Lane | undefined => {
    const place = `${endpointId} ${contactId}`
    const known = lanes.get(place)
    if (known) return known
    const row = db.row(LANE, [endpointId, contactId])
    if (!row) return undefined
    const found = laneOf(row)
    lanes.set(place, found)
    return found
  }
  const lanesOf = (channelId: number, contactId: number): void => {
    for (const endpoint of endpointsOf(channelId)) lane(endpoint.id, contactId)
  }
  const owe = (endpointId: number, { contactId, attempts, seq, since, body }: OwedRow): void => {
    owed.set(`${endpointId} ${seq}`, { endpointId, contactId, attempts, event: { seq, body, attempts, since } })
  }
  const contactById = (channelId: number, id: number): void => {
    if (contacts.has(id)) return
    const row = db.row(CONTACT_BY_ID, [id, channelId])
    if (row) contacts.set(id, contactOf(row))
  }
  const bits = new Map<number, number>()
  /** None for an endpoint that is gone. */
  const bitOf = (endpointId: number): number => {
    let bit = bits.get(endpointId)
    if (bit === undefined) {
      const slot = db.row(SLOT, [endpointId])?.[0] as number | undefined
      bits.set(endpointId, (bit = slot === undefined ? 0 : slotBit(slot)))
    }
    return bit
  }
  const nextOf = (row: Lane, after: number): void => {
    const { endpointId, channelId, contactId, cursor } = row
    ahead.push({
      endpointId,
      contactId,
      events: db.rows(AHEAD, [channelId, contactId, Math.max(cursor, after), bitOf(endpointId)]).map(eventOf),
    })
    if (owes) for (const one of db.all<OwedRow>(OWED_TO, [endpointId, contactId])) owe(endpointId, one)
  }

  for (const channelId of asked.channels) endpointsOf(channelId)
  for (const { channelId, key, lanes: withLanes } of asked.names.values()) {
    const row = db.row(NAMED, [channelId, key])
    if (!row) continue
    const contact = contactOf(row)
    if (!contacts.has(contact.id)) contacts.set(contact.id, contact)
    keys.push({ channelId, key, contactId: contact.id })
    if (withLanes) lanesOf(channelId, contact.id)
  }
  const found = (row: SqlValue[] | undefined, withLanes: boolean): void => {
    if (!row) return
    const message = messageOf(row)
    const { channelId, id, contactId } = message
    const place = `${channelId} ${id}`
    if (!messages.has(place)) messages.set(place, message)
    if (!withLanes) return
    contactById(channelId, contactId)
    lanesOf(channelId, contactId)
  }
  for (const { channelId, id, lanes: withLanes } of asked.messages.values())
    found(db.row(MESSAGE_BY_ID, [channelId, id]), withLanes)
  for (const { channelId, wamid, lanes: withLanes } of asked.wamids.values())
    found(db.row(MESSAGE_BY_WAMID, [channelId, wamid]), withLanes)
  for (const { channelId, id, whole } of asked.contacts.values()) {
    lanesOf(channelId, id)
    if (!whole) continue
    contactById(channelId, id)
    for (const { key } of db.all<{ key: string }>(NAMES_OF, [channelId, id]))
      keys.push({ channelId, key, contactId: id })
  }
  for (const { endpointId, contactId, after } of asked.lanes.values()) {
    const row = lane(endpointId, contactId)
    if (row && after !== null) nextOf(row, after)
  }
  for (const { endpointId, seq } of owes ? asked.owed.values() : []) {
    const row = db.get<OwedRow>(OWED_EVENT, [endpointId, seq])
    if (row) owe(endpointId, row)
  }
  const claimed = new Map(
    asked.claims.map((claim) => {
      const { endpointId, limit } = claim
      const due = db.all<{ contactId: number }>(DUE, [endpointId, now, limit])
      for (const { contactId } of due) nextOf(lane(endpointId, contactId)!, 0)
      return [claim, due.map(({ contactId }) => ({ endpointId, contactId }))]
    }),
  )
  const replayed = new Map(
    asked.replays.map((asking) => {
      const { endpointId, seqs } = asking
      const events: Replayed[] = []
      for (const seq of seqs) {
        const row = db.get<OwedRow & { dead: number; audience: number }>(REPLAYED, [seq, endpointId])
        if (!row) continue
        const { dead, since, body, audience } = row
        const contactId = joinedInto(db, row.contactId)
        lane(endpointId, contactId)
        const waiting = db.get<OwedRow>(OWED_EVENT, [endpointId, seq])
        if (waiting) owe(endpointId, waiting)
        const moved = contactId !== row.contactId
        events.push({ contactId, moved, dead: dead !== 0, audience, event: { seq, body, attempts: 0, since } })
      }
      return [asking, events]
    }),
  )
  const seen = [...asked.seen.values()].filter(({ channelId, key }) => db.get(SEEN, [channelId, key]) !== undefined)

  return {
    asked,
    now,
    contactIds,
    contacts: [...contacts.values()],
    keys,
    messages: [...messages.values()],
    endpoints: [...endpoints.values()].flat(),
    lanes: [...lanes.values()],
    owed: [...owed.values()],
    ahead,
    claimed,
    seen,
    replayed,
  }
}

/** The contact that remains after any number of merges. */
function joinedInto(db: Database, contactId: number): number {
  let id = contactId
  for (;;) {
    const into = db.get<{ into: number | null }>('select merged_into as "into" from contacts where id = $1', [id])?.into
    if (into === null || into === undefined) return id
    id = into
  }
}

const contactOf = (row: SqlValue[]): Contact => ({
  id: row[0] as number,
  channelId: row[1] as number,
  phone: row[2] as string | null,
  userId: row[3] as string | null,
  name: row[4] as string | null,
  lastInboundAt: row[5] as number | null,
  mergedInto: row[6] as number | null,
  parentId: row[7] as string | null,
  username: row[8] as string | null,
  state: row[9] as string | null,
  idleAt: row[10] as number | null,
  waitingSince: row[11] as number | null,
})

const messageOf = (row: SqlValue[]): Message => ({
  channelId: row[0] as number,
  id: row[1] as string,
  contactId: row[2] as number,
  direction: row[3] as Message['direction'],
  type: row[4] as string,
  status: row[5] as Message['status'],
  wamid: row[6] as string | null,
  recipient: row[7] as string | null,
  error: row[8] as string | null,
  acceptedAt: row[9] as number | null,
  sentAt: row[10] as number | null,
  deliveredAt: row[11] as number | null,
  readAt: row[12] as number | null,
  playedAt: row[13] as number | null,
  failedAt: row[14] as number | null,
  pricing: row[15] as string | null,
  conversation: row[16] as string | null,
  callbackContent: row[17] as string | null,
  origin: row[18] as Message['origin'],
})

const laneOf = (row: SqlValue[]): Lane => ({
  endpointId: row[0] as number,
  channelId: row[1] as number,
  contactId: row[2] as number,
  cursor: row[3] as number,
  dueAt: row[4] as number | null,
  holder: row[5] as string | null,
  attempts: row[6] as number,
  waitingSince: row[7] as number | null,
})

const eventOf = (row: SqlValue[]): PendingEvent => ({
  seq: row[0] as number,
  body: row[1] as string,
  attempts: 0,
  since: row[2] as number,
})

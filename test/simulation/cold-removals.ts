import type { SqlValue } from '../../packages/gateway/src/store/sql.ts'
import { type Known, reading, writing } from './cold-statement.ts'
import type { StoredEvent, StoredMessage, Tables } from './memory.ts'

// What erasures and retention remove. `$1` is the channel.

const ids = (params: readonly SqlValue[]): Set<number> => new Set(params.slice(1).map(Number))
const texts = (params: readonly SqlValue[]): Set<string> => new Set(params.slice(1).map(String))

const messagesOfContacts = (t: Tables, contacts: Iterable<number>): StoredMessage[] =>
  [...contacts].flatMap((id) => [...(t.messagesOf.get(id) ?? [])])

const eventsOf = (t: Tables, channelId: SqlValue, contactId: SqlValue): StoredEvent[] =>
  t.eventsOf.get(`${String(channelId)} ${String(contactId)}`) ?? []

function dropMessages(t: Tables, rows: readonly StoredMessage[]): number {
  for (const row of rows) t.dropMessage(row)
  return rows.length
}

function dropEvents(t: Tables, rows: readonly StoredEvent[]): number {
  for (const row of rows) t.dropEvent(row)
  return rows.length
}

/** The events that a condition of `uncount` names, by place or by contact. */
function namedEvents(t: Tables, params: readonly SqlValue[], sql: string): StoredEvent[] {
  const named = ids(params)
  if (sql.includes('e.contact_id in')) return [...named].flatMap((id) => [...eventsOf(t, params[0]!, id)])
  return [...named].map((seq) => t.events.get(seq)).filter((event) => event !== undefined)
}

function dropWhere<V>(map: Map<string, V>, is: (row: V) => boolean): number {
  let gone = 0
  for (const [key, row] of map)
    if (is(row)) {
      map.delete(key)
      gone++
    }
  return gone
}

/** A statement of an erasure's end, which does nothing where a contact was joined to these meanwhile or one of these was. */
const ending = (remove: (t: Tables, contacts: ReadonlySet<number>, channelId: SqlValue) => number) =>
  writing((t, params, sql) => {
    const contacts = ids(params)
    if (!sql.includes('not exists')) throw new Error(`this is to be asked of contacts that are whole: ${sql}`)
    return isWhole(t, contacts) ? remove(t, contacts, params[0]!) : 0
  })

function isWhole(t: Tables, contacts: ReadonlySet<number>): boolean {
  for (const { id, mergedInto } of t.contacts.values())
    if (mergedInto !== null && contacts.has(id) !== contacts.has(mergedInto)) return false
  return true
}

const seqsOf = (t: Tables, contacts: ReadonlySet<number>, channelId: SqlValue): Set<number> =>
  new Set([...contacts].flatMap((id) => eventsOf(t, channelId, id)).map((event) => event.seq))

function dropAttempts(t: Tables, seqs: ReadonlySet<number>): number {
  const kept = t.attempts.filter((row) => !seqs.has(row.seq))
  return t.attempts.splice(0, t.attempts.length, ...kept).length - kept.length
}

function dropOwed(t: Tables, seqs: ReadonlySet<number>): number {
  const rows = [...t.owed.values()].filter((row) => seqs.has(row.seq))
  for (const row of rows) t.dropOwed(row.endpointId, row.seq)
  return rows.length
}

const ERASURES: Known[] = [
  [
    'select c.id, c.last_inbound_at, c.state from contact_keys k join contacts c',
    reading((t, [channelId, ...keys]) =>
      [...new Set(keys)].flatMap((key) => {
        const row = t.contacts.get(t.keys.get(`${String(channelId)} ${String(key)}`)?.contactId ?? 0)
        return row ? [{ id: row.id, last_inbound_at: row.lastInboundAt, state: row.state }] : []
      }),
    ),
  ],
  [
    'select distinct contact_id from contact_keys where channel_id = $1 and key >=',
    reading((t, [channelId]) => {
      const ofGroups = [...t.keys.values()].filter((row) => row.channelId === channelId && row.key.startsWith('g:'))
      return [...new Set(ofGroups.map((row) => row.contactId))].map((contact_id) => ({ contact_id }))
    }),
  ],
  [
    'select id from contacts where channel_id = $1 and merged_into = $2',
    reading((t, [channelId, into]) =>
      [...t.contacts.values()]
        .filter((row) => row.channelId === channelId && row.mergedInto === into)
        .map(({ id }) => ({ id })),
    ),
  ],
  [
    'select key from contact_keys where channel_id = $1 and contact_id = $2',
    reading((t, [, contactId]) => [...(t.keysOf.get(contactId as number) ?? [])].sort().map((key) => ({ key }))),
  ],
  [
    'select phone, user_id from contacts where channel_id = $1 and id = $2',
    reading((t, [, id]) => {
      const row = t.contacts.get(id as number)
      return row ? [{ phone: row.phone, user_id: row.userId }] : []
    }),
  ],
  ['delete from broadcast_recipients where person in', writing(() => 0)],
  ['delete from scheduled_sends where', writing(() => 0)],
  [
    'select id from messages where channel_id = $1 and contact_id = $2 order by id limit $3',
    reading((t, [, contactId, limit]) =>
      messagesOfContacts(t, [contactId as number])
        .map(({ id }) => ({ id }))
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit as number),
    ),
  ],
  [
    'delete from idempotency where channel_id = $1 and made_id in ($2',
    writing((t, params) => {
      const made = texts(params)
      return dropWhere(t.idempotency, (row) => row.channel_id === params[0] && made.has(row.made_id))
    }),
  ],
  [
    'delete from messages where channel_id = $1 and id in ($2',
    writing((t, params) => {
      const rows = [...texts(params)].map((id) => t.messages.get(`${String(params[0])} ${id}`))
      return dropMessages(
        t,
        rows.filter((row) => row !== undefined),
      )
    }),
  ],
  [
    'select seq from events where channel_id = $1 and contact_id = $2 order by seq limit $3',
    reading((t, [channelId, contactId, limit]) =>
      eventsOf(t, channelId!, contactId!)
        .slice(0, limit as number)
        .map(({ seq }) => ({ seq })),
    ),
  ],
  [
    'insert into delivery_counts (endpoint_id, shard, pending, dead) select id, 0, 0, 0',
    writing((t, [channelId]) => {
      for (const { id } of t.endpointsOf(channelId as number)) t.count(id, 0, 0, 0)
      return 0
    }),
  ],
  [
    'update delivery_counts set pending = pending - (',
    writing((t, params, sql) => {
      const isOver = sql.includes('e.contact_id in') && !isWhole(t, ids(params))
      const events = isOver ? [] : namedEvents(t, params, sql)
      const endpoints = t.endpointsOf(params[0] as number)
      for (const endpoint of endpoints) {
        const pending = events.filter((event) => t.isPending(endpoint, event)).length
        const dead = events.filter((event) => t.dead.has(`${endpoint.id} ${event.seq}`)).length
        t.count(endpoint.id, 0, -pending, -dead)
      }
      return endpoints.length
    }),
  ],
  [
    'update lanes set holder = holder where',
    writing((t, params) => {
      const contacts = ids(params)
      return [...t.lanes.values()].filter((row) => row.channelId === params[0] && contacts.has(row.contactId)).length
    }),
  ],
  [
    'update lanes set cursor = $3, attempts = 0 where endpoint_id in (select id from endpoints where channel_id = $1) and contact_id = $2',
    writing((t, [channelId, contactId, cursor]) => {
      let moved = 0
      for (const { id } of t.endpointsOf(channelId as number)) {
        const lane = t.lanes.get(`${id} ${String(contactId)}`)
        if (!lane || lane.cursor >= (cursor as number)) continue
        Object.assign(lane, { cursor, attempts: 0 })
        moved++
      }
      return moved
    }),
  ],
  ['delete from attempts where channel_id = $1 and seq in ($2', writing((t, params) => dropAttempts(t, ids(params)))],
  ['delete from owed_events where seq in ($1', writing((t, params) => dropOwed(t, new Set(params.map(Number))))],
  [
    'delete from dead_events where channel_id = $1 and seq in ($2',
    writing((t, params) => {
      const seqs = ids(params)
      return dropWhere(t.dead, (row) => seqs.has(row.seq))
    }),
  ],
  [
    'delete from events where channel_id = $1 and seq in',
    writing((t, params) => dropEvents(t, namedEvents(t, params, ''))),
  ],
  ['select id, length(body) as size from quarantine', reading(() => [])],
  [
    'select count(*) as n from contact_keys where channel_id = $1 and contact_id in',
    reading((t, params) => {
      const contacts = ids(params)
      return [{ n: [...t.keys.values()].filter((row) => contacts.has(row.contactId)).length }]
    }),
  ],
  [
    'update contacts set merged_into = merged_into where',
    writing((t, params) => [...ids(params)].filter((id) => t.contacts.has(id)).length),
  ],
  [
    'delete from idempotency where channel_id = $1 and made_id in (select id from messages where',
    ending((t, contacts) => {
      const made = new Set(messagesOfContacts(t, contacts).map((row) => row.id))
      return dropWhere(t.idempotency, (row) => made.has(row.made_id))
    }),
  ],
  [
    'delete from messages where channel_id = $1 and contact_id in',
    ending((t, contacts) => dropMessages(t, messagesOfContacts(t, contacts))),
  ],
  [
    'delete from attempts where channel_id = $1 and seq in (select seq',
    ending((t, contacts, channelId) => dropAttempts(t, seqsOf(t, contacts, channelId))),
  ],
  [
    'delete from owed_events where seq in (select seq',
    ending((t, contacts, channelId) => dropOwed(t, seqsOf(t, contacts, channelId))),
  ],
  [
    'delete from dead_events where channel_id = $1 and seq in (select seq',
    ending((t, contacts, channelId) => {
      const seqs = seqsOf(t, contacts, channelId)
      return dropWhere(t.dead, (row) => seqs.has(row.seq))
    }),
  ],
  [
    'delete from events where channel_id = $1 and contact_id in',
    ending((t, contacts, channelId) =>
      dropEvents(
        t,
        [...contacts].flatMap((id) => [...eventsOf(t, channelId, id)]),
      ),
    ),
  ],
  [
    'delete from lanes where endpoint_id in (select id from endpoints where channel_id = $1) and contact_id in',
    ending((t, contacts, channelId) =>
      dropWhere(t.lanes, (row) => row.channelId === channelId && contacts.has(row.contactId)),
    ),
  ],
  ['delete from conversations where channel_id = $1 and contact_id in', ending(() => 0)],
  [
    'delete from contact_keys where channel_id = $1 and contact_id in',
    ending((t, contacts) => dropWhere(t.keys, (row) => contacts.has(row.contactId))),
  ],
  [
    'delete from contacts where channel_id = $1 and id in',
    ending((t, contacts) => {
      let gone = 0
      for (const id of contacts) {
        t.keysOf.delete(id)
        if (t.contacts.delete(id)) gone++
      }
      return gone
    }),
  ],
  [
    'insert into erasures',
    writing((t, [, , , , ...contacts]) => (contacts.some((id) => t.contacts.has(id as number)) ? 0 : 1)),
  ],
]

const RETENTION: Known[] = [
  [
    'select id from channels where id >= $1 order by id limit 1',
    reading((t, [from]) => {
      const ids = [...t.channels].filter((id) => id >= (from as number)).sort((a, b) => a - b)
      return ids.slice(0, 1).map((id) => ({ id }))
    }),
  ],
  [
    'delete from messages where channel_id = $1 and id in ( select id from messages',
    writing((t, [channelId, before, limit]) => {
      const old = [...t.messages.values()].filter((row) => row.channelId === channelId && row.id < (before as string))
      old.sort((a, b) => (a.id < b.id ? -1 : 1))
      return dropMessages(t, old.slice(0, limit as number))
    }),
  ],
  [
    'select seq as key, created_at as time from events where seq > $1',
    reading((t, [from, limit]) =>
      [...t.events.values()]
        .filter((event) => event.seq > (from as number))
        .sort((a, b) => a.seq - b.seq)
        .slice(0, limit as number)
        .map((event) => ({ key: event.seq, time: event.createdAt })),
    ),
  ],
  [
    'select 1 as found from dead_events where seq > $1 and seq <= $2',
    reading((t, range) =>
      deadIn(t, range)
        .slice(0, 1)
        .map(() => ({ found: 1 })),
    ),
  ],
  [
    'insert into delivery_counts (endpoint_id, shard, pending, dead) select distinct endpoint_id, 0, 0, 0 from dead_events',
    writing((t, range) => {
      for (const { endpointId } of deadIn(t, range)) t.count(endpointId, 0, 0, 0)
      return 0
    }),
  ],
  [
    'update delivery_counts set dead = dead - (',
    writing((t, range) => {
      const dead = deadIn(t, range)
      for (const { endpointId, seq } of dead) if (isOver(t, seq)) t.count(endpointId, 0, 0, -1)
      return new Set(dead.map((row) => row.endpointId)).size
    }),
  ],
  [
    'delete from dead_events where seq > $1 and seq <= $2',
    writing((t, range) => {
      const gone = deadIn(t, range).filter(({ seq }) => isOver(t, seq))
      for (const { endpointId, seq } of gone) t.dead.delete(`${endpointId} ${seq}`)
      return gone.length
    }),
  ],
  [
    'delete from events where seq > $1 and seq <= $2',
    writing((t, [from, last], sql) => {
      const old = [...t.events.values()].filter(({ seq }) => seq > (from as number) && seq <= (last as number))
      return dropEvents(
        t,
        old.filter(({ seq }) => !sql.includes('not exists') || isOver(t, seq)),
      )
    }),
  ],
]

const deadIn = (t: Tables, [from, last]: readonly SqlValue[]) =>
  [...t.dead.values()].filter(({ seq }) => seq > (from as number) && seq <= (last as number))

/** Whether an event is stored that waits for no endpoint. */
export function isOver(t: Tables, seq: number): boolean {
  const event = t.events.get(seq)
  return event !== undefined && !t.endpointsOf(event.channelId).some((endpoint) => t.isPending(endpoint, event))
}

export const REMOVALS: Known[] = [...ERASURES, ...RETENTION]

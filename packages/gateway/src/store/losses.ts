import type { LossFact } from '../domain/incidents/facts.ts'
import type { AuditedMessage } from '../domain/losses/loss.ts'
import { isMeant } from './audience.ts'
import { findNote, keepNote } from './incidents.ts'
import type { Sql } from './sql.ts'

/*
 * What the loss audit reads: messages and events page by page in the order of their keys, so that each read is bounded
 * whatever the size of the store.
 */

/** Messages of a channel behind `afterId` and before `beforeId`, in the order of their ids. */
export const messagesToAudit = (
  sql: Sql,
  { channelId, afterId, beforeId, limit }: { channelId: number; afterId: string; beforeId: string; limit: number },
): Promise<AuditedMessage[]> =>
  sql.all<AuditedMessage>(
    `select id, wamid, direction, origin, status, created_at, accepted_at from messages
     where channel_id = $1 and id > $2 and id < $3 order by id limit $4`,
    [channelId, afterId, beforeId, limit],
  )

export type OpenCallback = {
  seq: number
  kind: string
  wamid: string | null
  message_id: string | null
  created_at: number
  endpoint: string
  state: 'dead' | 'waiting' | 'unproven'
}

// An event belongs to an endpoint that it is meant for, and that was there when it was stored; or that has it to deliver.
const OPEN_CALLBACKS = `select e.seq, e.kind, e.message_id, e.created_at, n.public_id as endpoint,
    (select wamid from messages m where m.channel_id = e.channel_id and m.id = e.message_id) as wamid,
    case when d.seq is not null then 'dead'
      when o.seq is not null or l.cursor < e.seq then 'waiting' else 'unproven' end as state
  from (select seq, channel_id, contact_id, kind, message_id, created_at, audience from events
        where channel_id = $1 and seq > $2 and seq <= $3 order by seq limit $5) e
  join endpoints n on n.channel_id = $1
  left join lanes l on l.endpoint_id = n.id and l.contact_id = e.contact_id
  left join owed_events o on o.endpoint_id = n.id and o.seq = e.seq
  left join dead_events d on d.endpoint_id = n.id and d.seq = e.seq
  where d.seq is not null or o.seq is not null
    or e.seq > n.begins_after and ${isMeant('e', 'n')} and (l.cursor < e.seq
      or e.created_at >= $4 and not exists (select 1 from attempts a
        where a.channel_id = e.channel_id and a.seq = e.seq and a.endpoint_id = n.id and a.outcome = 'delivered'))
  order by e.seq, n.id`

/**
 * Of the next `limit` events of a channel behind `afterSeq`, until `lastSeq`: how many there are, the last one, and the
 * callbacks that no endpoint has acknowledged. `provenFrom`: attempts of events of before may be gone.
 */
export async function callbacksToAudit(
  sql: Sql,
  range: { channelId: number; afterSeq: number; lastSeq: number; provenFrom: number; limit: number },
): Promise<{ events: number; last: number | undefined; open: OpenCallback[] }> {
  const { channelId, afterSeq, lastSeq, provenFrom, limit } = range
  const page = await sql.get<{ events: number; last: number | null }>(
    `select count(*) as events, max(seq) as last from (
       select seq from events where channel_id = $1 and seq > $2 and seq <= $3 order by seq limit $4) page`,
    [channelId, afterSeq, lastSeq, limit],
  )
  if (!page || page.last === null) return { events: 0, last: undefined, open: [] }
  const last = Number(page.last)
  const open = await sql.all<OpenCallback>(OPEN_CALLBACKS, [channelId, afterSeq, last, provenFrom, limit])
  return { events: Number(page.events), last, open }
}

/** What the newest daily audit found. */
export type LossNote = { found: LossFact[]; messages: number; events: number }
const NOTE = 'losses'

export const newestAudit = (sql: Sql): Promise<{ value: LossNote; at: number } | undefined> =>
  findNote<LossNote>(sql, NOTE)
export const keepAudit = (sql: Sql, note: LossNote, at: number): Promise<void> => keepNote(sql, NOTE, note, at)

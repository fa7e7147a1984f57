import type { AttemptRecord, LeasedLane, PendingEvent } from '../store.ts'
import type { Database } from './database.ts'

/** How many events of a lane its holder takes in hand at once. */
export const EVENTS_IN_HAND = 16

const NEXT = `select seq, body, attempts, since from events
  where channel_id = $1 and contact_id = $2 and state = 'pending' order by seq limit ${EVENTS_IN_HAND}`

export function nextEvents(db: Database, channelId: number, contactId: number): PendingEvent[] {
  return db.all<PendingEvent>(NEXT, [channelId, contactId])
}

/** Wakes an idle lane. True when it was idle, so that whoever is named as holder has it now. */
export function wakeLane(
  db: Database,
  channelId: number,
  contactId: number,
  dueAt: number,
  holder: string | null,
): boolean {
  return (
    db.run(
      `insert into lanes (channel_id, contact_id, due_at, holder) values ($1, $2, $3, $4)
       on conflict (channel_id, contact_id) do update set due_at = excluded.due_at, holder = excluded.holder
       where lanes.due_at is null`,
      [channelId, contactId, dueAt, holder],
    ) === 1
  )
}

function idle(db: Database, channelId: number, contactId: number, holder: string): void {
  db.run('update lanes set due_at = null, holder = null where channel_id = $1 and contact_id = $2 and holder = $3', [
    channelId,
    contactId,
    holder,
  ])
}

export function claimLanes(
  db: Database,
  channelId: number,
  limit: number,
  offer: { holder: string; now: number; until: number },
): LeasedLane[] {
  const due = db.all<{ contact_id: number }>(
    'select contact_id from lanes where channel_id = $1 and due_at <= $2 order by due_at limit $3',
    [channelId, offer.now, limit],
  )
  const leased: LeasedLane[] = []
  for (const { contact_id: contactId } of due) {
    const events = nextEvents(db, channelId, contactId)
    if (events.length === 0) {
      db.run('update lanes set due_at = null, holder = null where channel_id = $1 and contact_id = $2', [
        channelId,
        contactId,
      ])
      continue
    }
    db.run('update lanes set due_at = $3, holder = $4 where channel_id = $1 and contact_id = $2', [
      channelId,
      contactId,
      offer.until,
      offer.holder,
    ])
    leased.push({ channelId, contactId, events })
  }
  return leased
}

export function recordAttempt(db: Database, record: AttemptRecord): PendingEvent[] {
  const { channelId, contactId, seq, number, outcome, at, holder } = record
  const answer = record.answer === null ? null : record.answer.slice(0, 1024)
  db.run(
    `update events set attempts = $2, state = $3, done_at = $4, last_status = $5, last_ms = $6, last_answer = $7
     where seq = $1 and state = 'pending'`,
    [
      seq,
      number,
      outcome === 'retry' ? 'pending' : outcome,
      outcome === 'retry' ? null : at,
      record.status,
      record.ms,
      answer,
    ],
  )
  if (outcome !== 'delivered' || number > 1) {
    // Not of an event that was erased meanwhile: the answer may quote it.
    db.run(
      `insert into attempts (channel_id, seq, number, at, outcome, status, ms, answer)
       select $1, $2, $3, $4, $5, $6, $7, $8 where exists (select 1 from events where seq = $2)`,
      [channelId, seq, number, at, outcome, record.status, record.ms, answer],
    )
  }
  if (outcome === 'retry') {
    db.run('update lanes set due_at = $3, holder = null where channel_id = $1 and contact_id = $2 and holder = $4', [
      channelId,
      contactId,
      record.retryAt ?? at,
      holder,
    ])
    return []
  }
  if (record.more) return []
  const next = nextEvents(db, channelId, contactId)
  if (next.length === 0) {
    idle(db, channelId, contactId, holder)
    return []
  }
  const kept = db.run('update lanes set due_at = $3 where channel_id = $1 and contact_id = $2 and holder = $4', [
    channelId,
    contactId,
    record.leaseUntil,
    holder,
  ])
  // The lease was cut or the lane merged away: another holder has these events.
  return kept === 1 ? next : []
}

export function dueChannels(db: Database, now: number): { due: number[]; nextAt: number | null } {
  // Hops from channel to channel over the index, so that a million due lanes cost no more than one.
  const rows = db.all<{ id: number; at: number }>(
    `with recursive hop (id) as (
       select min(channel_id) from lanes where due_at is not null
       union all
       select (select min(channel_id) from lanes where due_at is not null and channel_id > hop.id)
       from hop where hop.id is not null
     )
     select id, (select min(due_at) from lanes where channel_id = hop.id and due_at is not null) as at
     from hop where id is not null`,
  )
  const later = rows.filter((row) => row.at > now).map((row) => row.at)
  return {
    due: rows.filter((row) => row.at <= now).map((row) => row.id),
    nextAt: later.length > 0 ? Math.min(...later) : null,
  }
}

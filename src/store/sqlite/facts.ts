import { newMessageId } from '../../ids.ts'
import { climb, type MessageStatus } from '../../messages/status.ts'
import type { Applied, Fact, LeaseOffer, LeasedLane, MessageFact, Notice, StatusFact } from '../store.ts'
import { learnUser, renameContact, resolveContact } from './contacts.ts'
import type { Database } from './database.ts'
import { wakeLane } from './lanes.ts'

/** Everything of one webhook, within the caller's transaction. */
export function applyFacts(db: Database, facts: readonly Fact[], offer: LeaseOffer | null, now: number): Applied {
  const applied = new Application(db, offer, now)
  for (const fact of facts) {
    if (fact.kind === 'message') applied.message(fact)
    else if (fact.kind === 'status') applied.status(fact)
    else applied.notice(fact)
  }
  return applied.result()
}

type StoredStatus = {
  id: string
  status: MessageStatus
  contact_id: number
  wamid: string | null
  seen_at: number | null
  direction: string
  type: string
}

// Which column remembers that a status was seen; the names are ours, so they may stand in SQL.
const SEEN_COLUMN = {
  sent: 'sent_at',
  delivered: 'delivered_at',
  read: 'read_at',
  played: 'played_at',
  failed: 'failed_at',
} as const

class Application {
  readonly #db: Database
  readonly #offer: LeaseOffer | null
  readonly #now: number
  #events = 0
  #duplicates = 0
  readonly #leased = new Map<string, LeasedLane>()
  readonly #nudge = new Set<number>()
  readonly #delivers = new Map<number, boolean>()

  constructor(db: Database, offer: LeaseOffer | null, now: number) {
    this.#db = db
    this.#offer = offer
    this.#now = now
  }

  message(fact: MessageFact): void {
    const db = this.#db
    const contactId = resolveContact(db, fact.channelId, fact.person, this.#now)
    const id = newMessageId(this.#now)
    const stored = db.run(
      `insert into messages (channel_id, id, contact_id, direction, type, status, wamid, recipient, content, created_at)
       values ($1, $2, $3, 'in', $4, 'received', $5, $6, $7, $8)
       on conflict (channel_id, wamid) where wamid is not null do nothing`,
      [
        fact.channelId,
        id,
        contactId,
        fact.type,
        fact.wamid,
        fact.person.phone ?? fact.person.userId ?? '',
        fact.content,
        fact.at,
      ],
    )
    if (stored === 0) {
      this.#duplicates++
      return
    }
    if (fact.opensWindow) {
      db.run(
        `update contacts set last_inbound_at = max(coalesce(last_inbound_at, 0), $3), name = coalesce($4, name)
         where channel_id = $1 and id = $2`,
        [fact.channelId, contactId, fact.at, fact.person.name ?? null],
      )
    }
    this.#tell(fact.channelId, contactId, 'new_message', id, fact.body)
    if (fact.becomes) renameContact(db, fact.channelId, contactId, fact.becomes, this.#now)
  }

  status(fact: StatusFact): void {
    const db = this.#db
    const column = SEEN_COLUMN[fact.status as keyof typeof SEEN_COLUMN]
    const found = this.#findMessage(fact, column)
    if (!found) {
      const contactId = resolveContact(db, fact.channelId, fact.person, this.#now)
      const id = newMessageId(this.#now)
      // Sent by another program over the same number. The row keeps its later statuses from being told twice.
      db.run(
        `insert into messages (channel_id, id, contact_id, direction, type, status, wamid, recipient, content, error, created_at, ${column})
         values ($1, $2, $3, 'out', 'foreign', $4, $5, $6, '{}', $7, $8, $9)`,
        [
          fact.channelId,
          id,
          contactId,
          fact.status,
          fact.wamid,
          fact.person.phone ?? fact.person.userId ?? '',
          fact.error,
          fact.at,
          fact.at,
        ],
      )
      this.#tell(fact.channelId, contactId, 'message_status_update', id, fact.bodyOf(undefined))
      return
    }
    if (found.seen_at !== null) {
      this.#duplicates++
      return
    }
    db.run(
      `update messages set ${column} = $3, status = $4, wamid = coalesce(wamid, $5), error = coalesce($6, error)
       where channel_id = $1 and id = $2`,
      [fact.channelId, found.id, fact.at, climb(found.status, fact.status), fact.wamid, fact.error],
    )
    if (fact.person.userId) learnUser(db, fact.channelId, found.contact_id, fact.person.userId, this.#now)
    const ours = found.direction === 'out' && found.type !== 'foreign'
    this.#tell(
      fact.channelId,
      found.contact_id,
      'message_status_update',
      found.id,
      fact.bodyOf(ours ? found.id : undefined),
    )
  }

  notice(fact: Notice): void {
    const db = this.#db
    const fresh = db.run(
      'insert into seen (channel_id, key, at) values ($1, $2, $3) on conflict (channel_id, key) do nothing',
      [fact.channelId, fact.key, this.#now],
    )
    if (fresh === 0) {
      this.#duplicates++
      return
    }
    // Contact 0 is the channel itself: its notes keep their own order.
    const contactId = fact.person ? resolveContact(db, fact.channelId, fact.person, this.#now) : 0
    this.#tell(fact.channelId, contactId, fact.event, null, fact.body)
    if (fact.becomes && contactId !== 0) renameContact(db, fact.channelId, contactId, fact.becomes, this.#now)
  }

  result(): Applied {
    return {
      events: this.#events,
      duplicates: this.#duplicates,
      leased: [...this.#leased.values()],
      nudge: [...this.#nudge],
    }
  }

  #findMessage(fact: StatusFact, column: string): StoredStatus | undefined {
    const select = `select id, status, contact_id, wamid, ${column} as seen_at, direction, type from messages`
    if (fact.reference !== undefined) {
      const ours = this.#db.get<StoredStatus>(`${select} where channel_id = $1 and id = $2`, [
        fact.channelId,
        fact.reference,
      ])
      if (ours && (ours.wamid === null || ours.wamid === fact.wamid)) return ours
    }
    return this.#db.get<StoredStatus>(`${select} where channel_id = $1 and wamid = $2`, [fact.channelId, fact.wamid])
  }

  #tell(channelId: number, contactId: number, kind: string, messageId: string | null, body: string): void {
    const db = this.#db
    let delivers = this.#delivers.get(channelId)
    if (delivers === undefined) {
      delivers = db.get('select 1 from endpoints where channel_id = $1', [channelId]) !== undefined
      this.#delivers.set(channelId, delivers)
    }
    const { lastInsertRowid } = db
      .prepare(
        `insert into events (channel_id, contact_id, kind, message_id, body, created_at, since, state)
         values ($1, $2, $3, $4, $5, $6, $6, $7)`,
      )
      .run(channelId, contactId, kind, messageId, body, this.#now, delivers ? 'pending' : 'none')
    this.#events++
    if (!delivers) return
    const key = `${channelId} ${contactId}`
    const held = this.#leased.get(key)
    if (held) {
      held.events.push({ seq: Number(lastInsertRowid), body, attempts: 0, since: this.#now })
      return
    }
    const offer = this.#offer?.takes(channelId) ? this.#offer : null
    const woken = wakeLane(db, channelId, contactId, offer ? offer.until : this.#now, offer ? offer.holder : null)
    if (!woken) return
    if (offer)
      this.#leased.set(key, {
        channelId,
        contactId,
        events: [{ seq: Number(lastInsertRowid), body, attempts: 0, since: this.#now }],
      })
    else this.#nudge.add(channelId)
  }
}

import { idKeysOf, isNumber, type Sighting } from '../../contacts/identity.ts'
import { newMessageId } from '../../ids.ts'
import { climb, type MessageStatus } from '../../messages/status.ts'
import {
  type Applied,
  type Fact,
  type LeaseOffer,
  type LeasedLane,
  type MessageFact,
  type Notice,
  type Person,
  sightingOf,
  type StatusFact,
} from '../store.ts'
import { contactOfKey, identify } from './contacts.ts'
import { callbackDataOf } from '../messages.ts'
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
  recipient: string | null
  content: string
  was_seen: number
}

// Which column remembers that a status was seen; the names are ours, so they may stand in SQL.
const SEEN_COLUMN = {
  sent: 'sent_at',
  delivered: 'delivered_at',
  read: 'read_at',
  played: 'played_at',
  failed: 'failed_at',
} as const

/** What a message from or to somebody is listed under. */
const nameOf = (person: Person): string => person.phone ?? person.userId ?? person.parentId ?? ''

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
    // What a note said when it came first must not be said again over what came after it.
    if (fact.becomes && this.#isStored(fact)) {
      this.#duplicates++
      return
    }
    const contactId = this.#identify(fact.channelId, sightingOf(fact), fact.person.name)
    const id = newMessageId(this.#now)
    const stored = db.run(
      `insert into messages (channel_id, id, contact_id, direction, type, status, wamid, recipient, content, created_at)
       values ($1, $2, $3, 'in', $4, 'received', $5, $6, $7, $8)
       on conflict (channel_id, wamid) where wamid is not null do nothing`,
      [fact.channelId, id, contactId, fact.type, fact.wamid, nameOf(fact.person), fact.content, fact.at],
    )
    if (stored === 0) {
      this.#duplicates++
      return
    }
    if (fact.opensWindow) this.#openWindow(fact.channelId, contactId, fact.at, fact.person)
    this.#tell(fact.channelId, contactId, 'new_message', id, fact.body)
  }

  status(fact: StatusFact): void {
    const db = this.#db
    const column = SEEN_COLUMN[fact.status as keyof typeof SEEN_COLUMN]
    const found = this.#findMessage(fact, column)
    if (!found) {
      const contactId = this.#identify(fact.channelId, { now: fact.person }, fact.person.name)
      const id = newMessageId(this.#now)
      // Sent by another program over the same number. The row keeps its later statuses from being told twice.
      db.run(
        `insert into messages (channel_id, id, contact_id, direction, type, status, wamid, recipient, content, error, created_at, ${column},
           pricing, conversation)
         values ($1, $2, $3, 'out', 'foreign', $4, $5, $6, '{}', $7, $8, $9, $10, $11)`,
        [
          fact.channelId,
          id,
          contactId,
          fact.status,
          fact.wamid,
          nameOf(fact.person),
          fact.error,
          fact.at,
          fact.at,
          fact.pricing ?? null,
          fact.conversation ?? null,
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
      `update messages set ${column} = $3, status = $4, wamid = coalesce(wamid, $5), error = coalesce($6, error),
         pricing = coalesce($7, pricing), conversation = coalesce($8, conversation)
       where channel_id = $1 and id = $2`,
      [
        fact.channelId,
        found.id,
        fact.at,
        climb(found.status, fact.status),
        fact.wamid,
        fact.error,
        fact.pricing ?? null,
        fact.conversation ?? null,
      ],
    )
    const contactId = this.#recipientOf(fact, found)
    const ours = found.direction === 'out' && found.type !== 'foreign'
    this.#tell(
      fact.channelId,
      contactId,
      'message_status_update',
      found.id,
      ours ? fact.bodyOf(found.id, callbackDataOf(found.content)) : fact.bodyOf(undefined),
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
    const contactId = fact.person ? this.#identify(fact.channelId, sightingOf(fact), fact.person.name) : 0
    if (fact.opensWindow && fact.person) this.#openWindow(fact.channelId, contactId, fact.at, fact.person)
    this.#tell(fact.channelId, contactId, fact.event, null, fact.body)
  }

  result(): Applied {
    return {
      events: this.#events,
      duplicates: this.#duplicates,
      leased: [...this.#leased.values()],
      nudge: [...this.#nudge],
    }
  }

  #isStored(fact: MessageFact): boolean {
    return (
      this.#db.get('select 1 from messages where channel_id = $1 and wamid = $2', [fact.channelId, fact.wamid]) !==
      undefined
    )
  }

  #identify(channelId: number, sighting: Sighting, name: string | undefined): number {
    return identify(this.#db, channelId, sighting, name, this.#now, (from, into) => {
      // Nobody has begun with a lane that this commit leased: it goes on as the other's.
      if (!this.#leased.delete(`${channelId} ${from}`)) return
      this.#db.run('update lanes set due_at = $3 where channel_id = $1 and contact_id = $2 and holder is null', [
        channelId,
        into,
        this.#now,
      ])
      this.#nudge.add(channelId)
    })
  }

  /** The person whom a message of ours went to, by what its status says of them. */
  #recipientOf(fact: StatusFact, found: StoredStatus): number {
    const { channelId, person } = fact
    const isKnown = idKeysOf(person).every((key) => contactOfKey(this.#db, channelId, key) === found.contact_id)
    if (isKnown) return found.contact_id
    const contactId = this.#identify(
      channelId,
      { now: person, messageOf: found.contact_id, isCertain: found.was_seen === 1 || !isNumber(found.recipient ?? '') },
      undefined,
    )
    if (contactId !== found.contact_id)
      this.#db.run('update messages set contact_id = $3 where channel_id = $1 and id = $2', [
        channelId,
        found.id,
        contactId,
      ])
    return contactId
  }

  /** Meta's 24 hours begin when somebody writes or calls. */
  #openWindow(channelId: number, contactId: number, at: number, person: Person): void {
    this.#db.run(
      `update contacts set last_inbound_at = max(coalesce(last_inbound_at, 0), $3), name = coalesce($4, name)
       where channel_id = $1 and id = $2`,
      [channelId, contactId, at, person.name ?? null],
    )
  }

  #findMessage(fact: StatusFact, column: string): StoredStatus | undefined {
    const select = `select id, status, contact_id, wamid, ${column} as seen_at, direction, type, recipient, content,
      coalesce(sent_at, delivered_at, read_at, played_at, failed_at) is not null as was_seen from messages`
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

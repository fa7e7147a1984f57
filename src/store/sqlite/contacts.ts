import type { Person } from '../store.ts'
import type { Database } from './database.ts'

const KEY = 'select contact_id from contact_keys where channel_id = $1 and key = $2'

/** `p:` and the digits of a number, `u:` and a BSUID. */
export const phoneKey = (phone: string): string => `p:${phone.replace(/\D/g, '')}`
export const userKey = (userId: string): string => `u:${userId}`

function contactOf(db: Database, channelId: number, key: string): number | undefined {
  return db.get<{ contact_id: number }>(KEY, [channelId, key])?.contact_id
}

/** The contact that one name leads to; a send always has one name. */
export function findContact(db: Database, channelId: number, person: Person): number | undefined {
  if (person.phone) return contactOf(db, channelId, phoneKey(person.phone))
  return person.userId ? contactOf(db, channelId, userKey(person.userId)) : undefined
}

/** Meta's time of what this person last wrote, in epoch ms. */
export function lastInboundOf(db: Database, channelId: number, contactId: number): number | undefined {
  return (
    db.get<{ at: number | null }>('select last_inbound_at as at from contacts where channel_id = $1 and id = $2', [
      channelId,
      contactId,
    ])?.at ?? undefined
  )
}

/** Finds the person, or makes a row for them. What is known by two names that were two people until now becomes one. */
export function resolveContact(db: Database, channelId: number, person: Person, now: number): number {
  const byPhone = person.phone ? contactOf(db, channelId, phoneKey(person.phone)) : undefined
  const byUser = person.userId ? contactOf(db, channelId, userKey(person.userId)) : undefined
  if (byPhone !== undefined && byUser !== undefined) {
    if (byPhone !== byUser) mergeContacts(db, channelId, byUser, byPhone, now)
    return byPhone
  }
  const known = byPhone ?? byUser
  if (known === undefined) return createContact(db, channelId, person, now)
  if (person.phone && byPhone === undefined) linkPhone(db, channelId, known, person.phone)
  if (person.userId && byUser === undefined) linkUser(db, channelId, known, person.userId)
  return known
}

function createContact(db: Database, channelId: number, person: Person, now: number): number {
  const { lastInsertRowid } = db
    .prepare('insert into contacts (channel_id, phone, user_id, name, created_at) values ($1, $2, $3, $4, $5)')
    .run(channelId, person.phone ?? null, person.userId ?? null, person.name ?? null, now)
  const id = Number(lastInsertRowid)
  if (person.phone) addKey(db, channelId, phoneKey(person.phone), id)
  if (person.userId) addKey(db, channelId, userKey(person.userId), id)
  return id
}

function addKey(db: Database, channelId: number, key: string, contactId: number): void {
  db.run(
    `insert into contact_keys (channel_id, key, contact_id) values ($1, $2, $3)
     on conflict (channel_id, key) do update set contact_id = excluded.contact_id`,
    [channelId, key, contactId],
  )
}

export function linkPhone(db: Database, channelId: number, contactId: number, phone: string): void {
  addKey(db, channelId, phoneKey(phone), contactId)
  db.run('update contacts set phone = coalesce(phone, $3) where channel_id = $1 and id = $2', [
    channelId,
    contactId,
    phone,
  ])
}

export function linkUser(db: Database, channelId: number, contactId: number, userId: string): void {
  addKey(db, channelId, userKey(userId), contactId)
  db.run('update contacts set user_id = $3 where channel_id = $1 and id = $2', [channelId, contactId, userId])
}

/** Learns a BSUID from a status, so that a person who hides their number later is still the same person. */
export function learnUser(db: Database, channelId: number, contactId: number, userId: string, now: number): void {
  const known = contactOf(db, channelId, userKey(userId))
  if (known === undefined) linkUser(db, channelId, contactId, userId)
  else if (known !== contactId) mergeContacts(db, channelId, known, contactId, now)
}

/** Links the number Meta normalised to (Brazil, Mexico, Argentina differ from what was dialled). */
export function learnPhone(db: Database, channelId: number, contactId: number, phone: string, now: number): void {
  const known = contactOf(db, channelId, phoneKey(phone))
  if (known === undefined) addKey(db, channelId, phoneKey(phone), contactId)
  else if (known !== contactId) mergeContacts(db, channelId, contactId, known, now)
}

/**
 * Two rows turn out to be one person: everything of `from` moves to `into`. What `from` was just being told may still
 * be on its way, so the joined lane waits until that lease has ended.
 */
export function mergeContacts(db: Database, channelId: number, from: number, into: number, now: number): void {
  const keys = [channelId, from, into]
  db.run('update contact_keys set contact_id = $3 where channel_id = $1 and contact_id = $2', keys)
  db.run('update messages set contact_id = $3 where channel_id = $1 and contact_id = $2', keys)
  const moved = db.run(
    `update events set contact_id = $3 where channel_id = $1 and contact_id = $2 and state = 'pending'`,
    keys,
  )
  db.run(
    `update contacts set
       last_inbound_at = nullif(max(coalesce(last_inbound_at, 0),
         coalesce((select f.last_inbound_at from contacts f where f.id = $2), 0)), 0),
       user_id = coalesce(user_id, (select f.user_id from contacts f where f.id = $2)),
       phone = coalesce(phone, (select f.phone from contacts f where f.id = $2)),
       name = coalesce(name, (select f.name from contacts f where f.id = $2))
     where channel_id = $1 and id = $3`,
    keys,
  )
  db.run('update contacts set merged_into = $3 where channel_id = $1 and id = $2', keys)
  const lane = db.get<{ due_at: number | null; holder: string | null }>(
    'select due_at, holder from lanes where channel_id = $1 and contact_id = $2',
    [channelId, from],
  )
  if (!lane) return
  db.run('delete from lanes where channel_id = $1 and contact_id = $2', [channelId, from])
  if (moved === 0) return
  db.run(
    `insert into lanes (channel_id, contact_id, due_at) values ($1, $2, $3)
     on conflict (channel_id, contact_id) do update set due_at = excluded.due_at where lanes.due_at is null`,
    [channelId, into, lane.holder === null ? (lane.due_at ?? now) : Math.max(lane.due_at ?? now, now)],
  )
}

/** Gives a person a further name: the number they changed to, the BSUID that followed. */
export function renameContact(db: Database, channelId: number, contactId: number, becomes: Person, now: number): void {
  if (becomes.phone) {
    learnPhone(db, channelId, contactId, becomes.phone, now)
    db.run('update contacts set phone = $3 where channel_id = $1 and id = $2', [channelId, contactId, becomes.phone])
  }
  if (becomes.userId) learnUser(db, channelId, contactId, becomes.userId, now)
}

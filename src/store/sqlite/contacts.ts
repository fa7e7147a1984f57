import {
  decide,
  isPhoneKey,
  keysAsked,
  keysOf,
  type KnownContact,
  type Names,
  NEW,
  phoneKey,
  settledOn,
  type Sighting,
} from '../../contacts/identity.ts'
import type { Person } from '../store.ts'
import type { Database } from './database.ts'

const KEY = 'select contact_id from contact_keys where channel_id = $1 and key = $2'

export function contactOfKey(db: Database, channelId: number, key: string): number | undefined {
  return db.get<{ contact_id: number }>(KEY, [channelId, key])?.contact_id
}

/** The contact that one name leads to; a send always has one name. */
export function findContact(db: Database, channelId: number, person: Person): number | undefined {
  const [key] = person.phone ? [phoneKey(person.phone)] : keysOf(person)
  return key === undefined ? undefined : contactOfKey(db, channelId, key)
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

/** Finds the person, or makes a row for them. */
export function resolveContact(db: Database, channelId: number, person: Person, now: number): number {
  return identify(db, channelId, { now: person }, person.name, now)
}

/** Finds the contact of a person as they were seen, and notes what their names say: see `contacts/identity.ts`. */
export function identify(
  db: Database,
  channelId: number,
  sighting: Sighting,
  name: string | undefined,
  now: number,
  onMerge?: (from: number, into: number) => void,
): number {
  const leadsTo = new Map<string, number | undefined>()
  for (const key of keysAsked(sighting)) leadsTo.set(key, contactOfKey(db, channelId, key))
  if (sighting.messageOf === undefined) {
    const known = settledOn(sighting, (key) => leadsTo.get(key))
    if (known !== undefined) return known
  }
  const decision = decide(sighting, knownContacts(db, channelId, [...leadsTo.values(), sighting.messageOf]))
  const who = decision.who === NEW ? createContact(db, channelId, sighting.now, name, now) : decision.who
  for (const { contact, key } of decision.unlink) forgetPhone(db, channelId, contact, key)
  for (const contact of decision.merge) {
    mergeContacts(db, channelId, contact, who, now)
    onMerge?.(contact, who)
  }
  for (const key of decision.link) addKey(db, channelId, key, who)
  const { phone, userId } = decision.shown
  if (decision.who !== NEW && (phone !== undefined || userId !== undefined)) {
    db.run(
      'update contacts set phone = coalesce($3, phone), user_id = coalesce($4, user_id) where channel_id = $1 and id = $2',
      [channelId, who, phone ?? null, userId ?? null],
    )
  }
  return who
}

function knownContacts(db: Database, channelId: number, ids: readonly (number | undefined)[]): KnownContact[] {
  return [...new Set(ids.filter((id) => id !== undefined))].map((id) => ({
    id,
    keys: db
      .all<{ key: string }>('select key from contact_keys where channel_id = $1 and contact_id = $2', [channelId, id])
      .map((row) => row.key),
  }))
}

function createContact(db: Database, channelId: number, names: Names, name: string | undefined, now: number): number {
  const { lastInsertRowid } = db
    .prepare('insert into contacts (channel_id, phone, user_id, name, created_at) values ($1, $2, $3, $4, $5)')
    .run(channelId, names.phone ?? null, names.userId ?? null, name ?? null, now)
  return Number(lastInsertRowid)
}

function addKey(db: Database, channelId: number, key: string, contactId: number): void {
  db.run(
    `insert into contact_keys (channel_id, key, contact_id) values ($1, $2, $3)
     on conflict (channel_id, key) do update set contact_id = excluded.contact_id`,
    [channelId, key, contactId],
  )
}

/** The key leads to another person from now on, so this one is not shown by that number either. */
function forgetPhone(db: Database, channelId: number, contactId: number, key: string): void {
  const row = db.get<{ phone: string | null }>('select phone from contacts where channel_id = $1 and id = $2', [
    channelId,
    contactId,
  ])
  if (typeof row?.phone !== 'string' || !isPhoneKey(key) || phoneKey(row.phone) !== key) return
  db.run('update contacts set phone = null where channel_id = $1 and id = $2', [channelId, contactId])
}

/**
 * Two rows turn out to be one person: everything of `from` moves to `into`. What `from` was just being told may still
 * be on its way, so the joined lane waits until that lease has ended.
 */
function mergeContacts(db: Database, channelId: number, from: number, into: number, now: number): void {
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

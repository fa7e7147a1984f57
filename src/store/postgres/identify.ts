import {
  decide,
  isNumber,
  keysAsked,
  type KnownContact,
  NEW,
  phoneKey,
  settledOn,
  type Decision,
  type Sighting,
} from '../../contacts/identity.ts'
import { sightingOf, type Fact } from '../store.ts'
import type { Connection } from './connect.ts'

type Client = Connection['client']

/**
 * What `commit_batch` does not know how to judge: parent ids, and names that change. It is judged before the batch, by
 * the rules in `contacts/identity.ts`; the batch then finds every name leading where it should.
 */
export const needsIdentifying = (fact: Fact): boolean =>
  fact.person?.parentId !== undefined || (fact.kind !== 'status' && fact.becomes !== undefined)

/** Those of the facts whose names do not all lead to one contact yet. */
export async function unsettled(client: Client, facts: readonly Fact[]): Promise<Fact[]> {
  const keys = facts.flatMap((fact) => keysAsked(sightingOf(fact)).map((key) => ({ channelId: fact.channelId, key })))
  const leadsTo = await contactsOf(client, keys)
  return facts.filter(
    (fact) => settledOn(sightingOf(fact), (key) => leadsTo.get(`${fact.channelId} ${key}`)) === undefined,
  )
}

/**
 * Makes, links, joins and renames contacts as these facts say, in their order. The caller's transaction, which needs no
 * disk of its own: the batch that follows brings it there, and without that batch nobody has been told of anything.
 */
export async function identify(client: Client, facts: readonly Fact[], now: number): Promise<void> {
  await client.query('set local synchronous_commit = off')
  await lockNames(client, facts)
  for (const fact of facts) {
    if (fact.kind !== 'status' && fact.becomes && (await isRepeated(client, fact))) continue
    const message = fact.kind === 'status' ? await messageOf(client, fact) : undefined
    const sighting: Sighting = {
      ...sightingOf(fact),
      ...(message && { messageOf: message.contact, isCertain: message.isCertain }),
    }
    const known = await knownContacts(client, fact.channelId, keysAsked(sighting), message?.contact)
    const who = await carryOut(client, fact, sighting, decide(sighting, known), now)
    if (message && who !== message.contact) {
      await client.query('update messages set contact_id = $3 where channel_id = $1 and id = $2', [
        fact.channelId,
        message.id,
        who,
      ])
    }
  }
}

/** The same locks, in the same order, as `commit_batch` takes before it makes or joins anybody. */
async function lockNames(client: Client, facts: readonly Fact[]): Promise<void> {
  const keys = facts.flatMap((fact) => keysAsked(sightingOf(fact)).map((key) => [fact.channelId, key] as const))
  await client.query(
    `select pg_advisory_xact_lock(5787406996147798016 | x.bucket)
     from (select distinct hashtextextended(k.key, k.ch) & 1023 as bucket
           from unnest($1::bigint[], $2::text[]) as k (ch, key) order by bucket) x`,
    [keys.map(([channelId]) => channelId), keys.map(([, key]) => key)],
  )
}

async function contactsOf(
  client: Client,
  keys: readonly { channelId: number; key: string }[],
): Promise<Map<string, number>> {
  // A look-up for each key: a join could be planned as a scan where the tables have no statistics yet.
  const { rows } = await client.query<{ name: string; contact: number | null }>(
    `select a.ch || ' ' || a.key as name,
       (select contact_id from contact_keys where channel_id = a.ch and key = a.key) as contact
     from unnest($1::bigint[], $2::text[]) as a (ch, key)`,
    [keys.map(({ channelId }) => channelId), keys.map(({ key }) => key)],
  )
  return new Map(rows.filter((row) => row.contact !== null).map((row) => [row.name, Number(row.contact)]))
}

async function knownContacts(
  client: Client,
  channelId: number,
  keys: readonly string[],
  contact: number | undefined,
): Promise<KnownContact[]> {
  const { rows } = await client.query<{ id: number | null; keys: string[] | null }>(
    `select x.id, (select array_agg(key) from contact_keys where channel_id = $1 and contact_id = x.id) as keys
     from (
       select distinct (select contact_id from contact_keys where channel_id = $1 and key = a.key) as id
       from unnest($2::text[]) as a (key)
       union select $3::bigint
       offset 0
     ) x`,
    [channelId, keys, contact ?? null],
  )
  return rows.flatMap((row) => (row.id === null ? [] : [{ id: Number(row.id), keys: row.keys ?? [] }]))
}

/** What a note said when it came first must not be said again over what came after it. */
async function isRepeated(client: Client, fact: Exclude<Fact, { kind: 'status' }>): Promise<boolean> {
  const { rows } =
    fact.kind === 'message'
      ? await client.query('select 1 from messages where channel_id = $1 and wamid = $2', [fact.channelId, fact.wamid])
      : await client.query('select 1 from seen where channel_id = $1 and key = $2', [fact.channelId, fact.key])
  return rows.length > 0
}

async function messageOf(
  client: Client,
  fact: Extract<Fact, { kind: 'status' }>,
): Promise<{ id: string; contact: number; isCertain: boolean } | undefined> {
  const { rows } = await client.query<{ id: string; contact_id: number; recipient: string | null; was_seen: boolean }>(
    `select id, contact_id, recipient,
       coalesce(sent_at, delivered_at, read_at, played_at, failed_at) is not null as was_seen
     from messages where channel_id = $1 and id = message_of_status($1, $2, $3)`,
    [fact.channelId, fact.reference ?? null, fact.wamid],
  )
  const [row] = rows
  return (
    row && { id: row.id, contact: Number(row.contact_id), isCertain: row.was_seen || !isNumber(row.recipient ?? '') }
  )
}

async function carryOut(
  client: Client,
  fact: Fact,
  { now: names }: Sighting,
  decision: Decision,
  now: number,
): Promise<number> {
  const { channelId } = fact
  let who: number
  if (decision.who === NEW) {
    const { rows } = await client.query<{ id: number }>(
      'insert into contacts (channel_id, phone, user_id, name, created_at) values ($1, $2, $3, $4, $5) returning id',
      [channelId, names.phone ?? null, names.userId ?? null, fact.person?.name ?? null, now],
    )
    who = Number(rows[0]!.id)
  } else {
    who = decision.who
    if (decision.link.length > 0) await client.query('select hold_contact($1)', [who])
  }
  for (const { contact, key } of decision.unlink) {
    await client.query('select hold_contact($1)', [contact])
    const { rows } = await client.query<{ phone: string | null }>('select phone from contacts where id = $1', [contact])
    if (typeof rows[0]?.phone === 'string' && phoneKey(rows[0].phone) === key)
      await client.query('update contacts set phone = null where id = $1', [contact])
  }
  for (const contact of decision.merge)
    await client.query('select merge_contacts($1, $2, $3, $4)', [channelId, contact, who, now])
  if (decision.link.length > 0) {
    await client.query('select learn_key($1, $2, key) from unnest($3::text[]) as a (key)', [
      channelId,
      who,
      decision.link,
    ])
  }
  const { phone, userId } = decision.shown
  if (decision.who !== NEW && (phone !== undefined || userId !== undefined)) {
    await client.query(
      'update contacts set phone = coalesce($2, phone), user_id = coalesce($3, user_id) where id = $1',
      [who, phone ?? null, userId ?? null],
    )
  }
  return who
}

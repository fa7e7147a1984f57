import { firstMessageIdAt } from '../platform/ids.ts'
import { causeOf } from './broadcast-run.ts'
import { hasStatus } from './messages.ts'
import type { Sql } from './sql.ts'

/*
 * Facts for incidents. Every read is bounded, whatever the size of the store: by an index and a limit.
 */

const MOST_UNKNOWN = 1_000
/** Messages that are looked at for sends without a status. Inbound ones among them count too. */
const MOST_LOOKED_AT = 200
const MOST_TEMPLATES = 200
const MOST_BROADCASTS = 50

/** Sends of unknown outcome since a time. */
export async function unknownSince(
  sql: Sql,
  channelId: number,
  since: number,
): Promise<{ count: number; oldestAt: number } | undefined> {
  const rows = await sql.all<{ created_at: number }>(
    `select m.created_at from messages m where m.channel_id = $1 and ${hasStatus('unknown')} and m.id >= $2
     order by m.id limit ${MOST_UNKNOWN}`,
    [channelId, firstMessageIdAt(since)],
  )
  return rows.length === 0 ? undefined : { count: rows.length, oldestAt: Number(rows[0]!.created_at) }
}

export type AcceptedSend = { acceptedAt: number; answered: boolean; delayMs: number | undefined }

/** The newest sends between two times that WhatsApp accepted, the newest first. */
export async function acceptedSends(
  sql: Sql,
  channelId: number,
  { from, before, limit }: { from: number; before: number; limit: number },
): Promise<AcceptedSend[]> {
  const rows = await sql.all<{ accepted_at: number; status: string; answered_at: number | null }>(
    `select accepted_at, status, coalesce(sent_at, delivered_at, read_at, failed_at) as answered_at from (
       select direction, origin, status, accepted_at, sent_at, delivered_at, read_at, failed_at, id from messages
       where channel_id = $1 and id >= $2 and id < $3 order by id desc limit ${MOST_LOOKED_AT}) newest
     where direction = 'out' and origin is null and accepted_at is not null order by id desc limit $4`,
    [channelId, firstMessageIdAt(from), firstMessageIdAt(before), limit],
  )
  return rows.map((row) => ({
    acceptedAt: Number(row.accepted_at),
    answered: row.status !== 'accepted',
    delayMs: row.answered_at === null ? undefined : Math.max(0, Number(row.answered_at) - Number(row.accepted_at)),
  }))
}

export type TroubledTemplate = { wabaId: string; name: string; language: string; status: string; since: number }

/** Templates that were used since a time, and cannot be sent now. */
export async function troubledTemplates(sql: Sql, usedSince: number): Promise<TroubledTemplate[]> {
  const rows = await sql.all<Omit<TroubledTemplate, 'wabaId'> & { waba_id: string }>(
    `select t.waba_id, t.name, t.language, t.status, t.status_updated_at as since
     from template_uses u join templates t on t.waba_id = u.waba_id and t.name = u.name and t.language = u.language
     where u.used_at >= $1 and t.status in ('PAUSED', 'DISABLED', 'REJECTED') limit ${MOST_TEMPLATES}`,
    [usedSince],
  )
  return rows.map(({ waba_id: wabaId, since, ...row }) => ({ ...row, wabaId, since: Number(since) }))
}

export type TemplateUse = { wabaId: string; name: string; language: string }

export async function noteTemplateUses(sql: Sql, uses: readonly TemplateUse[], at: number): Promise<void> {
  if (uses.length === 0) return
  await sql.atomically(
    uses.map(({ wabaId, name, language }) => ({
      sql: `insert into template_uses (waba_id, name, language, used_at) values ($1, $2, $3, $4)
            on conflict (waba_id, name, language) do update set used_at = excluded.used_at
            where template_uses.used_at < excluded.used_at`,
      params: [wabaId, name, language, at],
    })),
  )
}

/** Broadcasts that stopped by themselves since a time. `reason`: the word for it, and WhatsApp's code. */
export async function stoppedBroadcasts(
  sql: Sql,
  since: number,
): Promise<{ channelId: number; id: string; name: string | null; reason: string | null; at: number }[]> {
  const rows = await sql.all<{
    channel_id: number
    id: string
    name: string | null
    reason: string | null
    updated_at: number
  }>(
    `select channel_id, id, name, reason, updated_at from broadcasts
     where state = 'stopped' and updated_at >= $1 order by updated_at desc limit ${MOST_BROADCASTS}`,
    [since],
  )
  return rows.map(({ channel_id: channelId, id, name, reason, updated_at: at }) => ({
    ...{ id, name, channelId: Number(channelId), at: Number(at) },
    reason: reason === null ? null : causeText(causeOf(reason)),
  }))
}

const causeText = ({ reason, code }: { reason: string; code: number }): string =>
  code === 0 ? reason : `${reason}, code ${code}`

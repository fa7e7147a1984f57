import type { Sql } from './sql.ts'

/**
 * The row of a customer's key. running: `holder` is working. done: `answer` has the answer. open: the call ended
 * without an answer, so the state of the created object (`made_id`) tells it.
 */
export type KeyRow = {
  body_hash: string
  made_id: string
  state: 'running' | 'open' | 'done'
  holder: string
  lease_until: number
  http: number | null
  answer: string | null
  created_at: number
}

export type KeyName = { channelId: number; key: string }
export type Holding = { holder: string; leaseUntil: number }

/** Takes the key. False when another call has it already. */
export async function claimKey(
  sql: Sql,
  name: KeyName,
  claim: Holding & { bodyHash: string; resourceId: string; now: number },
): Promise<boolean> {
  const changed = await sql.run(
    `insert into idempotency (channel_id, key, body_hash, made_id, state, holder, lease_until, created_at)
     values ($1, $2, $3, $4, 'running', $5, $6, $7) on conflict (channel_id, key) do nothing`,
    [name.channelId, name.key, claim.bodyHash, claim.resourceId, claim.holder, claim.leaseUntil, claim.now],
  )
  return changed === 1
}

export function findKey(sql: Sql, name: KeyName): Promise<KeyRow | undefined> {
  return sql.get<KeyRow>(
    `select body_hash, made_id, state, holder, lease_until, http, answer, created_at from idempotency
     where channel_id = $1 and key = $2`,
    [name.channelId, name.key],
  )
}

/** Takes over the key of `from`. False when another call was faster. */
export async function takeOverKey(
  sql: Sql,
  name: KeyName,
  from: Pick<KeyRow, 'holder' | 'lease_until' | 'state'>,
  to: Holding & { resourceId: string },
): Promise<boolean> {
  const changed = await sql.run(
    `update idempotency set state = 'running', made_id = $6, holder = $7, lease_until = $8
     where channel_id = $1 and key = $2 and holder = $3 and lease_until = $4 and state = $5`,
    [name.channelId, name.key, from.holder, from.lease_until, from.state, to.resourceId, to.holder, to.leaseUntil],
  )
  return changed === 1
}

export async function renewKey(sql: Sql, name: KeyName, { holder, leaseUntil }: Holding): Promise<void> {
  await sql.run(
    `update idempotency set lease_until = $4 where channel_id = $1 and key = $2 and holder = $3 and state = 'running'`,
    [name.channelId, name.key, holder, leaseUntil],
  )
}

/** Stores the answer, or leaves it to the state of the created object. */
export async function settleKey(
  sql: Sql,
  name: KeyName,
  holder: string,
  answer: { http: number; text: string } | null,
): Promise<void> {
  await sql.run(
    `update idempotency set state = $4, http = $5, answer = $6, lease_until = 0
     where channel_id = $1 and key = $2 and holder = $3`,
    [name.channelId, name.key, holder, answer ? 'done' : 'open', answer?.http ?? null, answer?.text ?? null],
  )
}

/** Nothing was done under this key, so it may be used again. */
export async function releaseKey(sql: Sql, name: KeyName, holder: string): Promise<void> {
  await sql.run('delete from idempotency where channel_id = $1 and key = $2 and holder = $3', [
    name.channelId,
    name.key,
    holder,
  ])
}

/** Deletes an expired key. */
export async function dropKey(sql: Sql, name: KeyName, createdAt: number): Promise<void> {
  await sql.run('delete from idempotency where channel_id = $1 and key = $2 and created_at = $3', [
    name.channelId,
    name.key,
    createdAt,
  ])
}

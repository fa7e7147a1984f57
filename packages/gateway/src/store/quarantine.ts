import type { Sql } from './sql.ts'

export type QuarantineReason = 'unreadable' | 'unknown_number' | 'apply_failed'

/** Stores a webhook that Meta signed and we could not use, byte for byte. The bytes must not be used afterwards. */
export async function quarantine(
  sql: Sql,
  item: { reason: QuarantineReason; detail: string; body: Uint8Array; now: number },
): Promise<void> {
  await sql.run('insert into quarantine (reason, detail, body, received_at) values ($1, $2, $3, $4)', [
    item.reason,
    item.detail.slice(0, 500),
    item.body,
    item.now,
  ])
}

export async function quarantineCounts(sql: Sql): Promise<Record<string, number>> {
  const rows = await sql.all<{ reason: string; n: number }>(
    'select reason, count(*) as n from quarantine group by reason',
  )
  return Object.fromEntries(rows.map((row) => [row.reason, Number(row.n)]))
}

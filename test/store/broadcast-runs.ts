import { nextRecipients, type Taken, takeRecipients } from '../../packages/gateway/src/store/broadcast-run.ts'
import type { Sql } from '../../packages/gateway/src/store/sql.ts'

/** Takes the next recipients, as a runner does when there are no quiet hours. */
export async function takeNext(
  sql: Sql,
  id: string,
  limit: number,
  newId: () => string,
  now: number,
): Promise<Taken[]> {
  const next = await nextRecipients(sql, id, limit)
  const taken = next.map((one) => ({ ...one, messageId: one.messageId ?? newId() }))
  return takeRecipients(sql, id, { taken, held: [], now })
}

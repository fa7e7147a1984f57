/*
 * The sums of a broadcast: how far its messages came. A message counts in every sum that it has reached, so delivered
 * messages are also sent, and read ones delivered. A message that failed is in none of the three.
 */

export type Sums = { sent: number; delivered: number; read: number; undelivered: number }

const LEVELS: Record<string, number> = { sent: 1, delivered: 2, read: 3, played: 3 }

/** What the sums change by when the status of a message goes from `before` to `after`. Null: no status yet. */
export function moved(before: string | null, after: string | null): Sums {
  const [from, to] = [levelOf(before), levelOf(after)]
  const step = (level: number): number => Number(to >= level) - Number(from >= level)
  return {
    sent: step(1),
    delivered: step(2),
    read: step(3),
    undelivered: Number(after === 'failed') - Number(before === 'failed'),
  }
}

const levelOf = (status: string | null): number => (status === null ? 0 : (LEVELS[status] ?? 0))

export function added(sums: Sums, more: Sums): Sums {
  return {
    sent: sums.sent + more.sent,
    delivered: sums.delivered + more.delivered,
    read: sums.read + more.read,
    undelivered: sums.undelivered + more.undelivered,
  }
}

export const NO_SUMS: Sums = { sent: 0, delivered: 0, read: 0, undelivered: 0 }

/** An answer counts for this long after its message. */
export const ANSWER_WITHIN_MS = 7 * 24 * 60 * 60_000

/** Why an accepted message did not arrive: WhatsApp's error of its status, in the form of a recipient's `error`. */
export function undeliveredError(kept: string | null): { reason: 'undelivered'; message: string; code?: number } {
  const error = (kept === null ? {} : JSON.parse(kept)) as {
    code?: unknown
    title?: unknown
    message?: unknown
    error_data?: { details?: unknown } | null
  }
  const words = [error.error_data?.details, error.message, error.title].find((one) => typeof one === 'string')
  return {
    reason: 'undelivered',
    message: typeof words === 'string' ? words : 'WhatsApp could not deliver the message.',
    ...(typeof error.code === 'number' && { code: error.code }),
  }
}

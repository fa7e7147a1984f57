import type { Lane, Message } from '../core/rows.ts'

// Fields of rows, in the order of the columns of their statements.

export const TIMES: ((m: Message) => number | null)[] = [
  (m) => m.acceptedAt,
  (m) => m.sentAt,
  (m) => m.deliveredAt,
  (m) => m.readAt,
  (m) => m.playedAt,
  (m) => m.failedAt,
]
export const PRICES: ((m: Message) => string | null)[] = [(m) => m.pricing, (m) => m.conversation]
export const LANE_KEY: ((l: Lane) => number)[] = [(l) => l.endpointId, (l) => l.contactId]
export const LANE_STATE: ((l: Lane) => string | number | null)[] = [
  (l) => l.cursor,
  (l) => l.dueAt,
  (l) => l.holder,
  (l) => l.attempts,
  (l) => l.waitingSince,
]

import { z } from 'zod'

/*
 * What the loss audit finds: a message or callback that was accepted here and has no known end. Times are epoch
 * milliseconds.
 */

/** What is missing, with what it means and what to do. */
export const MISSING = {
  no_status: {
    what: 'WhatsApp accepted the message, and told no status of it.',
    advice:
      'If many messages miss theirs, webhooks do not come: postern doctor. If it is one, ask the recipient, and send it again if it did not come.',
  },
  status_not_here: {
    what: 'WhatsApp has statuses of the message that never came here.',
    advice:
      'The webhooks were lost on the way: see at_meta for how far the message came, then postern doctor for public address, proxy and subscription.',
  },
  outcome_unknown: {
    what: 'The answer to the send was lost, and no status came: nobody knows whether WhatsApp accepted it.',
    advice: 'Ask the recipient, or look in your own records, before you send it again: it may have arrived.',
  },
  callback_dead: {
    what: 'The endpoint did not acknowledge the callback, and it is tried no more.',
    advice: 'Repair the endpoint, then replay it: postern deliveries replay, or on the console’s page Deliveries.',
  },
  callback_waiting: {
    what: 'The endpoint has not acknowledged the callback yet. It is tried again.',
    advice: 'Repair the endpoint, then: postern endpoint retry.',
  },
  callback_unproven: {
    what: 'The callback counts as delivered, and no acknowledgement of the endpoint is known.',
    advice: 'Replay it on the console’s page Deliveries, and report it with the log of that time.',
  },
} as const

export type Missing = keyof typeof MISSING

/** What WhatsApp knows of a message: the newest status, and what became of its webhook. */
export type AtMeta = { status: string; webhook: string | undefined; at: number | undefined }

export type Loss = {
  missing: Missing
  channelId: number
  /** WhatsApp's id, or ours where there is none. Undefined for a callback that is about no message. */
  messageId: string | undefined
  eventId?: string
  endpointId?: string
  event?: string
  since: number
  atMeta?: AtMeta
  /** False: WhatsApp was not asked, or did not answer. For messages without a status. */
  asked?: boolean
}

/** A callback that still waits is late and not lost: `events_waiting` tells of it. */
export const isLost = ({ missing }: Pick<Loss, 'missing'>): boolean => missing !== 'callback_waiting'

const time = z.int().describe('Unix seconds.')

export const lossShape = z
  .object({
    missing: z.enum(Object.keys(MISSING) as [Missing, ...Missing[]]),
    channel_id: z.int(),
    message_id: z
      .string()
      .optional()
      .describe('WhatsApp’s id, or ours where there is none. Missing for a callback that is about no message.'),
    event_id: z.string().optional().describe('The callback.'),
    event: z.string().optional().describe('The kind of the callback.'),
    endpoint_id: z.string().optional(),
    since: time,
    at_meta: z
      .object({
        status: z.string().describe('The newest status at WhatsApp: SENT, DELIVERED, READ, FAILED or DELETED.'),
        webhook: z.string().optional().describe('What became of its webhook, by WhatsApp’s word.'),
        at: time.optional(),
      })
      .optional(),
    asked: z.boolean().optional().describe('False: WhatsApp was not asked for the message, or did not answer.'),
    what: z.string().describe('What is missing, in a sentence.'),
    advice: z.string().describe('What to do.'),
  })
  .meta({ id: 'Loss' })

export type ShownLoss = z.infer<typeof lossShape>

const secondsOf = (ms: number): number => Math.floor(ms / 1000)

export function publicLoss({ missing, channelId, messageId, eventId, endpointId, ...loss }: Loss): ShownLoss {
  const { event, since, atMeta, asked } = loss
  return {
    missing,
    channel_id: channelId,
    ...(messageId !== undefined && { message_id: messageId }),
    ...(eventId !== undefined && { event_id: eventId }),
    ...(event !== undefined && { event }),
    ...(endpointId !== undefined && { endpoint_id: endpointId }),
    since: secondsOf(since),
    ...(atMeta && {
      at_meta: {
        status: atMeta.status,
        ...(atMeta.webhook !== undefined && { webhook: atMeta.webhook }),
        ...(atMeta.at !== undefined && { at: secondsOf(atMeta.at) }),
      },
    }),
    ...(asked !== undefined && { asked }),
    ...MISSING[missing],
  }
}

const TOO_YOUNG_MS = 10 * 60_000

/** A row of a message, as far as the audit reads it. */
export type AuditedMessage = {
  id: string
  wamid: string | null
  direction: string
  origin: string | null
  status: string
  created_at: number
  accepted_at: number | null
}

/** What is missing of a message. `usualMs`: how long statuses may take on its channel. */
export function missingOf(one: AuditedMessage, now: number, usualMs: number): Missing | undefined {
  if (one.direction !== 'out' || one.origin !== null) return undefined
  if (one.status === 'accepted')
    return now - Number(one.accepted_at ?? one.created_at) > usualMs ? 'no_status' : undefined
  const isUnknown = one.status === 'unknown' || one.status === 'sending'
  return isUnknown && now - Number(one.created_at) > TOO_YOUNG_MS ? 'outcome_unknown' : undefined
}

/** Callbacks that were stored before are old enough to be acknowledged. */
export const settledBefore = (now: number): number => now - TOO_YOUNG_MS

/** The newest status in WhatsApp's history of a message. Undefined: it has none. */
export function newestAtMeta(history: readonly Record<string, unknown>[]): AtMeta | undefined {
  let newest: AtMeta | undefined
  for (const { events } of history) {
    const data = (events as { data?: unknown } | undefined)?.data
    for (const event of Array.isArray(data) ? (data as Record<string, unknown>[]).slice(0, 100) : []) {
      const { delivery_status: status, webhook_update_state: webhook, timestamp } = event ?? {}
      if (typeof status !== 'string') continue
      const at = typeof timestamp === 'number' && timestamp > 0 ? timestamp * 1000 : undefined
      if (newest && (at ?? 0) < (newest.at ?? 0)) continue
      const word = typeof webhook === 'string' ? webhook.slice(0, 40) : undefined
      newest = { status: status.slice(0, 40), webhook: word, at }
    }
  }
  return newest
}

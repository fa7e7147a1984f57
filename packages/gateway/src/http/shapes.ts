import { z } from 'zod'
import type { WebhookError } from '@postern/cloud-api'
import { LADDER } from '../domain/messages/status.ts'
import { withoutSender } from '../domain/messages/sent-by.ts'
import { withEdits } from '../domain/messages/edits.ts'
import { toldError } from '../domain/events/bodies.ts'
import { callbackDataOf, type MessageRow } from '../store/messages.ts'
import type { AttemptRow, DeliveryRow, DeliveryState } from '../store/events.ts'
import { eventIdOf } from '../store/events.ts'
import { matching } from '../domain/fields/schema.ts'

/** Whole Unix seconds, as everywhere in this API. */
export const seconds = (ms: number | null): number | null => (ms === null ? null : Math.floor(ms / 1000))

const unixSeconds = z.int().describe('Unix seconds.')

/** A page size from a query string: 1 to 100. */
export const count = matching(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100')
  .transform(Number)
  .default(10)
  .describe('Maximum number of rows: 1 to 100. Default: 10.')

/** How far a message has come. */
export const messageStatus = z.enum(['received', ...LADDER])

export const messageShape = z
  .object({
    msg_id: z.string().nullable().describe('WhatsApp’s id; null before WhatsApp returns one.'),
    reference: z.string().describe('Our id.'),
    channel_id: z.int(),
    direction: z.enum(['inbound', 'outbound']),
    contact: z.string().describe('The number, or the business-scoped id, of the contact.'),
    type: z.string(),
    status: messageStatus.describe('received, or how far a sent message has come.'),
    content: z.unknown().describe('The message in WhatsApp’s format.'),
    rendered: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('For a template: the text that the contact saw, from the current template.'),
    error: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('WhatsApp’s error: code, title, details, and all other keys.'),
    errors: z.array(z.unknown()).optional().describe('All errors from WhatsApp, when the message failed.'),
    pricing: z.unknown().optional().describe('WhatsApp’s pricing object.'),
    conversation: z.unknown().optional().describe('WhatsApp’s conversation object.'),
    origin: z
      .enum(['app', 'history', 'standby'])
      .optional()
      .describe(
        'app: the business wrote it in its own WhatsApp app. history: copied from there, from the time before the number was connected. standby: another program answers it.',
      ),
    edited_at: unixSeconds.optional().describe('Its author changed it: content is the new one.'),
    earlier: z
      .array(z.object({ content: z.unknown(), at: unixSeconds }))
      .optional()
      .describe('What it was before it was changed, the oldest first.'),
    revoked_at: unixSeconds.optional().describe('Its author deleted it for everyone.'),
    changes: z.string().optional().describe('The msg_id of the message that this one changes or deletes.'),
    callback_data: z.string().optional().describe('The biz_opaque_callback_data of the message.'),
    created_at: unixSeconds,
    timeline: z.array(z.object({ status: z.string(), at: unixSeconds })),
  })
  .meta({ id: 'Message' })

export function messageOf(row: MessageRow): z.infer<typeof messageShape> {
  const first = row.direction === 'in' ? 'received' : 'created'
  const timeline = [
    { status: first, at: row.created_at },
    { status: 'accepted', at: row.accepted_at },
    { status: 'sent', at: row.sent_at },
    { status: 'delivered', at: row.delivered_at },
    { status: 'read', at: row.read_at },
    { status: 'played', at: row.played_at },
    { status: 'failed', at: row.failed_at },
  ]
    .filter((step): step is { status: string; at: number } => step.at !== null)
    .sort((a, b) => Math.floor(a.at / 1000) - Math.floor(b.at / 1000))
  const callbackData = row.direction === 'out' ? callbackDataOf(row.content) : undefined
  return {
    msg_id: row.wamid,
    reference: row.id,
    channel_id: row.channel_id,
    direction: row.direction === 'in' ? 'inbound' : 'outbound',
    contact: row.recipient ?? '',
    type: row.type,
    status: row.status as z.infer<typeof messageStatus>,
    ...contentOf(row),
    ...errorsOf(row.error),
    ...(row.pricing !== null && { pricing: parsed(row.pricing) }),
    ...(row.conversation !== null && { conversation: parsed(row.conversation) }),
    ...(row.origin !== null && { origin: row.origin === 'standby_kept' ? 'standby' : row.origin }),
    ...(row.changes !== null && { changes: row.changes }),
    ...(callbackData !== undefined && { callback_data: callbackData }),
    created_at: Math.floor(row.created_at / 1000),
    timeline: timeline.map((step) => ({ status: step.status, at: Math.floor(step.at / 1000) })),
  }
}

function contentOf(
  row: MessageRow,
): Pick<z.infer<typeof messageShape>, 'content' | 'edited_at' | 'earlier' | 'revoked_at'> {
  const { content } = withoutSender(parsed(row.content))
  if (!row.edits) return { content }
  const { content: now, editedAt, revokedAt, earlier } = withEdits(content, row.created_at, row.edits)
  return {
    content: now,
    ...(editedAt !== undefined && { edited_at: Math.floor(editedAt / 1000) }),
    ...(earlier.length > 0 && {
      earlier: earlier.map((one) => ({ content: one.content, at: Math.floor(one.at / 1000) })),
    }),
    ...(revokedAt !== undefined && { revoked_at: Math.floor(revokedAt / 1000) }),
  }
}

/** In the form of callbacks. The row has Meta's first error, with all errors in it when there are several. */
function errorsOf(kept: string | null): { error: Record<string, unknown> | null; errors?: unknown[] } {
  const error = kept === null ? null : parsed(kept)
  if (typeof error !== 'object' || error === null) return { error: null }
  const { errors, ...first } = error as WebhookError & { errors?: unknown }
  const all = Array.isArray(errors) ? (errors as WebhookError[]) : [first]
  return { error: toldError(first), errors: all.map(toldError) }
}

export const eventShape = z
  .object({
    id: z.string().describe('The webhook-id of its deliveries.'),
    created_at: unixSeconds,
    delivery: z.enum(['pending', 'delivered', 'dead', 'none']).describe('none: the channel had no webhook.'),
    body: z.unknown().describe('The body of the callback.'),
  })
  .meta({ id: 'Event' })

export function eventOf(
  installation: string,
  { seq, createdAt, body }: { seq: number; createdAt: number; body: string },
  delivery: DeliveryState,
): z.infer<typeof eventShape> {
  return { id: eventIdOf(installation, seq), created_at: Math.floor(createdAt / 1000), delivery, body: parsed(body) }
}

export const deliveryShape = z
  .object({
    id: z.string(),
    channel_id: z.int(),
    endpoint_id: z.string().nullable().describe('The endpoint of this delivery; null when the channel has none.'),
    event: z.string(),
    state: z.enum(['pending', 'delivered', 'dead', 'none']),
    reference: z.string().nullable().describe('Postern’s id of the message.'),
    created_at: unixSeconds,
    done_at: unixSeconds.nullable(),
    attempts: z.array(
      z.object({
        number: z.int(),
        at: unixSeconds,
        outcome: z.string().describe('delivered, retry or dead.'),
        status: z.int().nullable().describe('The endpoint’s HTTP status; null when no answer came.'),
        duration_ms: z.int(),
        answer: z.string().nullable().describe('The first KiB of the answer, or why there is no answer.'),
      }),
    ),
    body: z.unknown(),
  })
  .meta({ id: 'Delivery' })

export function deliveryOf(
  installation: string,
  row: DeliveryRow,
  attempts: AttemptRow[],
): z.infer<typeof deliveryShape> {
  return {
    id: eventIdOf(installation, row.seq),
    channel_id: row.channel_id,
    endpoint_id: row.endpoint_public_id,
    event: row.kind,
    state: row.state,
    reference: row.message_id,
    created_at: Math.floor(row.created_at / 1000),
    done_at: seconds(row.done_at),
    attempts: attempts.map((attempt) => ({
      number: attempt.number,
      at: Math.floor(attempt.at / 1000),
      outcome: attempt.outcome,
      status: attempt.status,
      duration_ms: attempt.ms,
      answer: attempt.answer,
    })),
    body: parsed(row.body),
  }
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

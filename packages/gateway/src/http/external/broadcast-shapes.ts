import { ERROR_CODES } from '@postern/cloud-api'
import { z } from 'zod'
import { readPace, secondsLeft } from '../../domain/broadcasts/rate.ts'
import { stopWhenSchema } from '../../domain/broadcasts/stop-when.ts'
import { quietHoursSchema } from '../../domain/contacts/quiet-hours.ts'
import { toCents } from '../../domain/costs/report.ts'
import { FAILURES_SHOWN, type Progress } from '../../flows/send/broadcast-intake.ts'
import type { BroadcastRow, RecipientRow } from '../../store/broadcasts.ts'
import { seconds } from '../shapes.ts'

/** States of a recipient, for callers. */
export const RECIPIENT_STATES = ['waiting', 'sending', 'accepted', 'failed', 'unknown'] as const

const reason = z.object({ reason: z.string(), message: z.string(), code: z.int().optional() })

const stopReason = reason.extend({
  rule: z.enum(['failed_share', 'failed', 'quality', 'spend']).optional().describe('The limit of stop_when.'),
  limit: z.union([z.number(), z.string()]).optional(),
  actual: z.union([z.number(), z.string()]).optional().describe('What was reached.'),
})

export const recipientShape = z
  .object({
    n: z.int().describe('The place in the list.'),
    recipient: z.string(),
    state: z
      .enum(RECIPIENT_STATES)
      .describe('Result of the send. unknown: it may have arrived, and is not sent again.'),
    status: z.string().nullable().describe('Current status of the message.'),
    msg_id: z.string().nullable(),
    reference: z.string().nullable(),
    error: reason.nullable().describe('Why it was not sent, or not delivered.'),
    at: z.int().nullable().describe('Unix seconds.'),
    answered_at: z.int().nullable().describe('Unix seconds: the contact wrote within seven days after the message.'),
  })
  .meta({ id: 'BroadcastRecipient' })

const progressShape = z.object({
  rate: z.number().describe('Results per second, of the last ten seconds.'),
  allowed: z.number().describe('Messages per second that it may send now.'),
  slowed_by: z
    .enum(['throttled', 'quality'])
    .nullable()
    .describe('throttled: WhatsApp asked for a slower pace. quality: the quality of the number is low.'),
  quiet_until: z.int().nullable().describe('Unix seconds: all recipients that are left have quiet hours until then.'),
  seconds_left: z.int().nullable().describe('Until the last recipient, at this rate.'),
})

export const broadcastShape = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    state: z
      .enum(['draft', 'checked', 'preparing', 'scheduled', 'running', 'paused', 'stopped', 'cancelled', 'done'])
      .describe(
        'stopped: by itself, because no send can succeed now, or because a limit of stop_when was reached; put it right and resume.',
      ),
    reason: stopReason.nullable().describe('Why it stopped.'),
    counts: z.object({
      total: z.int(),
      waiting: z.int().describe('Not sent yet.'),
      accepted: z.int().describe('Accepted by WhatsApp.'),
      failed: z.int().describe('Not accepted.'),
      unknown: z.int().describe('It is not known whether WhatsApp accepted the message.'),
      duplicates: z.int().describe('Duplicates in the request; each recipient gets the message once.'),
      skipped: z.int().describe('Rows of the file that were left out, because they could not be sent.'),
      sent: z.int().describe('At least sent, as a status of WhatsApp tells.'),
      delivered: z.int().describe('At least delivered.'),
      read: z.int().describe('Read. People can switch this status off.'),
      answered: z.int().describe('The contact wrote within seven days after the message.'),
      undelivered: z.int().describe('Accepted, and failed later.'),
      stopped: z.int().describe('Among the failed and undelivered: the person has stopped marketing messages.'),
    }),
    progress: progressShape.nullable().describe('Null unless it is running.'),
    cost: z
      .object({ amount: z.string(), currency: z.string() })
      .nullable()
      .describe('Cost of the messages so far, by RATE_CARD_FILE. WhatsApp’s bill decides.'),
    file_id: z.string().nullable().describe('The file of its recipients.'),
    map: z.looseObject({}).nullable(),
    send_at: z.int().nullable().describe('Unix seconds.'),
    quiet_hours: quietHoursSchema.nullable(),
    stop_when: stopWhenSchema.nullable(),
    skip_bad: z.boolean(),
    test_numbers: z.array(z.string()).nullable(),
    checked_at: z.int().nullable().describe('Unix seconds: of the last check.'),
    tested_at: z.int().nullable().describe('Unix seconds: of the last test that WhatsApp accepted.'),
    retry_of: z.string().nullable().describe('The broadcast whose failed recipients these are.'),
    created_at: z.int(),
    started_at: z.int().nullable(),
    updated_at: z.int(),
    finished_at: z.int().nullable(),
  })
  .meta({ id: 'Broadcast' })

export const withFailures = broadcastShape.extend({
  message: z.looseObject({}).describe('The message as it was given, without what is a recipient’s alone.'),
  failed_by_code: z
    .array(
      z.object({
        code: z.int().nullable().describe('WhatsApp’s code; null for a refusal of the gateway.'),
        reason: z.string().describe('undelivered: accepted, and failed later.'),
        recipients: z.int(),
        advice: z.string().nullable().describe('What the code means, and what to do.'),
      }),
    )
    .describe('Why recipients did not get the message, the most frequent first.'),
  failures: z.array(recipientShape).describe(`The first ${FAILURES_SHOWN} that failed or are unknown.`),
})

export function progressOf(
  { broadcast, failures, causes }: Progress,
  currency: string | undefined,
): z.infer<typeof withFailures> {
  return {
    ...broadcastOf(broadcast, currency),
    message: JSON.parse(broadcast.message) as Record<string, unknown>,
    failed_by_code: causes.map(({ code, reason: why, recipients }) => ({
      code: Number(code) === 0 ? null : Number(code),
      reason: why,
      recipients: Number(recipients),
      advice: adviceFor(Number(code)),
    })),
    failures: failures.map(recipientOf),
  }
}

/** A refusal of the gateway has the code 0, which is a code of WhatsApp's too. */
function adviceFor(code: number): string | null {
  const known = code === 0 ? undefined : ERROR_CODES[code]
  return known ? `${known.meaning} ${known.advice}` : null
}

/** What is kept as it was given. */
const given = <T>(json: string | null): T | null => (json === null ? null : (JSON.parse(json) as T))

/** `currency`: of the rate card, if there is one. */
export function broadcastOf(row: BroadcastRow, currency: string | undefined): z.infer<typeof broadcastShape> {
  const [total, accepted, failed, unknown] = [row.total, row.accepted, row.failed, row.unknown].map(Number) as [
    number,
    number,
    number,
    number,
  ]
  // Contacts that were erased meanwhile are no longer listed.
  const waiting = row.state === 'done' ? 0 : Math.max(0, total - accepted - failed - unknown)
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    reason: row.reason === null ? null : (JSON.parse(row.reason) as z.infer<typeof stopReason>),
    counts: {
      total,
      waiting,
      accepted,
      failed,
      unknown,
      duplicates: Number(row.duplicates),
      skipped: Number(row.skipped),
      sent: Number(row.sent),
      delivered: Number(row.delivered),
      read: Number(row.read),
      answered: Number(row.answered),
      undelivered: Number(row.undelivered),
      stopped: Number(row.stopped),
    },
    progress: paceOf(row, waiting),
    cost: currency === undefined ? null : { amount: toCents(BigInt(Math.round(Number(row.micros)))), currency },
    file_id: row.file_id,
    map: given(row.map),
    send_at: seconds(row.send_at === null ? null : Number(row.send_at)),
    quiet_hours: given(row.quiet_hours),
    stop_when: given(row.stop_when),
    skip_bad: Number(row.skip_bad) === 1,
    test_numbers: given(row.test_numbers),
    checked_at: seconds(row.checked_at === null ? null : Number(row.checked_at)),
    tested_at: seconds(row.tested_at === null ? null : Number(row.tested_at)),
    retry_of: row.retry_of,
    created_at: Math.floor(Number(row.created_at) / 1000),
    started_at: moment(row.started_at),
    updated_at: Math.floor(Number(row.updated_at) / 1000),
    finished_at: moment(row.finished_at),
  }
}

function paceOf(row: BroadcastRow, waiting: number): z.infer<typeof progressShape> | null {
  const pace = readPace(row.pace)
  if (row.state !== 'running' || !pace) return null
  return { ...pace, quiet_until: moment(pace.quiet_until), seconds_left: secondsLeft(waiting, pace) }
}

export function recipientOf(row: RecipientRow): z.infer<typeof recipientShape> {
  return {
    n: Number(row.n),
    recipient: row.person,
    state: row.state === 'held' ? 'waiting' : row.state,
    status: row.status,
    msg_id: row.wamid,
    reference: row.status === null ? null : row.message_id,
    error: row.error === null ? null : (JSON.parse(row.error) as z.infer<typeof reason>),
    at: moment(row.at),
    answered_at: moment(row.answered_at),
  }
}

const moment = (at: number | null): number | null => seconds(at === null ? null : Number(at))

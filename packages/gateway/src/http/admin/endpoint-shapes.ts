import { z } from 'zod'
import { answeredWithin, successRate } from '../../domain/channels/attempt-counts.ts'
import { chosenFormat, ENDPOINT_FORMATS, type Endpoint } from '../../domain/channels/endpoint.ts'
import type { EndpointActivity } from '../../flows/deliver/activity.ts'
import type { WaitingOfEndpoint } from '../../store/endpoint-activity.ts'
import { seconds } from '../shapes.ts'

const unixSeconds = z.int().describe('Unix seconds.')
const names = (what: string) => z.array(z.string()).nullable().describe(`${what} null: all.`)

export const endpointShape = z
  .object({
    endpoint_id: z.string(),
    channel_id: z.int(),
    name: z.string(),
    url: z.string().describe('Without a password.'),
    format: z.enum(ENDPOINT_FORMATS),
    events: names('The names of the events that it gets.'),
    types: names('The types of messages that it gets as new_message.'),
    statuses: names('The statuses that it gets as message_status_update.'),
    headers: z.array(z.string()).describe('The names of its own headers. Their values are not shown.'),
    state: z.enum(['active', 'resting', 'paused']),
    state_reason: z.string().nullable(),
    since: unixSeconds.describe('When the state began, in Unix seconds.'),
    next_attempt_at: unixSeconds.nullable().describe('While resting: the time of the next test delivery.'),
    last_answer: z
      .object({
        at: unixSeconds,
        outcome: z.string().describe('delivered, retry or dead.'),
        status: z.int().nullable().describe('The HTTP status it answered; null when no answer came.'),
        duration_ms: z.int(),
        problem: z.string().nullable().describe('Why no answer came.'),
      })
      .nullable()
      .describe('What came of the newest attempt.'),
    waiting: z.int().describe('Events that wait to be delivered.'),
    oldest_waiting_at: unixSeconds.nullable().describe('When the oldest of them began to wait, in Unix seconds.'),
    dead: z.int().describe('Events that were given up. A replay delivers them again.'),
    last_hour: z.object({
      attempts: z.int(),
      success_rate: z.number().nullable().describe('The share of attempts that were acknowledged: 0 to 1.'),
      latency_ms: z
        .object({ p50: z.int(), p95: z.int() })
        .nullable()
        .describe('How long half of the answers, and 95 % of them, took at the most. Exact to a tenth.'),
    }),
    created_at: unixSeconds,
  })
  .meta({ id: 'Endpoint' })

/** An endpoint as the admin API shows it: never with its secrets. */
export function shownEndpoint(
  endpoint: Endpoint,
  { counts, lastAnswer }: EndpointActivity,
  waiting: WaitingOfEndpoint,
): z.infer<typeof endpointShape> {
  const { health, filter } = endpoint
  const list = (words: readonly string[] | null) => words && [...words]
  const [half, most] = [answeredWithin(counts, 0.5), answeredWithin(counts, 0.95)]
  return {
    endpoint_id: endpoint.publicId,
    channel_id: endpoint.channelId,
    name: endpoint.name,
    url: withoutPassword(endpoint.url),
    format: chosenFormat(endpoint.format),
    events: list(filter.events),
    types: list(filter.types),
    statuses: list(filter.statuses),
    headers: Object.keys(endpoint.headers),
    state: health.state,
    state_reason: health.reason,
    since: Math.floor(health.since / 1000),
    next_attempt_at: seconds(health.restingUntil),
    last_answer: lastAnswer
      ? {
          at: Math.floor(lastAnswer.at / 1000),
          outcome: lastAnswer.outcome,
          status: lastAnswer.status,
          duration_ms: lastAnswer.ms,
          problem: lastAnswer.problem,
        }
      : null,
    waiting: waiting.pending,
    oldest_waiting_at: seconds(waiting.oldestPendingAt),
    dead: waiting.dead,
    last_hour: {
      attempts: counts.succeeded + counts.failed,
      success_rate: successRate(counts),
      latency_ms: half === null || most === null ? null : { p50: half, p95: most },
    },
    created_at: Math.floor(endpoint.createdAt / 1000),
  }
}

/** URLs of before endpoints were checked for it may hold a user and a password. */
function withoutPassword(text: string): string {
  if (!text.includes('@') || !URL.canParse(text)) return text
  const url = new URL(text)
  if (url.password !== '') url.password = '***'
  return url.href
}

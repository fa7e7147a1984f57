import type { EndpointFact } from './facts.ts'
import type { Reading } from './incident.ts'
import { MINUTE, type Rule, rule, SECOND, timeText } from './rule.ts'

/** A server that restarts is away for a shorter time. */
const FAILS_FOR_MS = 60 * SECOND
const CRITICAL_AFTER_MS = 5 * MINUTE
const WAITS_TOO_LONG_MS = 10 * MINUTE
const WAITS_MS = 5 * MINUTE

type Found = Omit<Reading, 'kind' | 'channelId' | 'endpointId'>

const ofEndpoint = (one: EndpointFact, found: Found) => ({
  channelId: one.channelId,
  endpointId: one.endpointId,
  ...found,
})

const REPAIR =
  'Repair the server behind the endpoint: it must answer 2xx within 10 seconds. Deliveries continue by themselves; "postern endpoint retry" tries now, and "postern endpoint test" sends a test event.'

const GONE =
  'The server answered 410 Gone, which means: send no more. Give the endpoint another URL, or resume it: postern endpoint resume.'

function failing(one: EndpointFact, now: number) {
  const { name, state, since, waiting, nextTryAt, lastAnswer, oldestAt } = one
  const last = lastAnswer?.words ?? 'no answer yet'
  const count = Math.max(1, waiting)
  if (state === 'paused')
    return one.pausedBy !== 'endpoint'
      ? undefined
      : ofEndpoint(one, {
          severity: 'critical',
          since,
          count,
          what: `The endpoint ${name} is paused, because it answered 410 Gone. ${waiting} events wait.`,
          advice: GONE,
        })
  if (state === 'resting') {
    const next = nextTryAt === null || nextTryAt <= now ? 'now' : timeText(nextTryAt)
    return ofEndpoint(one, {
      ...(now - since < FAILS_FOR_MS && { holds: true }),
      severity: now - since < CRITICAL_AFTER_MS ? 'warning' : 'critical',
      since,
      count,
      what: `Deliveries to the endpoint ${name} fail, so it rests between tries. Last answer: ${last}. ${waiting} events wait. Next try: ${next}.`,
      advice: REPAIR,
    })
  }
  if (waiting === 0 || oldestAt === null || lastAnswer === null || lastAnswer.delivered) return undefined
  return ofEndpoint(one, {
    ...(now - oldestAt < FAILS_FOR_MS && { holds: true }),
    severity: 'warning',
    since: oldestAt,
    count,
    what: `Deliveries to the endpoint ${name} fail. Last answer: ${last}. ${waiting} events wait, the oldest since ${timeText(oldestAt)}.`,
    advice: REPAIR,
  })
}

export const ENDPOINT_RULES: readonly Rule[] = [
  rule('endpoint_failing', 'endpoints', failing),

  rule('dead_events', 'endpoints', (one) =>
    one.dead === 0
      ? undefined
      : ofEndpoint(one, {
          severity: 'warning',
          count: one.dead,
          what: `${one.dead} events for the endpoint ${one.name} are dead: their three days of retries ended without an acknowledgement.`,
          advice:
            'When the endpoint works again, deliver them: postern deliveries replay --channel <id>. They are kept until their retention ends.',
        }),
  ),

  rule('events_waiting', 'endpoints', (one, now) => {
    const { name, oldestAt, waiting, pausedBy } = one
    if (oldestAt === null || waiting === 0 || now - oldestAt < WAITS_MS) return undefined
    const reason =
      pausedBy === 'operator'
        ? 'an operator paused it'
        : one.lastAnswer === null || one.lastAnswer.delivered
          ? 'it is slower than the events come, or fails for some contacts'
          : 'its deliveries fail'
    return ofEndpoint(one, {
      ...(now - oldestAt < WAITS_TOO_LONG_MS && { holds: true }),
      severity: 'warning',
      since: oldestAt,
      count: waiting,
      what: `${waiting} events wait for the endpoint ${name}, the oldest since ${timeText(oldestAt)}: ${reason}.`,
      advice:
        'See which contacts wait and why: postern deliveries list --state pending. Events are retried for three days, then they are dead.',
    })
  }),
]

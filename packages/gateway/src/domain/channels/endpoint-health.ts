const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** An endpoint rests when this many different contacts' deliveries failed in a row, with no success between them. */
export const CONTACTS_TO_REST = 5

/** What an endpoint may ask for with `Retry-After` at most, so that one bad header does not silence it for a year. */
export const LONGEST_RETRY_AFTER_MS = 6 * HOUR

const REST_BASE_MS = 2 * SECOND
const LONGEST_REST_MS = 5 * MINUTE

/**
 * What is known of an endpoint: a circuit breaker that has its row in the store, the same for all nodes.
 *
 * - `active`: deliveries go out side by side.
 * - `resting` (open circuit): nothing goes out until `restingUntil`; then one delivery probes it, on one node.
 * - `paused`: nothing goes out until an operator says so. `pausedBy` says who paused it: an operator, or the endpoint
 *   itself with 410 Gone.
 *
 * Three actors change it. Operators outrank deliveries and probes: `epoch` grows with each of their actions, and what an
 * attempt of an earlier epoch found counts no more. Only evidence leads to `active`: a success, another URL, or a resume
 * while nothing is known against the endpoint and nothing waits for it.
 */
export type EndpointHealth = {
  /** Grows by one with each change; compare-and-set compares it. */
  version: number
  epoch: number
  state: 'active' | 'resting' | 'paused'
  pausedBy: 'operator' | 'endpoint' | null
  /** Why it is in this state, for people. */
  reason: string | null
  /** When this state began (epoch ms). */
  since: number
  /** Rests since the last success: the length of the next one grows with it. Above 0: the last evidence is a failure. */
  rests: number
  /** Set while resting (epoch ms). In the past: a probe may go. */
  restingUntil: number | null
  /** The probe under way: the version that its begin made. Null: none. */
  probe: number | null
  /** When the probe's process counts as dead, so that another may probe (epoch ms). */
  probeUntil: number | null
}

/** What an attempt saw, under which epoch it began. */
type Seen = { at: number; epoch: number }
/** How a rest gets its length: a random number from 0 to 1 for the jitter, and what the endpoint asked for. */
type Failure = { reason: string; random: number; retryAfterMs?: number | undefined }

export type HealthEvent =
  | { actor: 'operator'; kind: 'pause'; at: number }
  /** Ends a pause or a rest. `waiting`: events wait for this endpoint. */
  | { actor: 'operator'; kind: 'resume'; at: number; waiting: boolean }
  /** Ends a rest: the probe goes now. A pause stays. */
  | { actor: 'operator'; kind: 'retry'; at: number }
  /** The endpoint has another URL, of which nothing is known. */
  | { actor: 'operator'; kind: 'replace'; at: number }
  /** A test event was acknowledged. */
  | ({ actor: 'operator'; kind: 'tested' } & Seen)
  | ({ actor: 'delivery'; kind: 'succeeded' } & Seen)
  /** `contacts`: how many different contacts' deliveries failed in a row, this one included. */
  | ({ actor: 'delivery'; kind: 'failed'; contacts: number } & Seen & Failure)
  | ({ actor: 'delivery'; kind: 'gone' } & Seen)
  /** Asks for the one probe. `version`: the row that the process saw, which no other may have changed since. */
  | { actor: 'probe'; kind: 'begin'; at: number; version: number; until: number }
  | ({ actor: 'probe'; kind: 'succeeded'; probe: number } & Seen)
  | ({ actor: 'probe'; kind: 'failed'; probe: number } & Seen & Failure)
  | ({ actor: 'probe'; kind: 'gone'; probe: number } & Seen)
  /** There was nothing to send, so it proved nothing. */
  | ({ actor: 'probe'; kind: 'unused'; probe: number } & Seen)

type Change = Partial<Omit<EndpointHealth, 'version'>>

export const PAUSED_BY_OPERATOR = 'paused by an operator'
export const PAUSED_BY_ENDPOINT = 'the endpoint answered 410 Gone'
export const UNPROVEN = 'not known to work: the next delivery shows whether it does'

/** An endpoint of which nothing is known yet. */
export function newHealth(at: number): EndpointHealth {
  return { version: 0, epoch: 0, ...unknownGood(at) }
}

/** The health after `event`; the same object when the event changes nothing. */
export function next(health: EndpointHealth, event: HealthEvent): EndpointHealth {
  const change = event.actor === 'operator' ? ofOperator(health, event) : ofMachine(health, event)
  return change === undefined ? health : { ...health, ...change, version: health.version + 1 }
}

function ofOperator(health: EndpointHealth, event: HealthEvent & { actor: 'operator' }): Change | undefined {
  const { state, pausedBy, rests } = health
  const { at } = event
  const epoch = health.epoch + 1
  switch (event.kind) {
    case 'pause':
      if (state === 'paused' && pausedBy === 'operator') return undefined
      return { epoch, ...paused('operator', at, rests) }
    case 'resume':
      if (state === 'active') return undefined
      if (state === 'resting') return { epoch, ...dueNow(health, at) }
      return rests === 0 && !event.waiting
        ? { epoch, ...unknownGood(at) }
        : { epoch, ...dueNow(health, at), state: 'resting', pausedBy: null, since: at, reason: UNPROVEN }
    case 'retry':
      if (state === 'paused') return undefined
      return state === 'active' ? { epoch } : { epoch, ...dueNow(health, at) }
    case 'replace':
      return { epoch, ...unknownGood(at) }
    case 'tested':
      return state === 'resting' && event.epoch === health.epoch ? unknownGood(at) : undefined
  }
}

function ofMachine(health: EndpointHealth, event: Exclude<HealthEvent, { actor: 'operator' }>): Change | undefined {
  const { state } = health
  // No attempt ends a pause, whoever made it, and none speaks of an epoch that is over.
  if (state === 'paused') return undefined
  if (event.kind === 'begin') {
    if (state !== 'resting' || event.version !== health.version) return undefined
    return { probe: health.version + 1, probeUntil: event.until }
  }
  if (event.epoch !== health.epoch) return undefined
  switch (event.kind) {
    case 'succeeded':
      return state === 'resting' ? unknownGood(event.at) : undefined
    case 'gone':
      return paused('endpoint', event.at, Math.max(health.rests, 1))
    case 'unused':
      return health.probe === event.probe ? { probe: null, probeUntil: null } : undefined
    case 'failed':
      // While it rests only the probe speaks: the others were on their way when the rest began and say nothing new.
      if (event.actor === 'delivery')
        return state === 'active' && event.contacts >= CONTACTS_TO_REST ? rest(health, event) : undefined
      return health.probe === event.probe ? rest(health, event) : undefined
  }
}

/** Nothing is known against it. */
function unknownGood(at: number): Omit<EndpointHealth, 'version' | 'epoch'> {
  return {
    state: 'active',
    pausedBy: null,
    reason: null,
    since: at,
    rests: 0,
    restingUntil: null,
    probe: null,
    probeUntil: null,
  }
}

function paused(by: 'operator' | 'endpoint', at: number, rests: number): Change {
  return {
    state: 'paused',
    pausedBy: by,
    reason: by === 'operator' ? PAUSED_BY_OPERATOR : PAUSED_BY_ENDPOINT,
    since: at,
    rests,
    restingUntil: null,
    probe: null,
    probeUntil: null,
  }
}

/** A probe may go now, and should it fail, rests begin short again. */
function dueNow({ rests }: EndpointHealth, at: number): Change {
  return { rests: Math.min(rests, 1), restingUntil: at, probe: null, probeUntil: null }
}

function rest(health: EndpointHealth, { at, reason, random, retryAfterMs }: { at: number } & Failure): Change {
  return {
    state: 'resting',
    reason,
    since: health.state === 'resting' ? health.since : at,
    rests: health.rests + 1,
    restingUntil: at + restMs(health.rests, random, retryAfterMs),
    probe: null,
    probeUntil: null,
  }
}

/** How long an endpoint rests before the next probe, after `rests` rests in a row. */
export function restMs(rests: number, random: number, retryAfterMs?: number): number {
  const base = Math.min(REST_BASE_MS * 2 ** Math.min(rests, 20), LONGEST_REST_MS)
  const jittered = Math.round(base * (0.8 + 0.4 * random))
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS))
}

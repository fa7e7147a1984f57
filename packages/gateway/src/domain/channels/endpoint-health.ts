const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/**
 * An endpoint rests when the deliveries of this many different contacts failed in a row, without a success between
 * them.
 */
export const CONTACTS_TO_REST = 5

/** Maximum `Retry-After` of an endpoint, so that one bad header does not stop it for a year. */
export const LONGEST_RETRY_AFTER_MS = 6 * HOUR

const REST_BASE_MS = 2 * SECOND
const LONGEST_REST_MS = 5 * MINUTE

/**
 * The state of an endpoint: a circuit breaker whose row in the store is the same for all nodes.
 *
 * - `active`: deliveries run concurrently.
 * - `resting` (open circuit): nothing is sent until `restingUntil`; then one delivery probes it, on one node.
 * - `paused`: nothing is sent until an operator resumes it. `pausedBy`: an operator, or the endpoint itself with 410
 *   Gone.
 *
 * Three actors change it. Operators outrank deliveries and probes: `epoch` grows with each of their actions, and
 * results of attempts from an earlier epoch do not count. Only evidence leads to `active`: a success, another URL, or a
 * resume while there is no known problem and no event waits.
 */
export type EndpointHealth = {
  /** Grows by one with each change, for compare-and-set. */
  version: number
  epoch: number
  state: 'active' | 'resting' | 'paused'
  pausedBy: 'operator' | 'endpoint' | null
  /** The reason of this state, for people. */
  reason: string | null
  /** Begin of this state (epoch ms). */
  since: number
  /** Number of rests since the last success: it lengthens the next one. Above 0: the last evidence is a failure. */
  rests: number
  /** Set while resting (epoch ms). In the past: a probe may go. */
  restingUntil: number | null
  /** The probe in progress: the version that its begin made. Null: none. */
  probe: number | null
  /** When the probe's process counts as dead, so that another may probe (epoch ms). */
  probeUntil: number | null
}

/** The result of an attempt, and the epoch of its begin. */
type Seen = { at: number; epoch: number }
/** The inputs of a rest's length: a random number from 0 to 1 for the jitter, and the endpoint's Retry-After. */
type Failure = { reason: string; random: number; retryAfterMs?: number | undefined }

export type HealthEvent =
  | { actor: 'operator'; kind: 'pause'; at: number }
  /** Ends a pause or a rest. `waiting`: events wait for this endpoint. */
  | { actor: 'operator'; kind: 'resume'; at: number; waiting: boolean }
  /** Ends a rest: the probe goes now. A pause stays. */
  | { actor: 'operator'; kind: 'retry'; at: number }
  /** The endpoint has another URL, without known problems. */
  | { actor: 'operator'; kind: 'replace'; at: number }
  /** A test event was acknowledged. */
  | ({ actor: 'operator'; kind: 'tested' } & Seen)
  | ({ actor: 'delivery'; kind: 'succeeded' } & Seen)
  /** `contacts`: number of different contacts whose deliveries failed in a row, including this one. */
  | ({ actor: 'delivery'; kind: 'failed'; contacts: number } & Seen & Failure)
  | ({ actor: 'delivery'; kind: 'gone' } & Seen)
  /** Requests the only probe. `version`: the row that the process read; no other may have changed it since. */
  | { actor: 'probe'; kind: 'begin'; at: number; version: number; until: number }
  | ({ actor: 'probe'; kind: 'succeeded'; probe: number } & Seen)
  | ({ actor: 'probe'; kind: 'failed'; probe: number } & Seen & Failure)
  | ({ actor: 'probe'; kind: 'gone'; probe: number } & Seen)
  /** There was no event to send, so it proved nothing. */
  | ({ actor: 'probe'; kind: 'unused'; probe: number } & Seen)

type Change = Partial<Omit<EndpointHealth, 'version'>>

export const PAUSED_BY_OPERATOR = 'paused by an operator'
export const PAUSED_BY_ENDPOINT = 'the endpoint answered 410 Gone'
export const UNPROVEN = 'not known to work: the next delivery shows whether it does'

/** The health of a new endpoint. */
export function newHealth(at: number): EndpointHealth {
  return { version: 0, epoch: 0, ...unknownGood(at) }
}

/** The health after `event`; the same object when nothing changes. */
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
  // No attempt ends a pause, and none of an earlier epoch counts.
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
      // During a rest only the probe counts: the other attempts began before the rest.
      if (event.actor === 'delivery')
        return state === 'active' && event.contacts >= CONTACTS_TO_REST ? rest(health, event) : undefined
      return health.probe === event.probe ? rest(health, event) : undefined
  }
}

/** Without known problems. */
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

/** A probe may go now, and if it fails, rests begin short again. */
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

/** Length of a rest before the next probe, after `rests` rests in a row. */
export function restMs(rests: number, random: number, retryAfterMs?: number): number {
  const base = Math.min(REST_BASE_MS * 2 ** Math.min(rests, 20), LONGEST_REST_MS)
  const jittered = Math.round(base * (0.8 + 0.4 * random))
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS))
}

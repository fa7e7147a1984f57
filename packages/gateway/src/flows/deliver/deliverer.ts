import { randomBytes } from 'node:crypto'
import type { Endpoint as Target } from '../../domain/channels/endpoint.ts'
import {
  CONTACTS_TO_REST,
  type EndpointHealth,
  type HealthEvent,
  LONGEST_RETRY_AFTER_MS,
} from '../../domain/channels/endpoint-health.ts'
import type { Clock } from '@postern/runtime/clock'
import { StoreUnavailable } from '../../platform/errors.ts'
import type { Log } from '../../platform/log.ts'
import { hastenLanes } from '../../store/endpoint-health.ts'
import { eventIdOf } from '../../store/events.ts'
import type { Applied, AttemptRecord, LeasedLane, LeaseOffer, PendingEvent, Store } from '../../store/store.ts'
import type { Answer } from '../../platform/answer.ts'
import { type Verdict, verdictOf } from './attempt.ts'
import { mostPlaces } from './places.ts'
import { RETRY_SPAN_MS, retryDelayMs, type RetryWaits } from './schedule.ts'
import { createTransport, type TransportOptions } from './transport.ts'

export type DelivererOptions = Pick<
  TransportOptions,
  'dispatcher' | 'userAgent' | 'metaChannel' | 'call' | 'sinks' | 'signedAt' | 'tracing'
> & {
  store: Store
  clock: Clock
  log: Log
  endpoint: (id: number) => Target | undefined
  endpointsOf: (channelId: number) => readonly Target[]
  /**
   * Applies an event to the endpoint's row and to the result of `endpoint`. Returns the new health and whether the
   * event changed it; undefined when the endpoint is gone.
   */
  changeHealth: (
    endpointId: number,
    event: HealthEvent,
  ) => Promise<{ health: EndpointHealth; changed: boolean } | undefined>
  onAttempt?: (attempt: {
    channelId: number
    endpointId: number
    outcome: AttemptRecord['outcome']
    ms: number
    status: number | null
    /** Why no answer came. */
    problem: string | null
    /** False when a problem of this machine prevented it: it says nothing about the endpoint. */
    sent: boolean
  }) => void
  timeoutMs?: number
  /** Concurrent requests to one endpoint. */
  perEndpoint?: number
  /** Lanes that one endpoint may hold at once. */
  placesPerEndpoint?: number
  /** Lanes held at once, over all endpoints: this limits the deliverer's memory. */
  maxLanes?: number
  leaseMs?: number
  pollMs?: number
  random?: () => number
  /** How long an event is retried. */
  retrySpanMs?: number
  /** Pauses between two attempts. */
  retryWaits?: RetryWaits
  /** The name of the leases: unique among all running deliverers. */
  holder?: string
}

export type Deliverer = {
  start(): void
  /** Lanes that a commit fills may be leased to us with it: the number of its events for each channel. */
  offer(events: ReadonlyMap<number, number>): Offer
  /** The result of an offer's commit: lanes that are leased to us, and endpoints to check. */
  take(applied: Pick<Applied, 'leased' | 'nudge'>, offer: Offer): void
  /** Other nodes left lanes of these endpoints without a holder. */
  nudgeEndpoints(ids: readonly number[]): void
  /** Something may be due for this endpoint. */
  nudge(endpointId: number): void
  /** Events that wait for their next attempt are due now, by an operator's request. */
  hasten(endpointId: number): Promise<void>
  /** Posts an event outside the queue, to whatever state the endpoint is in. Undefined without such an endpoint. */
  post(endpointId: number, id: string, body: string): Promise<Answer | undefined>
  readonly inFlight: number
  readonly held: number
  /** Finishes attempts in progress, and gives the other lanes back. */
  stop(): Promise<void>
}

export type Offer = LeaseOffer & {
  /** End of the leases of this offer, by the monotonic clock: counted from the offer, as the store counts. */
  readonly endsAt: number
  /** The commit is over, or will not happen: its reserved places are free. Called before `take`. */
  end(): void
}

/** A leased lane: its events in order, the next one first. */
type Held = {
  lane: LeasedLane
  /** End of its lease, by the monotonic clock. */
  endsAt: number
  /** The probe for which this lane was taken, if any. */
  probe: number | null
}

type Endpoint = {
  id: number
  /** Contacts whose deliveries failed on this node since the last success. */
  failing: Set<number>
  /** The row's state, in times of the monotonic clock: setting the wall clock moves no rest. */
  view: { version: number; epoch: number; restEndsAt: number; probeEndsAt: number } | undefined
  queue: Held[]
  inFlight: number
  /** Places reserved for commits in progress. */
  promised: number
  claiming: boolean
  /** True when the store may have more lanes than we could take. */
  wanting: boolean
  /** Changes of its row in progress; no new attempt starts meanwhile. */
  deciding: number
}

/**
 * Takes events to customers, lane by lane: one contact's events go one at a time in stored order, contacts go side by
 * side. A failed attempt moves only its own lane's due time.
 *
 * A lane comes to us leased, with the commit that filled it or by a claim; each attempt's record gives us the lane's
 * next events or takes the lane back. If this process dies, its leases end by themselves.
 * Long: lanes, their leases and the endpoints they lead to are one state machine over the same counts.
 */
export function createDeliverer(options: DelivererOptions): Deliverer {
  const { store, clock, log } = options
  const timeoutMs = options.timeoutMs ?? 10_000
  const perEndpoint = options.perEndpoint ?? 64
  const placesPerEndpoint = options.placesPerEndpoint ?? perEndpoint * 2
  const maxLanes = options.maxLanes ?? 2048
  const leaseMs = options.leaseMs ?? 60_000
  // Long enough for the claim, the attempt and its record; then the prober counts as dead.
  const probeMs = timeoutMs + 5_000
  const pollMs = options.pollMs ?? 1000
  const random = options.random ?? Math.random
  const holder = options.holder ?? `n_${randomBytes(9).toString('base64url')}`
  const retrySpanMs = options.retrySpanMs ?? RETRY_SPAN_MS
  const transport = createTransport({ ...options, timeoutMs })

  const endpoints = new Map<number, Endpoint>()
  let held = 0
  let promised = 0
  let inFlight = 0
  let started = false
  let stopping = false
  let cancelPoll = (): void => {}
  let polling = false
  let wakeAt = Number.POSITIVE_INFINITY
  let onQuiet: (() => void) | undefined

  // The last reading of the shared clock, extrapolated: rests are stored by it.
  let sharedSeen: { now: number; at: number } | undefined
  const sharedNow = (): number =>
    sharedSeen ? Math.floor(sharedSeen.now + clock.monotonic() - sharedSeen.at) : clock.now()

  function endpointOf(id: number): Endpoint {
    let endpoint = endpoints.get(id)
    if (!endpoint) {
      endpoint = {
        id,
        failing: new Set(),
        view: undefined,
        queue: [],
        inFlight: 0,
        promised: 0,
        claiming: false,
        wanting: false,
        deciding: 0,
      }
      endpoints.set(id, endpoint)
    }
    return endpoint
  }

  const usable = (target: Target): boolean => target.health.state !== 'paused' && !target.filling

  /** What may be sent now: everything, one probe, or nothing. */
  function allowed(endpoint: Endpoint, { health }: Target): 'all' | 'probe' | 'nothing' {
    if (health.state === 'active') return 'all'
    if (health.state === 'paused') return 'nothing'
    const { restEndsAt, probeEndsAt } = viewOf(endpoint, health)
    const now = clock.monotonic()
    return now >= restEndsAt && (health.probe === null || now >= probeEndsAt) ? 'probe' : 'nothing'
  }

  function viewOf(endpoint: Endpoint, health: EndpointHealth): NonNullable<Endpoint['view']> {
    const before = endpoint.view
    if (before?.version === health.version) return before
    const [now, wall] = [clock.monotonic(), sharedNow()]
    const inTime = (at: number | null, most: number) => now + Math.min(Math.max((at ?? wall) - wall, 0), most)
    const view = {
      version: health.version,
      epoch: health.epoch,
      restEndsAt: inTime(health.restingUntil, LONGEST_RETRY_AFTER_MS),
      probeEndsAt: inTime(health.probeUntil, probeMs),
    }
    endpoint.view = view
    if (health.state === 'resting') wakeIn(view.restEndsAt - now)
    if (before !== undefined && before.epoch !== health.epoch) {
      endpoint.failing.clear()
      // Attempts that ended before this node knew of the operator's action postponed their lanes under the old epoch.
      void hasten(endpoint.id)
    }
    return view
  }

  /** How many more lanes of this endpoint we would take now. */
  function freeLanes(endpoint: Endpoint): number {
    const target = options.endpoint(endpoint.id)
    if (stopping || !started || endpoint.deciding > 0 || !target || !usable(target)) return 0
    viewOf(endpoint, target.health)
    const allowance = allowed(endpoint, target)
    if (allowance !== 'all') return allowance === 'probe' ? 1 : 0
    // Twice the concurrent requests, so that the next lane is ready when one ends.
    const most = mostPlaces(maxLanes - held - promised, placesPerEndpoint)
    return Math.max(0, most - endpoint.queue.length - endpoint.inFlight - endpoint.promised)
  }

  function offer(events: ReadonlyMap<number, number>): Offer {
    const endsAt = clock.monotonic() + leaseMs
    let kept: { endpoint: Endpoint; lanes: number }[] = []
    const capacities: [number, number][] = []
    for (const [channelId, count] of events) {
      for (const target of options.endpointsOf(channelId)) {
        // A probe of a resting endpoint is only taken by a claim.
        if (target.health.state !== 'active') continue
        const endpoint = endpointOf(target.id)
        const lanes = Math.min(count, freeLanes(endpoint))
        if (lanes === 0) continue
        endpoint.promised += lanes
        promised += lanes
        kept.push({ endpoint, lanes })
        capacities.push([target.id, lanes])
      }
    }
    return {
      holder,
      leaseMs,
      capacities,
      endsAt,
      end() {
        for (const { endpoint, lanes } of kept) {
          endpoint.promised -= lanes
          promised -= lanes
        }
        kept = []
      },
    }
  }

  function take(applied: Pick<Applied, 'leased' | 'nudge'>, { endsAt }: Offer): void {
    for (const lane of applied.leased) hold({ lane, endsAt, probe: null })
    nudgeEndpoints(applied.nudge)
  }

  function nudgeEndpoints(ids: readonly number[]): void {
    // Lanes of an endpoint that is gone, or that this node does not know yet, are skipped.
    for (const id of ids) if (options.endpoint(id)) nudge(id)
  }

  function hold(given: Held): void {
    const endpoint = endpointOf(given.lane.endpointId)
    endpoint.queue.push(given)
    held++
    pump(endpoint)
  }

  function nudge(endpointId: number): void {
    const endpoint = endpointOf(endpointId)
    endpoint.wanting = true
    void claim(endpoint)
  }

  async function hasten(endpointId: number): Promise<void> {
    try {
      const now = await store.now()
      while (!stopping && (await hastenLanes(store.sql, endpointId, now)) > 0) {
        nudge(endpointId)
        // In pieces, so that no commit waits behind all of them.
        await new Promise<void>((resolve) => clock.after(5, resolve))
      }
    } catch (error) {
      // They are retried at their former times.
      log.warn({ err: error, ...namesOf(endpointId) }, 'delivery.hasten_failed')
    }
    nudge(endpointId)
  }

  function pump(endpoint: Endpoint): void {
    while (!stopping && endpoint.deciding === 0 && endpoint.inFlight < perEndpoint) {
      const next = endpoint.queue.shift()
      if (!next) break
      endpoint.inFlight++
      inFlight++
      void attempt(endpoint, next)
    }
    if (endpoint.wanting && endpoint.queue.length < perEndpoint / 2) void claim(endpoint)
  }

  async function claim(endpoint: Endpoint): Promise<void> {
    if (endpoint.claiming) return
    const want = freeLanes(endpoint)
    if (want <= 0) return
    const { health } = options.endpoint(endpoint.id)!
    endpoint.claiming = true
    endpoint.wanting = false
    let probe: number | null = null
    let lanes: LeasedLane[] = []
    try {
      if (health.state === 'resting') {
        probe = await beginProbe(endpoint.id, health)
        if (probe === null) return
      }
      const endsAt = clock.monotonic() + leaseMs
      lanes = await store.claimLanes(endpoint.id, want, { holder, leaseMs })
      if (lanes.length === want && probe === null) endpoint.wanting = true
      endpoint.claiming = false
      if (stopping) await giveBack(lanes)
      else for (const lane of lanes) hold({ lane, endsAt, probe })
    } catch (error) {
      log.warn({ err: error, ...namesOf(endpoint.id) }, 'delivery.claim_failed')
      wakeIn(pollMs)
    } finally {
      endpoint.claiming = false
      if (probe !== null && (lanes.length === 0 || stopping)) await endProbeUnused(endpoint, probe, health.epoch)
    }
  }

  /** Requests the only probe of a resting endpoint. Null when another node has it, or the row changed. */
  async function beginProbe(endpointId: number, { version }: EndpointHealth): Promise<number | null> {
    const at = sharedNow()
    const begun = await options.changeHealth(endpointId, {
      actor: 'probe',
      kind: 'begin',
      at,
      version,
      until: at + probeMs,
    })
    if (begun?.changed === true) return begun.health.version
    // The row was newer than our copy: check again with the new state.
    if (begun) wakeIn(5)
    return null
  }

  const endProbeUnused = (endpoint: Endpoint, probe: number, epoch: number): Promise<void> =>
    decide(endpoint, { actor: 'probe', kind: 'unused', probe, at: sharedNow(), epoch })

  async function attempt(endpoint: Endpoint, current: Held): Promise<void> {
    const { lane } = current
    const target = options.endpoint(lane.endpointId)
    let next: PendingEvent[] = []
    try {
      if (!target || !mayGo(target, current)) {
        // Paused or resting meanwhile, or the lane waited here so long that its lease could end during the attempt.
        await giveBack([lane])
        if (current.probe !== null) {
          await endProbeUnused(endpoint, current.probe, target?.health.epoch ?? -1)
        }
      } else {
        next = await deliver(endpoint, current, target)
      }
    } catch (error) {
      // The store did not accept the record. The lease ends by itself and the event is sent again.
      log.error({ err: error, ...namesOf(lane.endpointId) }, 'delivery.record_failed')
    }
    endpoint.inFlight--
    inFlight--
    if (next.length > 0) {
      lane.events = next
      current.probe = null
      if (stopping) {
        held--
        await giveBack([lane]).catch(() => {})
      } else endpoint.queue.push(current)
    } else held--
    if (stopping && inFlight === 0) onQuiet?.()
    pump(endpoint)
  }

  function mayGo(target: Target, current: Held): boolean {
    if (!usable(target) || clock.monotonic() > current.endsAt - timeoutMs - 1000) return false
    const { health } = target
    return health.state === 'active' || (current.probe !== null && current.probe === health.probe)
  }

  /** Sends the lane's next events to the endpoint and records each result. Returns the next events. */
  async function deliver(endpoint: Endpoint, current: Held, target: Target): Promise<PendingEvent[]> {
    const { lane } = current
    const { epoch } = target.health
    // A probe is one event, also when more could be sent at once.
    const answers = await transport.send(target, lane, current.probe === null ? lane.events : lane.events.slice(0, 1))
    const last = answers.at(-1)!
    // Some were accepted before one was not, so the endpoint as a whole works.
    if (answers.length > 1) endpoint.failing.clear()
    // The attempt's result changes the endpoint's health at once; the record may take a moment.
    const judged = judge(endpoint, current, epoch, verdictOf(last), last)
    let next: PendingEvent[] = []
    try {
      for (let i = 0; i < answers.length; i++) {
        const tried = { event: lane.events[i]!, rest: lane.events.slice(i + 1), answer: answers[i]!, epoch }
        next = await record(current, target, tried, i === answers.length - 1)
      }
    } finally {
      if (judged) await judged
    }
    return next
  }

  type Tried = { event: PendingEvent; rest: PendingEvent[]; answer: Answer; epoch: number }

  /** Records one attempt. `isLast`: requests the lane's next events, because none are left here. */
  async function record(
    current: Held,
    target: Target,
    { event, rest, answer, epoch }: Tried,
    isLast: boolean,
  ): Promise<PendingEvent[]> {
    const { lane } = current
    const endsAt = clock.monotonic() + leaseMs
    const now = clock.now()
    const number = event.attempts + 1
    const verdict = verdictOf(answer)
    const expired = now - event.since >= retrySpanMs
    const outcome = verdict === 'delivered' ? 'delivered' : expired && verdict === 'failed' ? 'dead' : 'retry'
    const extends_ = isLast && rest.length > 0 && current.endsAt - clock.monotonic() < leaseMs / 2
    const attempted: AttemptRecord = {
      endpointId: lane.endpointId,
      channelId: lane.channelId,
      contactId: lane.contactId,
      seq: event.seq,
      number,
      holder,
      at: now,
      outcome,
      status: answer.status,
      ms: answer.ms,
      answer: answer.text,
      // When half of the lease is over, the record requests the next events, which extends the lease. A dead event
      // requests them too: its record does not count without the lease, and later events must not overtake it.
      more: outcome === 'delivered' && rest.length > 0 && !extends_,
      leaseMs,
    }
    if (event.owed) attempted.owed = true
    // Answers of the endpoint from before an operator's action (another URL, a resume) delay nothing after it.
    const isOver = (): boolean => options.endpoint(lane.endpointId)?.health.epoch !== epoch
    if (outcome === 'retry')
      attempted.retryInMs = isOver() ? 0 : retryDelayMs(number, random, answer.retryAfterMs, options.retryWaits)
    let fetched: PendingEvent[]
    try {
      fetched = await store.recordAttempt(attempted)
    } catch (error) {
      fetched = await recordAgain(error, attempted, current.endsAt)
    }
    report(attempted, target, verdict !== 'not_sent')
    if (outcome === 'retry') {
      if (isOver() && attempted.retryInMs! > 0) await hasten(lane.endpointId)
      wakeIn(attempted.retryInMs!)
      return []
    }
    if (attempted.more) return rest
    current.endsAt = endsAt
    return fetched
  }

  function report(
    { seq, number, outcome, status, ms, answer, retryInMs, at, channelId }: AttemptRecord,
    target: Target,
    sent: boolean,
  ): void {
    // Why no answer arrived is our own text. An answer's body may quote the event, so it is stored with the delivery
    // only.
    const problem = status === null ? (answer?.slice(0, 200) ?? null) : null
    log.info(
      {
        event_id: eventIdOf(store.installation, seq),
        channel_id: channelId,
        endpoint_id: target.publicId,
        attempt: number,
        outcome,
        status,
        ms,
        problem: problem ?? undefined,
        retry_at: retryInMs === undefined ? undefined : new Date(at + retryInMs).toISOString(),
      },
      'delivery.attempted',
    )
    options.onAttempt?.({ channelId, endpointId: target.id, outcome, ms, status, problem, sent })
  }

  /**
   * Only this node knows the result of the attempt. While the lease is valid, it asks an unavailable store again,
   * rather than calling the customer again.
   */
  async function recordAgain(refused: unknown, record: AttemptRecord, endsAt: number): Promise<PendingEvent[]> {
    for (let error = refused, pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2000)) {
      if (!(error instanceof StoreUnavailable) || stopping || clock.monotonic() + pauseMs >= endsAt) throw error
      await new Promise<void>((resolve) => clock.after(pauseMs, resolve))
      try {
        return await store.recordAttempt(record)
      } catch (again) {
        error = again
      }
    }
  }

  /** Applies an attempt's result to the endpoint's row, when it may change the row. */
  function judge(
    endpoint: Endpoint,
    { lane, probe }: Held,
    epoch: number,
    verdict: Verdict,
    answer: Answer,
  ): Promise<void> | undefined {
    const health = options.endpoint(endpoint.id)?.health
    if (!health || health.epoch !== epoch || health.state === 'paused') return
    if (verdict === 'delivered') endpoint.failing.clear()
    // Nearly every attempt ends here.
    if (verdict === 'delivered' && probe === null && health.state === 'active') return
    const seen = { at: sharedNow(), epoch }
    const failure = { ...seen, reason: reasonOf(answer), random: random(), retryAfterMs: answer.retryAfterMs }
    if (verdict === 'failed') endpoint.failing.add(lane.contactId)
    if (probe !== null) {
      // A problem of this machine says nothing about the endpoint.
      if (verdict === 'not_sent') return decide(endpoint, { actor: 'probe', kind: 'unused', probe, ...seen })
      if (verdict === 'gone') return decide(endpoint, { actor: 'probe', kind: 'gone', probe, ...seen })
      if (verdict === 'failed') return decide(endpoint, { actor: 'probe', kind: 'failed', probe, ...failure })
      return decide(endpoint, { actor: 'probe', kind: 'succeeded', probe, ...seen })
    }
    if (verdict === 'gone') return decide(endpoint, { actor: 'delivery', kind: 'gone', ...seen })
    if (verdict === 'delivered' && health.state === 'resting')
      return decide(endpoint, { actor: 'delivery', kind: 'succeeded', ...seen })
    const contacts = endpoint.failing.size
    if (verdict === 'failed' && health.state === 'active' && contacts >= CONTACTS_TO_REST && endpoint.deciding === 0)
      return decide(endpoint, { actor: 'delivery', kind: 'failed', contacts, ...failure })
  }

  /** No new attempt starts while the row changes, so that a paused endpoint gets no further request. */
  async function decide(endpoint: Endpoint, event: HealthEvent): Promise<void> {
    const { id } = endpoint
    endpoint.deciding++
    try {
      const became = await options.changeHealth(id, event)
      if (became?.changed === true && event.kind !== 'unused') {
        const { state, restingUntil, reason } = became.health
        const until = restingUntil === null ? null : new Date(restingUntil).toISOString()
        endpoint.failing.clear()
        if (state === 'active') log.info(namesOf(id), 'endpoint.recovered')
        else log.warn({ ...namesOf(id), until, reason }, `endpoint.${state}`)
      }
    } catch (error) {
      // The row did not change: the next attempt reports the same again.
      log.warn({ err: error, ...namesOf(id) }, 'endpoint.health_not_kept')
    }
    endpoint.deciding--
    const health = options.endpoint(id)?.health
    if (health?.state === 'active') return nudge(id)
    if (health) viewOf(endpoint, health)
    const queued = endpoint.queue.splice(0)
    held -= queued.length
    giveBack(queued.map((waiting) => waiting.lane)).catch((error: unknown) =>
      log.warn({ err: error }, 'delivery.release_failed'),
    )
  }

  /** An endpoint as the log names it. */
  function namesOf(endpointId: number): { channel_id?: number; endpoint_id: string | number } {
    const target = options.endpoint(endpointId)
    return target ? { channel_id: target.channelId, endpoint_id: target.publicId } : { endpoint_id: endpointId }
  }

  async function giveBack(lanes: LeasedLane[]): Promise<void> {
    if (lanes.length > 0) await store.releaseLanes(holder, lanes)
  }

  function wakeIn(ms: number): void {
    if (!started || stopping) return
    const at = clock.monotonic() + Math.max(ms, 1)
    if (at >= wakeAt) return
    cancelPoll()
    wakeAt = at
    cancelPoll = clock.after(Math.max(ms, 1), () => void poll())
  }

  /** The fallback for lost notifications: checks which channels have due lanes. */
  async function poll(): Promise<void> {
    wakeAt = Number.POSITIVE_INFINITY
    if (polling || stopping) return
    polling = true
    let delay = pollMs
    try {
      sharedSeen = { now: await store.now(), at: clock.monotonic() }
      const { due, nextInMs } = await store.dueEndpoints()
      nudgeEndpoints(due)
      if (nextInMs !== null) delay = Math.min(delay, Math.max(nextInMs, 5))
      // Rests that end between polls, and changes of endpoints by other nodes.
      for (const endpoint of endpoints.values()) {
        const health = options.endpoint(endpoint.id)?.health
        if (!health) continue
        const left = viewOf(endpoint, health).restEndsAt - clock.monotonic()
        if (health.state === 'resting' && left > 0) delay = Math.min(delay, left)
      }
    } catch (error) {
      log.warn({ err: error }, 'delivery.poll_failed')
    }
    polling = false
    wakeIn(delay)
  }

  return {
    start() {
      started = true
      wakeIn(1)
    },
    offer,
    take,
    nudgeEndpoints,
    nudge,
    hasten,
    async post(endpointId, id, body) {
      const target = options.endpoint(endpointId)
      return target && transport.test(target, id, body)
    },
    get inFlight() {
      return inFlight
    },
    get held() {
      return held
    },
    async stop() {
      if (stopping) return
      stopping = true
      cancelPoll()
      const queued = [...endpoints.values()].flatMap((endpoint) => endpoint.queue.splice(0))
      held -= queued.length
      await giveBack(queued.map((waiting) => waiting.lane)).catch(() => {})
      if (inFlight > 0) await new Promise<void>((resolve) => (onQuiet = resolve))
    },
  }
}

function reasonOf(answer: Answer): string {
  return answer.status === null ? answer.text.slice(0, 200) : `the endpoint answered HTTP ${answer.status}`
}

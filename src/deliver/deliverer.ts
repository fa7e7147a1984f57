import { randomBytes } from 'node:crypto'
import type { Dispatcher } from 'undici'
import type { Channel } from '../channels/channel.ts'
import type { Clock } from '../clock.ts'
import { StoreUnavailable } from '../errors.ts'
import type { Log } from '../log.ts'
import { eventIdOf } from '../store/events.ts'
import type { Applied, AttemptRecord, LeasedLane, LeaseOffer, PendingEvent, Store } from '../store/store.ts'
import { postEvent, verdictOf, type Answer } from './attempt.ts'
import { EndpointHealth } from './endpoint-health.ts'
import { RETRY_SPAN_MS, retryDelayMs } from './schedule.ts'
import { signatureHeaders } from './sign.ts'

export type DelivererOptions = {
  store: Store
  /** Never a private address: the guard's dispatcher. */
  dispatcher: Dispatcher
  clock: Clock
  log: Log
  userAgent: string
  channel: (id: number) => Channel | undefined
  /** Persists what became of an endpoint, for operators and other nodes. */
  onEndpoint: (
    channelId: number,
    change: {
      state: 'active' | 'resting' | 'paused'
      restingUntil: number | null
      rests: number
      reason: string | null
    },
  ) => void
  onAttempt?: (attempt: {
    channelId: number
    outcome: AttemptRecord['outcome']
    ms: number
    status: number | null
  }) => void
  timeoutMs?: number
  /** Requests at once to one endpoint. */
  perEndpoint?: number
  /** Lanes held at once, over all endpoints: what bounds this room's memory. */
  maxLanes?: number
  leaseMs?: number
  pollMs?: number
  random?: () => number
}

export type Deliverer = {
  start(): void
  /** Lanes that fill in a commit may come to us with it. */
  offer(): LeaseOffer
  /** What a commit brought: lanes that are ours now, and channels worth a look. */
  take(applied: Pick<Applied, 'leased' | 'nudge'>): void
  /** Something may be due for this channel. */
  nudge(channelId: number): void
  readonly inFlight: number
  readonly held: number
  /** Finishes what is in flight, gives the rest back. */
  stop(): Promise<void>
}

/** A lane in our hands: its events in order, the first one next. */
type Held = { lane: LeasedLane; until: number }

type Endpoint = {
  channelId: number
  health: EndpointHealth
  queue: Held[]
  inFlight: number
  claiming: boolean
  /** Set when the store may have more for us than we could take. */
  wanting: boolean
}

/**
 * Takes events to customers, lane by lane: one contact's events go one at a time in stored order, contacts go side by
 * side. A failed attempt moves only its own lane's due time.
 *
 * A lane comes to us leased, with the commit that filled it or by a claim; each attempt's record gives us the lane's
 * next events or takes the lane back. If this process dies, its leases end by themselves.
 */
export function createDeliverer(options: DelivererOptions): Deliverer {
  const { store, dispatcher, clock, log, userAgent } = options
  const timeoutMs = options.timeoutMs ?? 10_000
  const perEndpoint = options.perEndpoint ?? 64
  const maxLanes = options.maxLanes ?? 2048
  const leaseMs = options.leaseMs ?? 60_000
  const pollMs = options.pollMs ?? 1000
  const random = options.random ?? Math.random
  const holder = `n_${randomBytes(9).toString('base64url')}`

  const endpoints = new Map<number, Endpoint>()
  let held = 0
  let inFlight = 0
  let started = false
  let stopping = false
  let cancelPoll = (): void => {}
  let polling = false
  let wakeAt = Number.POSITIVE_INFINITY
  let onQuiet: (() => void) | undefined

  function endpointOf(channelId: number): Endpoint {
    let endpoint = endpoints.get(channelId)
    if (!endpoint) {
      endpoint = {
        channelId,
        health: new EndpointHealth(random),
        queue: [],
        inFlight: 0,
        claiming: false,
        wanting: false,
      }
      endpoints.set(channelId, endpoint)
    }
    return endpoint
  }

  const usable = (channel: Channel | undefined): channel is Channel & { endpoint: NonNullable<Channel['endpoint']> } =>
    channel !== undefined && channel.endpoint !== null && channel.endpoint.state !== 'paused'

  /** How many more lanes of this endpoint we would take now. */
  function room(endpoint: Endpoint): number {
    if (stopping || !started || !usable(options.channel(endpoint.channelId))) return 0
    const allowed = endpoint.health.allowance(clock.now())
    if (allowed === 0) return 0
    const mine = endpoint.queue.length + endpoint.inFlight
    // Twice what goes out at once, so that the next lane is at hand when one ends.
    return Math.max(0, Math.min(allowed, perEndpoint * 2 - mine, maxLanes - held))
  }

  function offer(): LeaseOffer {
    const now = clock.now()
    const offered = new Map<number, number>()
    let total = 0
    return {
      holder,
      now,
      until: now + leaseMs,
      takes(channelId) {
        const endpoint = endpointOf(channelId)
        // A resting endpoint's probe is taken by claim alone.
        if (endpoint.health.restingUntil !== null) return false
        const count = offered.get(channelId) ?? 0
        if (count >= room(endpoint) || total >= maxLanes - held) return false
        offered.set(channelId, count + 1)
        total++
        return true
      },
    }
  }

  function take(applied: Pick<Applied, 'leased' | 'nudge'>): void {
    const until = clock.now() + leaseMs
    for (const lane of applied.leased) hold(lane, until)
    for (const channelId of applied.nudge) nudge(channelId)
  }

  function hold(lane: LeasedLane, until: number): void {
    const endpoint = endpointOf(lane.channelId)
    endpoint.queue.push({ lane, until })
    held++
    pump(endpoint)
  }

  function nudge(channelId: number): void {
    const endpoint = endpointOf(channelId)
    endpoint.wanting = true
    void claim(endpoint)
  }

  function pump(endpoint: Endpoint): void {
    while (!stopping && endpoint.inFlight < perEndpoint) {
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
    const want = room(endpoint)
    if (want <= 0) return
    const resting = endpoint.health.restingUntil !== null
    endpoint.claiming = true
    endpoint.wanting = false
    if (resting) endpoint.health.probes()
    try {
      const now = clock.now()
      const until = now + leaseMs
      const lanes = await store.claimLanes(endpoint.channelId, want, { holder, now, until })
      if (resting && lanes.length === 0) endpoint.health.probeUnused()
      if (lanes.length === want && !resting) endpoint.wanting = true
      endpoint.claiming = false
      if (stopping) await giveBack(lanes)
      else for (const lane of lanes) hold(lane, until)
    } catch (error) {
      endpoint.claiming = false
      if (resting) endpoint.health.probeUnused()
      log.warn({ err: error, channel_id: endpoint.channelId }, 'delivery.claim_failed')
      wakeIn(pollMs)
    }
  }

  async function attempt(endpoint: Endpoint, current: Held): Promise<void> {
    const { lane } = current
    const event = lane.events[0]!
    const channel = options.channel(lane.channelId)
    let next: PendingEvent[] = []
    try {
      if (!usable(channel) || clock.now() > current.until - timeoutMs - 1000) {
        // Paused meanwhile, or it waited here so long that the lease could end under way.
        await giveBack([lane])
      } else {
        next = await deliver(endpoint, current, channel, event)
      }
    } catch (error) {
      // The store could not take the record. The lease ends by itself and the event goes out again.
      log.error({ err: error, channel_id: lane.channelId }, 'delivery.record_failed')
    }
    endpoint.inFlight--
    inFlight--
    if (next.length > 0) {
      lane.events = next
      if (stopping) {
        held--
        await giveBack([lane]).catch(() => {})
      } else endpoint.queue.push(current)
    } else held--
    if (stopping && inFlight === 0) onQuiet?.()
    pump(endpoint)
  }

  async function deliver(
    endpoint: Endpoint,
    current: Held,
    channel: Channel & { endpoint: NonNullable<Channel['endpoint']> },
    event: PendingEvent,
  ): Promise<PendingEvent[]> {
    const { lane } = current
    const id = eventIdOf(store.installation, event.seq)
    const answer = await post(channel, id, event.body)
    const now = clock.now()
    const number = event.attempts + 1
    const verdict = verdictOf(answer)
    const expired = now - event.since >= RETRY_SPAN_MS
    const outcome = verdict === 'delivered' ? 'delivered' : expired && verdict === 'failed' ? 'dead' : 'retry'
    const rest = lane.events.slice(1)
    const extends_ = rest.length > 0 && current.until - now < leaseMs / 2
    const record: AttemptRecord = {
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
      // With the lease half over the record asks for the next events, which extends it.
      more: outcome !== 'retry' && rest.length > 0 && !extends_,
      leaseUntil: now + leaseMs,
    }
    if (outcome === 'retry') record.retryAt = now + retryDelayMs(number, random, answer.retryAfterMs)
    // What the attempt says of the endpoint counts at once; the record may take a moment.
    judge(endpoint, lane, verdict, answer, now)
    const fetched = await keep(record, current.until)
    log.info(
      {
        event_id: id,
        channel_id: lane.channelId,
        attempt: number,
        outcome,
        status: answer.status,
        ms: answer.ms,
        // Why no answer came is our own word. The body of one may quote the event, so it is kept with the delivery only.
        ...(answer.status === null && { problem: answer.text.slice(0, 200) }),
        ...(record.retryAt !== undefined && { retry_at: new Date(record.retryAt).toISOString() }),
      },
      'delivery.attempted',
    )
    options.onAttempt?.({ channelId: lane.channelId, outcome, ms: answer.ms, status: answer.status })
    if (outcome === 'retry') {
      wakeIn(record.retryAt! - now)
      return []
    }
    if (record.more) return rest
    current.until = record.leaseUntil
    return fetched
  }

  /**
   * What came of an attempt is known here alone. While the lease lasts, a store that is away is asked again, rather than
   * the customer called again.
   */
  async function keep(record: AttemptRecord, until: number): Promise<PendingEvent[]> {
    for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2000)) {
      try {
        return await store.recordAttempt(record)
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || stopping || clock.now() + pauseMs >= until) throw error
        await new Promise<void>((resolve) => clock.after(pauseMs, resolve))
      }
    }
  }

  function post(
    channel: Channel & { endpoint: NonNullable<Channel['endpoint']> },
    id: string,
    body: string,
  ): Promise<Answer> {
    const target = targetOf(channel.endpoint.url)
    const signed = signatureHeaders(channel.endpoint.secrets, id, clock.now(), body)
    return postEvent(
      dispatcher,
      {
        origin: target.origin,
        path: target.path,
        headers: { 'content-type': 'application/json', 'user-agent': userAgent, ...signed },
        body,
        timeoutMs,
      },
      () => performance.now(),
    ).then((answer) => ({ ...answer, ms: Math.round(answer.ms) }))
  }

  function judge(
    endpoint: Endpoint,
    lane: LeasedLane,
    verdict: ReturnType<typeof verdictOf>,
    answer: Answer,
    now: number,
  ): void {
    const { health, channelId } = endpoint
    if (verdict === 'delivered') {
      if (health.succeeded()) {
        options.onEndpoint(channelId, { state: 'active', restingUntil: null, rests: 0, reason: null })
        log.info({ channel_id: channelId }, 'endpoint.recovered')
        nudge(channelId)
      }
      return
    }
    if (verdict === 'gone') {
      options.onEndpoint(channelId, {
        state: 'paused',
        restingUntil: null,
        rests: 0,
        reason: 'the endpoint answered 410 Gone',
      })
      log.warn({ channel_id: channelId }, 'endpoint.paused')
      return
    }
    if (!health.failed(lane.contactId, now, answer.retryAfterMs)) return
    const restingUntil = health.restingUntil
    options.onEndpoint(channelId, { state: 'resting', restingUntil, rests: health.rests, reason: reasonOf(answer) })
    log.warn(
      { channel_id: channelId, until: restingUntil && new Date(restingUntil).toISOString(), reason: reasonOf(answer) },
      'endpoint.resting',
    )
    const queued = endpoint.queue.splice(0)
    held -= queued.length
    giveBack(queued.map((waiting) => waiting.lane)).catch((error: unknown) =>
      log.warn({ err: error }, 'delivery.release_failed'),
    )
    if (restingUntil !== null) wakeIn(restingUntil - now)
  }

  async function giveBack(lanes: LeasedLane[]): Promise<void> {
    if (lanes.length > 0) await store.releaseLanes(holder, lanes, clock.now())
  }

  function wakeIn(ms: number): void {
    if (!started || stopping) return
    const at = clock.now() + Math.max(ms, 1)
    if (at >= wakeAt) return
    cancelPoll()
    wakeAt = at
    cancelPoll = clock.after(at - clock.now(), () => void poll())
  }

  /** The floor under all nudges: looks which channels have something due. */
  async function poll(): Promise<void> {
    wakeAt = Number.POSITIVE_INFINITY
    if (polling || stopping) return
    polling = true
    let delay = pollMs
    try {
      const now = clock.now()
      const { due, nextAt } = await store.dueChannels(now)
      for (const channelId of due) nudge(channelId)
      if (nextAt !== null) delay = Math.min(delay, Math.max(nextAt - clock.now(), 5))
      // Rests that end between polls.
      for (const { health } of endpoints.values()) {
        if (health.restingUntil !== null && health.restingUntil > now)
          delay = Math.min(delay, health.restingUntil - now)
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
    nudge,
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

const targets = new Map<string, { origin: string; path: string }>()

function targetOf(url: string): { origin: string; path: string } {
  let target = targets.get(url)
  if (!target) {
    const parsed = new URL(url)
    target = { origin: parsed.origin, path: parsed.pathname + parsed.search }
    if (targets.size > 10_000) targets.clear()
    targets.set(url, target)
  }
  return target
}

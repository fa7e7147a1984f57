import type { Dispatcher } from 'undici'
import { createIdempotency, createRunningKeys, type Idempotency } from '../../packages/gateway/src/http/idempotency.ts'
import { failure } from '../../packages/gateway/src/http/envelope.ts'
import type { Channel } from '../../packages/gateway/src/domain/channels/channel.ts'
import { type EndpointHealth, type HealthEvent } from '../../packages/gateway/src/domain/channels/endpoint-health.ts'
import type { CloudApi } from '../../packages/gateway/src/platform/cloud-api/client.ts'
import type { Clock } from '../../packages/runtime/src/clock.ts'
import {
  createDeliverer,
  type Deliverer,
  type DelivererOptions,
} from '../../packages/gateway/src/flows/deliver/deliverer.ts'
import { GatewayError } from '../../packages/gateway/src/platform/errors.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import type { OutgoingMessage } from '../../packages/gateway/src/domain/messages/message.ts'
import { createSender, type Sender } from '../../packages/gateway/src/flows/send/send.ts'
import { findMessage } from '../../packages/gateway/src/store/messages.ts'
import { pruneEvents, pruneMessages } from '../../packages/gateway/src/store/retention.ts'
import { replay } from '../../packages/gateway/src/store/replay.ts'
import { partsOf } from '../../packages/gateway/src/store/size.ts'
import type { Applied, Fact, Store } from '../../packages/gateway/src/store/store.ts'
import { eraseContact } from '../../packages/gateway/src/flows/maintenance/erase.ts'
import { markAbandonedAtStart } from '../../packages/gateway/src/flows/maintenance/sweep.ts'
import type { Loop, MachineClock } from './loop.ts'
import type { Plan } from './plan.ts'
import type { Random } from './random.ts'
import type { Process, SimulatedStore } from './store.ts'

/** What a gateway meets outside, and what it shares with the others. */
export type Surroundings = {
  loop: Loop
  random: Random
  plan: Plan
  store: SimulatedStore
  cloudApi: Pick<CloudApi, 'sendMessage'>
  call: (process: Process) => NonNullable<DelivererOptions['call']>
  channels: () => readonly Channel[]
  changeHealth: (
    process: Process,
    endpointId: number,
    event: HealthEvent,
  ) => Promise<{ health: EndpointHealth; changed: boolean } | undefined>
  ended: (process: Process, why: string) => void
}

export type Answer = { http: number; text: string; reason: string | undefined; code: number | undefined }

/** One run of a gateway: the real deliverer, sender and keeper of idempotency keys over the simulated store. */
export class Gateway implements Process {
  readonly name: string
  alive = true
  stopping = false
  /** Requests under way. */
  #inHand = 0
  readonly now: () => number
  readonly monotonic: () => number
  readonly #around: Surroundings
  readonly #clock: Clock
  readonly #store: Store
  readonly #deliverer: Deliverer
  readonly #sender: Sender
  readonly #idempotency: Idempotency
  /** Channels as this process knows them: what others change is heard a little later. */
  #channels = new Map<number, Channel>()

  constructor(around: Surroundings, machine: MachineClock, name: string, shard: number) {
    const { plan, store } = around
    this.#around = around
    this.name = name
    this.now = () => machine.now()
    this.monotonic = () => machine.monotonic()
    this.#clock = machine.of(this)
    this.#store = store.openFor(this, shard)
    this.hearOfChannels()
    this.#deliverer = createDeliverer({
      store: this.#store,
      dispatcher: {} as Dispatcher,
      clock: this.#clock,
      log: silentLog,
      userAgent: 'simulation',
      endpoint: (id) => [...this.#channels.values()].flatMap(({ endpoints }) => endpoints).find((one) => one.id === id),
      endpointsOf: (channelId) => this.#channels.get(channelId)?.endpoints ?? [],
      changeHealth: (endpointId, event) => around.changeHealth(this, endpointId, event),
      random: () => around.random.next(),
      holder: name,
      call: around.call(this),
      perEndpoint: plan.perEndpoint,
      maxLanes: plan.maxLanes,
      leaseMs: plan.leaseMs,
      pollMs: 2_000,
      retrySpanMs: plan.retrySpanMs,
    })
    this.#sender = createSender({
      store: this.#store,
      cloudApi: around.cloudApi as CloudApi,
      clock: this.#clock,
      log: silentLog,
      resolveTemplate: () => Promise.reject(new Error('no templates are sent here')),
      pacer: {
        turn: () => undefined,
        giveBack() {},
        heard() {},
        waiting: 0,
        state: () => ({ pairs: 0, pairs_closed: 0, numbers: [] }),
        close() {},
      },
      load: { enter() {}, leave() {} } as never,
      timeoutMs: 15_000,
    })
    this.#idempotency = createIdempotency({
      store: this.#store,
      clock: this.#clock,
      log: silentLog,
      holder: name,
      running: createRunningKeys(),
    })
    store.listeners.set(this, (notification) => {
      if (notification.kind === 'lanes') this.#deliverer.nudgeEndpoints(notification.endpointIds)
    })
  }

  async start(): Promise<void> {
    try {
      await markAbandonedAtStart(this.#store, this.#clock)
    } catch {
      // The sweep does it later.
    }
    this.#deliverer.start()
  }

  hearOfChannels(): void {
    this.#channels = new Map(this.#around.channels().map((channel) => [channel.id, channel]))
  }

  crash(why: string): void {
    if (!this.alive) return
    this.alive = false
    this.#around.ended(this, why)
  }

  /** SIGTERM: nothing new, and what is under way is ended. */
  async stop(): Promise<void> {
    this.stopping = true
    while (this.#inHand > 0) await new Promise<void>((resolve) => this.#clock.after(20, resolve))
    await this.#deliverer.stop()
    await this.#store.close()
  }

  /** What `receive` does with the facts of one webhook. Settles when Meta may be told that they are kept. */
  async receive(facts: readonly Fact[]): Promise<void> {
    this.#inHand++
    try {
      await this.#receive(facts)
    } finally {
      this.#inHand--
    }
  }

  async #receive(facts: readonly Fact[]): Promise<void> {
    const counts = new Map<number, number>()
    for (const { channelId } of facts) counts.set(channelId, (counts.get(channelId) ?? 0) + 1)
    const offer = this.#deliverer.offer(counts)
    let applied: Applied
    try {
      const parts = partsOf(facts, { writes: 200, bytes: 1024 * 1024 })
      if (parts.length !== 1) throw new Error('more than one commit holds')
      applied = await this.#store.applyFacts(facts, offer)
    } finally {
      offer.end()
    }
    this.#deliverer.take(applied, offer)
  }

  /** `POST /external/messages/whatsapp`, behind its checks. */
  async send(channelId: number, message: OutgoingMessage, key: string | undefined): Promise<Answer> {
    this.#inHand++
    try {
      return await this.#send(channelId, message, key)
    } finally {
      this.#inHand--
    }
  }

  async #send(channelId: number, message: OutgoingMessage, key: string | undefined): Promise<Answer> {
    const channel = this.#channels.get(channelId)!
    const newId = (now: number): string => this.#around.store.newMessageId(now)
    const doIt = async (id: string): Promise<unknown> => {
      const { wamid } = await this.#sender.send(channel, message, { id })
      return { msg_id: wamid }
    }
    try {
      if (key === undefined) {
        const data = await doIt(newId(this.now()))
        return { http: 200, text: JSON.stringify(data), reason: undefined, code: undefined }
      }
      const kept = await this.#idempotency.run(
        {
          key,
          channel,
          requestId: 'r',
          body: JSON.stringify(message),
          route: {
            idempotency: {
              newId,
              became: async (of, id) => {
                const row = await findMessage(this.#store.sql, of.id, id)
                if (!row) return { kind: 'nothing' }
                if (row.wamid !== null) return { kind: 'made', data: { msg_id: row.wamid } }
                if (row.status === 'failed') return { kind: 'not_taken' }
                return { kind: 'unknown', error: new GatewayError('outcome_unknown', { reference: id }) }
              },
            },
          },
        },
        doIt,
      )
      return { http: kept.http, text: kept.text, reason: undefined, code: undefined }
    } catch (error) {
      const told = failure(error, 'r')
      const reason = told.body.error.reason
      return {
        http: told.http,
        text: told.isBug ? String((error as Error).stack) : told.body.message,
        reason: typeof reason === 'string' ? reason : undefined,
        code: told.body.code,
      }
    }
  }

  async replay(channelId: number, endpointId: number, seq: number): Promise<void> {
    const replayed = await replay(this.#store, { channelId, endpointId, seq })
    if (replayed > 0) this.#deliverer.nudge(endpointId)
  }

  /** An operator acted on the endpoint over this node. */
  async actOn(endpointId: number, event: HealthEvent): Promise<void> {
    await this.#around.changeHealth(this, endpointId, event)
    await this.#deliverer.hasten(endpointId)
  }

  /** Answers whether anybody of that name was known. */
  async erase(channelId: number, name: { phone?: string; userId?: string }): Promise<boolean> {
    const erasure = await eraseContact(
      { ...{ store: this.#store, clock: this.#clock, log: silentLog }, eraseInBroadcasts: async () => 0 },
      channelId,
      name,
    )
    return erasure !== undefined
  }

  /** A round of retention, in pieces of so many rows. */
  async prune(kind: 'events' | 'messages', before: number, rows: number): Promise<void> {
    if (kind === 'events') await this.#store.dropMonths?.(before)
    const prune = kind === 'events' ? pruneEvents : pruneMessages
    for (let next: string | undefined = ''; next !== undefined;)
      next = (await prune(this.#store.sql, before, rows, next)).next
  }

  /** A channel's endpoint is there now, or another. */
  nudge(channelId: number): void {
    for (const { id } of this.#channels.get(channelId)?.endpoints ?? []) this.#deliverer.nudge(id)
  }
}

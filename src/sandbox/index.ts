import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { ShiftedClock, type Clock } from '../clock.ts'
import { silentLog, type Log } from '../log.ts'
import type { Cloud } from './cloud.ts'
import { addDemo } from './demo.ts'
import { Events } from './events.ts'
import { Faults, type ActiveFault, type Fault } from './faults.ts'
import { handshake } from './graph/subscriptions.ts'
import { Limits, type LimitSettings } from './limits.ts'
import { MediaStore } from './media-store.ts'
import { digitsFrom } from './identifiers.ts'
import { Phone, type PhoneOptions } from './phone.ts'
import { SeededSource } from './random.ts'
import { listen, type Received } from './server.ts'
import { Webhooks, type SentWebhook } from './webhooks.ts'
import { Wheel } from './wheel.ts'
import { World, type WorldState } from './world.ts'

export type SandboxOptions = {
  /** 127.0.0.1 unless told. */
  host?: string
  /** 0, a free one, unless told. */
  port?: number
  /** App secret, verify token, ids and chance grow from it. */
  seed?: string
  appSecret?: string
  verifyToken?: string
  /** The app's callback; `subscribe` sets it later. */
  webhookUrl?: string
  clock?: Clock
  log?: Log
  /** Where the state is kept; in memory when undefined. */
  dataDir?: string
  /** Begin with the demo account, templates and phones; true unless told. */
  demo?: boolean
  /** From acceptance to `sent` and from there to `delivered`; 20 ms unless told, 0 is as fast as possible. */
  statusDelayMs?: number
  /** Every phone reads at once. */
  autoRead?: boolean
  /** How long a new template is in review; 200 ms unless told. */
  reviewDelayMs?: number
  /** Meta's limits on throughput and pairs; off unless told. */
  limits?: Partial<LimitSettings>
  /** Version of the app's webhook subscription, as a number; below 24, statuses carry `conversation`. */
  webhookVersion?: number
  /** Longest wait for a callback's answer. */
  webhookTimeoutMs?: number
  /** Fetch links that lead to this machine. */
  fetchLinks?: boolean
}

export type SandboxClock = Clock & { advance(ms: number): void }

export type Sandbox = {
  /** The Graph origin, for instance `http://127.0.0.1:8081`. */
  readonly url: string
  readonly appId: string
  readonly appSecret: string
  readonly verifyToken: string
  readonly clock: SandboxClock
  /** Sets the app's callback after asking it, as Meta does. `{ verify: false }` skips the question. */
  subscribe(url: string, options?: { verify?: boolean }): Promise<void>
  phone(number: string, options?: PhoneOptions): Phone
  fault(fault: Fault): ActiveFault & { remove(): void }
  /** The newest Graph calls, oldest first. */
  received(): readonly Received[]
  /** The newest webhooks, oldest first. */
  webhooks(): readonly SentWebhook[]
  /** Resolves when nothing is on its way and every webhook has been answered. */
  settled(): Promise<void>
  reset(): void
  export(): SandboxState
  import(state: SandboxState): void
  close(): Promise<void>
}

export type SandboxState = { version: 1; seed: string; counters: Record<string, number>; world: WorldState }

const MOST_RECEIVED = 1_000

/** Starts a stand-in for the Cloud API. `close` it when done. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const source = new SeededSource(options.seed ?? 'demo')
  const clock = asSandboxClock(options.clock)
  const log = options.log ?? silentLog
  const appSecret = options.appSecret ?? source.fixed('app secret').toString('hex', 0, 16)
  const verifyToken = options.verifyToken ?? `verify-${source.fixed('verify token').toString('hex', 0, 12)}`
  const world = new World({
    id: digitsFrom(source.fixed('app id'), 15),
    name: 'Postern',
    secret: appSecret,
    verifyToken,
    ...(options.webhookUrl !== undefined && { callbackUrl: options.webhookUrl }),
  })
  const wheel = new Wheel(clock)
  const faults = new Faults()
  const events = new Events()
  const webhooks = new Webhooks({
    appSecret: () => world.app.secret,
    clock,
    wheel,
    faults,
    log,
    timeoutMs: options.webhookTimeoutMs ?? 10_000,
    onSent: (webhook) => events.emit('webhook', webhook.at, () => ({ ...webhook })),
    onSettled: () => {},
  })
  const cloud: Cloud = {
    world,
    source,
    clock,
    wheel,
    webhooks,
    faults,
    events,
    log,
    limits: new Limits({ throughput: false, pair: false, ...options.limits }, clock),
    media: new MediaStore(options.dataDir === undefined ? undefined : join(options.dataDir, 'media')),
    arrivals: new Set(),
    pace: {
      statusDelayMs: options.statusDelayMs ?? 20,
      autoRead: options.autoRead ?? false,
      reviewDelayMs: options.reviewDelayMs ?? 200,
      webhookVersion: options.webhookVersion ?? 25,
      fetchLinks: options.fetchLinks ?? false,
    },
    origin: '',
  }
  if (options.demo ?? true) addDemo(cloud)

  const received: Received[] = []
  const server = await listen({
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    cloud,
    onRequest: (call) => {
      received.push(call)
      if (received.length > MOST_RECEIVED) received.shift()
      events.emit('request', call.at, () => ({ ...call }))
    },
    others: () => false,
  })
  const { address, port, family } = server.address() as AddressInfo
  cloud.origin = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`

  const taken = new Map<string, Set<string>>()
  return {
    url: cloud.origin,
    appId: world.app.id,
    get appSecret() {
      return world.app.secret
    },
    get verifyToken() {
      return world.app.verifyToken
    },
    clock,
    async subscribe(url, { verify = true } = {}) {
      if (verify) await handshake(cloud, url, world.app.verifyToken)
      world.app.callbackUrl = url
      world.saveApp()
    },
    phone(number, phoneOptions = {}) {
      const digits = number.replace(/\D/g, '')
      let set = taken.get(digits)
      if (!set) taken.set(digits, (set = new Set()))
      return new Phone(cloud, digits, phoneOptions, set)
    },
    fault(fault) {
      const active = faults.add(fault)
      return Object.assign(active, { remove: () => void faults.remove(active.id) })
    },
    received: () => received,
    webhooks: () => webhooks.sent(),
    async settled() {
      do {
        await webhooks.idle()
        await new Promise((resolve) => setImmediate(resolve))
      } while (webhooks.waiting > 0)
    },
    reset() {
      wheel.clear()
      webhooks.clear()
      faults.clear()
      cloud.limits.clear()
      cloud.media.clear()
      source.restore({})
      taken.clear()
      received.length = 0
      world.clear()
      if (options.demo ?? true) addDemo(cloud)
      events.emit('reset', clock.now(), () => ({}))
    },
    export: () => ({ version: 1, seed: source.seed, counters: source.state(), world: world.state() }),
    import(state) {
      source.restore(state.counters)
      world.restore(state.world)
    },
    async close() {
      wheel.stop()
      server.closeAllConnections()
      await Promise.all([new Promise<void>((resolve) => server.close(() => resolve())), webhooks.close()])
    },
  }
}

function asSandboxClock(clock: Clock | undefined): SandboxClock {
  if (clock && 'advance' in clock && typeof clock.advance === 'function') return clock as SandboxClock
  return clock ? new ShiftedClock(clock) : new ShiftedClock()
}

export type { Fault, ActiveFault } from './faults.ts'
export type { InboundContent } from './inbound.ts'
export type { Phone } from './phone.ts'
export type { Received } from './server.ts'
export type { SentWebhook } from './webhooks.ts'
export type { Message } from './world.ts'

import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ShiftedClock, type Clock } from '@postern/runtime/clock'
import { createDrain } from '@postern/runtime/drain'
import { silentLog } from './log.ts'
import { businessApp, type BusinessApp } from './app-actions.ts'
import { contactOf, type Cloud, type Pace, type SandboxClock } from './cloud.ts'
import { control, isControl } from './control/control.ts'
import { addDemo, openDemoWindows } from './demo.ts'
import { Events, type SandboxEvent } from './events.ts'
import { Faults, type ActiveFault, type Fault } from './faults.ts'
import { downloadMedia } from './graph/media.ts'
import { handshake } from './graph/subscriptions.ts'
import { createGroup, readGroup, suspendGroup, type NewGroup } from './groups.ts'
import { handsetSite, isHandset, listenForHandsets } from './handset-site.ts'
import { Handsets, reachOf } from './handsets.ts'
import { digitsFrom } from './identifiers.ts'
import { KINDS, sendWebhookOfKind, type WebhookOfKind } from './kinds.ts'
import { Limits, type LimitSettings } from './limits.ts'
import { MediaStore } from './media-store.ts'
import { restoreWorld, keepSnapshots, resumePending } from './restore.ts'
import { judge, type Verdict } from './moderation.ts'
import { Phone, type PhoneOptions } from './phone.ts'
import type { SandboxOptions } from './options.ts'
import type { SnapshotStore } from './snapshot-store.ts'
import { SeededSource } from './random.ts'
import { judgeNumber, type NumberVerdict } from './standing.ts'
import { listen, type Received } from './server.ts'
import {
  SetupError,
  addAccount,
  addMedia,
  addNumber,
  addTemplate,
  addToken,
  sendCustomWebhook,
  type NewAccount,
  type NewMedia,
  type NewNumber,
  type NewTemplate,
  type CustomWebhook,
} from './setup.ts'
import { Webhooks, type SentWebhook } from './webhooks.ts'
import { TimerQueue } from './timer-queue.ts'
import {
  World,
  type AccessToken,
  type Account,
  type BusinessNumber,
  type Group,
  type Media,
  type Template,
  type WorldState,
} from './world.ts'

export type Sandbox = {
  /** The Graph origin, for instance `http://127.0.0.1:8081`. */
  readonly url: string
  readonly appId: string
  readonly appSecret: string
  readonly verifyToken: string
  /** The port for phones on real handsets, when there is one. */
  readonly handsetPort: number | undefined
  readonly clock: SandboxClock
  /** Sets the app's callback after verifying it, as Meta does. `{ verify: false }` skips the verification. */
  subscribe(url: string, options?: { verify?: boolean }): Promise<void>
  phone(number: string, options?: PhoneOptions): Phone
  fault(fault: Fault): ActiveFault & { remove(): void }
  /** The active faults. */
  faults(): readonly ActiveFault[]
  /** Changes delays and the result of reviews. Returns all of these settings. */
  pace(changes: Partial<Pace>): Pace
  limits(changes: Partial<LimitSettings>): LimitSettings
  addAccount(account?: NewAccount): Account
  addNumber(number?: NewNumber): { number: BusinessNumber; token: string }
  addToken(token?: Partial<AccessToken>): AccessToken
  addTemplate(template: NewTemplate): Template
  addMedia(media: NewMedia): Media
  /** Sets the result of a template's review. A webhook reports it. */
  judge(templateId: string, verdict: Verdict): void
  /** Sets quality, messaging limit or throughput of a number. Webhooks report them. */
  judgeNumber(verdict: NumberVerdict, numberId?: string): Promise<void>
  /**
   * Sends a webhook by hand: a named kind of `kinds`, with given values in it, or any field with any value. Resolves
   * when the webhook was answered.
   */
  tell(webhook: CustomWebhook | WebhookOfKind): Promise<void>
  /** Names of the webhooks that `tell` can build by itself. */
  kinds(): string[]
  /** Creates a group of a business number, with participants. A webhook reports it. */
  addGroup(group: NewGroup & { numberId?: string }): Group
  suspendGroup(id: string, suspended?: boolean): Promise<void>
  /** All participants of a group read its messages. One webhook for each message reports it. */
  groupReads(id: string): Promise<void>
  /** The WhatsApp Business app of a business that uses both. Its number is marked so. */
  businessApp(numberId?: string): BusinessApp
  /** The most recent Graph calls, oldest first, without tokens. */
  received(): readonly Received[]
  /** The most recent webhooks, oldest first. */
  webhooks(): readonly SentWebhook[]
  on(listener: (event: SandboxEvent) => void): () => void
  /** Resolves when no message is in flight, and every webhook has been answered or waits for a retry. */
  settled(): Promise<void>
  /** Resets the state: the demo (or nothing), with the same seed and callback. */
  reset(): void
  export(): SandboxState
  import(state: SandboxState): void
  /** Begins the shutdown: every answer closes its connection, and event streams end. */
  beginStop(): void
  /** Stops the sandbox. Idle connections stay open for `idleForMs`, and calls in flight finish. Without it all are closed. */
  close(idleForMs?: number): Promise<void>
}

/** A type, so that the state can be written to a file. Media bytes are not part of it. */
export type SandboxState = { version: 1; seed: string; counters: Record<string, number>; world: WorldState }

const MOST_RECEIVED = 500
/** Maximum time for calls in progress when the sandbox is closed. */
const FINISH_WITHIN_MS = 2_000

/** Imported only here: a sandbox in memory works without node:sqlite. */
async function openSnapshots(dataDir: string): Promise<SnapshotStore> {
  const { SnapshotStore } = await import('./snapshot-store.ts')
  return new SnapshotStore(dataDir)
}

/** Starts a sandbox of the Cloud API. Call `close` when done. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const cloud = build(options)
  const { world, source, clock, webhooks, timerQueue, faults, events } = cloud
  const snapshots = options.dataDir === undefined ? undefined : await openSnapshots(options.dataDir)
  if (snapshots) keepSnapshots(cloud, world, snapshots)
  cloud.barrier = snapshots ? () => snapshots.barrier() : undefined
  cloud.saveSnapshot = snapshots ? (kind, id, value) => snapshots.note(kind, id, value) : () => {}
  const demo = options.demo ?? true
  if (!(snapshots && restoreWorld(cloud, snapshots.read())) && demo) addDemo(cloud)
  if (demo) openDemoWindows(cloud)

  const drain = createDrain()
  const received: Received[] = []
  const taken = new Map<string, Set<string>>()
  const onRequest = (call: Received): void => {
    received.push(call)
    if (received.length > MOST_RECEIVED) received.shift()
    events.emit('request', call.at, () => ({ ...call }))
  }
  const host = options.host ?? '127.0.0.1'
  const forHandset = handsetSite(cloud, () => sandbox, options.site)
  const server = await listen({
    host,
    port: options.port ?? 0,
    cloud,
    drain,
    onRequest,
    others: (request, response, url) =>
      downloadMedia(cloud, request, response, url) ||
      (isHandset(url) && forHandset(request, response, url)) ||
      options.site?.(request, response) === true ||
      (isControl(url) && control(cloud, sandbox, request, response, url)),
  })
  const handsetServer =
    options.handsetPort === undefined
      ? undefined
      : await listenForHandsets(options.handsetPort, forHandset, drain).catch((error: unknown) => {
          server.close()
          throw error
        })
  const { address, port, family } = server.address() as AddressInfo
  const own = (handsetServer?.address() as AddressInfo | undefined)?.port
  cloud.reach = () => reachOf({ host, port, own })
  cloud.origin = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
  resumePending(cloud)
  options.story?.onChange(() => events.emit('story', clock.now(), () => ({ ...options.story!.state() })))

  const sandbox: Sandbox = {
    url: cloud.origin,
    appId: world.app.id,
    get appSecret() {
      return world.app.secret
    },
    get verifyToken() {
      return world.app.verifyToken
    },
    handsetPort: own,
    clock,
    async subscribe(url, { verify = true } = {}) {
      if (verify) await handshake(cloud, url, world.app.verifyToken)
      world.app.callbackUrl = url
      world.saveApp()
    },
    phone(number, phoneOptions = {}) {
      const digits = number.replace(/\D/g, '')
      if (digits === '') throw new SetupError(`"${number}" is not a phone number.`)
      let set = taken.get(digits)
      if (!set) taken.set(digits, (set = new Set()))
      return new Phone(cloud, digits, phoneOptions, set)
    },
    fault(fault) {
      const active = faults.add(fault)
      return Object.assign(active, { remove: () => void faults.remove(active.id) })
    },
    faults: () => faults.list(),
    pace: (changes) => assignKnown(cloud.pace, changes),
    limits: (changes) => assignKnown(cloud.limits.settings, changes),
    addAccount: (account) => addAccount(cloud, account),
    addNumber: (number) => addNumber(cloud, number),
    addToken: (token) => addToken(cloud, token),
    addTemplate: (template) => addTemplate(cloud, template),
    addMedia: (media) => addMedia(cloud, media),
    judge(templateId, verdict) {
      const template = world.templates.get(templateId)
      if (!template) throw new SetupError(`There is no template ${templateId}.`)
      judge(cloud, template, verdict)
    },
    judgeNumber: (verdict, numberId) => judgeNumber(cloud, numberFor(cloud, numberId), verdict),
    tell: (webhook) =>
      'kind' in webhook
        ? sendWebhookOfKind(cloud, webhook, (phone) => contactOf(cloud, phone))
        : sendCustomWebhook(cloud, webhook),
    kinds: () => Object.keys(KINDS),
    addGroup: ({ numberId, ...group }) => createGroup(cloud, numberFor(cloud, numberId), group).group,
    suspendGroup: (id, suspended) => suspendGroup(cloud, id, suspended),
    groupReads: (id) => readGroup(cloud, id),
    businessApp: (numberId) => businessApp(cloud, numberFor(cloud, numberId)),
    received: () => received,
    webhooks: () => webhooks.sent(),
    on: (listener) => events.on(listener),
    settled: () => settled(cloud),
    reset() {
      timerQueue.clear()
      webhooks.clear()
      faults.clear()
      cloud.limits.clear()
      cloud.media.clear()
      cloud.uploads.clear()
      cloud.calls.clear()
      cloud.handsets.endAll()
      source.restore({})
      taken.clear()
      received.length = 0
      world.clear()
      if (demo) addDemo(cloud)
      events.emit('reset', clock.now(), () => ({}))
    },
    export: () => ({ version: 1, seed: source.seed, counters: source.state(), world: world.state() }),
    import(state) {
      timerQueue.clear()
      source.restore(state.counters)
      world.restore(state.world)
      resumePending(cloud)
      events.emit('reset', clock.now(), () => ({}))
    },
    beginStop() {
      void drain.begin({ keepListening: true })
      events.end()
    },
    async close(idleForMs = 0) {
      sandbox.beginStop()
      if (idleForMs > 0)
        await Promise.race([drain.end(idleForMs), sleep(idleForMs + FINISH_WITHIN_MS, undefined, { ref: false })])
      timerQueue.stop()
      server.closeAllConnections()
      handsetServer?.closeAllConnections()
      handsetServer?.close()
      webhooks.close()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      snapshots?.close()
    },
  }
  return sandbox
}

/** The number with this id, or the first number. */
function numberFor(cloud: Cloud, id: string | undefined): BusinessNumber {
  const { numbers } = cloud.world
  const number = id === undefined ? numbers.values().next().value : numbers.get(id)
  if (!number) throw new SetupError(`There is no business number ${id ?? ''}.`)
  return number
}

const SETTLE_WITHIN_MS = 15_000

async function settled(cloud: Cloud): Promise<void> {
  const { webhooks, timerQueue } = cloud
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    const why = 'sandbox: still busy after 15 s (does its clock stand still?)'
    timer = setTimeout(() => reject(new Error(why)), SETTLE_WITHIN_MS)
  })
  try {
    do {
      await Promise.race([limit, Promise.all([webhooks.idle(), timerQueue.idle()])])
      await new Promise((resolve) => setImmediate(resolve))
    } while (webhooks.waiting > 0 || timerQueue.busy)
  } finally {
    clearTimeout(timer)
  }
}

function build(options: SandboxOptions): Cloud {
  const source = new SeededSource(options.seed ?? 'demo')
  const clock = asSandboxClock(options.clock)
  const log = options.log ?? silentLog
  const world = new World({
    id: digitsFrom(source.fixed('app id'), 15),
    name: 'Postern',
    secret: options.appSecret ?? source.fixed('app secret').toString('hex', 0, 16),
    verifyToken: options.verifyToken ?? `verify-${source.fixed('verify token').toString('hex', 0, 12)}`,
    ...(options.webhookUrl !== undefined && { callbackUrl: options.webhookUrl }),
  })
  const timerQueue = new TimerQueue(clock)
  const faults = new Faults()
  const events = new Events()
  const webhooks = new Webhooks({
    appSecret: () => world.app.secret,
    clock,
    timerQueue,
    faults,
    log,
    timeoutMs: options.webhookTimeoutMs ?? 10_000,
    onSent: (webhook) => events.emit('webhook', webhook.at, () => ({ ...webhook })),
    onWaiting: (update) => cloud.saveSnapshot('updates', String(update.id), update),
    onSettled: (update) => cloud.saveSnapshot('updates', String(update.id), undefined),
  })
  const cloud: Cloud = {
    world,
    source,
    clock,
    timerQueue,
    webhooks,
    faults,
    events,
    log,
    limits: new Limits({ throughput: false, pair: false, calls: false, messaging: false, ...options.limits }, clock),
    media: new MediaStore(options.dataDir === undefined ? undefined : join(options.dataDir, 'media')),
    arrivals: new Set(),
    uploads: new Map(),
    calls: new Map(),
    handsets: new Handsets(),
    reach: () => ({ how: 'none', addresses: [] }),
    saveSnapshot: () => {},
    barrier: undefined,
    pace: {
      statusDelayMs: options.statusDelayMs ?? 20,
      autoRead: options.autoRead ?? false,
      reviewDelayMs: options.reviewDelayMs ?? 200,
      review: options.review ?? 'approve',
      webhookVersion: options.webhookVersion ?? 25,
      freeServiceMessages: options.freeServiceMessages ?? 1_000,
      fetchLinks: options.fetchLinks ?? false,
    },
    settled: options.settled,
    story: options.story,
    origin: '',
  }
  return cloud
}

/**
 * Copies values whose key exists in the target with the same type. Other keys are ignored, because the changes may come
 * from any caller.
 */
function assignKnown<T extends object>(target: T, changes: Partial<T>): T {
  for (const key of Object.keys(target) as (keyof T)[]) if (changes[key] !== undefined) target[key] = changes[key]
  return target
}

function asSandboxClock(clock: Clock | undefined): SandboxClock {
  if (clock && 'advance' in clock && typeof clock.advance === 'function') return clock as SandboxClock
  return clock ? new ShiftedClock(clock) : new ShiftedClock()
}

export type { Pace, SandboxClock } from './cloud.ts'
export { SetupError } from './setup.ts'
export type { SandboxEvent } from './events.ts'
export type { PhoneOptions } from './phone.ts'
export type { NewAccount, NewMedia, NewNumber, NewTemplate, PhoneTraits, CustomWebhook } from './setup.ts'
export type { Fault, ActiveFault } from './faults.ts'
export type { InboundContent } from './inbound.ts'
export type { BusinessApp } from './app-actions.ts'
export type { HistoryChunk, HistoryMessage, MadeHistory } from './app-history.ts'
export type { SandboxOptions } from './options.ts'
export type { Story, StorySpeed, StoryState } from './story.ts'
export type { NumberVerdict } from './standing.ts'
export type { VoiceCall } from './calls.ts'
export type { WebhookOfKind } from './kinds.ts'
export type { Phone } from './phone.ts'
export type { Received } from './server.ts'
export type { SentWebhook } from './webhooks.ts'
export type { Message } from './world.ts'
export { phoneSite, type PhoneSiteOptions } from './phone-site.ts'
export type { Log } from './log.ts'

import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { activityRoutes } from '../http/admin/activity.ts'
import { channelCheckRoutes } from '../http/admin/channel-check.ts'
import { channelRoutes } from '../http/admin/channels.ts'
import { conversationRoutes } from '../http/admin/conversations.ts'
import { deliveryRoutes } from '../http/admin/deliveries.ts'
import { erasureRoutes } from '../http/admin/erasures.ts'
import { adminMediaRoutes } from '../http/admin/media.ts'
import { overviewRoutes } from '../http/admin/overview.ts'
import { searchRoutes, traceOf } from '../http/admin/search.ts'
import { templateAdminRoutes } from '../http/admin/templates.ts'
import { addConsole } from '../http/console/console.ts'
import { createLive, type Live } from '../http/console/live.ts'
import { joinNodes } from '../http/console/live-nodes.ts'
import { createSessions, isOwnPage } from '../http/console/session.ts'
import { broadcastRoutes } from '../http/external/broadcasts.ts'
import { contactRoutes } from '../http/external/contacts.ts'
import { eventRoutes } from '../http/external/events.ts'
import { mediaRoutes } from '../http/external/media.ts'
import { messageRoutes } from '../http/external/messages.ts'
import { createRenderer } from '../http/external/rendered.ts'
import { templateRoutes } from '../http/external/templates.ts'
import { addHandshake, createWebhookHandler, WEBHOOK_PATH } from '../http/meta.ts'
import { createAdmission } from '../http/admission.ts'
import { createIdempotency } from '../http/idempotency.ts'
import { addOperatorRoutes } from '../http/operator.ts'
import type { Route } from '../http/route.ts'
import { createHostCheck } from '../http/host-check.ts'
import { createServer } from '../http/server.ts'
import { waitForStore, type StartupWait } from '../http/startup-server.ts'
import { createCloudApi, type CloudApi } from '../platform/cloud-api/client.ts'
import type { HealthEvent } from '../domain/channels/endpoint-health.ts'
import { type Clock, systemClock } from '@postern/runtime/clock'
import type { Config } from '../platform/config.ts'
import { createDrain } from '@postern/runtime/drain'
import { createDeliverer, type Deliverer, type Offer } from '../flows/deliver/deliverer.ts'
import { DEMO, seedDemo, removeDemo } from './demo.ts'
import { isLoopback } from '@postern/runtime/host-name'
import { loadSecrets } from '../platform/installation.ts'
import { newSecret } from '../platform/ids.ts'
import { createLoad } from '../platform/load.ts'
import type { Log } from '../platform/log.ts'
import { createMachine, type Machine, type PaceEvents } from './machine.ts'
import { createMediaResolver } from '../flows/media/media-resolver.ts'
import { createMetrics, type MetricsText } from '../platform/metrics.ts'
import { createOutbound, type Outbound } from '../platform/outbound/guard.ts'
import { createReceiver } from '../flows/receive/receive.ts'
import type { Sandbox } from '@postern/sandbox'
import { createVault, type Vault } from '../platform/secrets.ts'
import { createMediaPreparation } from '../flows/send/check-media.ts'
import { createMarkRead } from '../flows/send/mark-read.ts'
import { createBroadcaster } from '../flows/send/broadcast.ts'
import { createSender } from '../flows/send/send.ts'
import { createTemplateResolver } from '../flows/send/resolve-template.ts'
import { applyHealthEvent } from '../store/endpoint-health.ts'
import { deliveryCounts } from '../store/events.ts'
import { openDirectory, type Directory } from '../store/directory.ts'
import { checkKey, proveKey } from '../store/key-check.ts'
import { openStore } from '../store/open.ts'
import { openStoreThread } from '../store/thread/open.ts'
import type { Applied, Store } from '../store/store.ts'
import { createCatalog, type Catalog } from '../flows/sync/catalog.ts'
import { createRetention, retentionDays } from '../flows/maintenance/retention.ts'
import { createSweep, markAbandonedAtStart } from '../flows/maintenance/sweep.ts'

export const VERSION = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version

const PAGES = fileURLToPath(new URL('../../pages/', import.meta.url))

export type Gateway = {
  /** Address of the public HTTP listener. */
  readonly url: string
  readonly adminToken: string
  /** Where the token is kept; undefined when it comes from the environment. */
  readonly adminTokenFile: string | undefined
  /** Nobody was shown the token yet. */
  readonly adminTokenIsNew: boolean
  readonly sandbox: Sandbox | null
  readonly store: Store
  readonly app: FastifyInstance
  /**
   * Finishes what is in flight, within `withinMs`, in the reverse order of the start. Connections that are idle stay
   * for `idleForMs`, so that a request which is on its way is answered.
   */
  stop(withinMs?: number, idleForMs?: number): Promise<void>
  /** Takes no new connections. Where several share a port, all of them do this before the first one stops. */
  stopListening(): Promise<void>
}

/** More waiting commits than this, and webhooks are answered 503 until it is less: late for some beats late for all. */
const MOST_WAITING = 20_000

export type GatewayOptions = {
  config: Config
  log: Log
  clock?: Clock
  /** Tests shorten what would otherwise take its time. */
  sandbox?: { statusDelayMs?: number; clock?: Clock }
  deliver?: { timeoutMs?: number; pollMs?: number; random?: () => number; perEndpoint?: number; maxLanes?: number }
  send?: { timeoutMs?: number }
  /** Given to one of several threads that share a port. */
  thread?: HttpThread
  /** Another store than the settings name: the bench's, which keeps nothing, or a test's, which fails when told to. */
  openStore?: typeof openStore
  /** The thread that has the store ended by itself. Without it nothing can be kept, so the process should end too. */
  onStoreEnd?: (cause: Error) => void
  /**
   * For one command of the command line: answers requests and does nothing by itself. It takes no lanes and no broadcasts,
   * and fetches and removes nothing, since it is gone in a moment and others may be at work on the same store.
   */
  idle?: boolean
  /** Waits for a PostgreSQL that is away instead of rejecting; the startup server says so meanwhile. */
  wait?: Pick<StartupWait, 'onReason' | 'signal'>
}

/** What one of several threads of a process is given. The main thread has opened the store and prepared it. */
export type HttpThread = {
  store: Store
  machine: (events: PaceEvents) => Machine
  /** This one does what is done once on a machine: fetches templates, sends broadcasts, removes what is old. */
  leads: boolean
  /** Answers with the figures of all threads, whichever is asked. */
  shareMetrics: (registry: Registry) => () => Promise<MetricsText>
}

/** Creates all components, connects them, then starts listening. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, log, clock = systemClock } = options
  const secrets = loadSecrets(config)
  const vault = createVault(secrets.masterKey)
  const { thread } = options
  const metrics = createMetrics(thread && 'thread')
  const closers: (() => Promise<void> | void)[] = []
  const drain = createDrain()
  let idleMs = 0
  // In the reverse order of start, and each even when one before it failed.
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) {
      try {
        await close()
      } catch (error) {
        log.error({ err: error }, 'stop.failed')
      }
    }
  }
  try {
    const store = thread?.store ?? (await openOrWait(options, clock))
    closers.push(() => store.close())
    if (!thread) await prepareStore(store, { config, vault, clock, log })

    const directory = await openDirectory({ store, vault, clock, log })
    closers.push(() => directory.stop())
    // After the directory, which fails by itself where channels are sealed with another key.
    await checkKey(store, vault)

    const trace = (wamid: string) => traceOf(store, directory, wamid)
    const sandbox = config.sandbox ? await startOwnSandbox(options, store.installation, trace) : null
    if (sandbox) closers.push(() => sandbox.close(idleMs))

    const cloudApi = createCloudApi({
      origin: sandbox?.url ?? config.cloudApiUrl!,
      version: config.cloudApiVersion,
      userAgent: `Postern/${VERSION}`,
    })
    closers.push(() => cloudApi.close())
    const outbound = createOutbound({ allow: config.outboundAllow, connections: 64 })
    closers.push(() => outbound.close())
    // Sockets without limit: the deliverer bounds what is under way to each endpoint, so no channel waits for a socket
    // that others hold at the same origin.
    const webhooks = createOutbound({ allow: config.outboundAllow })
    closers.push(() => webhooks.close())

    const sessions = createSessions(secrets.adminToken, clock, store.sql)
    const watch = createLive(clock, sessions.isOpen)
    directory.onChange(() => watch.changed('channels', 'endpoints'))
    const accounts = () => accountsOf(directory)
    const onReread = () => watch.changed('templates')
    const catalog = createCatalog({ store, cloudApi, clock, log, accounts, onReread })
    const paceEvents: PaceEvents = {
      onLimited: (limit) => metrics.limited.add(1, limit),
      onThrottled: (scope) => metrics.throttled.add(1, scope),
    }
    const machine: Machine =
      thread?.machine(paceEvents) ??
      createMachine({
        store,
        clock,
        holder: newHolder(),
        mostSendsInFlight: config.mostSendsInFlight,
        events: paceEvents,
      })
    const { holder } = machine
    const components = connectComponents({
      options,
      machine,
      clock,
      store,
      directory,
      catalog,
      cloudApi,
      outbound,
      webhooks,
      metrics,
      watch,
    })
    closers.push(() => components.deliverer.stop())
    closers.push(() => components.load.stop())

    const broadcaster = createBroadcaster({
      store,
      sender: components.sender,
      clock,
      log,
      holder,
      channel: (id) => directory.channel(id),
      onRecipient: (outcome) => metrics.recipients.add(1, outcome),
    })

    const leads = !options.idle && (thread?.leads ?? true)
    const nudgeBroadcasts = (): void => {
      if (leads) void broadcaster.nudge()
      else if (!options.idle) store.notify?.({ kind: 'broadcasts' })
    }

    let stopping = false
    const routes: Route[] = [
      ...messageRoutes({
        store,
        sender: components.sender,
        markRead: createMarkRead(cloudApi),
        cloudApi,
        rendered: createRenderer(catalog),
      }),
      ...contactRoutes({ store, clock }),
      ...eventRoutes({ store }),
      ...broadcastRoutes({ store, clock, nudge: nudgeBroadcasts }),
      ...erasureRoutes({ store, directory, clock, log }),
      ...templateRoutes({ store, cloudApi, catalog, outbound, clock }),
      ...mediaRoutes({ store, cloudApi, clock }),
      ...channelRoutes({
        store,
        vault,
        directory,
        catalog,
        outbound,
        clock,
        deliverer: components.deliverer,
        changeHealth: components.changeHealth,
      }),
      ...deliveryRoutes({ store, directory, nudge: components.deliverer.nudge }),
      ...overviewRoutes({ store, directory, clock, live: components.live, pace: () => machine.pacer.state() }),
      ...activityRoutes({ store, directory, clock }),
      ...searchRoutes({ store, directory }),
      ...conversationRoutes({ store, directory, clock, sender: components.sender, markRead: createMarkRead(cloudApi) }),
      ...templateAdminRoutes({ cloudApi, catalog, directory, outbound }),
      ...adminMediaRoutes({ store, directory, cloudApi, outbound }),
      ...channelCheckRoutes({ cloudApi, directory }),
    ]
    const webhook = createWebhookHandler({
      appSecret: config.metaAppSecret ?? sandbox!.appSecret,
      receiver: components.receiver,
      log,
      hasRoom: () => store.backlog < MOST_WAITING,
      onWebhook: (status) => metrics.webhooks.add(1, String(status)),
    })
    const app = createServer({
      routes,
      adminToken: secrets.adminToken,
      isSignedIn: async (request) =>
        isOwnPage(request.method, request.headers) && (await sessions.isSignedIn(request.headers)),
      byCode: (code) => directory.byCode(code),
      idempotency: createIdempotency({ store, clock, log, holder, running: machine.running }),
      admission: createAdmission({
        counters: machine.counters,
        load: components.load,
        callsPerSecond: config.callsPerSecond,
        onLimited: (limit) => metrics.limited.add(1, limit),
      }),
      log,
      trustedProxies: config.trustedProxies,
      ...(isLoopback(config.host) && { knowsHost: createHostCheck(config.trustedProxies, config.publicUrl) }),
      direct: new Map([[WEBHOOK_PATH, webhook]]),
      stopping: () => stopping,
      drain,
    })
    addHandshake(app, () => config.metaVerifyToken ?? sandbox!.verifyToken)
    metrics.read({ live: components.live, deliveries: () => deliveryCounts(store.sql, Date.now()) })
    addOperatorRoutes(app, {
      store,
      routes,
      metrics: (thread?.shareMetrics ?? ownMetrics)(metrics.registry),
      version: VERSION,
      stopping: () => stopping,
    })

    addConsole(app, {
      adminToken: secrets.adminToken,
      sessions,
      clock,
      version: VERSION,
      folder: PAGES,
      sandboxUrl: () => sandbox?.url ?? null,
      live: watch,
      signInLimit: machine.signInLimit,
    })
    const nodes = joinNodes(watch, store, clock)
    closers.push(() => nodes.stop())

    await app.listen({ host: config.host, port: config.port, ...(thread && { reusePort: true }) })
    closers.push(() => app.close())
    closers.push(() => drain.end(idleMs))
    if (leads) await broadcaster.start()
    closers.push(async () => {
      const ended = broadcaster.stop()
      // What only waits for its turn is told so, and does not hold up the end.
      machine.pacer.close()
      await ended
    })
    const url = urlOf(app, config.host)
    if (!options.idle) components.deliverer.start()
    const unsubscribe = store.onNotification?.((notification) => {
      if (notification.kind === 'lanes') components.deliverer.nudgeEndpoints(notification.endpointIds)
      if (notification.kind === 'broadcasts' && leads) void broadcaster.nudge()
      if (notification.kind !== 'directory') return
      directory.refresh().catch((error: unknown) => log.warn({ err: error }, 'directory.refresh_failed'))
    })
    closers.push(() => unsubscribe?.())
    // The handshake needs our own listener, so the sandbox is told of it last.
    if (sandbox) await sandbox.subscribe(`${url}/webhooks/meta`)
    if (leads) catalog.start()
    closers.push(() => catalog.stop())
    const sweep = createSweep({ store, clock, log })
    if (leads) sweep.start()
    closers.push(() => sweep.stop())
    const retention = createRetention({
      store,
      clock,
      log,
      days: retentionDays(config),
      onPruned: (kind, rows) => metrics.pruned.add(rows, kind),
    })
    if (leads) retention.start()
    closers.push(() => retention.stop())

    let stopped: Promise<void> | undefined
    return {
      url,
      adminToken: secrets.adminToken,
      adminTokenFile: secrets.adminTokenFile,
      adminTokenIsNew: secrets.adminTokenIsNew,
      sandbox,
      store,
      app,
      stopListening: () => drain.stopListening(),
      stop(withinMs = 10_000, idleForMs = 0) {
        if (!stopping) {
          stopping = true
          idleMs = idleForMs
          void drain.begin().then(() => log.info('gateway.connections_closing'))
          watch.close()
          sandbox?.beginStop()
        }
        stopped ??= withDeadline(closeAll(), withinMs, () => log.warn('stop.deadline'))
        return stopped
      },
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}

/** What a process holds in the store bears its name, and nobody else ever has the same one. */
export const newHolder = (): string => newSecret('n_', 9)

/** Once for each start of a process, before anybody uses the store. */
export async function prepareStore(
  store: Store,
  { config, vault, clock, log }: { config: Config; vault: Vault; clock: Clock; log: Log },
): Promise<void> {
  // Before anything is sealed.
  await proveKey(store, vault)
  await markAbandonedAtStart(store, clock)
  if (config.sandbox) await seedDemo(store, vault, clock)
  else if (await removeDemo(store, vault, clock)) log.warn({ channel_id: DEMO.channelId }, 'demo.removed')
}

function openOrWait({ config, log, wait, ...options }: GatewayOptions, clock: Clock): Promise<Store> {
  const open = (): Promise<Store> => {
    // A test's clock moves in this thread alone, and so must the store that goes by it.
    const here = options.openStore ?? (options.clock && openStore)
    return here
      ? here(config, clock, log)
      : openStoreThread(config, { log, onEnd: options.onStoreEnd }).then(({ store }) => store)
  }
  // What keeps a file from being opened is somebody's mistake, or another gateway that has it: that is told at once.
  if (!wait || config.databaseUrl === undefined) return open()
  return waitForStore(open, { host: config.host, port: config.port, version: VERSION, log, clock, ...wait })
}

type ComponentOptions = {
  options: GatewayOptions
  machine: Machine
  clock: Clock
  store: Store
  directory: Directory
  catalog: Catalog
  cloudApi: CloudApi
  outbound: Outbound
  /** The way to customers' endpoints. */
  webhooks: Outbound
  metrics: ReturnType<typeof createMetrics>
  /** Consoles that are told what changes. */
  watch: Live
}

/** The flows, each knowing only the store and the functions it is given. */
function connectComponents({
  options,
  machine,
  clock,
  store,
  directory,
  catalog,
  cloudApi,
  outbound,
  webhooks,
  metrics,
  watch,
}: ComponentOptions) {
  const { log } = options
  const changeHealth = async (channelId: number, event: HealthEvent) => {
    const became = await applyHealthEvent(store.sql, channelId, event, clock.now())
    if (became) directory.adopt(channelId, became.health)
    return became
  }
  const deliverer: Deliverer = createDeliverer({
    store,
    dispatcher: webhooks.dispatcher,
    clock,
    log,
    userAgent: `Postern/${VERSION}`,
    channel: (id) => directory.channel(id),
    channelOf: (endpointId) => directory.byEndpoint(endpointId),
    changeHealth,
    onAttempt: ({ outcome, ms }) => {
      metrics.attempts.add(1, outcome)
      metrics.attemptSeconds.observe(ms / 1000)
      watch.changed('deliveries')
    },
    ...options.deliver,
  })
  const receiver = createReceiver({
    store,
    routes: directory,
    clock,
    log,
    offer: (events) => deliverer.offer(events),
    onApplied: (applied: Applied, offer: Offer) => {
      metrics.events.add(applied.events)
      metrics.duplicates.add(applied.duplicates)
      deliverer.take(applied, offer)
      if (applied.events > 0) watch.changed('messages', 'deliveries')
    },
    onTemplatesChanged: (wabaId) => catalog.changed(wabaId),
  })
  const load = createLoad({
    places: machine.places,
    backlog: () => store.backlog,
    mostBacklog: MOST_WAITING,
    onShed: (cause) => metrics.shed.add(1, cause),
  })
  const sender = createSender({
    store,
    cloudApi,
    clock,
    log,
    pacer: machine.pacer,
    load,
    resolveTemplate: createTemplateResolver(catalog),
    prepareMedia: createMediaPreparation(createMediaResolver({ api: cloudApi, outbound, sql: store.sql, clock, log })),
    onOutcome: (_channel, kind, code, ms) => {
      metrics.sends.add(1, kind, code === undefined ? '' : String(code))
      metrics.sendSeconds.observe(ms / 1000)
      watch.changed('messages')
    },
    ...options.send,
  })
  const live = () => ({
    deliveries_in_flight: deliverer.inFlight,
    lanes_held: deliverer.held,
    store_backlog: store.backlog,
    rss_bytes: process.memoryUsage.rss(),
    sends_in_flight: load.inFlight,
    sends_waiting: machine.pacer.waiting,
    event_loop_delay_ms: Math.round(load.delayMs * 10) / 10,
    shed: Object.values(load.shed).reduce((sum, count) => sum + count, 0),
  })
  return { deliverer, changeHealth, receiver, sender, load, live }
}

async function startOwnSandbox(
  { config, log, sandbox }: GatewayOptions,
  installation: string,
  trace: (wamid: string) => Promise<unknown>,
): Promise<Sandbox> {
  // Only here: with a real Cloud API behind it, a gateway does not carry a stand-in in its memory.
  const { phoneSite, startSandbox } = await import('@postern/sandbox')
  return startSandbox({
    host: config.host,
    port: config.port === 0 && config.sandboxPort === 8081 ? 0 : config.sandboxPort,
    // Ids must not repeat after a restart, since our store remembers those of the life before.
    seed: `${installation} ${Date.now()}`,
    appSecret: config.metaAppSecret ?? `sandbox-${installation}`,
    verifyToken: config.metaVerifyToken ?? `sandbox-verify-${installation}`,
    log: log.child({ room: 'sandbox' }),
    site: phoneSite({ trace }),
    ...sandbox,
  })
}

const ownMetrics = (registry: Registry) => async (): Promise<MetricsText> => ({
  type: registry.contentType,
  text: await registry.metrics(),
})

function accountsOf(directory: Directory): { wabaId: string; accessToken: string }[] {
  const accounts = new Map(directory.channels().map((channel) => [channel.wabaId, channel]))
  return [...accounts.values()]
}

function urlOf(app: FastifyInstance, host: string): string {
  const { port } = app.server.address() as AddressInfo
  const shown =
    host === '0.0.0.0' || host === '' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
  return `http://${shown}:${port}`
}

async function withDeadline(work: Promise<void>, ms: number, late: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      late()
      resolve()
    }, ms)
  })
  await Promise.race([work, deadline])
  clearTimeout(timer)
}

export { DEMO, waitForStore }

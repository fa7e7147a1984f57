import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Drain } from '@postern/runtime/drain'
import { isLoopback } from '@postern/runtime/host-name'
import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { createAdmission } from '../http/admission.ts'
import { addGuide } from '../http/guide.ts'
import { addSecurityText } from '../http/security-text.ts'
import { type Audit, createAudit } from '../http/audit.ts'
import { addConsole } from '../http/console/console.ts'
import type { Live } from '../http/console/live.ts'
import { isOwnPage, type Sessions } from '../http/console/session.ts'
import { createHostCheck } from '../http/host-check.ts'
import { createIdempotency } from '../http/idempotency.ts'
import { addHandshake, createWebhookHandler, WEBHOOK_PATH } from '../http/meta.ts'
import { addOperatorRoutes } from '../http/operator.ts'
import type { Route } from '../http/route.ts'
import { createPageForm } from '../http/page-form.ts'
import { createServer } from '../http/server.ts'
import { disconnection, isRestricted, qualityRank } from '../domain/channels/state.ts'
import type { ProviderRules } from '../domain/people/provider.ts'
import type { ChannelReading } from '../platform/channel-gauges.ts'
import type { Config } from '../platform/config.ts'
import type { MetricsText } from '../platform/metrics.ts'
import { createPasswords } from '../platform/passwords.ts'
import { waitingOf } from '../store/endpoint-activity.ts'
import { deliveryCounts } from '../store/events.ts'
import type { Connections } from './connections.ts'
import { type Flows, MOST_WAITING } from './flows.ts'
import type { EndpointReading } from '../platform/metrics.ts'
import type { Foundations } from './foundations.ts'
import type { GatewayOptions } from './options.ts'
import { createRoutes, liveFigures } from './routes.ts'
import { VERSION } from './version.ts'

const PAGES = fileURLToPath(new URL('../../pages/', import.meta.url))
const GUIDE = fileURLToPath(new URL('../../guide/', import.meta.url))

type ServerParts = {
  options: GatewayOptions
  foundations: Foundations
  connections: Connections
  flows: Flows
  sessions: Sessions
  watch: Live
  drain: Drain
  stopping: () => boolean
}

/** The HTTP server with all its routes. It does not listen yet. */
export function createHttpServer(parts: ServerParts): FastifyInstance {
  const { foundations, connections, flows } = parts
  const { config, store, metrics } = foundations
  const live = liveFigures(foundations, flows)
  const routes = createRoutes(foundations, connections, flows, live)
  const audit = createAudit({ sql: store.sql, clock: foundations.clock })
  const app = createApp(parts, routes, audit)
  addHandshake(app, () => config.metaVerifyToken ?? connections.sandbox!.verifyToken)
  metrics.read({
    live,
    deliveries: () => deliveryCounts(store.sql, Date.now()),
    endpoints: () => endpointReadings(foundations),
    channels: () => channelReadings(foundations),
    incidents: flows.incidents.published,
    backedUpAt: flows.incidents.backedUpAt,
  })
  addOperatorRoutes(app, {
    store,
    routes,
    metrics: (parts.options.thread?.shareMetrics ?? ownMetrics)(metrics.registry),
    version: VERSION,
    stopping: parts.stopping,
    incidents: flows.incidents.published,
  })
  addGuide(app, GUIDE)
  addSecurityText(app, {
    ...{ contact: config.securityContact, publicUrl: config.publicUrl },
    now: () => foundations.clock.now(),
  })
  addConsole(app, {
    adminToken: foundations.secrets.adminToken,
    sessions: parts.sessions,
    ...{ sql: store.sql, vault: foundations.vault, clock: foundations.clock, audit },
    passwords: createPasswords(),
    version: VERSION,
    folder: PAGES,
    sandboxUrl: () => connections.sandbox?.url ?? null,
    live: parts.watch,
    signInLimit: foundations.machine.signInLimit,
    oidc: connections.oidc && {
      provider: connections.oidc,
      rules: providerRules(config),
      ...{ button: config.oidcButton, publicUrl: config.publicUrl, log: foundations.log },
    },
  })
  return app
}

const providerRules = (config: Config): ProviderRules => ({
  issuer: config.oidcIssuer!,
  roleClaim: config.oidcRoleClaim,
  roles: config.oidcRoles,
  defaultRole: config.oidcDefaultRole,
})

function createApp(
  { foundations, connections, flows, sessions, drain, stopping }: ServerParts,
  routes: Route[],
  audit: Audit,
) {
  const { config, log, clock, secrets, store, directory, metrics, machine, tracing } = foundations
  const webhook = createWebhookHandler({
    appSecret: config.metaAppSecret ?? connections.sandbox!.appSecret,
    receiver: flows.receiver,
    log,
    hasRoom: () => store.backlog < MOST_WAITING,
    onWebhook: (status) => metrics.webhooks.add(1, String(status)),
  })
  return createServer({
    routes,
    adminToken: secrets.adminToken,
    audit,
    bySession: async (request) =>
      isOwnPage(request.method, request.headers) ? (await sessions.sessionOf(request.headers))?.principal : undefined,
    byCode: (code) => directory.byCode(code),
    byKey(text) {
      const key = directory.byKey(text)
      if (key) flows.keyUses.used(key.id)
      return key
    },
    channelById: (id) => directory.channel(id),
    isOnPage: createPageForm(directory),
    idempotency: createIdempotency({ store, clock, log, holder: machine.holder, running: machine.running }),
    admission: createAdmission({
      counters: machine.counters,
      load: flows.load,
      callsPerSecond: config.callsPerSecond,
      onLimited: (limit) => metrics.limited.add(1, limit),
    }),
    log,
    trustedProxies: config.trustedProxies,
    ...(isLoopback(config.host) && { knowsHost: createHostCheck(config.trustedProxies, config.publicUrl) }),
    direct: new Map([[WEBHOOK_PATH, webhook]]),
    stopping,
    drain,
    tracing,
    onAnswered: metrics.httpSeconds.observe,
  })
}

const channelReadings = ({ directory, clock }: Foundations): ChannelReading[] =>
  directory.channels().map(({ id, state }) => ({
    channel: String(id),
    quality: qualityRank(state),
    isRestricted: isRestricted(state, clock.now()),
    isConnected: disconnection(state) === undefined,
  }))

const ownMetrics = (registry: Registry) => async (): Promise<MetricsText> => ({
  type: registry.contentType,
  text: await registry.metrics(),
})

/** The URL of a listening server, for clients on this machine. */
export function urlOf(app: FastifyInstance, host: string): string {
  const { port } = app.server.address() as AddressInfo
  const shown =
    host === '0.0.0.0' || host === '' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
  return `http://${shown}:${port}`
}

/** Every endpoint with what waits for it, as metrics name it. */
async function endpointReadings({ store, directory }: Foundations): Promise<EndpointReading[]> {
  const endpoints = directory.channels().flatMap((channel) => channel.endpoints)
  const waiting = await waitingOf(
    store.sql,
    endpoints.map(({ id }) => id),
  )
  const now = Date.now()
  return endpoints.map(({ id, channelId, publicId, health }) => {
    const { pending, dead, oldestPendingAt } = waiting.get(id)!
    const oldestPendingMs = oldestPendingAt === null ? null : now - oldestPendingAt
    return { channel: String(channelId), endpoint: publicId, state: health.state, pending, dead, oldestPendingMs }
  })
}

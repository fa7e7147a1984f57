import type { Clock } from '@postern/runtime/clock'
import type { Sandbox, Story } from '@postern/sandbox'
import { phonesWire, type PhonesWire } from '../http/phones-wire.ts'
import type { Config } from '../platform/config.ts'
import { createCloudApi, type CloudApi } from '../platform/cloud-api/client.ts'
import { createProvider, type Provider } from '../platform/oidc/provider.ts'
import { createOutbound, type Outbound } from '../platform/outbound/guard.ts'
import { createSinks, type Sinks } from '../platform/sinks/sinks.ts'
import type { Foundations } from './foundations.ts'
import type { GatewayOptions } from './options.ts'
import type { Shutdown } from './shutdown.ts'
import type { StoryNeeds } from './story/shop.ts'
import { VERSION } from './version.ts'

/** The connections out of this process. */
export type Connections = {
  /** The built-in sandbox, if this gateway has one. */
  sandbox: Sandbox | null
  cloudApi: CloudApi
  /** Origin of the Graph API: WhatsApp's, or the sandbox's. */
  cloudApiUrl: string
  /** To files that messages link to. */
  outbound: Outbound
  /** To customers' endpoints. */
  callbacks: Outbound
  /** To customers' databases and streams. */
  sinks: Sinks
  /** Where people of the console may sign in. */
  oidc: Provider | undefined
  /** The story of a shop's day. Undefined without the sandbox. */
  story: Story | undefined
}

/** What is known only later. */
type Later = {
  /** How long the sandbox's idle connections stay open during the shutdown. */
  idleMs: () => number
  /** The address of the gateway, once it listens. */
  url: () => string | undefined
  /** The gateway, as long as it can play a story. */
  story: () => StoryNeeds | undefined
}

export async function openConnections(
  options: GatewayOptions,
  { config, store, directory, observer, clock }: Foundations,
  shutdown: Shutdown,
  { idleMs, url, story: needs }: Later,
): Promise<Connections> {
  const wire = phonesWire({ store, directory, now: () => clock.now() }, () => config.publicUrl ?? url())
  const story = config.sandbox ? await loadStory(options, needs) : undefined
  const sandbox = config.sandbox ? await startOwnSandbox(options, store.installation, wire, story) : null
  if (sandbox) shutdown.add(() => sandbox.close(idleMs()))

  const cloudApiUrl = sandbox?.url ?? config.cloudApiUrl!
  const cloudApi = createCloudApi({
    origin: cloudApiUrl,
    version: config.cloudApiVersion,
    userAgent: `Postern/${VERSION}`,
    // The sandbox has our own clock, or one that a test moves.
    ...(!sandbox && { onServerTime: (theirs, ours) => observer.serverTime(theirs, ours) }),
  })
  shutdown.add(() => cloudApi.close())
  const outbound = createOutbound({ allow: config.outboundAllow, connections: 64 })
  shutdown.add(() => outbound.close())
  // Sockets without limit: the deliverer limits the requests to each endpoint. So no channel waits for a socket that
  // other channels hold at the same origin.
  const callbacks = createOutbound({ allow: config.outboundAllow })
  shutdown.add(() => callbacks.close())
  const sinks = createSinks({ installation: store.installation, outbound: callbacks })
  shutdown.add(() => sinks.close())
  const oidc = openProvider(config, clock, outbound)
  if (oidc) shutdown.add(() => oidc.close())
  return { sandbox, cloudApi, cloudApiUrl, outbound, callbacks, sinks, oidc, story }
}

/** The provider of OIDC_ISSUER. It is not asked yet. */
export function openProvider(
  config: Config,
  clock: Clock,
  outbound: Pick<Outbound, 'dispatcher' | 'checkUrl'>,
): Provider | undefined {
  if (config.oidcIssuer === undefined) return undefined
  return createProvider({
    ...{ issuer: config.oidcIssuer, clientId: config.oidcClientId!, clientSecret: config.oidcClientSecret },
    ...{ scopes: config.oidcScopes, roleClaim: config.oidcRoleClaim, clock, outbound },
  })
}

/** Imported only here: a gateway with a real Cloud API has no story. */
async function loadStory(
  { log, idle, story }: GatewayOptions,
  needs: () => StoryNeeds | undefined,
): Promise<Story | undefined> {
  if (idle) return undefined
  const { createStory } = await import('./story/story.ts')
  return createStory({ log: log.child({ room: 'story' }), needs, ...story })
}

async function startOwnSandbox(
  { config, log, sandbox }: GatewayOptions,
  installation: string,
  wire: PhonesWire,
  story: Story | undefined,
): Promise<Sandbox> {
  // Imported only here: a gateway with a real Cloud API does not load the sandbox.
  const { phoneSite, startSandbox } = await import('@postern/sandbox')
  return startSandbox({
    host: config.host,
    port: config.port === 0 && config.sandboxPort === 8081 ? 0 : config.sandboxPort,
    ...(config.handsetPort !== undefined && { handsetPort: config.handsetPort }),
    // Ids must not repeat after a restart, because our store has the ids of earlier runs.
    seed: `${installation} ${Date.now()}`,
    appSecret: config.metaAppSecret ?? `sandbox-${installation}`,
    verifyToken: config.metaVerifyToken ?? `sandbox-verify-${installation}`,
    log: log.child({ room: 'sandbox' }),
    site: phoneSite(wire),
    ...(story && { story }),
    ...sandbox,
  })
}

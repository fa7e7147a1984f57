import { createDrain } from '@postern/runtime/drain'
import type { Sandbox } from '@postern/sandbox'
import type { FastifyInstance } from 'fastify'
import { createLive } from '../http/console/live.ts'
import { joinNodes } from '../http/console/live-nodes.ts'
import { createSessions } from '../http/console/session.ts'
import type { Store } from '../store/store.ts'
import { startBackground } from './background.ts'
import { openConnections, type Connections } from './connections.ts'
import { createFlows } from './flows.ts'
import { openFoundations, type Foundations } from './foundations.ts'
import type { GatewayOptions } from './options.ts'
import { createHttpServer, urlOf } from './server.ts'
import { settled } from './settled.ts'
import type { StoryNeeds } from './story/shop.ts'
import { createShutdown, withDeadline } from './shutdown.ts'

export type Gateway = {
  /** Address of the public HTTP listener. */
  readonly url: string
  readonly adminToken: string
  /** The file that contains the token. Undefined when the token comes from the environment. */
  readonly adminTokenFile: string | undefined
  /** True while the token was never shown. */
  readonly adminTokenIsNew: boolean
  readonly sandbox: Sandbox | null
  readonly store: Store
  readonly app: FastifyInstance
  /** Resolves when nothing is in flight: sends, statuses, webhooks, deliveries. For tests. */
  settled(): Promise<void>
  /**
   * Finishes requests and attempts in progress within `withinMs`, in the reverse order of the start. Idle connections
   * stay open for `idleForMs`, so that a request on its way is answered.
   */
  stop(withinMs?: number, idleForMs?: number): Promise<void>
  /** Stops accepting connections. When several threads share a port, all of them do this before the first one stops. */
  stopListening(): Promise<void>
}

function storyNeedsOf(
  { store, vault, directory, log, config }: Foundations,
  { sandbox, callbacks }: Connections,
  url: string,
): StoryNeeds | undefined {
  return sandbox
    ? { url, consoleUrl: config.publicUrl ?? url, sandbox, store, vault, directory, callbacks, log }
    : undefined
}

/** Creates all components, connects them, then starts listening. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, log } = options
  const shutdown = createShutdown(log)
  const drain = createDrain()
  let stopping = false
  let idleMs = 0
  let address: string | undefined
  let storyNeeds: StoryNeeds | undefined
  try {
    const foundations = await openFoundations(options, shutdown)
    const { clock, secrets, store, directory } = foundations
    const connections = await openConnections(options, foundations, shutdown, {
      idleMs: () => idleMs,
      url: () => address,
      story: () => storyNeeds,
    })

    const sessions = createSessions(secrets.adminToken, clock, store.sql)
    const watch = createLive(clock, sessions.isOpen)
    directory.onChange(() => watch.changed('channels', 'endpoints'))
    const flows = createFlows(options, foundations, connections, watch, shutdown)

    const isStopping = (): boolean => stopping
    const parts = { options, foundations, connections, flows, sessions, watch, drain, stopping: isStopping }
    const app = createHttpServer(parts)
    const nodes = joinNodes(watch, store, clock)
    shutdown.add(() => nodes.stop())
    await app.listen({ host: config.host, port: config.port, ...(options.thread && { reusePort: true }) })
    shutdown.add(() => app.close())
    shutdown.add(() => drain.end(idleMs))
    const url = urlOf(app, config.host)
    address = url
    await startBackground({ foundations, connections, flows, idle: options.idle ?? false, url }, shutdown)
    storyNeeds = storyNeedsOf(foundations, connections, url)
    shutdown.add(() => connections.story?.stop())

    let stopped: Promise<void> | undefined
    return {
      url,
      adminToken: secrets.adminToken,
      adminTokenFile: secrets.adminTokenFile,
      adminTokenIsNew: secrets.adminTokenIsNew,
      sandbox: connections.sandbox,
      store,
      app,
      settled: () => settled({ foundations, connections, flows }),
      stopListening: () => drain.stopListening(),
      stop(withinMs = 10_000, idleForMs = 0) {
        if (!stopping) {
          stopping = true
          storyNeeds = undefined
          idleMs = idleForMs
          void drain.begin().then(() => {
            log.info('gateway.connections_closing')
            // After it, so that the answers say that their connection ends.
            flows.feedNews.close()
          })
          watch.close()
          connections.sandbox?.beginStop()
        }
        stopped ??= withDeadline(shutdown.run(), withinMs, () => log.warn('stop.deadline'))
        return stopped
      },
    }
  } catch (error) {
    await shutdown.run()
    throw error
  }
}

import { type Clock, systemClock } from '@postern/runtime/clock'
import { waitForStore } from '../http/startup-server.ts'
import { markAbandonedAtStart } from '../flows/maintenance/sweep.ts'
import type { Config } from '../platform/config.ts'
import { newSecret } from '../platform/ids.ts'
import { loadSecrets } from '../platform/installation.ts'
import { oldRates } from '../platform/rates/rate-card.ts'
import { dayOf } from '../domain/costs/cost.ts'
import type { Log } from '../platform/log.ts'
import { headersIn } from '../platform/setting-readers.ts'
import { createMetrics } from '../platform/metrics.ts'
import type { Tracing } from '../platform/tracing/tracing.ts'
import { createVault, type Vault } from '../platform/secrets.ts'
import { openDirectory, type Directory } from '../store/directory.ts'
import { checkKey, proveKey } from '../store/key-check.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { openStoreThread } from '../store/thread/open.ts'
import { DEMO, removeDemo, seedDemo } from './demo.ts'
import { createMachine, type Machine, type PaceEvents } from './machine.ts'
import { removeOldStories } from './story/remove-old.ts'
import { createObserver, type Observer } from '../flows/incidents/observer.ts'
import type { GatewayOptions } from './options.ts'
import type { Shutdown } from './shutdown.ts'
import { VERSION } from './version.ts'

/** The parts that every other component needs. */
export type Foundations = {
  config: Config
  log: Log
  clock: Clock
  secrets: ReturnType<typeof loadSecrets>
  vault: Vault
  store: Store
  directory: Directory
  metrics: ReturnType<typeof createMetrics>
  machine: Machine
  /** Notes for incidents what this thread sees. */
  observer: Observer
  /** True for the one thread of a machine that runs the machine's single tasks. */
  leads: boolean
  /** Undefined: tracing is off. */
  tracing: Tracing | undefined
}

/** Reads or creates the secrets, opens the store, and loads the channels. */
export async function openFoundations(options: GatewayOptions, shutdown: Shutdown): Promise<Foundations> {
  const { config, log, thread, clock = systemClock } = options
  const secrets = loadSecrets(config)
  const vault = createVault(secrets.masterKey)
  const metrics = createMetrics(thread && 'thread')
  const tracing = await openTracing(config, log, metrics)
  // Added first, so that it stops last: what ends during the shutdown is exported too.
  if (tracing) shutdown.add(() => tracing.stop())
  const store = thread?.store ?? (await openOrWait(options, clock))
  metrics.buildInfo.set({ version: VERSION, node: process.version, store: store.engine }, 1)
  shutdown.add(() => store.close())
  if (!thread) await prepareStore(store, { config, vault, clock, log })

  // Before deliveries begin: nobody answers at the endpoint of a story that was cut off.
  if (config.sandbox && !options.idle && !thread) await removeOldStories(store)
  const directory = await openDirectory({ store, vault, clock, log })
  shutdown.add(() => directory.stop())
  // After loading the channels, which fails by itself when they are encrypted with another key.
  await checkKey(store, vault)

  const events: PaceEvents = {
    onLimited: (limit) => metrics.limited.add(1, limit),
    onThrottled: (scope) => metrics.throttled.add(1, scope),
  }
  const { mostSendsInFlight } = config
  const machine: Machine =
    thread?.machine(events) ?? createMachine({ store, clock, holder: newHolder(), mostSendsInFlight, events })
  const leads = !options.idle && (thread?.leads ?? true)
  const observer = createObserver(clock, (observed) => machine.incidents.tell(observed))
  return { config, log, clock, secrets, vault, store, directory, metrics, machine, observer, leads, tracing }
}

/** Imported only here: a gateway without a collector does not load the library. */
async function openTracing(
  config: Config,
  log: Log,
  metrics: ReturnType<typeof createMetrics>,
): Promise<Tracing | undefined> {
  if (config.otlpEndpoint === undefined) return undefined
  const { createTracing } = await import('../platform/tracing/open-telemetry.ts')
  return createTracing({
    endpoint: config.otlpEndpoint,
    headers: config.otlpHeaders === undefined ? undefined : headersIn(config.otlpHeaders),
    serviceName: config.serviceName,
    version: VERSION,
    sampler: config.tracesSampler,
    ratio: config.tracesRatio,
    log,
    onExport: (result, spans) => metrics.spans.add(spans, result),
  })
}

export { waitForStore }

/** The unique name under which a process holds leases in the store. */
export const newHolder = (): string => newSecret('n_', 9)

/** Runs once per start of a process, before the store is used. */
export async function prepareStore(
  store: Store,
  { config, vault, clock, log }: { config: Config; vault: Vault; clock: Clock; log: Log },
): Promise<void> {
  const oldPrices = config.rateCard && oldRates(config.rateCard, dayOf(clock.now()))
  if (oldPrices !== undefined) log.warn({ warning: oldPrices }, 'rates.old')
  if (config.logPii === 'full') log.warn({ setting: 'LOG_PII' }, 'log.personal_data_shown')
  // Before anything is encrypted.
  await proveKey(store, vault)
  await markAbandonedAtStart(store, clock)
  if (config.sandbox) await seedDemo(store, vault, clock)
  else if (await removeDemo(store, vault, clock)) log.warn({ channel_id: DEMO.channelId }, 'demo.removed')
}

function openOrWait({ config, log, wait, ...options }: GatewayOptions, clock: Clock): Promise<Store> {
  const open = (): Promise<Store> => {
    // A test's clock moves only in this thread, so a store that uses it must run in this thread too.
    const here = options.openStore ?? (options.clock && openStore)
    return here
      ? here(config, clock, log)
      : openStoreThread(config, { log, onEnd: options.onStoreEnd }).then(({ store }) => store)
  }
  // A file that cannot be opened is a configuration mistake, or belongs to another gateway. Waiting does not help, so
  // the error is thrown at once.
  if (!wait || config.databaseUrl === undefined) return open()
  return waitForStore(open, { host: config.host, port: config.port, version: VERSION, log, clock, ...wait })
}

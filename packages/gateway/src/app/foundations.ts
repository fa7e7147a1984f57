import { type Clock, systemClock } from '@postern/runtime/clock'
import { waitForStore } from '../http/startup-server.ts'
import { markAbandonedAtStart } from '../flows/maintenance/sweep.ts'
import type { Config } from '../platform/config.ts'
import { newSecret } from '../platform/ids.ts'
import { loadSecrets } from '../platform/installation.ts'
import type { Log } from '../platform/log.ts'
import { createMetrics } from '../platform/metrics.ts'
import { createVault, type Vault } from '../platform/secrets.ts'
import { openDirectory, type Directory } from '../store/directory.ts'
import { checkKey, proveKey } from '../store/key-check.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { openStoreThread } from '../store/thread/open.ts'
import { DEMO, removeDemo, seedDemo } from './demo.ts'
import { createMachine, type Machine, type PaceEvents } from './machine.ts'
import type { GatewayOptions } from './options.ts'
import type { Shutdown } from './shutdown.ts'
import { VERSION } from './version.ts'

/** What every other component stands on. */
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
  /** This gateway does what is done once on a machine. */
  leads: boolean
}

/** Reads or makes the secrets, opens the store and reads the channels. */
export async function openFoundations(options: GatewayOptions, shutdown: Shutdown): Promise<Foundations> {
  const { config, log, thread, clock = systemClock } = options
  const secrets = loadSecrets(config)
  const vault = createVault(secrets.masterKey)
  const metrics = createMetrics(thread && 'thread')
  const store = thread?.store ?? (await openOrWait(options, clock))
  shutdown.add(() => store.close())
  if (!thread) await prepareStore(store, { config, vault, clock, log })

  const directory = await openDirectory({ store, vault, clock, log })
  shutdown.add(() => directory.stop())
  // After the directory, which fails by itself where channels are sealed with another key.
  await checkKey(store, vault)

  const events: PaceEvents = {
    onLimited: (limit) => metrics.limited.add(1, limit),
    onThrottled: (scope) => metrics.throttled.add(1, scope),
  }
  const { mostSendsInFlight } = config
  const machine: Machine =
    thread?.machine(events) ?? createMachine({ store, clock, holder: newHolder(), mostSendsInFlight, events })
  const leads = !options.idle && (thread?.leads ?? true)
  return { config, log, clock, secrets, vault, store, directory, metrics, machine, leads }
}

export { waitForStore }

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

import type { DelivererOptions } from '../flows/deliver/deliverer.ts'
import type { deliverySettings } from '../flows/deliver/settings.ts'
import type { Clock } from '@postern/runtime/clock'
import type { SandboxOptions } from '@postern/sandbox'
import type { Registry } from 'prom-client'
import type { StartupWait } from '../http/startup-server.ts'
import type { Config } from '../platform/config.ts'
import type { Log } from '../platform/log.ts'
import type { MetricsText } from '../platform/metrics.ts'
import type { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import type { Machine, PaceEvents } from './machine.ts'

export type GatewayOptions = {
  config: Config
  log: Log
  clock?: Clock
  /** Tests shorten the sandbox's delays. */
  sandbox?: SandboxOptions
  deliver?: Partial<ReturnType<typeof deliverySettings> & Pick<DelivererOptions, 'pollMs' | 'random' | 'signedAt'>>
  send?: { timeoutMs?: number }
  /** Tests look for incidents more often. */
  incidents?: { everyMs?: number }
  /** Tests shorten the story's waits. */
  story?: { withinMs?: number; keptForMs?: number }
  /** Set for one of several threads that share a port. */
  thread?: HttpThread
  /** Another store than the settings name: the null store of the benchmarks, or a test's store that fails on demand. */
  openStore?: typeof openStore
  /**
   * Called when the store's thread has ended by itself. Nothing can be stored any more, so the process should end too.
   */
  onStoreEnd?: (cause: Error) => void
  /**
   * For one command of the command line: the gateway only answers requests. It takes no lanes and no broadcasts, and
   * fetches and removes nothing, because it ends soon and other processes may use the same store.
   */
  idle?: boolean
  /** Waits for a PostgreSQL that cannot be reached, instead of rejecting. The startup server reports it meanwhile. */
  wait?: Pick<StartupWait, 'onReason' | 'signal'>
}

/** The parts that one of several threads of a process gets. The main thread has opened and prepared the store. */
export type HttpThread = {
  store: Store
  machine: (events: PaceEvents) => Machine
  /**
   * True for the thread that runs the machine's single tasks: it fetches templates, sends broadcasts, and removes old
   * data.
   */
  leads: boolean
  /** Returns the metrics of all threads, from whichever thread is asked. */
  shareMetrics: (registry: Registry) => () => Promise<MetricsText>
}

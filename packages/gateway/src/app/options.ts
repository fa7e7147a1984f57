import type { DelivererOptions } from '../flows/deliver/deliverer.ts'
import type { deliverySettings } from '../flows/deliver/settings.ts'
import type { Clock } from '@postern/runtime/clock'
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
  /** Tests shorten what would otherwise take its time. */
  sandbox?: { statusDelayMs?: number; clock?: Clock }
  deliver?: Partial<ReturnType<typeof deliverySettings> & Pick<DelivererOptions, 'pollMs' | 'random'>>
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

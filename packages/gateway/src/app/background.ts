import type { Deliverer } from '../flows/deliver/deliverer.ts'
import { createFills } from '../flows/maintenance/fills.ts'
import { createRetention, retentionDays } from '../flows/maintenance/retention.ts'
import { createSweep } from '../flows/maintenance/sweep.ts'
import type { Connections } from './connections.ts'
import type { Flows } from './flows.ts'
import type { Foundations } from './foundations.ts'
import type { Shutdown } from './shutdown.ts'

type Background = { foundations: Foundations; connections: Connections; flows: Flows; idle: boolean; url: string }

/** Starts the background work, once the server listens at `url`. */
export async function startBackground({ foundations, connections, flows, idle, url }: Background, shutdown: Shutdown) {
  const { store, directory, clock, log, config, metrics, machine, leads } = foundations
  const { broadcaster, catalog, deliverer, loader, receiver, scheduler } = flows
  if (leads) await Promise.all([broadcaster.start(), loader.start(), scheduler.start()])
  shutdown.add(async () => {
    const ended = Promise.all([broadcaster.stop(), loader.stop(), scheduler.stop()])
    // Sends that wait for the rate limit are refused, so that they do not delay the shutdown.
    machine.pacer.close()
    await ended
  })
  if (!idle) deliverer.start()
  followNotifications(foundations, flows, shutdown)
  // The challenge of the sandbox needs our own listener, so this comes last.
  await connections.sandbox?.subscribe(`${url}/webhooks/meta`)
  if (leads) catalog.start()
  shutdown.add(() => catalog.stop())
  const sweep = createSweep({
    ...{ store, clock, log },
    channel: (id) => directory.channel(id),
    channelIds: () => directory.channels().map(({ id }) => id),
    tell: (facts) => receiver.tell(facts),
  })
  if (leads) sweep.start()
  shutdown.add(() => sweep.stop())
  if (leads) startFills(foundations, deliverer, shutdown)
  const onPruned = (kind: string, rows: number): void => metrics.pruned.add(rows, kind)
  const retention = createRetention({ store, clock, log, days: retentionDays(config), onPruned })
  if (leads) retention.start()
  flows.incidents.start()
  shutdown.add(() => retention.stop())
}

function startFills({ store, directory, clock, log }: Foundations, deliverer: Deliverer, shutdown: Shutdown): void {
  const fills = createFills({
    store,
    clock,
    log,
    endpoints: () => directory.channels().flatMap(({ endpoints }) => endpoints),
    async onFilled({ id }) {
      await directory.refresh()
      if (directory.endpoint(id)) deliverer.nudge(id)
    },
  })
  directory.onChange(fills.look)
  fills.look()
  shutdown.add(() => fills.stop())
}

/** Applies changes that other processes made in the same store. */
function followNotifications(
  { store, directory, log, leads }: Foundations,
  { broadcaster, deliverer, loader, scheduler }: Flows,
  shutdown: Shutdown,
): void {
  const unsubscribe = store.onNotification?.((notification) => {
    if (notification.kind === 'lanes') deliverer.nudgeEndpoints(notification.endpointIds)
    if (notification.kind === 'broadcasts' && leads) {
      broadcaster.nudge()
      loader.nudge()
      scheduler.nudge()
    }
    if (notification.kind !== 'directory') return
    directory.refresh().catch((error: unknown) => log.warn({ err: error }, 'directory.refresh_failed'))
  })
  shutdown.add(() => unsubscribe?.())
}

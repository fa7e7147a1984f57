import type { Clock } from '@postern/runtime/clock'
import type { Endpoint } from '../../domain/channels/endpoint.ts'
import type { Log } from '../../platform/log.ts'
import { fillEndpoint } from '../../store/fill.ts'
import type { Store } from '../../store/store.ts'

const AGAIN_MS = 1_000

/** Brings stored events to the endpoints that were added with a place to begin at, one endpoint after the other. */
export function createFills(options: {
  store: Store
  clock: Clock
  log: Log
  endpoints: () => readonly Endpoint[]
  /** The endpoint's deliveries may go. */
  onFilled: (endpoint: Endpoint) => Promise<void>
}) {
  const { store, clock, log, endpoints, onFilled } = options
  let stopped = false
  let running: Promise<void> | undefined
  let cancel = (): void => {}

  async function fill(endpoint: Endpoint): Promise<void> {
    const brought = await fillEndpoint(store, endpoint.id, () => stopped)
    if (stopped) return
    await onFilled(endpoint)
    const names = { channel_id: endpoint.channelId, endpoint_id: endpoint.publicId }
    if (brought !== undefined) log.info({ ...names, events: brought }, 'endpoint.filled')
  }

  async function round(): Promise<void> {
    try {
      for (let next = filling(); next && !stopped; next = filling()) await fill(next)
    } catch (error) {
      log.warn({ err: error }, 'endpoint.fill_failed')
      if (!stopped) cancel = clock.after(AGAIN_MS, look)
    }
    running = undefined
  }
  const filling = (): Endpoint | undefined => endpoints().find((endpoint) => endpoint.filling)

  /** Call it when endpoints may have been added. */
  function look(): void {
    if (stopped || running || !filling()) return
    cancel()
    running = round()
  }

  return {
    look,
    async stop(): Promise<void> {
      stopped = true
      cancel()
      await running
    },
  }
}

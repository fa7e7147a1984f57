import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Channel } from '../../packages/gateway/src/domain/channels/channel.ts'
import { next } from '../../packages/gateway/src/domain/channels/endpoint-health.ts'
import { systemClock } from '../../packages/runtime/src/clock.ts'
import {
  createDeliverer,
  type Deliverer,
  type DelivererOptions,
} from '../../packages/gateway/src/flows/deliver/deliverer.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { createOutbound } from '../../packages/gateway/src/platform/outbound/guard.ts'
import { openStore } from '../../packages/gateway/src/store/open.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { testEndpoint } from './endpoint.ts'
import { inbound } from '../store/facts.ts'

export type Deliveries = {
  store: Store
  deliverer: Deliverer
  channels: Map<number, Channel>
  /** One event of each of these contacts, in separate commits as from webhooks. */
  arrive(channelId: number, contacts: readonly string[]): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A channel's first endpoint has the channel's id; the next ones have ids that are higher by this much each. */
const ENDPOINT_IDS = 1000

/** The deliverer on a store of its own. Each channel's endpoints are the given URLs. */
export async function startDeliveries(
  urls: Record<number, string | readonly string[]>,
  options: Partial<DelivererOptions> = {},
): Promise<Deliveries> {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-deliveries-'))
  const clock = options.clock ?? systemClock
  const store = options.store ?? (await openStore({ dataDir, databaseUrl: undefined }, clock, silentLog))
  const outbound = createOutbound({ allow: ['127.0.0.1'] })
  const channels = new Map<number, Channel>()
  for (const [key, given] of Object.entries(urls)) {
    const channelId = Number(key)
    const endpoints = [given].flat().map((url, slot) => {
      const id = channelId + ENDPOINT_IDS * slot
      return testEndpoint({ id, channelId, url, slot }, clock.now())
    })
    for (const { id, url, slot } of endpoints)
      await store.sql.run(
        'insert into endpoints (id, channel_id, url, slot, secret, updated_at) values ($1, $2, $3, $4, $5, $6)',
        [id, channelId, url, slot, new Uint8Array([1]), clock.now()],
      )
    channels.set(channelId, { id: channelId, endpoints } as unknown as Channel)
  }
  const endpoint = (id: number) =>
    [...channels.values()].flatMap(({ endpoints }) => endpoints).find((one) => one.id === id)
  const deliverer = createDeliverer({
    store,
    dispatcher: outbound.dispatcher,
    clock,
    log: silentLog,
    userAgent: 'test',
    endpoint,
    endpointsOf: (channelId) => channels.get(channelId)?.endpoints ?? [],
    async changeHealth(endpointId, event) {
      const changed = endpoint(endpointId)!
      const before = changed.health
      changed.health = next(before, event)
      return { health: changed.health, changed: changed.health !== before }
    },
    ...options,
  })
  deliverer.start()
  return {
    store,
    deliverer,
    channels,
    async arrive(channelId, contacts) {
      await Promise.all(
        contacts.map(async (phone) => {
          const offer = deliverer.offer(new Map([[channelId, 1]]))
          const body = JSON.stringify({ at: performance.now() })
          const applied = await store.applyFacts([inbound({ phone }, { channelId, body })], offer)
          offer.end()
          deliverer.take(applied, offer)
        }),
      )
    },
    async [Symbol.asyncDispose]() {
      await deliverer.stop()
      if (!options.store) await store.close()
      await outbound.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

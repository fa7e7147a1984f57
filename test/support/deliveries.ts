import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Channel } from '../../packages/gateway/src/domain/channels/channel.ts'
import { newHealth, next } from '../../packages/gateway/src/domain/channels/endpoint-health.ts'
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
import { inbound } from '../store/facts.ts'

export type Deliveries = {
  store: Store
  deliverer: Deliverer
  channels: Map<number, Channel>
  /** One event of each of these contacts, in commits of their own as webhooks bring them. */
  arrive(channelId: number, contacts: readonly string[]): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** The deliverer on a store of its own; each channel's endpoint is the URL given. */
export async function startDeliveries(
  urls: Record<number, string>,
  options: Partial<DelivererOptions> = {},
): Promise<Deliveries> {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-deliveries-'))
  const clock = options.clock ?? systemClock
  const store = options.store ?? (await openStore({ dataDir, databaseUrl: undefined }, clock, silentLog))
  const outbound = createOutbound({ allow: ['127.0.0.1'] })
  const channels = new Map<number, Channel>()
  for (const [key, url] of Object.entries(urls)) {
    const id = Number(key)
    await store.sql.run('insert into endpoints (id, channel_id, url, secret, updated_at) values ($1, $1, $2, $3, $4)', [
      id,
      url,
      new Uint8Array([1]),
      clock.now(),
    ])
    const endpoint = { id, url, secrets: [{ value: 'whsec_AAAA', until: null }], health: newHealth(clock.now()) }
    channels.set(id, { id, endpoint } as unknown as Channel)
  }
  const deliverer = createDeliverer({
    store,
    dispatcher: outbound.dispatcher,
    clock,
    log: silentLog,
    userAgent: 'test',
    channel: (id) => channels.get(id),
    channelOf: (endpointId) => channels.get(endpointId),
    async changeHealth(channelId, event) {
      const endpoint = channels.get(channelId)!.endpoint!
      const before = endpoint.health
      endpoint.health = next(before, event)
      return { health: endpoint.health, changed: endpoint.health !== before }
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

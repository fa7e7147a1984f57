import { deliveriesOfMessage } from '../store/deliveries-of.ts'
import type { Directory } from '../store/directory.ts'
import { attemptsOf, deliveries, type DeliveryRow } from '../store/events.ts'
import { messageById } from '../store/search.ts'
import type { Store } from '../store/store.ts'
import { deliveryOf } from './shapes.ts'

/** What the wire of the sandbox's phones shows of the gateway. */
export type PhonesWire = {
  /** Callbacks about one message. */
  trace: (wamid: string) => Promise<unknown>
  /** The newest callbacks. */
  callbacks: () => Promise<unknown>
}

const NEWEST = 80

export function phonesWire(
  { store, directory, now }: { store: Store; directory: Directory; now: () => number },
  consoleUrl: () => string | undefined,
): PhonesWire {
  /** A delivery, with times in milliseconds. */
  async function callbackOf(row: DeliveryRow): Promise<unknown> {
    const attempts = await attemptsOf(store.sql, row)
    return {
      ...deliveryOf(store.installation, row, attempts),
      url: row.endpoint_id === null ? null : (directory.endpoint(row.endpoint_id)?.url ?? null),
      made_at_ms: row.created_at,
      attempts: attempts.map(({ number, at, outcome, status, ms, answer }) => {
        return { number, at_ms: at - ms, duration_ms: ms, outcome, status, answer }
      }),
    }
  }

  const answer = async (rows: DeliveryRow[]): Promise<unknown> => ({
    console: consoleUrl() ?? null,
    // The sandbox's clock may be another one.
    now: now(),
    deliveries: await Promise.all(rows.map(callbackOf)),
  })

  return {
    async trace(wamid) {
      const channelIds = directory.channels().map((channel) => channel.id)
      const row = await messageById(store.sql, channelIds, wamid)
      return row ? answer(await deliveriesOfMessage(store.sql, row)) : null
    },
    callbacks: async () => answer(await deliveries(store.sql, { count: NEWEST })),
  }
}

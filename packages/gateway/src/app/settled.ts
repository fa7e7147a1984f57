import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { idleLoads } from '../store/broadcast-drafts.ts'
import { idleBroadcasts } from '../store/broadcasts.ts'
import { nextDue } from '../store/scheduled.ts'
import type { Connections } from './connections.ts'
import type { Flows } from './flows.ts'
import type { Foundations } from './foundations.ts'

const WITHIN_MS = 15_000
const LOOK_EVERY_MS = 2

type Parts = { foundations: Foundations; connections: Connections; flows: Flows }

/**
 * Resolves when nothing is in flight: sends, statuses, webhooks, deliveries. What waits for a later time (a retry, a
 * scheduled send) does not count. For tests: it rejects after 15 s with a list of what is still in flight.
 */
export async function settled({ foundations, connections, flows }: Parts): Promise<void> {
  const { store } = foundations
  const deadline = performance.now() + WITHIN_MS
  // The clock may have been moved: what became due begins now.
  flows.startSends()
  for (let quiet = 0; quiet < 2;) {
    await connections.sandbox?.settled()
    // Writes commit in order, so everything that was begun before this one is in the store.
    await store.ping()
    await setImmediate()
    const busy = await inFlight(foundations, flows)
    if (busy.length === 0) quiet++
    else {
      quiet = 0
      if (performance.now() > deadline)
        throw new Error(`after ${WITHIN_MS / 1000} s, still in flight: ${busy.join(', ')}`)
      await sleep(LOOK_EVERY_MS)
    }
  }
}

async function inFlight({ store, directory, clock }: Foundations, flows: Flows): Promise<string[]> {
  const { deliverer, load, loader, scheduler, broadcaster } = flows
  const now = clock.now()
  const mayGo = (id: number): boolean => {
    const endpoint = directory.endpoint(id)
    if (!endpoint || endpoint.filling) return false
    const { state, restingUntil } = endpoint.health
    return state === 'active' || (state === 'resting' && (restingUntil ?? now) <= now)
  }
  const { due } = await store.dueEndpoints()
  const waiting = due.filter(mayGo)
  for (const id of waiting) deliverer.nudge(id)
  const scheduled = await nextDue(store.sql)
  const isDue = (scheduled ?? Infinity) <= now
  const counts: [number, string][] = [
    [load.inFlight, 'sends'],
    [deliverer.held, 'deliveries'],
    [waiting.length, 'endpoints with due deliveries'],
    [scheduler.active + Number(isDue), 'scheduled sends'],
    [loader.active + (await idleLoads(store.sql, now, 1)).length, 'recipients’ files'],
    [broadcaster.active + (await idleBroadcasts(store.sql, now, 1)).length, 'broadcasts'],
  ]
  return counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
}

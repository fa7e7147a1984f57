import type { Clock } from '@postern/runtime/clock'
import type { Store } from '../../store/store.ts'
import { TOPICS, type Live } from './live.ts'

/** How often a node with open consoles says so to the others, and how long they go by it. */
const ASK_EVERY_MS = 10_000
const GOOD_FOR_MS = 25_000

/**
 * Carries changes from node to node. A node with open consoles asks the others to tell what changes with them; those
 * do so until it stops asking. So nothing is told where nobody looks, and what is lost comes with the pages' own slow
 * asking. Does nothing for a store that only one node can open.
 */
export function joinNodes(live: Live, store: Pick<Store, 'onNotification' | 'notify'>, clock: Clock): { stop(): void } {
  const { onNotification, notify } = store
  if (!onNotification || !notify) return { stop: () => undefined }
  const unsubscribe = onNotification((notification) => {
    if (notification.kind === 'watching')
      live.relayUntil(clock.monotonic() + GOOD_FOR_MS, (topics) => notify({ kind: 'changed', topics }))
    // Another version of us may know kinds of things that this one does not.
    else if (notification.kind === 'changed') live.heard(TOPICS.filter((topic) => notification.topics.includes(topic)))
  })
  const ask = (): void => {
    if (live.open > 0) notify({ kind: 'watching' })
    cancel = clock.after(live.open > 0 ? ASK_EVERY_MS : 1_000, ask)
  }
  let cancel = clock.after(1_000, ask)
  return {
    stop() {
      cancel()
      unsubscribe()
    },
  }
}

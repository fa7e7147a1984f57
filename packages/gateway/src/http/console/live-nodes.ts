import type { Clock } from '@postern/runtime/clock'
import type { Store } from '../../store/store.ts'
import { TOPICS, type Live } from './live.ts'

/** Interval at which a node with open consoles announces itself to the others, and how long they rely on it. */
const ASK_EVERY_MS = 10_000
const GOOD_FOR_MS = 25_000

/**
 * Sends changes from node to node. A node with open consoles asks the others for notifications; they send them until it
 * stops asking. So without open consoles nothing is sent, and lost notifications are made up for by the pages' slow
 * polling. Does nothing for a store that only one node can open.
 */
export function joinNodes(live: Live, store: Pick<Store, 'onNotification' | 'notify'>, clock: Clock): { stop(): void } {
  const { onNotification, notify } = store
  if (!onNotification || !notify) return { stop: () => undefined }
  const unsubscribe = onNotification((notification) => {
    if (notification.kind === 'watching')
      live.relayUntil(clock.monotonic() + GOOD_FOR_MS, (topics) => notify({ kind: 'changed', topics }))
    // Another version may know topics that this one does not.
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

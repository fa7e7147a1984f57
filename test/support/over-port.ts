import { MessageChannel } from 'node:worker_threads'
import type { Clock } from '../../packages/runtime/src/clock.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { createBacklog, newBacklog } from '../../packages/gateway/src/store/thread/backlog.ts'
import { createStoreClient } from '../../packages/gateway/src/store/thread/client.ts'
import { createHub } from '../../packages/gateway/src/store/thread/hub.ts'

/**
 * The store over a port, as the gateway uses it. Both ends are in this thread, so that a test's clock moves them
 * together.
 */
export function overPort(store: Store, clock: Clock): Store {
  const hub = createHub(store)
  const { port1, port2 } = new MessageChannel()
  hub.connect(port2)
  return createStoreClient({
    port: port1,
    about: store,
    backlog: createBacklog(newBacklog(1), 0),
    clock,
    async end() {
      hub.close()
      await store.close()
    },
  })
}

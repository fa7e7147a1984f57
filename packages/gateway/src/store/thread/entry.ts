import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { systemClock } from '@postern/runtime/clock'
import { releaseMemoryAfterStart } from '../../platform/heap.ts'
import { openStore, type OpenLog, type StoreSettings } from '../open.ts'
import type { About } from './calls.ts'
import { crossing, type CrossedError } from './errors.ts'
import { createHub } from './hub.ts'

export type EntryData = StoreSettings

/** Messages to and from the thread besides calls. */
export type ToEntry = { connect: MessagePort } | 'close'
export type FromEntry =
  | { kind: 'opened'; about: About }
  | { kind: 'failed'; error: CrossedError }
  | { kind: 'closed'; error: CrossedError | null }
  | { kind: 'log'; error: CrossedError; event: string }

/**
 * The thread that owns the store: the engine, its connections and its commits. It loads little more, because its memory
 * comes on top of the gateway's.
 */
const control = parentPort!
const say = (message: FromEntry): void => control.postMessage(message)
const log: OpenLog = {
  debug: ({ err }, event) => say({ kind: 'log', error: crossing(err), event }),
}

try {
  const store = await openStore(workerData as EntryData, systemClock, log)
  const hub = createHub(store)
  control.on('message', (message: ToEntry) => {
    if (message !== 'close') return hub.connect(message.connect)
    hub.close()
    store.close().then(
      () => end({ kind: 'closed', error: null }),
      (error: unknown) => end({ kind: 'closed', error: crossing(error) }),
    )
  })
  releaseMemoryAfterStart(systemClock)
  say({ kind: 'opened', about: { engine: store.engine, installation: store.installation } })
} catch (error) {
  end({ kind: 'failed', error: crossing(error) })
}

function end(message: FromEntry): void {
  say(message)
  control.close()
}

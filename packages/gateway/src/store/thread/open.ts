import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { systemClock } from '@postern/runtime/clock'
import type { OpenLog, StoreSettings } from '../open.ts'
import type { Store } from '../store.ts'
import { createBacklog, forget, newBacklog } from './backlog.ts'
import type { About } from './calls.ts'
import { createStoreClient } from './client.ts'
import type { EntryData, FromEntry, ToEntry } from './entry.ts'
import { crossed } from './errors.ts'

/** The built file, or the source file. */
const ENTRY = new URL(`./entry.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

/** Room for the largest batches and for waiting ones, independent of the machine's size. */
const LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 512 }

/** What another thread needs to connect to the store: it is sent with its port. */
export type Connection = { port: MessagePort; about: About; shared: SharedArrayBuffer; place: number }

export type StoreThread = {
  store: Store
  /** For the thread of this place, from 1 on. */
  connect(place: number): Connection
  /** That thread has ended: its calls are dropped. */
  disconnected(place: number): void
}

/**
 * Opens the store of the settings in a thread of its own. `onEnd` is called when that thread ends although the store
 * was not closed: nothing can be stored any more, and acknowledged data has been.
 */
export async function openStoreThread(
  { dataDir, databaseUrl, storeReaders }: StoreSettings,
  options: {
    log: OpenLog
    onEnd?: ((cause: Error) => void) | undefined
    /** Maximum number of other threads. */
    threads?: number
    /** Called with the thread: tests end it. */
    onStart?: (thread: Worker) => void
  },
): Promise<StoreThread> {
  const { threads = 0 } = options
  const thread = new Worker(ENTRY, {
    workerData: { dataDir, databaseUrl, storeReaders } satisfies EntryData,
    execArgv: [],
    name: 'store',
    resourceLimits: LIMITS,
  })
  options.onStart?.(thread)
  let cause: Error | undefined
  let closing = false
  let closeError: Error | undefined
  thread.on('error', (error: Error) => (cause = error))
  const over = new Promise<void>((resolve) => thread.once('exit', () => resolve()))

  const about = await new Promise<About>((resolve, reject) => {
    thread.on('message', (message: FromEntry) => {
      if (message.kind === 'opened') resolve(message.about)
      else if (message.kind === 'failed') reject(crossed(message.error))
      else if (message.kind === 'log') options.log.debug({ err: crossed(message.error) }, message.event)
      else if (message.error) closeError = crossed(message.error)
    })
    void over.then(() => reject(ended(cause)))
  })
  // A pending call keeps the process alive, and the client sees to that.
  thread.unref()

  const shared = newBacklog(threads + 1)
  const connect = (place: number): Connection => {
    const { port1, port2 } = new MessageChannel()
    thread.postMessage({ connect: port2 } satisfies ToEntry, [port2])
    return { port: port1, about, shared, place }
  }
  const client = createStoreClient({
    ...clientOptions(connect(0)),
    async end() {
      closing = true
      thread.ref()
      thread.postMessage('close' satisfies ToEntry)
      await over
      if (closeError) throw closeError
    },
  })
  void over.then(() => {
    if (closing) return
    client.lost(ended(cause))
    options.onEnd?.(ended(cause))
  })
  return { store: client, connect, disconnected: (place) => forget(shared, place) }
}

/** The store in another thread of this machine. Closing it ends its port and not the store. */
export const connectStore = (connection: Connection): Store =>
  createStoreClient({ ...clientOptions(connection), end: () => Promise.resolve() })

const clientOptions = ({ port, about, shared, place }: Connection) => ({
  port,
  about,
  backlog: createBacklog(shared, place),
  clock: systemClock,
})

const ended = (cause: Error | undefined): Error =>
  new Error(`the thread that has the store ended${cause ? `: ${cause.message}` : ''}`, { cause })

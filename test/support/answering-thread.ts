import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { fileURLToPath } from 'node:url'

const HEARD = 0
const ALLOWED = 1
const ANSWERED = 2

/** A server on a thread of its own: it answers while this thread's event loop is blocked. */
export type AnsweringThread = {
  origin: string
  /** Settles when a request has reached it. */
  heard(): Promise<void>
  /** Blocks this thread's event loop until the answer is written and `ms` more have passed. */
  holdLoopPastTheAnswer(ms: number): Promise<void>
  close(): Promise<unknown>
}

export async function startAnsweringThread(answer: string): Promise<AnsweringThread> {
  const flags = new Int32Array(new SharedArrayBuffer(12))
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { flags, answer } })
  const [port] = (await once(worker, 'message')) as [number]
  return {
    origin: `http://127.0.0.1:${port}`,
    async heard() {
      while (Atomics.load(flags, HEARD) === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    },
    async holdLoopPastTheAnswer(ms) {
      // From here the loop checks its timers first, as in a process that was stopped while it waited for sockets.
      await new Promise((resolve) => setImmediate(resolve))
      Atomics.store(flags, ALLOWED, 1)
      Atomics.wait(flags, ANSWERED, 0, 20_000)
      Atomics.wait(flags, HEARD, 1, ms)
    },
    close: () => worker.terminate(),
  }
}

if (!isMainThread) {
  const { flags, answer } = workerData as { flags: Int32Array; answer: string }
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => {
      Atomics.store(flags, HEARD, 1)
      const allowed = setInterval(() => {
        if (Atomics.load(flags, ALLOWED) === 0) return
        clearInterval(allowed)
        socket.write(answer, () => {
          Atomics.store(flags, ANSWERED, 1)
          Atomics.notify(flags, ANSWERED)
        })
      }, 1)
    })
  })
  server.listen(0, '127.0.0.1', () => parentPort!.postMessage((server.address() as AddressInfo).port))
}

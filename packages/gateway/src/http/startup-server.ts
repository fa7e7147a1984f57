import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { systemClock, type Clock } from '@postern/runtime/clock'
import { createDrain } from '@postern/runtime/drain'
import { StoreUnavailable } from '../platform/errors.ts'
import type { Log } from '../platform/log.ts'
import { failure } from './envelope.ts'
import { newRequestId } from './request-id.ts'

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 5_000
/** Requests are answered at once. A request that is incomplete by then is cut off. */
const CLOSE_WITHIN_MS = 500

export type StartupWait = {
  host: string
  port: number
  version: string
  log: Log
  clock: Clock
  /** Called once for each new reason why the store cannot be opened. */
  onReason?: (reason: string) => void
  /** Aborted when the process is asked to end: then the wait rejects with the abort's reason. */
  signal?: AbortSignal
}

/**
 * Opens a store that may be unavailable at the start, as after a power cut, when a gateway often starts before its
 * database. Retries until it opens, at most five seconds apart; restarting the process again and again would be no
 * faster and would report nothing. Meanwhile a startup server listens: /healthz answers that the process is well, every
 * other path answers 503 with the reason or a Retry-After, so that Meta and customers repeat. Rejects with any error
 * other than StoreUnavailable, because waiting does not fix a wrong setting.
 */
export async function waitForStore<S extends { close(): Promise<void> }>(
  open: () => Promise<S>,
  waiting: StartupWait,
): Promise<S> {
  let server: { reason: string; close: () => Promise<void> } | undefined
  let lastReason: string | undefined
  try {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      waiting.signal?.throwIfAborted()
      try {
        return await unlessAborted(open(), waiting.signal)
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error
        const reason = error.message
        if (lastReason !== reason) waiting.onReason?.(reason)
        lastReason = reason
        server ??= await openStartupServer(waiting)
        server.reason = reason
        waiting.log.warn({ reason, retry_in_ms: pauseMs }, 'store.awaited')
      }
      await pause(pauseMs, waiting)
    }
  } finally {
    await server?.close()
  }
}

/** A silent server, or a migration of another node, must not delay the shutdown. */
async function unlessAborted<S extends { close(): Promise<void> }>(
  opening: Promise<S>,
  signal: AbortSignal | undefined,
): Promise<S> {
  if (!signal) return opening
  let onAbort = (): void => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([opening, aborted])
  } catch (error) {
    if (signal.aborted) opening.then((late) => late.close()).catch(() => {})
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

async function openStartupServer(waiting: StartupWait): Promise<{ reason: string; close: () => Promise<void> }> {
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    // An unread body would lead to a reset, and the answer would be lost.
    request.resume()
    const { http, body, headers } = answerTo(request.url ?? '', startupServer.reason, waiting.version)
    response.writeHead(http, { 'content-type': 'application/json; charset=utf-8', connection: 'close', ...headers })
    response.end(JSON.stringify(body))
  }
  const drain = createDrain()
  const server = createServer(
    { maxHeaderSize: 16 * 1024, headersTimeout: 15_000, requestTimeout: 30_000 },
    drain.listener(answer),
  )
  drain.watch(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(waiting.port, waiting.host, resolve)
  })
  const startupServer = {
    reason: '',
    async close(): Promise<void> {
      await Promise.race([drain.end(0), pause(CLOSE_WITHIN_MS, { clock: systemClock })])
      server.closeAllConnections()
    },
  }
  return startupServer
}

function answerTo(
  url: string,
  reason: string,
  version: string,
): { http: number; body: unknown; headers?: Record<string, string> } {
  const path = url.split('?')[0]
  if (path === '/healthz') return { http: 200, body: { status: 'ok', version } }
  if (path === '/readyz') return { http: 503, body: { status: 'not_ready', reason: reason.slice(0, 200) } }
  const id = newRequestId()
  const failed = failure(new StoreUnavailable(reason), id)
  return {
    http: failed.http,
    body: failed.body,
    headers: { 'retry-after': String(LONGEST_PAUSE_MS / 1000), 'x-request-id': id },
  }
}

function pause(ms: number, { clock, signal }: Pick<StartupWait, 'clock' | 'signal'>): Promise<void> {
  if (signal?.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const cancel = clock.after(ms, done)
    signal?.addEventListener('abort', done, { once: true })
    function done(): void {
      cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
  })
}

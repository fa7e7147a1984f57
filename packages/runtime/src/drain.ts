import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'

const LONGEST_PAUSE_MS = 20

/**
 * Ends the connections of HTTP servers so that no request is lost.
 *
 * A server that closes an idle connection cannot know whether a request is on its way, and that request is reset. So
 * connections stay open for a while after `begin`, each answer says `connection: close`, and a connection ends with
 * its next answer. Only those that stay silent are closed at the end.
 */
export type Drain = {
  /** Wraps what answers the requests of a server. */
  listener(answer: RequestListener): RequestListener
  /** Follows the connections of a server whose listener is wrapped. */
  watch(server: Server): void
  /**
   * Accepts no connection any more, and leaves those that are there as they are. For one of several listeners on a port:
   * all of them are closed before the first answer says `connection: close`.
   */
  stopListening(): Promise<void>
  /**
   * From the moment in which it settles every answer says `connection: close`, and without `keepListening` no
   * connection is accepted any more.
   */
  begin(options?: { keepListening?: boolean }): Promise<void>
  /**
   * Accepts no more connections, and settles when the last one has ended. An idle one stays until nothing is at work
   * and `idleMs` have passed since `begin`; three times as long when it was used in the last seconds before.
   */
  end(idleMs: number): Promise<void>
}

type Connection = {
  /** Its unfinished answers, in the order of their requests. */
  open: ServerResponse[]
  /** Bytes that had come when its last answer ended: whatever came since is the beginning of another request. */
  readBefore: number
  /** When it was opened or its last answer ended. */
  restsSince: number
}

/** Who was here so lately before the end is likely to come again, however busy the caller's machine is. */
const LATELY_MS = 5_000
const PATIENCE_WITH_THOSE = 3

export function createDrain(): Drain {
  const servers = new Set<Server>()
  const sockets = new Map<Socket, Connection>()
  /** Answers that would have kept their connection open. */
  const closing = new WeakSet<ServerResponse>()
  let begunAt: number | undefined
  let quiet: Promise<void> | undefined
  let stopped: Promise<void> | undefined
  let ended: Promise<void> | undefined

  function close(response: ServerResponse): void {
    if (response.headersSent || !response.shouldKeepAlive) return
    response.shouldKeepAlive = false
    closing.add(response)
  }

  /** True when `response` does not close the connection, so that another answer can follow it. */
  function keepsOpen(response: ServerResponse): boolean {
    if (closing.has(response) && !response.headersSent) {
      closing.delete(response)
      response.removeHeader('connection')
      response.shouldKeepAlive = true
    }
    return response.shouldKeepAlive && !closing.has(response) && response.getHeader('connection') !== 'close'
  }

  /** False when the connection ends before this request could be answered: then it must not be done either. */
  function enter(socket: Socket, response: ServerResponse): boolean {
    const connection = sockets.get(socket)
    if (!connection) return true
    const { open } = connection
    if (begunAt !== undefined) {
      // Requests that were sent without waiting for an answer: the connection ends with the last of them.
      const before = open.at(-1)
      if (before && !keepsOpen(before)) return false
      close(response)
    }
    open.push(response)
    response.once('close', () => {
      const at = open.indexOf(response)
      if (at >= 0) open.splice(at, 1)
      connection.readBefore = socket.bytesRead
      connection.restsSince = performance.now()
    })
    return true
  }

  const stopListening = (): Promise<void> => (quiet ??= closeListeners())

  async function closeListeners(): Promise<void> {
    // Not at once: what the system has accepted for us by now is taken first, or it would be reset. And not
    // http.Server's own close, which closes idle connections.
    await turn()
    await turn()
    for (const server of servers) if (server.listening) NetServer.prototype.close.call(server)
  }

  const isAtWork = (): boolean => [...sockets.values()].some(({ open }) => open.length > 0)

  function closeIdle(idleMs: number): void {
    const passed = performance.now() - begunAt!
    // Clients open connections ahead of need; one that never sent anything is idle as well, though not to Node.
    for (const [socket, { open, readBefore, restsSince }] of sockets) {
      const mayStay = begunAt! - restsSince > LATELY_MS ? idleMs : idleMs * PATIENCE_WITH_THOSE
      if (open.length === 0 && socket.bytesRead === readBefore && passed >= mayStay) socket.destroy()
    }
    // Those whose last request went on after its answer. Not while anybody is at work: Node would cut an answer off that
    // is written and not yet sent.
    if (!isAtWork() && passed >= idleMs * PATIENCE_WITH_THOSE)
      for (const server of servers) server.closeIdleConnections()
  }

  function beginClosing(): void {
    if (begunAt !== undefined) return
    begunAt = performance.now()
    for (const { open } of sockets.values()) {
      const last = open.at(-1)
      if (last) close(last)
    }
  }

  /**
   * Listening ends before the first connection does: whoever is told `connection: close` comes back at once on another,
   * which would be reset if it stood in the queue of a listener that is closed now.
   */
  function begin({ keepListening = false } = {}): Promise<void> {
    if (keepListening) beginClosing()
    else stopped ??= stopListening().then(beginClosing)
    return stopped ?? Promise.resolve()
  }

  async function settle(idleMs: number): Promise<void> {
    await begin()
    // Twice around the loop: connections that were accepted just now are known after it.
    await turn()
    await turn()
    let mayCloseIdle = false
    for (let pauseMs = 1; sockets.size > 0; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      mayCloseIdle ||= !isAtWork() && performance.now() - begunAt! >= idleMs
      // Right after the sockets were read, so that what has arrived by now has been seen.
      if (mayCloseIdle) closeIdle(idleMs)
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
      await turn()
    }
  }

  return {
    listener: (answer) => (request: IncomingMessage, response: ServerResponse & { req: IncomingMessage }) => {
      if (enter(request.socket, response)) answer(request, response)
    },
    watch(server) {
      servers.add(server)
      server.on('connection', (socket: Socket) => {
        sockets.set(socket, { open: [], readBefore: 0, restsSince: performance.now() })
        socket.once('close', () => sockets.delete(socket))
      })
    },
    stopListening,
    begin,
    end(idleMs) {
      return (ended ??= settle(idleMs))
    },
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

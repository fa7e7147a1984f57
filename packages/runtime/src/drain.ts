import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'

const LONGEST_PAUSE_MS = 20

/**
 * Closes the connections of HTTP servers without losing a request.
 *
 * A server that closes an idle connection cannot know whether a request is on its way; the client would get a reset. So
 * connections stay open for a while after `begin`, each answer says `connection: close`, and a connection ends with its
 * next answer. Only connections that stay silent are closed at the end.
 */
export type Drain = {
  /** Wraps the request listener of a server. */
  listener(answer: RequestListener): RequestListener
  /** Follows the connections of a server whose listener is wrapped. */
  watch(server: Server): void
  /**
   * Stops accepting connections and leaves the open ones as they are. For several listeners on one port: all of them
   * must be closed before the first answer says `connection: close`.
   */
  stopListening(): Promise<void>
  /**
   * Once the promise settles, every answer says `connection: close`. Without `keepListening` no connection is accepted
   * any more.
   */
  begin(options?: { keepListening?: boolean }): Promise<void>
  /**
   * Stops accepting connections and settles when the last one has ended. An idle connection stays open until no request
   * is in progress and `idleMs` have passed since `begin`; three times as long if it was used in the last seconds
   * before.
   */
  end(idleMs: number): Promise<void>
}

type Connection = {
  /** Unfinished answers, in the order of their requests. */
  open: ServerResponse[]
  /** Bytes read when the last answer ended. More bytes since then are the beginning of another request. */
  readBefore: number
  /** Time when the connection was opened or its last answer ended. */
  restsSince: number
}

/** A client that sent a request this shortly before the end is likely to send another one, even from a busy machine. */
const LATELY_MS = 5_000
const PATIENCE_WITH_THOSE = 3

export function createDrain(): Drain {
  const servers = new Set<Server>()
  const sockets = new Map<Socket, Connection>()
  /** Answers that would otherwise have kept their connection open. */
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

  /** True when `response` keeps the connection open, so that another answer can follow. */
  function keepsOpen(response: ServerResponse): boolean {
    if (closing.has(response) && !response.headersSent) {
      closing.delete(response)
      response.removeHeader('connection')
      response.shouldKeepAlive = true
    }
    return response.shouldKeepAlive && !closing.has(response) && response.getHeader('connection') !== 'close'
  }

  /** False when the connection ends before this request can be answered: then the request must not be carried out. */
  function enter(socket: Socket, response: ServerResponse): boolean {
    const connection = sockets.get(socket)
    if (!connection) return true
    const { open } = connection
    if (begunAt !== undefined) {
      // Pipelined requests: the connection ends with the last one.
      const before = open.at(-1)
      if (before && !keepsOpen(before)) return false
      close(response)
    }
    open.push(response)
    response.once('close', () => {
      // Answers end in the order of their requests, so it is nearly always the first.
      const at = open.indexOf(response)
      if (at === 0) open.shift()
      else if (at > 0) open.splice(at, 1)
      connection.readBefore = socket.bytesRead
      connection.restsSince = performance.now()
    })
    return true
  }

  const stopListening = (): Promise<void> => (quiet ??= closeListeners())

  async function closeListeners(): Promise<void> {
    // Not at once: first the server accepts the connections that the system has queued, which would be reset otherwise.
    // http.Server's own close is not used, because it closes idle connections.
    await turn()
    await turn()
    for (const server of servers) if (server.listening) NetServer.prototype.close.call(server)
  }

  const isAtWork = (): boolean => [...sockets.values()].some(({ open }) => open.length > 0)

  function closeIdle(idleMs: number): void {
    const passed = performance.now() - begunAt!
    // Clients open connections ahead of need. A connection that never sent anything is idle too, although Node does not
    // count it so.
    for (const [socket, { open, readBefore, restsSince }] of sockets) {
      const mayStay = begunAt! - restsSince > LATELY_MS ? idleMs : idleMs * PATIENCE_WITH_THOSE
      if (open.length === 0 && socket.bytesRead === readBefore && passed >= mayStay) socket.destroy()
    }
    // Connections that received bytes after their last answer. Not while a request is in progress: Node would cut off
    // an answer that is written and not yet sent.
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
   * The listener closes before the first connection does: a client that gets `connection: close` opens another
   * connection at once, which would be reset in the queue of a closed listener.
   */
  function begin({ keepListening = false } = {}): Promise<void> {
    if (keepListening) beginClosing()
    else stopped ??= stopListening().then(beginClosing)
    return stopped ?? Promise.resolve()
  }

  async function settle(idleMs: number): Promise<void> {
    await begin()
    // After two turns of the event loop, connections that were accepted just now are known.
    await turn()
    await turn()
    let mayCloseIdle = false
    for (let pauseMs = 1; sockets.size > 0; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      mayCloseIdle ||= !isAtWork() && performance.now() - begunAt! >= idleMs
      // Runs right after the sockets were read, so that bytes which have arrived are known.
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

import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Connections of one node: enough for the pools of all customers and Meta's, and few enough that the memory of unread
 * requests (headers, the beginning of a body) stays a matter of megabytes.
 */
export const MOST_CONNECTIONS = 4_096

/** Longer than any client takes from connecting to its first byte. */
const SILENT_MS = 1_000
const MAKE_ROOM_EVERY_MS = 250

/**
 * Limits the connections of a server. When all places are taken, unused connections are closed: first those that never
 * sent anything, then those between two requests. So a client with thousands of silent connections locks nobody out.
 */
export function limitConnections(server: Server, most = MOST_CONNECTIONS): void {
  server.maxConnections = most
  const silent = new Map<Socket, number>()
  let madeRoomAt = -Infinity
  server.on('connection', (socket) => {
    silent.set(socket, performance.now())
    socket.once('close', () => silent.delete(socket))
  })
  server.on('drop', () => {
    const now = performance.now()
    if (now - madeRoomAt < MAKE_ROOM_EVERY_MS) return
    madeRoomAt = now
    let closed = 0
    for (const [socket, since] of silent) {
      if (socket.bytesRead > 0) silent.delete(socket)
      else if (now - since > SILENT_MS) {
        socket.destroy()
        closed++
      }
    }
    if (closed === 0) server.closeIdleConnections()
  })
}

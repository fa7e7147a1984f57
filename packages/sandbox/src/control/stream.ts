import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Events, SandboxEvent } from '../events.ts'

const MOST_WAITING_BYTES = 4 * 1024 * 1024
const HEARTBEAT_MS = 15_000

/**
 * All events of the sandbox as server-sent events: `event:` is the kind, `data:` is JSON, `id:` counts up.
 * `?types=message,status` selects kinds. A reader that falls 4 MB behind is disconnected; it can reconnect with
 * Last-Event-ID. `seen` changes an event for this reader, or leaves it out. Returns a function that ends the stream.
 */
export function stream(
  events: Events,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  seen: (event: SandboxEvent) => SandboxEvent | undefined = (event) => event,
): () => void {
  const types = url.searchParams.get('types')?.split(',')
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    connection: 'keep-alive',
  })
  response.write('retry: 1000\n\n')
  const write = (happened: SandboxEvent): void => {
    const event = seen(happened)
    if (!event) return
    if (types && !types.includes(event.type)) return
    const data = JSON.stringify({ at: event.at, ...event.data })
    response.write(`id: ${event.id}\nevent: ${event.type}\ndata: ${data}\n\n`)
    if (response.writableLength > MOST_WAITING_BYTES) response.destroy()
  }
  const last = Number(request.headers['last-event-id'] ?? Number.NaN)
  if (Number.isFinite(last)) for (const event of events.since(last)) write(event)
  const stop = events.on(write, () => response.end())
  const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS)
  heartbeat.unref()
  response.on('close', () => {
    stop()
    clearInterval(heartbeat)
  })
  return () => response.end()
}

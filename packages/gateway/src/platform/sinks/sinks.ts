import { LRUCache } from 'lru-cache'
import type { Answer } from '../answer.ts'
import type { Outbound } from '../outbound/guard.ts'
import { sinkKindOf } from './check-url.ts'
import type { Sink, SinkAnswer, SinkEvent } from './sink.ts'

/** The properties of an endpoint that a sink needs. */
export type SinkEndpoint = { id: number; publicId: string; url: string }

/** The sinks of all endpoints of this process. */
export type Sinks = {
  write(endpoint: SinkEndpoint, lane: string, events: readonly SinkEvent[], timeoutMs: number): Promise<SinkAnswer>
  test(endpoint: SinkEndpoint, event: SinkEvent, timeoutMs: number): Promise<Answer>
  close(): Promise<void>
}

export type SinksOptions = {
  installation: string
  /** Permitted addresses only. */
  outbound: Pick<Outbound, 'socket'>
  /** Maximum number of open sinks; the least recently used are closed. */
  most?: number
}

/** Opens the sink of an endpoint at its first event, and again when its URL changes. */
export function createSinks({ installation, outbound, most = 1000 }: SinksOptions): Sinks {
  const ends = new Set<Promise<void>>()
  const end = (sink: Promise<Sink>): void => {
    const ending = sink.then((one) => one.close()).catch(() => {})
    ends.add(ending)
    void ending.finally(() => ends.delete(ending))
  }
  const open = new LRUCache<number, { url: string; sink: Promise<Sink> }>({
    max: most,
    dispose: ({ sink }) => end(sink),
  })

  function sinkOf(endpoint: SinkEndpoint): Promise<Sink> {
    const known = open.get(endpoint.id)
    if (known?.url === endpoint.url) return known.sink
    const sink = load(endpoint)
    open.set(endpoint.id, { url: endpoint.url, sink })
    // Not cached: the next write tries again.
    sink.catch(() => {
      if (open.peek(endpoint.id)?.sink === sink) open.delete(endpoint.id)
    })
    return sink
  }

  // Imported here, so that a gateway without such endpoints loads no client of a database or a stream.
  async function load({ url, publicId }: SinkEndpoint): Promise<Sink> {
    if (sinkKindOf(url) === 'postgres') {
      const [{ createPostgresSink }, { readPostgresTarget }] = await Promise.all([
        import('./postgres/sink.ts'),
        import('./postgres/url.ts'),
      ])
      return createPostgresSink({
        target: readPostgresTarget(url),
        owner: { installation, endpointId: publicId },
        outbound,
      })
    }
    const [{ createRedisSink }, { readRedisTarget }] = await Promise.all([
      import('./redis/sink.ts'),
      import('./redis/url.ts'),
    ])
    return createRedisSink({ target: readRedisTarget(url), outbound })
  }

  const cannotOpen = (error: unknown): SinkAnswer => ({
    status: null,
    ms: 0,
    text: (error as Error).message,
    written: 0,
  })

  return {
    write: (endpoint, lane, events, timeoutMs) =>
      sinkOf(endpoint).then((sink) => sink.write(lane, events, timeoutMs), cannotOpen),
    test: (endpoint, event, timeoutMs) => sinkOf(endpoint).then((sink) => sink.test(event, timeoutMs), cannotOpen),
    async close() {
      open.clear()
      await Promise.all(ends)
    },
  }
}

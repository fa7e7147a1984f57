import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'

export type SunkSpan = {
  traceId: string
  spanId: string
  parentSpanId: string | undefined
  name: string
  kind: number
  /** Epoch milliseconds. */
  startedAt: number
  endedAt: number
  attributes: Record<string, unknown>
  failed: boolean
  service: string
}

type Value = { stringValue?: string; intValue?: string | number; doubleValue?: number; boolValue?: boolean }
type Pair = { key: string; value: Value }
type WireSpan = {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: Pair[]
  status?: { code?: number }
}
type Export = { resourceSpans: { resource: { attributes: Pair[] }; scopeSpans: { spans: WireSpan[] }[] }[] }

/** A collector for tests: it takes OTLP over HTTP with JSON and keeps the spans. */
export class OtlpSink {
  readonly url: string
  readonly spans: SunkSpan[] = []
  readonly headers: IncomingHttpHeaders[] = []
  /** Its answer: a status, or none at all. */
  behaviour: number | 'hang' = 200
  /** Number of exports that arrived, also of those that it did not take. */
  calls = 0
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async start(): Promise<OtlpSink> {
    const made: { sink?: OtlpSink } = {}
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const sink = made.sink!
        sink.calls++
        if (sink.behaviour === 'hang') return
        if (sink.behaviour < 300 && request.url === '/v1/traces') {
          sink.headers.push(request.headers)
          sink.spans.push(...spansOf(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Export))
        }
        response.writeHead(sink.behaviour, { 'content-type': 'application/json' }).end('{}')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    made.sink = new OtlpSink(server)
    return made.sink
  }

  /** Waits until `isThere`. */
  async until(isThere: (spans: readonly SunkSpan[]) => boolean, what: string): Promise<void> {
    const end = Date.now() + 20_000
    while (!isThere(this.spans)) {
      if (Date.now() > end) throw new Error(`never exported: ${what}\n${this.drawing()}`)
      await after(20)
    }
  }

  /** The traces as trees, for the message of a failed test. */
  drawing(): string {
    const lines: string[] = []
    const draw = (span: SunkSpan, depth: number): void => {
      lines.push(`${span.traceId.slice(0, 8)} ${'  '.repeat(depth)}${span.name} ${JSON.stringify(span.attributes)}`)
      for (const child of this.spans) if (child.parentSpanId === span.spanId) draw(child, depth + 1)
    }
    for (const span of this.spans) if (!this.spans.some(({ spanId }) => spanId === span.parentSpanId)) draw(span, 0)
    return lines.join('\n')
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}

const spansOf = ({ resourceSpans }: Export): SunkSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(plain(resource.attributes)['service.name'])
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId === '' ? undefined : span.parentSpanId,
        name: span.name,
        kind: span.kind,
        startedAt: Number(BigInt(span.startTimeUnixNano) / 1000n) / 1000,
        endedAt: Number(BigInt(span.endTimeUnixNano) / 1000n) / 1000,
        attributes: plain(span.attributes),
        failed: span.status?.code === 2,
        service,
      })),
    )
  })

const plain = (pairs: readonly Pair[]): Record<string, unknown> =>
  Object.fromEntries(
    pairs.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? value.doubleValue ?? Number(value.intValue),
    ]),
  )

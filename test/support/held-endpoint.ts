import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A customer's endpoint that answers only on command. */
export async function startHeldEndpoint(): Promise<HeldEndpoint> {
  const held: ServerResponse[] = []
  let calls = 0
  let wake = (): void => {}
  const server = createServer((request, response) => {
    calls++
    request.resume()
    held.push(response)
    wake()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/held`,
    get calls() {
      return calls
    },
    async holds(count) {
      while (held.length < count) await new Promise<void>((resolve) => (wake = resolve))
    },
    answer(status, headers = {}) {
      for (const response of held.splice(0)) response.writeHead(status, headers).end()
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

export type HeldEndpoint = {
  url: string
  /** Number of requests so far. */
  readonly calls: number
  /** Waits until this many requests are unanswered. */
  holds(count: number): Promise<void>
  /** Answers all of them. */
  answer(status: number, headers?: Record<string, string>): void
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

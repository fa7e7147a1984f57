import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WebhookBody, WebhookChange, WebhookStatus } from '@postern/cloud-api'

/**
 * A callback for the sandbox's own tests: answers the handshake, stores requests, and answers with the given statuses.
 */
export type Callback = {
  url: string
  got: { raw: Buffer; headers: IncomingHttpHeaders; body: WebhookBody }[]
  /** Statuses of the next answers. 200 when empty. */
  answers: number[]
  changes(): WebhookChange[]
  statuses(wamid?: string): WebhookStatus[]
  /** Resolves once `holds` is true for the stored requests. Rejects after 5 s. */
  until(holds: () => boolean, what?: string): Promise<void>
  close(): Promise<void>
}

export async function startCallback(verifyToken: string): Promise<Callback> {
  const waiting = new Set<() => void>()
  const got: Callback['got'] = []
  const answers: number[] = []
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      const query = new URL(request.url ?? '/', 'http://callback').searchParams
      const right = query.get('hub.mode') === 'subscribe' && query.get('hub.verify_token') === verifyToken
      response.writeHead(right ? 200 : 403).end(right ? query.get('hub.challenge') : '')
      return
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const raw = Buffer.concat(chunks)
      const status = answers.shift() ?? 200
      if (status === 200) got.push({ raw, headers: request.headers, body: JSON.parse(raw.toString()) as WebhookBody })
      response.writeHead(status).end()
      for (const look of waiting) look()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const changes = (): WebhookChange[] => got.flatMap((g) => g.body.entry.flatMap((e) => e.changes))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    got,
    answers,
    changes,
    statuses: (wamid) =>
      changes()
        .flatMap((c) => c.value.statuses ?? [])
        .filter((s) => wamid === undefined || s.id === wamid),
    until(holds, what = 'what the test waits for') {
      if (holds()) return Promise.resolve()
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look)
          reject(new Error(`the callback did not get ${what}; it got ${JSON.stringify(changes()).slice(0, 2_000)}`))
        }, 5_000)
        const look = (): void => {
          if (!holds()) return
          clearTimeout(timer)
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
      })
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

// Tests reach into answers of many shapes and compare what they find; a type for each would say less than the comparison.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Loose = any

/** A JSON call with the demo token. */
export async function graph(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  token: string | null = 'sandbox-token',
): Promise<{ status: number; headers: Headers; body: Loose }> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

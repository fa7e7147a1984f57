import type { Dispatcher } from 'undici'
import { exchange } from '../cloud-api/exchange.ts'
import { ProviderProblem } from './problem.ts'

/** Metadata, keys, tokens and claims of a provider are a few kilobytes. */
const MOST_BYTES = 512 * 1024

type Asked = {
  method?: string | undefined
  headers?: Record<string, string> | Headers | undefined
  body?: unknown
}

/** A `fetch` whose answers are bounded in bytes and time, over the sockets that `dispatcherFor` gives. No redirects. */
export const boundedFetch =
  (dispatcherFor: (url: URL) => Dispatcher, timeoutMs: number) =>
  async (target: string, asked: Asked): Promise<Response> => {
    const url = new URL(target)
    const body = asked.body instanceof URLSearchParams ? asked.body.toString() : asked.body
    if (body !== undefined && body !== null && typeof body !== 'string') throw new TypeError('a body of another kind')
    const request = {
      origin: url.origin,
      method: asked.method === 'POST' ? ('POST' as const) : ('GET' as const),
      path: url.pathname + url.search,
      headers: { ...Object.fromEntries(new Headers(asked.headers)), 'accept-encoding': 'identity' },
      ...(typeof body === 'string' && { body }),
      timeoutMs,
      maxBytes: MOST_BYTES,
    }
    const answer = await exchange(dispatcherFor(url), request).catch((cause: unknown): never => {
      const why = cause instanceof Error ? cause.message.replace(/^WhatsApp /, '') : 'no answer'
      throw new ProviderProblem('away', `${url.host} ${why}`, { cause })
    })
    const headers = new Headers()
    for (const [name, value] of Object.entries(answer.headers))
      for (const one of [value ?? []].flat()) headers.append(name, one)
    const hasBody = answer.status !== 204 && answer.status !== 304
    return new Response(hasBody ? new Uint8Array(answer.body) : null, { status: answer.status, headers })
  }

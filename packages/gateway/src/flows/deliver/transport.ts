import { LRUCache } from 'lru-cache'
import type { Dispatcher } from 'undici'
import type { Clock } from '@postern/runtime/clock'
import { type Endpoint, secretsAt } from '../../domain/channels/endpoint.ts'
import type { Answer } from '../../platform/answer.ts'
import { postEvent } from './attempt.ts'
import { signatureHeaders } from './sign.ts'

export type TransportOptions = {
  /** Never a private address: the guard's dispatcher. */
  dispatcher: Dispatcher
  clock: Pick<Clock, 'now' | 'monotonic'>
  userAgent: string
  timeoutMs: number
  /** Calls the customer. */
  call?: typeof postEvent
}

/** Takes one event to an endpoint. Never rejects: an endpoint that fails is an outcome. */
export type Transport = (endpoint: Endpoint, id: string, body: string) => Promise<Answer>

/** The one place where an endpoint's kind says how its events go out. */
export function createTransport(options: TransportOptions): Transport {
  const { dispatcher, clock, userAgent, timeoutMs, call = postEvent } = options

  async function overHttp(endpoint: Endpoint, id: string, body: string): Promise<Answer> {
    const { origin, path } = targetOf(endpoint.url)
    const signed = signatureHeaders(secretsAt(endpoint, clock.now()), id, clock.now(), body)
    // Ours last: the operator's own replace nothing that we promise.
    const headers = { ...endpoint.headers, 'content-type': 'application/json', 'user-agent': userAgent, ...signed }
    return call(dispatcher, { origin, path, headers, body, timeoutMs }, clock)
  }

  const unknown = (endpoint: Endpoint): Promise<Answer> =>
    Promise.resolve({ status: null, ms: 0, text: `endpoints of the kind "${endpoint.kind}" are not known here` })

  return async (endpoint, id, body) => {
    const answer = await (endpoint.kind === 'http' ? overHttp(endpoint, id, body) : unknown(endpoint))
    return { ...answer, ms: Math.round(answer.ms) }
  }
}

const targets = new LRUCache<string, { origin: string; path: string }>({ max: 10_000 })

function targetOf(url: string): { origin: string; path: string } {
  let target = targets.get(url)
  if (!target) {
    const parsed = new URL(url)
    target = { origin: parsed.origin, path: parsed.pathname + parsed.search }
    targets.set(url, target)
  }
  return target
}

import type { IncomingMessage } from 'node:http'
import { isPlainHost } from '@postern/runtime/host-name'

export type Refusal = { status: number; why: string }

/**
 * Returns a refusal for a host name with a dot: a foreign page could let it resolve to this machine (DNS rebinding).
 */
export function strangeHost(request: IncomingMessage): Refusal | undefined {
  if (isPlainHost(request.headers.host)) return undefined
  return { status: 403, why: 'unknown host name; use an address, localhost or a name without a dot' }
}

/**
 * Returns a refusal for a request that must not reach the sandbox, or undefined. A browser sends cross-site requests by
 * itself, and the sandbox's tokens are public. So requests from pages of other origins are refused on every route.
 */
export function foreign(request: IncomingMessage): Refusal | undefined {
  const strange = strangeHost(request)
  if (strange) return strange
  const host = request.headers.host ?? ''
  const origin = request.headers.origin
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    return { status: 403, why: 'requests from other origins are refused' }
  }
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return { status: 403, why: 'requests from other sites are refused' }
  }
  return undefined
}

/**
 * The same check for control calls. It also requires JSON: a page can send JSON across origins only after a preflight,
 * and preflights are never granted.
 */
export function refusal(request: IncomingMessage): Refusal | undefined {
  const refused = foreign(request)
  if (refused) return refused
  const changes = request.method !== 'GET' && request.method !== 'HEAD'
  if (changes && request.method !== 'DELETE' && !/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    return { status: 415, why: 'content-type must be application/json' }
  }
  return undefined
}

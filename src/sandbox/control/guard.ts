import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/**
 * Why this request may not drive the sandbox, or undefined.
 * A browser sends cross-site requests without being asked. So: no page of another origin, nothing but JSON
 * (which a page cannot send across origins without a preflight, and preflights are never granted), and no host
 * name that somebody could point here (DNS rebinding needs a dotted name).
 */
export function refusal(request: IncomingMessage): { status: number; why: string } | undefined {
  const host = request.headers.host ?? ''
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  if (!isIP(name) && name !== 'localhost' && name.includes('.')) return { status: 403, why: 'unknown host name' }
  const origin = request.headers.origin
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    return { status: 403, why: 'requests from other origins are refused' }
  }
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return { status: 403, why: 'requests from other sites are refused' }
  }
  const changes = request.method !== 'GET' && request.method !== 'HEAD'
  if (changes && request.method !== 'DELETE' && !/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    return { status: 415, why: 'content-type must be application/json' }
  }
  return undefined
}

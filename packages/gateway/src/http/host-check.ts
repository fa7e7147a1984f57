import type { FastifyRequest } from 'fastify'
import { isPlainHost } from '@postern/runtime/host-name'
import { createTrust } from './caller.ts'
import { WEBHOOK_PATH } from './meta.ts'

/**
 * For a gateway that listens on loopback: accepts a Host header that a program on this machine uses, or that of
 * PUBLIC_URL. A trusted proxy may send any name. Webhooks are checked by their signature instead, because tunnels keep
 * the public name.
 */
export function createHostCheck(
  trustedProxies: readonly string[],
  publicUrl?: string,
): (request: FastifyRequest) => boolean {
  const isTrusted = createTrust(trustedProxies)
  const ours = publicUrl === undefined ? undefined : new URL(publicUrl).host
  return (request) =>
    isPlainHost(request.headers.host) ||
    (ours !== undefined && request.headers.host?.toLowerCase() === ours) ||
    isTrusted(request.socket.remoteAddress) ||
    request.routeOptions.url?.startsWith(WEBHOOK_PATH) === true
}

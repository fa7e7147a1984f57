import { isIP } from 'node:net'

/**
 * True when a Host header names this machine in a way that no foreign web page can use. A page reaches a server on
 * loopback by letting its own host name resolve to 127.0.0.1 (DNS rebinding), and such a name has a dot.
 */
export function isPlainHost(host: string | undefined): boolean {
  const name = (host ?? '')
    .replace(/:\d*$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
  return isIP(name) !== 0 || !name.includes('.') || name.endsWith('.localhost')
}

export const isLoopback = (host: string): boolean =>
  host.toLowerCase() === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

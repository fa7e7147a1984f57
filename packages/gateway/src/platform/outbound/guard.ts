import { lookup as dnsLookup, type LookupAddress } from 'node:dns'
import { isIP, Socket, type LookupFunction } from 'node:net'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { isAllowed, kindOfAddress, readCidr, type Cidr } from './address.ts'

/** All addresses of a host name. Rejects when there are none. */
export type Resolve = (hostname: string) => Promise<LookupAddress[]>

export type OutboundOptions = {
  /** CIDRs or addresses that may be reached although they are not public. */
  allow: readonly string[]
  /** Sockets per origin. Default: unlimited. */
  connections?: number
  /** Timeout for name, TCP and TLS together. */
  connectTimeoutMs?: number
  /** How long an idle socket is kept for the next request. */
  keepAliveMs?: number
  resolve?: Resolve
  /** For servers with a certificate of a private authority. */
  ca?: string | Buffer
}

export type UrlRefusal = 'url_malformed' | 'url_not_http' | 'host_not_public'
export type UrlCheck = { ok: true; url: URL } | { ok: false; reason: UrlRefusal; message: string }

export type Outbound = {
  /** For undici's `request`. It connects to permitted addresses only, whatever URL is requested. */
  dispatcher: Dispatcher
  /** Checks everything that needs no DNS. A name that passes is still checked on connecting. */
  checkUrl(url: string): UrlCheck
  /** The same for a host that is reached by another protocol. Undefined: nothing is known against it. */
  refusalOf(hostname: string): OutboundRefused | undefined
  /** For protocols that are not HTTP: a socket whose `connect(port, host)` reaches permitted addresses only. */
  socket(): Socket
  close(): Promise<void>
}

/** The host is, or resolves to, an address that is not public and not allowed. */
export class OutboundRefused extends Error {
  readonly code = 'OUTBOUND_REFUSED'
  readonly host: string
  readonly why: string

  constructor(host: string, why: string) {
    super(`${host} is not reached from here: ${why}. OUTBOUND_ALLOW can permit it.`)
    this.name = 'OutboundRefused'
    this.host = host
    this.why = why
  }
}

/**
 * The dispatcher for all requests to addresses that others choose: customers' endpoints, media links. Without it, a URL
 * could make the gateway read its neighbours: databases, cloud metadata, its own admin port.
 *
 * Names are checked where the socket looks them up, and the socket gets only addresses that passed. So DNS cannot
 * change its answer between check and use. Literal addresses never reach the lookup, so they are checked before. URLs
 * such as `http://2130706433` need no check of their own: the URL parser has converted them to dotted form.
 */
export function createOutbound(options: OutboundOptions): Outbound {
  const allowed = options.allow.map((text) => {
    const cidr = readCidr(text)
    if (!cidr) throw new TypeError(`not an address or CIDR: ${text}`)
    return cidr
  })
  const resolve = options.resolve ?? systemResolve
  const lookup = guardedLookup(resolve, allowed)
  const connect = buildConnector({
    timeout: options.connectTimeoutMs ?? 5_000,
    lookup,
    ...(options.ca ? { ca: options.ca } : {}),
  })

  const agent = new Agent({
    connect(target, done) {
      const refusal = refusalOfLiteral(target.hostname, allowed)
      if (refusal) return done(refusal, null)
      connect(target, done)
    },
    connections: options.connections ?? null,
    // A second request behind an unanswered one would wait for it, or fail with it.
    pipelining: 1,
    keepAliveTimeout: options.keepAliveMs ?? 15_000,
    maxHeaderSize: 16 * 1024,
  })

  return {
    dispatcher: agent,
    checkUrl: (text) => checkUrl(text, allowed),
    refusalOf: (hostname) => refusalOfLiteral(hostname, allowed),
    socket: () => guardedSocket(lookup, allowed),
    close: () => agent.close(),
  }
}

function checkUrl(text: string, allowed: readonly Cidr[]): UrlCheck {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return { ok: false, reason: 'url_malformed', message: 'not a URL' }
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return { ok: false, reason: 'url_not_http', message: 'must begin with http:// or https://' }
  }
  const refusal = refusalOfLiteral(url.hostname, allowed)
  if (refusal) return { ok: false, reason: 'host_not_public', message: refusal.message }
  return { ok: true, url }
}

/** Checks hosts that are literal addresses. `undefined` for names, which DNS must resolve. */
function refusalOfLiteral(hostname: string, allowed: readonly Cidr[]): OutboundRefused | undefined {
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  if (isIP(host)) return refusalOf(host, host, allowed)
  // RFC 6761: these names mean the machine itself, whatever DNS says.
  if (/(^|\.)localhost\.?$/i.test(host) && !isAllowed('127.0.0.1', allowed) && !isAllowed('::1', allowed)) {
    return new OutboundRefused(host, 'loopback')
  }
  return undefined
}

function refusalOf(host: string, address: string, allowed: readonly Cidr[]): OutboundRefused | undefined {
  const kind = kindOfAddress(address)
  if (kind === 'public' || isAllowed(address, allowed)) return undefined
  return new OutboundRefused(host, host === address ? kind : `it resolves to ${address} (${kind})`)
}

function guardedLookup(resolve: Resolve, allowed: readonly Cidr[]): LookupFunction {
  // The resolver runs on a pool of four threads. Sharing a lookup keeps one slow host from using all of them.
  const asking = new Map<string, Promise<LookupAddress[]>>()
  const ask = (hostname: string) => {
    let answer = asking.get(hostname)
    if (!answer) {
      answer = resolve(hostname).finally(() => asking.delete(hostname))
      asking.set(hostname, answer)
    }
    return answer
  }

  return (hostname, options, done) => {
    ask(hostname).then(
      (addresses) => {
        const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : options.family
        const wanted = addresses.filter((a) => !family || a.family === family)
        let refusal: OutboundRefused | undefined
        const permitted = wanted.filter((a) => {
          const found = refusalOf(hostname, a.address, allowed)
          refusal ??= found
          return !found
        })
        const first = permitted[0]
        if (!first) return done(refusal ?? notFound(hostname), '', 4)
        if (options.all) return done(null, permitted)
        done(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => done(error, '', 4),
    )
  }
}

function guardedSocket(lookup: LookupFunction, allowed: readonly Cidr[]): Socket {
  const socket = new Socket()
  const connect = socket.connect.bind(socket)
  const guarded = (port: number, host: string): Socket => {
    const refusal = refusalOfLiteral(host, allowed)
    // Later, as a connection fails: by then its owner listens.
    if (refusal) {
      setImmediate(() => socket.destroy(refusal))
      return socket
    }
    return connect({ port, host: host.startsWith('[') ? host.slice(1, -1) : host, lookup })
  }
  socket.connect = guarded as Socket['connect']
  return socket
}

function notFound(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND', hostname })
}

const systemResolve: Resolve = (hostname) =>
  new Promise((settle, fail) => {
    dnsLookup(hostname, { all: true }, (error, addresses) => (error ? fail(error) : settle(addresses)))
  })

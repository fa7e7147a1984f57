import { createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '../../clock.ts'
import { newSecret } from '../../ids.ts'
import { sameSecret } from '../../secrets.ts'

/** How long a sign-in lasts without being renewed. Seconds. */
export const SESSION_SECONDS = 12 * 60 * 60

/** The header that the console puts on every call. No other site can, without asking first. */
export const CONSOLE_HEADER = 'x-postern-console'

const COOKIE = 'postern_session'

export type Sessions = {
  /** The Set-Cookie of a fresh session. `secure`: the page came over https. */
  open(secure: boolean): string
  /** The Set-Cookie that ends a session in this browser. */
  close(secure: boolean): string
  isSignedIn(headers: IncomingHttpHeaders): boolean
  /** The session of a request: a name that is not its secret, and when it ends in epoch milliseconds. */
  sessionOf(headers: IncomingHttpHeaders): { id: string; endsAt: number } | undefined
}

/**
 * Signed sessions: the cookie says when it ends, and a key grown from the admin token signs it. So any node takes the
 * session of any other, and a new admin token ends them all.
 */
export function createSessions(adminToken: string, clock: Clock): Sessions {
  const key = createHmac('sha256', adminToken).update('postern console session').digest()
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('base64url')
  const cookie = (value: string, maxAge: number, secure: boolean): string =>
    `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAge}${secure ? '; Secure' : ''}`

  const sessionOf: Sessions['sessionOf'] = (headers) => {
    const value = cookieOf(headers.cookie)
    const match = value === undefined ? null : /^((\d{1,12})\.[\w-]{1,40})\.([\w-]{43})$/.exec(value)
    if (!match || !sameSecret(match[3]!, sign(match[1]!))) return undefined
    const endsAt = Number(match[2]) * 1000
    return endsAt > clock.now() ? { id: match[1]!, endsAt } : undefined
  }

  return {
    open(secure) {
      const text = `${Math.floor(clock.now() / 1000) + SESSION_SECONDS}.${newSecret('', 12)}`
      return cookie(`${text}.${sign(text)}`, SESSION_SECONDS, secure)
    },
    close: (secure) => cookie('', 0, secure),
    isSignedIn: (headers) => sessionOf(headers) !== undefined,
    sessionOf,
  }
}

function cookieOf(header: string | undefined): string | undefined {
  if (header === undefined || header.length > 8192) return undefined
  for (const part of header.split(';')) {
    const [name, value] = part.trim().split('=', 2)
    if (name === COOKIE) return value
  }
  return undefined
}

/**
 * Whether a request with a session's cookie comes from our own page. SameSite keeps the cookie away from other sites,
 * but not from other ports of this host; the origin and the header, which takes a preflight that nobody grants, do.
 */
export function isOwnPage(method: string, headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  const { origin, host } = headers
  if (origin !== undefined && origin.replace(/^https?:\/\//, '') !== host) return false
  if (method === 'GET' || method === 'HEAD') return true
  return headers[CONSOLE_HEADER] !== undefined
}

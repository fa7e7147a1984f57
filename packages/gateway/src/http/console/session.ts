import { createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '@postern/runtime/clock'
import { newSecret } from '../../platform/ids.ts'
import { sameSecret } from '../../platform/secrets.ts'
import { endOfSession, endSession, keepSession, type OpenSession, openSession } from '../../store/console-sessions.ts'
import type { Sql } from '../../store/sql.ts'

/** Seconds that a session lasts without being renewed. */
export const SESSION_SECONDS = 12 * 60 * 60

/**
 * The console sends this header with every call. Another site can send it only after a preflight, which is never
 * granted.
 */
export const CONSOLE_HEADER = 'x-postern-console'

const COOKIE = 'postern_session'

export type Sessions = {
  /** The Set-Cookie of a new session. `secure`: the page was loaded over https. `userId`: none for the admin token. */
  open(secure: boolean, userId?: string): Promise<string>
  /** Ends a session, on every node. */
  end(id: string): Promise<void>
  /** The Set-Cookie that ends a session in this browser. */
  close(secure: boolean): string
  /** The session of a request: an id that is not its secret, its end in epoch milliseconds, and whose it is. */
  sessionOf(headers: IncomingHttpHeaders): Promise<(OpenSession & { id: string }) | undefined>
  /** True when a session still exists. */
  isOpen(id: string): Promise<boolean>
}

/**
 * Sessions are in the store, so that every node accepts the sessions of the others, and a session that ended is invalid
 * everywhere at once. The key that signs the cookie is derived from the admin token too: a new token ends all sessions.
 * A cookie without a valid signature is not looked up.
 */
export function createSessions(adminToken: string, clock: Clock, sql: Sql): Sessions {
  const key = createHmac('sha256', adminToken).update('postern console session').digest()
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('base64url')
  const cookie = (value: string, maxAge: number, secure: boolean): string =>
    `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAge}${secure ? '; Secure' : ''}`

  const sessionOf: Sessions['sessionOf'] = async (headers) => {
    const value = cookieOf(headers.cookie)
    const match = value === undefined ? null : /^((\d{1,12})\.[\w-]{1,40})\.([\w-]{43})$/.exec(value)
    if (!match || !sameSecret(match[3]!, sign(match[1]!))) return undefined
    const session = await openSession(sql, match[1]!, clock.now())
    return session && { id: match[1]!, ...session }
  }

  return {
    async open(secure, userId) {
      const now = clock.now()
      const endsAt = Math.floor(now / 1000) + SESSION_SECONDS
      const text = `${endsAt}.${newSecret('', 12)}`
      await keepSession(sql, { id: text, now, endsAt: endsAt * 1000, userId })
      return cookie(`${text}.${sign(text)}`, SESSION_SECONDS, secure)
    },
    close: (secure) => cookie('', 0, secure),
    end: (id) => endSession(sql, id),
    sessionOf,
    isOpen: async (id) => (await endOfSession(sql, id, clock.now())) !== undefined,
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
 * True when a request with a session's cookie comes from our own page. SameSite protects the cookie from other sites,
 * but not from other ports of this host. The origin and the header, which needs a preflight that is never granted,
 * protect it there.
 */
export function isOwnPage(method: string, headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  const { origin, host } = headers
  if (origin !== undefined && origin.replace(/^https?:\/\//, '') !== host) return false
  if (method === 'GET' || method === 'HEAD') return true
  return headers[CONSOLE_HEADER] !== undefined
}

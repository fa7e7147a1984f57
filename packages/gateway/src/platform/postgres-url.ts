/** Where a database may be, and which of those places will do. */
export type Places = {
  /** One connection string for each host, in the given order. */
  urls: string[]
  /** For logs and errors: only `host:port`. */
  names: string[]
  /** True when the server must accept writes. */
  writable: boolean
  /** libpq's `prefer` and `allow`: without TLS when the server has none. */
  plainWillDo: boolean
}

const SESSIONS = new Set(['any', 'read-write', 'primary', 'prefer-standby'])

/**
 * Reads `postgres://user:password@h1:5432,h2:5433/db?target_session_attrs=read-write` as libpq does
 * (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING); pg itself knows one host only.
 * Errors name what was to be read (`setting`) and never quote the URL, since it carries the password.
 */
export function readDatabaseUrl(url: string, setting = 'DATABASE_URL'): Places {
  const match = /^(postgres(?:ql)?):\/\/(?:([^@/?]*)@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(url)
  if (!match) throw new Error(`${setting} must look like postgres://user:password@host:5432/database`)
  const [, , user, authority = '', database = '', query = ''] = match
  const params = new URLSearchParams(query)
  // Both forms: in the authority, or as parameters (a path there is a folder with a socket).
  const hosts = (authority || params.get('host') || 'localhost').split(',')
  const ports = (params.get('port') ?? '').split(',')
  const session = params.get('target_session_attrs') ?? 'any'
  if (!SESSIONS.has(session) || session === 'prefer-standby') {
    throw new Error(`${setting}: target_session_attrs may be any, read-write or primary; Postern must write`)
  }
  const sslMode = params.get('sslmode')
  for (const name of ['host', 'port', 'target_session_attrs', 'load_balance_hosts']) params.delete(name)
  const plainWillDo = sslMode === 'prefer' || sslMode === 'allow'
  if (plainWillDo) params.set('sslmode', 'require')
  // As in libpq: `require` encrypts without verifying the server, `verify-full` verifies it.
  if (sslMode !== null && sslMode !== 'no-verify') params.set('uselibpqcompat', 'true')
  const places: Places = { urls: [], names: [], writable: hosts.length > 1 || session !== 'any', plainWillDo }
  for (const [i, host] of hosts.entries()) {
    const [, name = '', ownPort] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(host) ?? []
    if (name === '' && ownPort === undefined && host !== '') {
      throw new Error(`${setting}: a host is written as name, name:port or [v6]:port`)
    }
    const port = ownPort || ports[i] || ports[0] || '5432'
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) throw new Error(`${setting}: a port is a number up to 65535`)
    const isFolder = decodeURIComponent(name).startsWith('/')
    const rest = new URLSearchParams(params)
    if (isFolder) rest.set('host', decodeURIComponent(name))
    const text = rest.toString()
    const place = isFolder ? `localhost:${port}` : `${name || 'localhost'}:${port}`
    places.urls.push(`postgres://${user ? `${user}@` : ''}${place}/${database}${text ? `?${text}` : ''}`)
    places.names.push(`${name || 'localhost'}:${port}`)
  }
  return places
}

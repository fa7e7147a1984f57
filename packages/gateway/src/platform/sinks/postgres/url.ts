import { readDatabaseUrl } from '../../postgres-url.ts'

export const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const

/** Where a customer's events go, as its endpoint's URL says. */
export type PostgresTarget = {
  /** The servers, in the order in which they are tried. */
  hosts: { host: string; port: number }[]
  /** Only a server that takes writes will do; without this the first one that answers. */
  mustWrite: boolean
  user: string
  password: string
  database: string
  sslMode: (typeof SSL_MODES)[number]
  /** Files of this machine in PEM, or `system` for the authorities that Node knows. */
  sslRootCert: string | undefined
  sslCert: string | undefined
  sslKey: string | undefined
  applicationName: string
  connectTimeoutMs: number | undefined
  /** Session settings for the server, as libpq's `options`. */
  options: string | undefined
  /** Where to look for the tables; undefined: where the role's search path leads. */
  schema: string | undefined
  table: string
}

export const EVENTS_TABLE = 'postern_events'
export const CURSOR_TABLE = 'postern_cursor'

// What readDatabaseUrl reads by itself.
const OF_THE_PLACE = ['host', 'port', 'target_session_attrs', 'uselibpqcompat']
const KNOWN = new Set([
  ...['table', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'application_name', 'connect_timeout', 'options'],
  ...OF_THE_PLACE,
])

/**
 * Reads an endpoint's `postgres://user:password@host:5432/database?table=crm.events&sslmode=verify-full`. The parameters
 * are libpq's, but for `table`. Errors say what to change and never quote the URL, since it carries the password.
 */
export function readPostgresTarget(url: string): PostgresTarget {
  const given = new URLSearchParams(/\?(.*)$/s.exec(url)?.[1] ?? '')
  const unknown = [...given.keys()].find((name) => !KNOWN.has(name) && name !== 'load_balance_hosts')
  if (unknown !== undefined) throw new Error(`url: the parameter ${unknown.slice(0, 40)} is not known`)
  const sslMode = given.get('sslmode') ?? 'prefer'
  if (!isSslMode(sslMode)) throw new Error(`url: sslmode is one of ${SSL_MODES.join(', ')}`)
  const places = readDatabaseUrl(url, 'url')
  const parsed = places.urls.map(parse)
  const [first] = parsed
  if (parsed.some((place) => place.hostname === '' || place.searchParams.has('host')))
    throw new Error('url: a host is a name or an address; sockets of this machine are not reached')
  const user = decode(first!.username)
  if (user === '') throw new Error('url: name the user, as in postgres://user:password@host:5432/database')
  const connectTimeout = given.get('connect_timeout')
  if (connectTimeout !== null && !/^\d{1,4}$/.test(connectTimeout))
    throw new Error('url: connect_timeout is a number of seconds')
  return {
    hosts: parsed.map(({ hostname, port }) => ({ host: decode(hostname), port: Number(port || 5432) })),
    mustWrite: places.writable,
    user,
    password: decode(first!.password),
    database: decode(first!.pathname.slice(1)) || user,
    sslMode,
    sslRootCert: given.get('sslrootcert') ?? undefined,
    sslCert: given.get('sslcert') ?? undefined,
    sslKey: given.get('sslkey') ?? undefined,
    applicationName: given.get('application_name') ?? 'postern',
    // libpq: 0 waits as long as it takes, which here is until the attempt's time is over.
    connectTimeoutMs:
      connectTimeout === null || Number(connectTimeout) === 0 ? undefined : Number(connectTimeout) * 1000,
    options: given.get('options') ?? undefined,
    ...readTable(given.get('table') ?? EVENTS_TABLE),
  }
}

const isSslMode = (text: string): text is PostgresTarget['sslMode'] => SSL_MODES.some((mode) => mode === text)

function parse(url: string): URL {
  try {
    return new URL(url)
  } catch {
    throw new Error('url must look like postgres://user:password@host:5432/database')
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error('url: a % stands before two hexadecimal digits; write %25 for the sign itself')
  }
}

/** `events` or `schema.events`, each name exactly as PostgreSQL has it. */
export function readTable(text: string): { schema: string | undefined; table: string } {
  const names = text.split('.')
  // What PostgreSQL takes for a name; longer ones it would cut.
  const isName = (name: string): boolean => name !== '' && Buffer.byteLength(name) <= 63 && !name.includes('\0')
  if (names.length > 2 || !names.every(isName))
    throw new Error('url: table is the name of a table, or schema.table; each name has at most 63 bytes')
  const table = names.at(-1)!
  if (table === CURSOR_TABLE) throw new Error(`url: table cannot be ${CURSOR_TABLE}, which holds the cursors`)
  return { schema: names.length === 2 ? names[0] : undefined, table }
}

export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** The table of events and the table of cursors, as SQL names them: both in the same schema. */
export function tablesOf({ schema, table }: Pick<PostgresTarget, 'schema' | 'table'>): {
  events: string
  cursor: string
} {
  const within = schema === undefined ? '' : `${quoteIdentifier(schema)}.`
  return { events: within + quoteIdentifier(table), cursor: within + quoteIdentifier(CURSOR_TABLE) }
}

/** Where a customer's events go, as its endpoint's URL says. */
export type RedisTarget = {
  host: string
  port: number
  tls: boolean
  /** The file of authorities that prove the server, in PEM; undefined: those that Node knows. */
  caFile: string | undefined
  username: string | undefined
  password: string
  database: number
  stream: string
  /** Over how many streams contacts are spread; 1: one stream, of exactly that name. */
  shards: number
  /** About so many entries are kept in each stream; undefined: all. */
  maxLength: number | undefined
}

const MOST_SHARDS = 256
const KNOWN = new Set(['stream', 'maxlen', 'shards', 'cafile'])

/**
 * Reads an endpoint's `rediss://user:password@host:6379/0?stream=postern&maxlen=100000&shards=8&cafile=/etc/ca.pem`, as
 * IANA registered the scheme (https://www.iana.org/assignments/uri-schemes/prov/redis), with our parameters. Errors say
 * what to change and never quote the URL, since it carries the password.
 */
export function readRedisTarget(url: string): RedisTarget {
  const parsed = parse(url)
  const params = parsed.searchParams
  const unknown = [...params.keys()].find((name) => !KNOWN.has(name))
  if (unknown !== undefined) throw new Error(`url: the parameter ${unknown.slice(0, 40)} is not known`)
  if (!/^\/?\d{0,4}$/.test(parsed.pathname)) throw new Error('url: the path is the number of a database, as in /0')
  const stream = params.get('stream') ?? 'postern'
  if (stream === '' || Buffer.byteLength(stream) > 512) throw new Error('url: stream is a key of 1 to 512 bytes')
  const tls = parsed.protocol === 'rediss:'
  const caFile = params.get('cafile') ?? undefined
  if (caFile !== undefined && !tls) throw new Error('url: cafile goes with rediss://')
  return {
    host: decode(parsed.hostname),
    port: Number(parsed.port || 6379),
    tls,
    caFile,
    username: decode(parsed.username) || undefined,
    password: decode(parsed.password),
    database: Number(parsed.pathname.slice(1) || 0),
    stream,
    shards: readNumber(params, 'shards', 1, MOST_SHARDS) ?? 1,
    maxLength: readNumber(params, 'maxlen', 1, 1_000_000_000_000),
  }
}

/** The streams of a target. */
export const streamsOf = ({ stream, shards }: Pick<RedisTarget, 'stream' | 'shards'>): string[] =>
  shards === 1 ? [stream] : Array.from({ length: shards }, (_, i) => `${stream}:${i}`)

function parse(url: string): URL {
  let parsed: URL | undefined
  try {
    parsed = new URL(url)
  } catch {
    // Said below.
  }
  if (!parsed || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === '')
    throw new Error('url must look like redis://user:password@host:6379/0?stream=postern, or rediss:// for TLS')
  return parsed
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error('url: a % stands before two hexadecimal digits; write %25 for the sign itself')
  }
}

function readNumber(params: URLSearchParams, name: string, least: number, most: number): number | undefined {
  const text = params.get(name)
  if (text === null) return undefined
  if (!/^\d{1,13}$/.test(text) || Number(text) < least || Number(text) > most)
    throw new Error(`url: ${name} is a number from ${least} to ${most}`)
  return Number(text)
}

/** The target of an endpoint's URL. */
export type RedisTarget = {
  host: string
  port: number
  tls: boolean
  /** The PEM file of authorities that verify the server; undefined: Node's own. */
  caFile: string | undefined
  username: string | undefined
  password: string
  database: number
  stream: string
  /** Number of streams over which contacts are distributed; 1: one stream with exactly that name. */
  shards: number
  /** Approximate maximum number of entries in each stream; undefined: all are kept. */
  maxLength: number | undefined
}

const MOST_SHARDS = 256
const KNOWN = new Set(['stream', 'maxlen', 'shards', 'cafile'])

/**
 * Parses an endpoint's `rediss://user:password@host:6379/0?stream=postern&maxlen=100000&shards=8&cafile=/etc/ca.pem`.
 * The scheme is IANA's (https://www.iana.org/assignments/uri-schemes/prov/redis), the parameters are ours. Errors say
 * what to change and never quote the URL, because it contains the password.
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
    // Reported below.
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

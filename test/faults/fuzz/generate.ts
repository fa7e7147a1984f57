import { mutate, rawText } from '../../support/mutate.ts'

type Random = () => number
export type Headers = Record<string, string>
export const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)]!

const TEXTS = [
  '',
  '0',
  '-1',
  '1e9',
  '99999999999999999999',
  'NaN',
  'null',
  'undefined',
  '__proto__',
  'constructor',
  'toString',
  "' or 1=1 --",
  '%',
  '*',
  '../../etc/passwd',
  '..',
  '.',
  '\u0000',
  '\ud83d\ude00'.repeat(50),
  '\u202e',
  'x'.repeat(900),
  'x'.repeat(5000),
  '<script>alert(1)</script>',
  'wamid.HBgL',
  'msg_00000000000000000000000000',
  'bc_00000000000000000000000000',
  'ev_x_1',
]

/** A part of a URL: a valid one, a mutated one, or another text; sometimes badly encoded. */
export function urlPiece(right: readonly string[], random: Random, rightShare = 0.4): string {
  const odd = random()
  if (right.length > 0 && odd < rightShare) return encodeURIComponent(pick(random, right))
  if (odd > 0.97) return pick(random, ['%', '%zz', '%c0%af', '%00', '%ff', '%2e%2e%2f', '%e0%80%80'])
  const text = random() < 0.3 && right.length > 0 ? bent(pick(random, right), random) : pick(random, TEXTS)
  return encodeURIComponent(text)
}

const bent = (text: string, random: Random): string =>
  pick(random, [text + text, text.slice(1), text.slice(0, -1), text.toUpperCase(), `${text}\n`, ` ${text}`, `-${text}`])

/** `?a=1&b=…`: known and unknown parameters; some twice, some in the array syntax of other APIs. */
export function query(words: readonly string[], right: Record<string, readonly string[]>, random: Random): string {
  const parts: string[] = []
  for (const word of words) {
    if (random() < 1.5 / words.length) parts.push(`${word}=${urlPiece(right[word] ?? [], random, 0.8)}`)
  }
  if (random() < 0.05) parts.push(`${urlPiece(['extra', 'limit', 'offset'], random)}=${urlPiece([], random)}`)
  if (random() < 0.05 && words.length > 0) parts.push(`${pick(random, words)}=1`, `${pick(random, words)}[]=2`)
  if (random() < 0.02) parts.push('&&==&', '%', '='.repeat(100))
  return parts.length > 0 ? `?${parts.join('&')}` : ''
}

/** An invalid JSON body: mostly in its values, sometimes in its text, its size or its depth. */
export function jsonBody(seeds: readonly unknown[], random: Random): string {
  const odd = random()
  if (odd > 0.997) return ' '.repeat(300_000)
  if (odd > 0.994) return '['.repeat(20_000) + ']'.repeat(20_000)
  if (odd > 0.991) return `{"a":`.repeat(5_000) + '1' + '}'.repeat(5_000)
  if (odd > 0.988) return bytes(200, random).toString('latin1')
  if (odd > 0.985) return ''
  if (odd > 0.975) return large(pick(random, seeds), random)
  return rawText(mutate(pick(random, seeds), random), random)
}

/** Texts that make a check slow when they are repeated ten thousand times. */
const SLOW = [
  '{',
  '{{',
  '}}',
  '{{1}} ',
  '<!---->',
  '\n',
  ' ',
  '/',
  '=',
  '"',
  '\\',
  '9',
  'a.',
  '@',
  '😀',
  '\u0301',
  '% ',
  '&code=',
]

/** A valid body at the size limit: with one very long text, or thousands of further keys or items. */
function large(seed: unknown, random: Random): string {
  const text = JSON.stringify(seed)
  const room = 250_000 - text.length
  const odd = random()
  if (odd < 0.6) {
    const piece = JSON.stringify(pick(random, SLOW)).slice(1, -1)
    const long = piece.repeat(Math.floor(room / Buffer.byteLength(piece)))
    const places = [...text.matchAll(/:"/g)].map(({ index }) => index + 2)
    const at = places.length > 0 ? pick(random, places) : 0
    return at === 0 ? JSON.stringify(long) : text.slice(0, at) + long + text.slice(at)
  }
  if (odd < 0.8) {
    const keys = Array.from({ length: 15_000 }, (_, i) => `"key${i}":${i}`).join(',')
    return text.startsWith('{') ? `{${keys},${text.slice(1)}` : `{${keys}}`
  }
  const items = pick(random, ['0,', '{},', '[],', 'null,', '"",', '{"type":"text"},'])
  return text.replace(/\[|$/, () => `[${items.repeat(Math.floor(room / items.length))}`)
}

export function bytes(count: number, random: Random): Buffer<ArrayBuffer> {
  return Buffer.from(Array.from({ length: count }, () => Math.floor(random() * 256)))
}

const CONTENT_TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=utf-16',
  'APPLICATION/JSON',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'application/json, text/html',
  ';;;',
  'x'.repeat(3000),
]

const KEYS = ['', ' ', 'k', 'k'.repeat(255), 'k'.repeat(256), 'k'.repeat(5000), '\u00e9', '"quoted"', '0', '{}']

/** Unusual headers. Wrong credentials are tested elsewhere. */
export function headers(random: Random): Headers {
  const all: [string, () => string][] = [
    ['content-type', () => pick(random, CONTENT_TYPES)],
    ['idempotency-key', () => pick(random, KEYS)],
    ['content-encoding', () => pick(random, ['gzip', 'br', 'identity', 'x'])],
    ['accept', () => pick(random, ['text/html', '*/*', 'x/y', ''])],
    ['accept-encoding', () => pick(random, ['gzip;q=0', '*', 'br;q=x', 'x'.repeat(1000)])],
    ['accept-language', () => pick(random, ['zh', '*', ';;q'])],
    ['range', () => pick(random, ['bytes=0-', 'bytes=-1', 'bytes=9-1', 'bytes=0-1,2-3', 'lines=1', 'x'])],
    ['if-none-match', () => pick(random, ['*', '"x"', 'W/"'])],
    ['cookie', () => pick(random, ['postern=x', '=', ';;;', 'a=b; a=c', 'postern_session=%', 'x'.repeat(3000)])],
    ['origin', () => pick(random, ['null', 'http://evil.example', 'file://', 'x'])],
    ['sec-fetch-site', () => pick(random, ['cross-site', 'same-origin', 'x'])],
    ['x-forwarded-for', () => pick(random, ['127.0.0.1', '::1, x', 'x'.repeat(500), ','])],
    ['x-forwarded-proto', () => pick(random, ['https', 'x'])],
    ['host', () => pick(random, ['localhost', 'evil.example', '[::1]', 'x:99999'])],
    ['last-event-id', () => pick(random, ['0', '-1', 'x'])],
    ['x-hub-signature-256', () => pick(random, ['sha256=', 'sha256=zz', 'sha1=00', `sha256=${'0'.repeat(64)}`, ''])],
    ['x-request-id', () => pick(random, ['x', 'x'.repeat(2000)])],
    [`x-${'y'.repeat(60)}`, () => 'z'.repeat(4000)],
    ['__proto__', () => 'x'],
  ]
  const some: Headers = {}
  for (let i = 1 + Math.floor(random() * 3); i > 0; i--) {
    const [name, value] = pick(random, all)
    Object.defineProperty(some, name, { value: value(), enumerable: true, configurable: true })
  }
  return some
}

const BOUNDARY = 'postern-fuzz'

/** A multipart upload with one or more mistakes, and its content type. */
export function multipart(file: Buffer, random: Random): { body: Buffer; type: string } {
  const odd = random()
  const spoiled =
    random() < 0.5 ? file : Buffer.concat([file.subarray(0, Math.floor(random() * file.length)), bytes(20, random)])
  const name = pick(random, ['file', 'file', 'file', 'other', '', 'file"; x="', '__proto__'])
  const filename = pick(random, ['a.png', '', '../../x', 'x'.repeat(3000), '\u202egnp.exe', 'a"b.png', '\u0000'])
  const type = pick(random, ['image/png', 'text/html', 'x', '', 'video/mp4', 'image/png; charset=x'])
  const head = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"; filename="${filename}"\r\ncontent-type: ${type}\r\n\r\n`
  const field = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${pick(random, TEXTS)}"\r\n\r\nvalue\r\n`
  const fields = field.repeat(pick(random, [0, 0, 1, 3, 25]))
  let body: Buffer = Buffer.concat([Buffer.from(fields + head), spoiled, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)])
  if (odd < 0.1) body = body.subarray(0, Math.floor(random() * body.length))
  else if (odd < 0.15) body = bytes(200, random)
  else if (odd < 0.2) body = Buffer.from(body.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
  return { body, type: `multipart/form-data; boundary=${odd > 0.95 ? 'another' : BOUNDARY}` }
}

/** Repeatable random numbers: the same seed gives the same bodies (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

type Random = () => number
const pick = <T>(random: Random, items: readonly T[]): T => structuredClone(items[Math.floor(random() * items.length)]!)

const JUNK: unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  0.1,
  2 ** 53,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '‮',
  'x'.repeat(5000),
  '💥'.repeat(1025),
  "'; drop table messages; --",
  '<img src=x onerror=alert(1)>',
  '${jndi:ldap://127.0.0.1/}',
  '../../../../etc/passwd',
  'http://127.0.0.1:1/',
  'http://[::ffff:169.254.169.254]/latest',
  'javascript:alert(1)',
  '85268411234',
  'wamid.x',
  [],
  {},
  [[[[[[]]]]]],
  { a: { b: { c: { d: {} } } } },
  { __proto__: null, constructor: { prototype: {} } },
  { toString: 1, hasOwnProperty: 2, length: -1 },
  Array.from({ length: 300 }, (_, i) => i),
]

/** A copy with one to four mistakes. */
export function mutate(seed: unknown, random: Random): unknown {
  let value = structuredClone(seed)
  for (let i = 1 + Math.floor(random() * 4); i > 0; i--) value = mutateOnce(value, random, 0)
  return value
}

function mutateOnce(value: unknown, random: Random, depth: number): unknown {
  const descend = typeof value === 'object' && value !== null && depth < 12 && random() < 0.8
  if (!descend) return random() < 0.7 ? pick(random, JUNK) : bend(value, random)
  if (Array.isArray(value)) {
    if (value.length === 0 || random() < 0.15) return [...value, pick(random, JUNK)]
    const at = Math.floor(random() * value.length)
    if (random() < 0.15)
      return [...value, ...Array.from({ length: Math.floor(random() * 12) }, () => value[at] as unknown)]
    if (random() < 0.1) return value.filter((_, i) => i !== at)
    return value.map((item, i): unknown => (i === at ? mutateOnce(item, random, depth + 1) : item))
  }
  const record = value as Record<string, unknown>
  const keys = Object.keys(record)
  const key = keys.length === 0 ? 'key' : pick(random, keys)
  const odd = random()
  if (odd < 0.12) delete record[key]
  else if (odd < 0.2)
    record[pick(random, ['extra', '', '__proto__x', 'constructor', 'type', 'to', key.toUpperCase(), 'ключ'])] = pick(
      random,
      JUNK,
    )
  else record[key] = mutateOnce(record[key], random, depth + 1)
  return record
}

/** A slightly wrong value: longer, shorter, of another type. */
function bend(value: unknown, random: Random): unknown {
  if (typeof value === 'string')
    return pick(random, [value + value, value.slice(1), Number(value), [value], value.toUpperCase(), `${value}\n`])
  if (typeof value === 'number') return pick(random, [String(value), -value, value + 0.5, value * 1e9])
  return pick(random, JUNK)
}

/** JSON text, sometimes with bytes that no serializer writes. */
export function rawText(value: unknown, random: Random): string {
  const text = JSON.stringify(value) ?? 'null'
  const odd = random()
  if (odd < 0.9) return text
  const at = Math.floor(random() * text.length)
  if (odd < 0.94) return text.slice(0, at)
  if (odd < 0.97)
    return text.slice(0, at) + pick(random, ['\u0000', '{', ']', '"', ',', '\\', '\ufeff', '1e999']) + text.slice(at)
  return `${' '.repeat(100)}${text}${pick(random, ['', '\n', 'x', '//'])}`
}

import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto'
import { GatewayError } from './errors.ts'

/** OWASP's recommendation for scrypt: 32 MiB and about 0.1 s for each password. */
const COST = { N: 2 ** 15, r: 8, p: 3 }
const KEY_BYTES = 32
/** Passwords in work at one time: each takes a thread of Node's pool, which has four. */
const MOST_AT_ONCE = 2
const MOST_WAITING = 32

export type Passwords = {
  hash(password: string): Promise<string>
  /** `stored`: null for nobody, which takes as long. Throws `rate_limited` when too many wait. */
  matches(password: string, stored: string | null): Promise<boolean>
}

/** Hashes passwords off the event loop, a few at a time. */
export function createPasswords(cost = COST): Passwords {
  const waiting: (() => void)[] = []
  let running = 0
  // So that a wrong address takes as long as a wrong password.
  let nobody: Promise<string> | undefined

  async function limited<T>(work: () => Promise<T>): Promise<T> {
    if (running >= MOST_AT_ONCE) {
      if (waiting.length >= MOST_WAITING)
        throw new GatewayError('rate_limited', { seconds: 5 }, { retryAfterSeconds: 5 })
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  const derive = (password: string, salt: Uint8Array, { N, r, p }: ScryptOptions): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const options = { N: N!, r: r!, p: p!, maxmem: 256 * N! * r! }
      scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
        error ? reject(error) : resolve(key),
      )
    })

  async function hash(password: string): Promise<string> {
    const salt = randomBytes(16)
    const key = await derive(password, salt, cost)
    return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$')
  }

  return {
    hash: (password) => limited(() => hash(password)),
    matches: (password, stored) =>
      limited(async () => {
        nobody ??= hash(randomBytes(16).toString('hex'))
        const [, N, r, p, salt, key] = (stored ?? (await nobody)).split('$') as [string, ...string[]]
        const found = await derive(password, Buffer.from(salt!, 'base64url'), { N: +N!, r: +r!, p: +p! })
        return timingSafeEqual(found, Buffer.from(key!, 'base64url')) && stored !== null
      }),
  }
}

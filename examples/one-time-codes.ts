// One-time codes: sends a code by an authentication template, and checks what the person types on your page.
//   npx node examples/one-time-codes.ts 85268411234      sends a code, and asks for it
import { createInterface } from 'node:readline/promises'
import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import { createClient, template, type Client } from '@postern/client'

const VALID_FOR_MS = 10 * 60_000
const MOST_TRIES = 5

export type Codes = {
  /** Sends a new code; an earlier one is not valid any more. */
  send(to: string): Promise<void>
  /** True once, for the newest code, within ten minutes and five tries. */
  check(to: string, code: string): boolean
}

/** `now` is the time in milliseconds; a test moves it. Yours would keep `pending` in a database. */
export function createCodes(client: Pick<Client, 'send'>, now: () => number = Date.now): Codes {
  const key = randomBytes(32)
  const pending = new Map<string, { hash: Buffer; until: number; tries: number }>()
  // The code itself is stored nowhere.
  const hashOf = (to: string, code: string): Buffer => createHmac('sha256', key).update(`${to} ${code}`).digest()

  return {
    async send(to) {
      const code = String(randomInt(1_000_000)).padStart(6, '0')
      pending.set(to, { hash: hashOf(to, code), until: now() + VALID_FOR_MS, tries: 0 })
      await client.send(template('authentication_ca').code(code).for(to))
    },
    check(to, code) {
      const known = pending.get(to)
      if (!known || now() > known.until || ++known.tries > MOST_TRIES) return false
      const isRight = timingSafeEqual(known.hash, hashOf(to, code))
      if (isRight) pending.delete(to)
      return isRight
    },
  }
}

if (import.meta.main) {
  const [to = '85268411234'] = process.argv.slice(2)
  const url = process.env.POSTERN_URL ?? 'http://127.0.0.1:8080'
  const certificationCode = process.env.CERTIFICATION_CODE ?? 'postern-demo-certification-code'
  const codes = createCodes(createClient({ url, certificationCode }))
  await codes.send(to)
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  console.log(codes.check(to, await terminal.question('The code on the phone: ')) ? 'Right.' : 'Wrong.')
  terminal.close()
}

import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import { Webhook } from 'standardwebhooks'

export type ReceivedCallback = {
  id: string
  headers: IncomingHttpHeaders
  raw: string
  body: Record<string, unknown>
  at: number
}

/** The answer is sent after `delayMs`, if given. */
type Told = { status: number; headers?: Record<string, string>; delayMs?: number }

/** The endpoint's behaviour: a status, or a function of the call's number (from 1) and the callback. */
export type Behaviour = number | ((call: number, callback: ReceivedCallback) => number | Told | 'hang')

/**
 * A customer's endpoint. It verifies every signature with the public `standardwebhooks` package and answers 400 to an
 * invalid one, so that a wrong signature never counts as a delivery.
 */
export class Receiver {
  readonly url: string
  /** Acknowledged callbacks, in the order of their arrival. */
  readonly received: ReceivedCallback[] = []
  /** Number of calls, including failed ones. */
  calls = 0
  badSignatures = 0
  secret: string | undefined
  /** For worlds whose clock was moved: the signature must be valid, its time may be any. */
  anyTime = false
  behaviour: Behaviour = 200
  readonly #server: Server
  #wake: (() => void)[] = []

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  }

  static async start(port = 0): Promise<Receiver> {
    const handler: { receiver?: Receiver } = {}
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const answer = handler.receiver!.#take(Buffer.concat(chunks).toString('utf8'), request.headers)
        if (answer === 'hang') return
        const end = (): void =>
          void response.writeHead(answer.status, answer.headers).end(answer.status < 300 ? 'ok' : 'not now')
        if (answer.delayMs === undefined) end()
        else setTimeout(end, answer.delayMs)
      })
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    const receiver = new Receiver(server)
    handler.receiver = receiver
    return receiver
  }

  #take(raw: string, headers: IncomingHttpHeaders): Told | 'hang' {
    this.calls++
    if (this.secret !== undefined) {
      try {
        verify(this.secret, raw, headers as Record<string, string>, this.anyTime)
      } catch {
        this.badSignatures++
        return { status: 400 }
      }
    }
    const callback = {
      id: String(headers['webhook-id']),
      headers,
      raw,
      body: JSON.parse(raw) as Record<string, unknown>,
      at: Date.now(),
    }
    const told = typeof this.behaviour === 'number' ? this.behaviour : this.behaviour(this.calls, callback)
    if (told === 'hang') return told
    const answer = typeof told === 'number' ? { status: told } : told
    if (answer.status < 300) {
      this.received.push(callback)
      for (const wake of this.#wake.splice(0)) wake()
    }
    return answer
  }

  /** Waits for a callback whose body contains all of `part`. */
  async gets(part: Record<string, unknown>, withinMs = 10_000): Promise<ReceivedCallback> {
    const find = () => this.received.find((callback) => holds(callback.body, part))
    await this.until(() => find() !== undefined, `a callback with ${JSON.stringify(part)}`, withinMs)
    return find()!
  }

  /** Waits until `fact` is true for the received callbacks. */
  async until(fact: () => boolean, what: string, withinMs = 10_000): Promise<void> {
    const deadline = Date.now() + withinMs
    while (!fact()) {
      const left = deadline - Date.now()
      if (left <= 0) {
        const seen = this.received.slice(-10).map((callback) => callback.raw.slice(0, 300))
        throw new Error(
          `waited ${withinMs} ms for ${what}; ${this.received.length} callbacks came, the last:\n${seen.join('\n')}`,
        )
      }
      await Promise.race([new Promise<void>((resolve) => this.#wake.push(resolve)), after(Math.min(left, 50))])
    }
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}

function verify(secret: string, raw: string, headers: Record<string, string>, anyTime: boolean): void {
  const webhook = new Webhook(secret)
  if (!anyTime) {
    webhook.verify(raw, headers)
    return
  }
  const at = new Date(Number(headers['webhook-timestamp']) * 1000)
  const wanted = webhook.sign(headers['webhook-id']!, at, raw)
  if (!headers['webhook-signature']!.split(' ').includes(wanted)) throw new Error('the signature does not hold')
}

/** True when `whole` contains all of `part`, and perhaps more. */
export function holds(whole: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return whole === part
  if (typeof whole !== 'object' || whole === null) return false
  return Object.entries(part).every(([key, value]) => holds((whole as Record<string, unknown>)[key], value))
}

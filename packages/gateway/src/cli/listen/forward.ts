import { setTimeout as sleep } from 'node:timers/promises'
import { readRetryAfter, retryDelayMs } from '../../flows/deliver/schedule.ts'
import { signatureHeaders } from '../../flows/deliver/sign.ts'
import { contactsOf, type Heard } from './event-text.ts'

const WITHIN_MS = 10_000
/** More waiting events are not read from the stream: the gateway keeps them. */
const MOST_WAITING = 200

export type ForwardOptions = {
  url: string
  secret: string
  userAgent: string
  signal: AbortSignal
  /** Says what came of an attempt. */
  say: (event: Heard, answer: string) => void
}

export type Forwarder = {
  /** Resolves when there is room for the next event. */
  take(event: Heard): Promise<void>
  /** Resolves when all are forwarded, or with the signal. */
  settled(): Promise<void>
  counts(): { forwarded: number; waiting: number }
}

/** Posts events to a program on this machine as an endpoint of Postern would get them: signed, retried, in order. */
export function createForwarder({ url, secret, userAgent, signal, say }: ForwardOptions): Forwarder {
  /** The last delivery of each contact: its next one waits for it. */
  const lanes = new Map<string, Promise<void>>()
  let forwarded = 0
  let waiting = 0
  let wake = (): void => {}

  async function attempt({ id, text }: Heard): Promise<{ ok: boolean; answer: string; retryAfterMs?: number }> {
    const begin = performance.now()
    const took = (): string => `in ${Math.round(performance.now() - begin)} ms`
    try {
      const now = Date.now()
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': userAgent,
          ...signatureHeaders([secret], id, now, text),
        },
        body: text,
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]),
      })
      await response.body?.cancel()
      const retryAfterMs = readRetryAfter(response.headers.get('retry-after') ?? undefined, now)
      const answer = `${response.status} ${took()}`
      return { ok: response.ok, answer, ...(retryAfterMs !== undefined && { retryAfterMs }) }
    } catch (error) {
      const { name, message, cause } = error as Error
      const why =
        name === 'TimeoutError' ? `no answer within ${WITHIN_MS / 1000} s` : ((cause as Error)?.message ?? message)
      return { ok: false, answer: why }
    }
  }

  async function deliver(event: Heard): Promise<void> {
    for (let tries = 1; !signal.aborted; tries++) {
      const { ok, answer, retryAfterMs } = await attempt(event)
      if (signal.aborted && !ok) return
      if (ok) {
        forwarded++
        say(event, answer)
        return
      }
      const pauseMs = retryDelayMs(tries, Math.random, retryAfterMs)
      say(event, `${answer}; again in ${(pauseMs / 1000).toFixed(1)} s`)
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }

  return {
    async take(event) {
      const key = contactsOf(event.body)[0] ?? ''
      waiting++
      const turn = (lanes.get(key) ?? Promise.resolve())
        .then(() => deliver(event))
        .finally(() => {
          if (!signal.aborted) waiting--
          if (lanes.get(key) === turn) lanes.delete(key)
          wake()
        })
      lanes.set(key, turn)
      while (waiting >= MOST_WAITING && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve))
    },
    settled: async () => void (await Promise.all(lanes.values())),
    counts: () => ({ forwarded, waiting: signal.aborted ? waiting : lanes.size }),
  }
}

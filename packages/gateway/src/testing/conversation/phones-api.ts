type Json = Record<string, unknown>

/** A message on a phone, as far as a conversation needs it. */
export type Seen = { id: string; text: string }

/** The sandbox over HTTP. */
export type PhonesApi = {
  /** Resolves with the id of the message that the verb wrote, if any. Rejects with the sandbox's words. */
  does(phone: string, verb: string, body: Json): Promise<string | undefined>
  /** Messages that have arrived at a phone, oldest first. */
  received(phone: string): Promise<Seen[]>
  settled(): Promise<void>
}

type Shown = { id: string; direction: string; status?: string; type: string; lines: string[] }

const WITHIN_MS = 20_000
const ARRIVED = new Set(['delivered', 'read', 'played'])

export function createPhonesApi(sandboxUrl: string): PhonesApi {
  async function ask<T>(method: string, path: string, body?: Json): Promise<T> {
    const response = await fetch(`${sandboxUrl}/sandbox/${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(WITHIN_MS),
    })
    const answer = (await response.json()) as T & { error?: { message: string } }
    if (!response.ok) throw new Error(answer.error?.message ?? `The sandbox answered with HTTP ${response.status}.`)
    return answer
  }
  return {
    async does(phone, verb, body) {
      const answer = await ask<{ message?: { id: string } }>('POST', `phones/${phone}/${verb}`, body)
      return answer.message?.id
    },
    async received(phone) {
      const { data } = await ask<{ data: Shown[] }>('GET', `phones/${phone}/messages?count=500`)
      const arrived = data.filter(
        ({ direction, status = '', type }) =>
          direction === 'out' && (ARRIVED.has(status) || (type === 'reaction' && status === 'sent')),
      )
      return arrived.map(({ id, lines }) => ({ id, text: lines.join('\n') }))
    },
    async settled() {
      await ask('POST', 'settled', {})
    },
  }
}

import assert from 'node:assert/strict'
import { setTimeout as after } from 'node:timers/promises'

export type StreamedEvent = { id: string; event: string; data: string }

/** A reader of server-sent events, as the standard says to read them. */
export type EventStream = {
  response: Response
  events: StreamedEvent[]
  /** What would be sent as Last-Event-ID. */
  lastId(): string
  text(): string
  ended(): boolean
  /** Waits for a fact, however long a busy machine takes. */
  until(what: string, fact: () => boolean): Promise<void>
  close(): void
}

export async function followStream(url: string, headers: Record<string, string>): Promise<EventStream> {
  const ending = new AbortController()
  const response = await fetch(url, { headers, signal: ending.signal })
  const events: StreamedEvent[] = []
  let text = ''
  let rest = ''
  let lastId = ''
  let ended = false

  function take(block: string): void {
    const fields: Record<string, string[]> = {}
    for (const line of block.split('\n')) {
      const match = /^(\w+): ?(.*)$/.exec(line)
      if (match) (fields[match[1]!] ??= []).push(match[2]!)
    }
    if (fields.id) lastId = fields.id[0]!
    if (fields.data) events.push({ id: lastId, event: fields.event?.[0] ?? 'message', data: fields.data.join('\n') })
  }

  void (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of response.body!) {
      const piece = decoder.decode(chunk as Uint8Array, { stream: true })
      text += piece
      const blocks = (rest + piece).split('\n\n')
      rest = blocks.pop()!
      for (const block of blocks) take(block)
    }
  })()
    .catch(() => undefined)
    .finally(() => (ended = true))

  return {
    response,
    events,
    lastId: () => lastId,
    text: () => text,
    ended: () => ended,
    async until(what, fact) {
      for (let i = 0; !fact(); i++) {
        assert.ok(i < 600, `never came: ${what}; so far: ${text.slice(-2_000)}`)
        await after(50)
      }
    },
    close: () => ending.abort(),
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { Failed } from '../command.ts'
import { statusOf } from '../page-answer.ts'
import { isRecord } from '../../platform/is-record.ts'
import type { Heard } from './event-text.ts'

/** An event has at most 1 MiB; what is longer is no stream of a gateway. */
const LONGEST_BLOCK = 4 * 1024 * 1024
/** The gateway writes every 15 s. */
const SILENT_MS = 45_000
const LONGEST_PAUSE_MS = 10_000

export type StreamOptions = {
  url: string
  headers: Record<string, string>
  /** The id of an event, or "now". */
  after: string
  query: Readonly<Record<string, string>>
  signal: AbortSignal
  note: (text: string) => void
}

/** The events of a stream, also after the connection was lost: each one once. Ends with the signal. */
export async function* eventsOf(options: StreamOptions): AsyncGenerator<Heard> {
  const { signal, note } = options
  let after = options.after
  let state: 'new' | 'open' | 'lost' = 'new'
  for (let pauseMs = 500; !signal.aborted; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      const silence = new AbortController()
      const response = await connected(options, after, AbortSignal.any([signal, silence.signal]))
      after = response.headers.get('x-postern-cursor') ?? after
      note(state === 'new' ? `Listening to ${new URL(options.url).origin}. Ctrl-C ends it.` : 'Connected again.')
      state = 'open'
      pauseMs = 250
      for await (const block of blocksOf(response, silence)) {
        if (block.id !== undefined) after = block.id
        const heard = heardOf(after, block.data)
        if (heard) yield heard
      }
    } catch (error) {
      if (error instanceof Failed) throw error
    }
    if (signal.aborted) return
    if (state === 'open') {
      note('The connection is lost. Connecting again …')
      state = 'lost'
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
  }
}

/** Throws `Failed` where another try would be refused too. */
async function connected({ url, headers, query }: StreamOptions, after: string, signal: AbortSignal) {
  const response = await fetch(`${url}?${new URLSearchParams({ ...query, after }).toString()}`, {
    headers,
    redirect: 'error',
    signal,
  })
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  if (response.ok && isStream) return response
  const status = statusOf(response)
  const answer = (await response.json().catch(() => undefined)) as { message?: unknown; code?: unknown } | undefined
  // Any other answer may be another one soon: a gateway that starts or stops, or too many readers.
  if (status < 500 && status !== 429)
    throw new Failed(String(answer?.message ?? `${url} answered ${status}, and not with events.`), {
      code: answer?.code,
    })
  throw new Error(`HTTP ${status}`)
}

type Block = { id: string | undefined; data: string | undefined }

async function* blocksOf(response: Response, silence: AbortController): AsyncGenerator<Block> {
  const decoder = new TextDecoder()
  let rest = ''
  let timer = setTimeout(() => silence.abort(), SILENT_MS)
  try {
    for await (const chunk of response.body!) {
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), SILENT_MS)
      rest += decoder.decode(chunk as Uint8Array, { stream: true })
      const blocks = rest.split('\n\n')
      rest = blocks.pop()!
      if (rest.length > LONGEST_BLOCK) throw new Failed('What comes is no stream of a gateway.')
      for (const block of blocks) yield { id: fieldOf(block, 'id'), data: fieldOf(block, 'data') }
    }
  } finally {
    clearTimeout(timer)
  }
}

/** The gateway writes each field once, in one line. */
function fieldOf(block: string, name: string): string | undefined {
  const line = block.split('\n').find((one) => one.startsWith(`${name}: `))
  return line?.slice(name.length + 2)
}

function heardOf(id: string, data: string | undefined): Heard | undefined {
  if (data === undefined) return undefined
  const body: unknown = JSON.parse(data)
  return isRecord(body) ? { id, text: data, body } : undefined
}

import type { ShownMedia } from '../../../ui/src/shown.ts'
import type { Message } from '../api.ts'

/** The gateway's path of a file: by WhatsApp's media id, or fetched from its link by the gateway. */
export function sourceOf(media: ShownMedia, message: Pick<Message, 'channel_id' | 'reference'>): string | undefined {
  if (media.id !== undefined) return `/admin/channels/${message.channel_id}/media/${encodeURIComponent(media.id)}`
  if (media.link === undefined) return undefined
  return `/admin/messages/${encodeURIComponent(message.reference)}/media?link=${encodeURIComponent(media.link)}`
}

/** The file name for a download, when the message has none. */
export function nameOf(media: ShownMedia): string | undefined {
  if (media.filename !== undefined) return media.filename
  if (media.link === undefined || !URL.canParse(media.link)) return undefined
  const last = new URL(media.link).pathname.split('/').at(-1)
  try {
    return decodeURIComponent(last ?? '') || undefined
  } catch {
    return last
  }
}

/** Result of a request for a file. `there`: the gateway has it, though the browser may not be able to play it. */
export type Found = { kind: 'there' } | { kind: 'gone' } | { kind: 'failed'; why: string }

const LOOK_MS = 20_000

/** Requests one byte, because an element that cannot show a file does not tell the reason. */
export async function lookFor(source: string): Promise<Found> {
  try {
    const leave = new AbortController()
    const response = await fetch(source, {
      headers: { range: 'bytes=0-0', 'x-postern-console': '1' },
      signal: AbortSignal.any([leave.signal, AbortSignal.timeout(LOOK_MS)]),
    })
    // 416: the file is empty and has no byte to send.
    if (response.ok || response.status === 416) {
      leave.abort()
      return { kind: 'there' }
    }
    if (response.status === 404) return { kind: 'gone' }
    const answer = (await response.json().catch(() => null)) as { message?: unknown } | null
    return { kind: 'failed', why: typeof answer?.message === 'string' ? answer.message : String(response.status) }
  } catch {
    return { kind: 'failed', why: '' }
  }
}

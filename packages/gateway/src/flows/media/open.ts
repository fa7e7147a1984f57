import { Readable } from 'node:stream'
import { CloudApiError, StrangeAnswer } from '../../platform/cloud-api/errors.ts'
import type { MediaCalls } from '../../platform/cloud-api/media-calls.ts'
import { relieveGcPressure } from '../../platform/gc-pressure.ts'

export type StoredMedia = {
  api: Pick<MediaCalls, 'getMedia' | 'downloadMedia' | 'deleteMedia'>
  phoneNumberId: string
  token: string
  id: string
}

export type OpenedMedia = {
  status: 200 | 206 | 416
  /** Headers for the answer. None contains the token. */
  headers: Record<string, string>
  /** Read it to its end or destroy it. */
  body: Readable
}

/**
 * Opens a file at Meta, inbound or uploaded, as a stream. `range` is a request's `Range` header. A range with several
 * parts or an invalid one is ignored, as HTTP allows. `undefined` when the number has no such file.
 */
export async function openMedia(
  media: StoredMedia & { range?: string | undefined; timeoutMs?: number },
): Promise<OpenedMedia | undefined> {
  const { api, phoneNumberId, token, range } = media
  const within = media.timeoutMs === undefined ? {} : { timeoutMs: media.timeoutMs }
  return unlessMissing(media.id, async (id) => {
    const known = await api.getMedia(id, token, { phoneNumberId, ...within })
    const oneRange = range !== undefined && /^bytes=(\d{1,15}-\d{0,15}|-\d{1,15})$/.test(range) ? { range } : {}
    const { status, headers, body } = await api.downloadMedia(known.url, token, { ...oneRange, ...within })
    const { contentType, contentLength, contentRange, acceptRanges, etag } = headers
    return {
      status,
      body: counted(body),
      headers: {
        'content-type': plainType(known.mimeType) ?? plainType(contentType) ?? 'application/octet-stream',
        ...(contentLength === undefined ? {} : { 'content-length': String(contentLength) }),
        ...(contentRange === undefined ? {} : { 'content-range': contentRange }),
        ...(acceptRanges === undefined ? {} : { 'accept-ranges': acceptRanges }),
        ...(etag === undefined ? {} : { etag }),
        // Anybody can send a file to a business. It must not run as a page of our origin.
        'content-disposition': 'attachment',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
        'cache-control': 'private, no-store',
      },
    }
  })
}

function counted(body: Readable): Readable {
  const passed = relieveGcPressure()
  async function* chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      passed(chunk.length)
      yield chunk
    }
  }
  // A client that disconnects during a read must not leave a connection behind.
  return Readable.from(chunks(), { objectMode: false }).once('close', () => body.destroy())
}

/** Deletes a file at Meta. `false` when there was none. */
export async function removeMedia(media: StoredMedia): Promise<boolean> {
  const { api, phoneNumberId, token } = media
  const removed = await unlessMissing(media.id, async (id) => {
    await api.deleteMedia(id, token, { phoneNumberId })
    return true
  })
  return removed ?? false
}

/**
 * Ids come from outside and could name any object of the Graph API, so only ids in the form of a media id are
 * requested.
 */
async function unlessMissing<T>(id: string, ask: (id: string) => Promise<T>): Promise<T | undefined> {
  if (!/^\d{1,32}$/.test(id)) return undefined
  try {
    return await ask(id)
  } catch (error) {
    if (error instanceof CloudApiError && error.code === 100 && error.subcode === 33) return undefined
    if (error instanceof StrangeAnswer && error.httpStatus === 404) return undefined
    throw error
  }
}

function plainType(type: string | undefined): string | undefined {
  return type !== undefined && /^[\w.+-]+\/[\w.+-]+(; ?[\w-]+=[\w.+-]+)?$/.test(type) ? type : undefined
}

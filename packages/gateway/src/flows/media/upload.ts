import { Readable } from 'node:stream'
import type { MediaCalls } from '../../platform/cloud-api/media-calls.ts'
import { contentTypeOf, refusalOfContent, tooLarge, uploadTypeOf, wrongSize } from './content.ts'
import { FORMATS, kindOfType, knownExtension, MEDIA_KINDS, type MediaKind } from './formats.ts'
import { KeptIndex } from './kept-index.ts'
import { relieveGcPressure } from '../../platform/gc-pressure.ts'
import { hasTracks, refusalOfTracks } from './tracks.ts'
import { refuse, type Refusal } from '../../domain/media/verdict.ts'

/** WhatsApp cannot send the file. `status` is the HTTP status for the reason: too large, or a wrong type. */
export class MediaRefused extends Error {
  readonly status: 413 | 415
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.message)
    this.name = 'MediaRefused'
    this.status = refusal.rule === 'size' ? 413 : 415
    this.refusal = refusal
  }
}

/** The stream of a file broke before its end, so no part of it was stored. */
export class MediaBroken extends Error {
  constructor(cause: unknown) {
    super('the file broke off before its end', { cause })
    this.name = 'MediaBroken'
  }
}

export type UploadRequest = {
  api: Pick<MediaCalls, 'uploadMedia'>
  phoneNumberId: string
  token: string
  stream: Readable
  /**
   * What happens to the rest of an unread stream. `drain` is for a file in an HTTP request: its parser must read the
   * request to its end, otherwise the client gets no answer and the socket hangs.
   */
  rest?: 'destroy' | 'drain'
  filename: string
  /** Bytes of the stream, when known. */
  length?: number | undefined
  /** The kind in which the file will be sent. Default: any. */
  kind?: MediaKind | undefined
  timeoutMs?: number
}

export type Uploaded = { id: string; mimeType: string; kind: MediaKind; bytes: number }

const HEAD_BYTES = 64 * 1024

/**
 * Streams a file to Meta while it arrives. Returns the id under which it can be sent for 30 days. The first bytes
 * decide the type, not the name or header. The size is counted on the way, and the upload is cut off with the first
 * byte above the limit. The last part of a video is sent only when WhatsApp accepts its tracks. Memory holds the first
 * 64 KiB, a few chunks and a video's index, however large the file is. Throws `MediaRefused`, `MediaBroken` or an error
 * of the Cloud API.
 */
export async function uploadStream(request: UploadRequest): Promise<Uploaded> {
  const { api, phoneNumberId, token, stream, filename, length, timeoutMs } = request
  const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>
  try {
    const front: Buffer[] = []
    let size = 0
    let more = true
    while (size < HEAD_BYTES && more) {
      const next = await chunks.next()
      if (next.done) more = false
      else {
        front.push(next.value)
        size += next.value.length
      }
    }
    const head = Buffer.concat(front)
    const mimeType = await typeFor(head, filename)
    const kind = request.kind ?? kindOfType(mimeType)!
    const refusal = (await refusalOfContent(kind, head)) ?? wrongSize(kind, head, more ? length : size)
    if (refusal) throw new MediaRefused(refusal)

    const limit = limitFor(kind, head)
    const index =
      (kind === 'video' || kind === 'audio') && hasTracks(await contentTypeOf(head)) ? new KeptIndex() : undefined
    const body = Readable.from(counted(head, more ? chunks : undefined), { objectMode: false })
    const file = { name: nameFor(filename, mimeType), type: mimeType, body, length: more ? length : size }
    size = 0
    const id = await api.uploadMedia(phoneNumberId, token, file, timeoutMs === undefined ? {} : { timeoutMs })
    return { id, mimeType, kind, bytes: size }

    async function* counted(first: Buffer, rest: AsyncIterator<Buffer> | undefined) {
      const passed = relieveGcPressure()
      let chunk = first
      for (;;) {
        size += chunk.length
        passed(chunk.length)
        if (size > limit) throw new MediaRefused(tooLarge(kind, limit))
        index?.push(chunk)
        // The tracks of a video are known only at its end. Its last part waits for that; otherwise Meta would have the
        // whole file.
        if (!index) yield chunk
        const next = await rest?.next().catch((cause: unknown) => {
          throw new MediaBroken(cause)
        })
        const isLast = !next || next.done === true
        if (isLast && index) await judge(index)
        if (index) yield chunk
        if (isLast) return
        chunk = next.value
      }
    }
    async function judge(kept: KeptIndex): Promise<void> {
      const film = kept.end()
      const refused = film && (await refusalOfTracks(kind, film.size, film.read))
      if (refused) throw new MediaRefused(refused)
    }
  } catch (error) {
    throw stream.errored && !(error instanceof MediaRefused) ? new MediaBroken(stream.errored) : error
  } finally {
    // Not awaited: a read in progress ends with the stream, which may be stalled.
    const left = Promise.resolve(chunks.return?.()).catch(() => {})
    if (request.rest === 'drain') void left.then(() => stream.resume())
    else stream.destroy()
  }
}

async function typeFor(head: Buffer, filename: string): Promise<string> {
  if (head.length === 0) throw new MediaRefused(refuse('type', 'media_type_wrong', 'the file is empty'))
  const type = await uploadTypeOf(head, filename)
  if (type !== undefined && kindOfType(type)) return type
  const extension = knownExtension(filename)
  const found =
    type ?? (extension === undefined ? 'of no type that its first bytes or its name reveal' : `a .${extension} by name`)
  const accepted = MEDIA_KINDS.flatMap((kind) => Object.keys(FORMATS[kind].types))
  const message = `the file is ${found}; WhatsApp takes ${accepted.join(', ')}`
  throw new MediaRefused(refuse('type', 'media_type_wrong', message, { actual: type ?? 'unknown' }))
}

/** The limit of this file: for a sticker it depends on whether it is animated. */
function limitFor(kind: MediaKind, head: Buffer): number {
  return wrongSize(kind, head, Infinity)?.limit ?? FORMATS[kind].maxBytes
}

/** A file name without folders. Meta needs a name with a fitting extension. */
function nameFor(filename: string, mimeType: string): string {
  const last = filename.slice(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1)
  if (last !== '' && last !== '.' && last !== '..') return last.slice(-200)
  const kind = kindOfType(mimeType)
  return `file.${(kind && FORMATS[kind].types[mimeType]?.[0]) ?? 'bin'}`
}

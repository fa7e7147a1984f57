import { Readable } from 'node:stream'
import type { MediaCalls } from '../../platform/cloud-api/media-calls.ts'
import { OutboundRefused, type Outbound } from '../../platform/outbound/guard.ts'
import { refusalOfContent, tooLarge, uploadTypeOf, wrongSize } from './content.ts'
import { fetchPublic, headerOf } from './fetch.ts'
import { FORMATS, listed, type MediaKind } from './formats.ts'
import { MediaUnreachable } from './media-cache.ts'
import { MediaRefused } from './upload.ts'
import { refuse } from '../../domain/media/verdict.ts'

/** Types of a template header's example: fewer than a message accepts. */
const SAMPLE_TYPES = ['application/pdf', 'image/jpeg', 'image/png', 'video/mp4']
const HEAD_BYTES = 64 * 1024
/** For a host that does not state the file's length: Meta needs the length first, so the file is held in memory. */
const MOST_HELD = 16 * 1024 * 1024
const FETCH_MS = 60_000

type Opened = { stream: Readable; length: number | undefined; name: string }

export type SampleRequest = {
  api: Pick<MediaCalls, 'uploadSample' | 'getMedia' | 'downloadMedia'>
  outbound: Outbound
  phoneNumberId: string
  token: string
  /** The app of the upload. `app` is the app of the token. */
  appId: string
  /** A link, or the id of a file that the number has uploaded or received. */
  source: string
  kind: MediaKind
}

export const isSampleSource = (text: string): boolean => /^https?:\/\//i.test(text) || /^\d{1,32}$/.test(text)

/**
 * Uploads the example of a template's media header and returns its handle. Throws `MediaRefused`, `MediaUnreachable` or
 * an error of the Cloud API.
 */
export async function uploadSampleOf(request: SampleRequest): Promise<string> {
  const { api, token, appId, kind } = request
  const { stream, length, name } = await open(request)
  const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>
  try {
    const front: Buffer[] = []
    let size = 0
    let more = true
    const most = length === undefined ? MOST_HELD : HEAD_BYTES
    while (size < most && more) {
      const next = await chunks.next()
      if (next.done) more = false
      else {
        front.push(next.value)
        size += next.value.length
      }
    }
    const head = Buffer.concat(front)
    const whole = more ? length : size
    const type = await uploadTypeOf(head.subarray(0, HEAD_BYTES), name)
    const refusal = (await refusalOfContent(kind, head)) ?? wrongSize(kind, head, whole)
    if (refusal) throw new MediaRefused(refusal)
    if (type === undefined || !SAMPLE_TYPES.includes(type)) {
      const message = `the example is ${type ?? 'of an unknown type'}; WhatsApp takes ${listed(SAMPLE_TYPES)} here`
      throw new MediaRefused(refuse('type', 'media_type_wrong', message, { actual: type ?? 'unknown' }))
    }
    // The file is larger than the buffer, and its host does not state the length.
    if (whole === undefined) throw new MediaRefused(tooLarge(kind, Math.min(FORMATS[kind].maxBytes, MOST_HELD)))
    const body = more ? Readable.from(following(head, chunks), { objectMode: false }) : head
    return await api.uploadSample(appId, token, { name, type, body, length: whole })
  } catch (error) {
    throw stream.errored && !(error instanceof MediaRefused)
      ? new MediaUnreachable('media_unreachable', stream.errored.message, stream.errored)
      : error
  } finally {
    stream.destroy()
  }
}

async function* following(head: Buffer, rest: AsyncIterator<Buffer>) {
  yield head
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

async function open({ api, outbound, phoneNumberId, token, source }: SampleRequest): Promise<Opened> {
  if (/^\d+$/.test(source)) {
    const { url } = await api.getMedia(source, token, { phoneNumberId })
    const { status, headers, body } = await api.downloadMedia(url, token)
    if (status === 200) return { stream: body, length: headers.contentLength, name: source }
    body.destroy()
    throw new MediaUnreachable('media_unreachable', `its host answered ${status}`)
  }
  if (!URL.canParse(source)) throw new MediaUnreachable('media_unreachable', 'the link is not a full address')
  const fetched = await fetchPublic(outbound, new URL(source), { signal: AbortSignal.timeout(FETCH_MS) }).catch(
    (error: Error) => {
      const reason = error instanceof OutboundRefused ? 'media_host_not_public' : 'media_unreachable'
      throw new MediaUnreachable(reason, error.message || error.name, error)
    },
  )
  if (fetched.status !== 200) {
    fetched.body.destroy()
    throw new MediaUnreachable('media_unreachable', `the host answered ${fetched.status}`)
  }
  const length = headerOf(fetched, 'content-length')
  const isPlain = (headerOf(fetched, 'content-encoding') ?? 'identity') === 'identity'
  return {
    stream: fetched.body,
    length: isPlain && length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined,
    name: fetched.url.pathname.split('/').at(-1)?.slice(-200) || 'example',
  }
}

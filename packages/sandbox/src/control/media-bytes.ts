import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Cloud } from '../cloud.ts'

/** Types that a phone shows in place. All others are sent as a download, so that no upload is rendered as a page. */
const SHOWN = /^(image\/(png|jpeg|webp|gif)|audio\/|video\/)/

/**
 * `GET /sandbox/media/{id}/bytes`: the bytes for a phone, without the token that the Graph API requires. A part of them
 * can be asked for: browsers move within a sound or a video only when the server gives parts.
 */
export function mediaBytes(cloud: Cloud, id: string, request: IncomingMessage, response: ServerResponse): boolean {
  const media = cloud.world.media.get(id)
  const bytes = media && cloud.media.get(media.id)
  if (!media || !bytes) return false
  const range = rangeOf(request.headers.range, bytes.length)
  if (range === 'outside') {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end()
    return true
  }
  const part = range ? bytes.subarray(range.from, range.to + 1) : bytes
  response.writeHead(range ? 206 : 200, {
    'accept-ranges': 'bytes',
    ...(range && { 'content-range': `bytes ${range.from}-${range.to}/${bytes.length}` }),
    'content-type': SHOWN.test(media.mimeType) ? media.mimeType : 'application/octet-stream',
    'content-length': part.length,
    'content-security-policy': `sandbox; default-src 'none'`,
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, max-age=3600',
    ...(!SHOWN.test(media.mimeType) && {
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(media.filename ?? 'file')}`,
    }),
  })
  response.end(part)
  return true
}

/** One range of a Range header. Several ranges, and other units, count as none: the whole is the answer then. */
function rangeOf(header: string | undefined, size: number): { from: number; to: number } | 'outside' | undefined {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '')
  if (!found || (found[1] === '' && found[2] === '')) return undefined
  const isEnd = found[1] === ''
  const from = isEnd ? Math.max(0, size - Number(found[2])) : Number(found[1])
  const to = isEnd || found[2] === '' ? size - 1 : Math.min(Number(found[2]), size - 1)
  return from <= to ? { from, to } : 'outside'
}

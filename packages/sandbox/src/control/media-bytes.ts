import type { ServerResponse } from 'node:http'
import type { Cloud } from '../cloud.ts'

/** Types that a phone shows in place. All others are sent as a download, so that no upload is rendered as a page. */
const SHOWN = /^(image\/(png|jpeg|webp|gif)|audio\/|video\/)/

/** `GET /sandbox/media/{id}/bytes`: the bytes for a phone, without the token that the Graph API requires. */
export function mediaBytes(cloud: Cloud, id: string, response: ServerResponse): boolean {
  const media = cloud.world.media.get(id)
  const bytes = media && cloud.media.get(media.id)
  if (!media || !bytes) return false
  response.writeHead(200, {
    'content-type': SHOWN.test(media.mimeType) ? media.mimeType : 'application/octet-stream',
    'content-length': bytes.length,
    'content-security-policy': `sandbox; default-src 'none'`,
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, max-age=3600',
    ...(!SHOWN.test(media.mimeType) && {
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(media.filename ?? 'file')}`,
    }),
  })
  response.end(bytes)
  return true
}

import { FORMATS } from './formats.ts'

/** What a browser may draw or play of what strangers send; everything else is only ever saved. Neither SVG nor HTML is here. */
const SHOWN: ReadonlySet<string> = new Set(
  (['image', 'sticker', 'video', 'audio'] as const).flatMap((kind) => Object.keys(FORMATS[kind].types)),
)

/**
 * How a file of somebody else's is handed to an operator's browser. `type` is a MIME type as it came, parameters and
 * all, or `undefined`. The list decides what it is called, `nosniff` keeps the browser from knowing better, and the
 * sandbox takes scripts and our origin from it, should it be opened as a page all the same.
 */
export function browserHeaders(type: string | undefined): Record<string, string> {
  const plain = type?.split(';')[0]!.trim().toLowerCase()
  const shown = plain !== undefined && SHOWN.has(plain)
  return {
    'content-type': shown ? plain : 'application/octet-stream',
    'content-disposition': shown ? 'inline' : 'attachment',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    // What was erased does not live on in a browser, nor does what was seen outlive the session.
    'cache-control': 'private, no-store',
  }
}

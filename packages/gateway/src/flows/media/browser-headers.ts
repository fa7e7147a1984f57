import { FORMATS } from './formats.ts'

/**
 * Types that a browser may render or play although strangers send them. All others are downloads. Neither SVG nor HTML
 * is listed.
 */
const SHOWN: ReadonlySet<string> = new Set(
  (['image', 'sticker', 'video', 'audio'] as const).flatMap((kind) => Object.keys(FORMATS[kind].types)),
)

/**
 * Headers under which an operator's browser gets a file of another party. `type` is a MIME type as received, with its
 * parameters, or `undefined`. The list decides the content type, `nosniff` keeps the browser from guessing another, and
 * the sandbox policy blocks scripts and our origin if the file is opened as a page.
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
    // Erased files must not stay in a browser, and viewed files must not outlive the session.
    'cache-control': 'private, no-store',
  }
}

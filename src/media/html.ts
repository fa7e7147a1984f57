/** A page shows itself this early, or it is left to be text. */
const LOOK_BYTES = 512

const BEGINNINGS = ['<!doctype html', '<html', '<head', '<body']

/**
 * True for bytes that begin as an HTML page does: perhaps a byte order mark, spaces and comments, then one of the tags
 * that begin a page. One walk from left to right: the bytes are a stranger's, and a regular expression for this
 * (comments within spaces, any number of times) takes exponential time on those that are almost a page.
 */
export function looksLikeHtml(head: Uint8Array): boolean {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, LOOK_BYTES))
    .toString('latin1')
    .toLowerCase()
  let at = text.startsWith('\xef\xbb\xbf') ? 3 : 0
  for (;;) {
    while (isSpace(text.charCodeAt(at))) at++
    if (!text.startsWith('<!--', at)) break
    // `<!-->` is a whole comment already (HTML standard, 13.2.5.43).
    const end = text.indexOf('-->', at + 2)
    if (end < 0) return false
    at = end + 3
  }
  return BEGINNINGS.some((tag) => {
    if (!text.startsWith(tag, at)) return false
    const next = text.charCodeAt(at + tag.length)
    return next === GREATER_THAN || isSpace(next)
  })
}

const GREATER_THAN = 0x3e

/** Tab, line feed, vertical tab, form feed, carriage return, space; NaN behind the end is none. */
const isSpace = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d)

/**
 * A page or an SVG picture must begin within this, after a licence comment for instance. Otherwise it counts as text.
 */
const LOOK_BYTES = 4096

const PAGE = ['<!doctype html', '<html', '<head', '<body']

/**
 * The type of bytes that begin as markup: an optional byte order mark, spaces and comments, then a tag that begins a
 * page or an SVG picture. One walk from left to right: the bytes are hostile, and a regular expression with repeated
 * comments and spaces takes exponential time on bytes that are almost a page.
 */
export function markupOf(head: Uint8Array): 'text/html' | 'image/svg+xml' | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, LOOK_BYTES))
    .toString('latin1')
    .toLowerCase()
  let at = text.startsWith('\xef\xbb\xbf') ? 3 : 0
  let isXml = false
  for (;;) {
    while (isSpace(text.charCodeAt(at))) at++
    const end = endOfAside(text, at)
    if (end === undefined) break
    if (end < 0) return undefined
    isXml ||= !text.startsWith('<!--', at)
    at = end
  }
  const begins = (tag: string): boolean => {
    if (!text.startsWith(tag, at)) return false
    const next = text.charCodeAt(at + tag.length)
    return next === GREATER_THAN || isSpace(next)
  }
  if (begins('<svg')) return 'image/svg+xml'
  // XML may be a plain text, so a page in XML is not refused.
  return !isXml && PAGE.some(begins) ? 'text/html' : undefined
}

/**
 * The end of a comment, an XML declaration or an SVG document type. -1 when it has no end, undefined when none begins
 * here.
 */
function endOfAside(text: string, at: number): number | undefined {
  // `<!-->` is a complete comment (HTML standard, 13.2.5.43).
  if (text.startsWith('<!--', at)) return behind(text, '-->', at + 2)
  if (text.startsWith('<?xml', at)) return behind(text, '?>', at)
  if (text.startsWith('<!doctype svg', at)) return behind(text, '>', at)
  return undefined
}

function behind(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from)
  return found < 0 ? -1 : found + mark.length
}

const GREATER_THAN = 0x3e

/** Tab, line feed, vertical tab, form feed, carriage return, space. False for NaN, after the end. */
const isSpace = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d)

/** A piece of written JSON: what it is, and the page that it leads to. */
export type Piece = { text: string; kind?: 'key' | 'string' | 'number' | 'word'; href?: string }

/**
 * A string, a number, or a word. A string without a closing quote ends at the end of its line, so that the search does not
 * start again at each of its quotes.
 */
const TOKEN = /("(?:[^"\\]|\\.?)*(?:"|$))|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/g
/** Keys whose values are people's numbers, in our bodies and in WhatsApp's. */
const NUMBERS = new Set(['to', 'from', 'wa_id', 'recipient_id', 'recipient', 'contact', 'phone'])

/** The pieces of one line of JSON as `JSON.stringify` writes it with indents: a line has at most one key. */
export function piecesOf(line: string): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  let key = ''
  for (const match of line.matchAll(TOKEN)) {
    if (match.index > at) pieces.push({ text: line.slice(at, match.index) })
    const [text, string, number] = match
    at = match.index + text.length
    if (string === undefined) pieces.push({ text, kind: number === undefined ? 'word' : 'number' })
    else if (line.startsWith(':', at)) {
      key = text.slice(1, -1)
      pieces.push({ text, kind: 'key' })
    } else {
      const href = hrefOf(key, text.slice(1, -1))
      pieces.push({ text, kind: 'string', ...(href !== undefined && { href }) })
    }
  }
  if (at < line.length) pieces.push({ text: line.slice(at) })
  return pieces
}

/** The page of an id or of a number. */
export function hrefOf(key: string, value: string): string | undefined {
  if (/^evt_\w{1,100}$/.test(value)) return `/deliveries?id=${value}`
  if (/^msg_[0-9A-Z]{26}$/.test(value) || /^wamid\.[\w+/=.-]{1,200}$/.test(value))
    return `/messages/${encodeURIComponent(value)}`
  if (NUMBERS.has(key) && /^\+?\d{7,15}$/.test(value)) return `/messages?words=${value.replace('+', '')}`
  return undefined
}

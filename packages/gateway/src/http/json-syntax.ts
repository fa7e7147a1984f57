const MARKS = '{}[],:'
const SPACES = /[ \t\n\r]*/y
/** What a string may contain up to its next escape, and one escape (RFC 8259). */
const PLAIN = /[^"\\\u0000-\u001f]*/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
/** A number, or a word that could be one of JSON's three. */
const BARE = /[\w.+-]+/y
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/**
 * Describes the problem of a text that `JSON.parse` refuses, with its position. The engine's own message has the
 * position twice or not at all, and quotes the body, which may contain a message of a contact.
 */
export function syntaxProblem(text: string, error: Error): string {
  const { message } = error
  const [, what, position] = /^([^"]*?) in JSON at position (\d+)/.exec(message) ?? []
  if (what !== undefined) return `${lowerFirst(what)} at position ${position}`
  const at = firstWrongToken(text)
  return at >= text.length ? `it ends too early, at position ${text.length}` : `unexpected text at position ${at}`
}

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1)

/** The position of the first token that is not allowed there. The end of the text when it is cut off. */
function firstWrongToken(text: string): number {
  const open: ('{' | '[')[] = []
  // The tokens that may follow: a value, a key, the colon after a key, or what follows a value.
  let wanted: 'value' | 'first' | 'key' | 'firstKey' | 'colon' | 'next' = 'value'
  for (let at = 0; ;) {
    const start = endOf(SPACES, text, at)!
    const end = endOfToken(text, start)
    if (end === undefined) return start
    at = end
    const isString = text[start] === '"'
    const mark = MARKS.includes(text[start]!) ? text[start] : undefined
    if (wanted === 'next') {
      const inside = open.at(-1)
      if (mark === ',' && inside) wanted = inside === '{' ? 'key' : 'value'
      else if ((mark === '}' && inside === '{') || (mark === ']' && inside === '[')) open.pop()
      else return start
    } else if (wanted === 'colon') {
      if (mark !== ':') return start
      wanted = 'value'
    } else if (wanted === 'key' || wanted === 'firstKey') {
      if (isString) wanted = 'colon'
      else if (mark === '}' && wanted === 'firstKey') {
        open.pop()
        wanted = 'next'
      } else return start
    } else if (mark === '{' || mark === '[') {
      open.push(mark)
      wanted = mark === '{' ? 'firstKey' : 'first'
    } else if (mark === ']' && wanted === 'first') {
      open.pop()
      wanted = 'next'
    } else if (mark === undefined) wanted = 'next'
    else return start
  }
}

/** Where the token that begins at `start` ends. Undefined when no token begins there, or the text ends inside it. */
function endOfToken(text: string, start: number): number | undefined {
  const first = text[start]
  if (first === undefined) return undefined
  if (MARKS.includes(first)) return start + 1
  if (first === '"') return endOfString(text, start + 1)
  const end = endOf(BARE, text, start)
  if (end === undefined) return undefined
  const word = text.slice(start, end)
  return ['true', 'false', 'null'].includes(word) || NUMBER.test(word) ? end : undefined
}

function endOfString(text: string, from: number): number | undefined {
  for (let at = from; ;) {
    const plain = endOf(PLAIN, text, at)!
    if (text[plain] === '"') return plain + 1
    const escape = endOf(ESCAPE, text, plain)
    if (escape === undefined) return undefined
    at = escape
  }
}

/** Where a match that begins at `at` ends. All patterns here are sticky. */
function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : undefined
}

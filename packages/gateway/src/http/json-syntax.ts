/** Spaces, then one token: a mark, a string, or another value. Strings and numbers as in RFC 8259. */
const TOKEN =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-]))/y
const SPACES = /[ \t\n\r]*/y

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
    SPACES.lastIndex = at
    const start = at + SPACES.exec(text)![0].length
    TOKEN.lastIndex = at
    const found = TOKEN.exec(text)
    if (!found) return start
    at = TOKEN.lastIndex
    const [, mark, string] = found
    if (wanted === 'next') {
      const inside = open.at(-1)
      if (mark === ',' && inside) wanted = inside === '{' ? 'key' : 'value'
      else if ((mark === '}' && inside === '{') || (mark === ']' && inside === '[')) open.pop()
      else return start
    } else if (wanted === 'colon') {
      if (mark !== ':') return start
      wanted = 'value'
    } else if (wanted === 'key' || wanted === 'firstKey') {
      if (string !== undefined) wanted = 'colon'
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

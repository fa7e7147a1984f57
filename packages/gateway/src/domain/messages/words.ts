import { isRecord } from '../../platform/is-record.ts'

/** The keys of a message's content whose texts people write or read: no ids, links or types of files. */
const SAID = new Set([
  ...['body', 'text', 'caption', 'filename', 'title', 'description', 'footer', 'headline', 'button', 'display_text'],
  ...['name', 'address', 'formatted_name', 'first_name', 'last_name', 'company', 'street', 'city', 'email'],
  ...['coupon_code', 'label'],
])
/** What a contact filled in: JSON in a text. */
const FILLED_IN = 'response_json'
const MOST_DEPTH = 12

/** The texts of a message, as stored, in their order. */
export function textsOf(content: string): string[] {
  const texts: string[] = []
  collect(parsed(content), '', texts, 0)
  return texts
}

function collect(value: unknown, key: string, texts: string[], depth: number): void {
  if (depth > MOST_DEPTH) return
  if (typeof value === 'string') {
    if (key === FILLED_IN) answersOf(value, texts)
    else if (SAID.has(key) && value !== '') texts.push(value)
  } else if (Array.isArray(value)) for (const one of value) collect(one, key, texts, depth + 1)
  else if (isRecord(value)) for (const [name, one] of Object.entries(value)) collect(one, name, texts, depth + 1)
}

function answersOf(text: string, texts: string[]): void {
  const answers = parsed(text)
  if (!isRecord(answers)) return
  for (const [name, answer] of Object.entries(answers))
    if (typeof answer === 'string' && name !== 'flow_token') texts.push(answer)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

/** Letters that people type for one another: who searches for one finds the others. */
const SAME_LETTERS = ['اأإآٱ', 'يىی', 'ةه', 'كک']
const SAME = new Map(SAME_LETTERS.flatMap((letters) => Array.from(letters, (one) => [one, Array.from(letters)])))

/** A character, and those that count as the same one: in both cases, and in the forms of Arabic. */
export function sameLetters(letter: string): string[] {
  const cases = [letter, letter.toLowerCase(), letter.toUpperCase(), letter.toUpperCase().toLowerCase()]
  // `ß` becomes two letters: it stays itself.
  const single = cases.filter((one) => Array.from(one).length === 1)
  return [...new Set([...single, ...(single.includes('σ') ? ['ς'] : []), ...(SAME.get(letter) ?? [])])]
}

const MOST_WORDS = 8

/** The words of a search: all of them must be in a message. */
export const wordsOf = (search: string): string[] =>
  [...new Set(search.normalize('NFC').trim().split(/\s+/))].filter((word) => word !== '').slice(0, MOST_WORDS)

/** A part of an excerpt. `hit`: the reader searched for it. */
export type Piece = { text: string; hit?: true }

/** Looks for words in messages. Each character has a class of its own, so the time is linear. */
export function finderOf(words: readonly string[]): (content: string) => Piece[] | undefined {
  const each = words.map((word) => new RegExp(patternOf(word), 'u'))
  const any = new RegExp(words.map(patternOf).join('|'), 'gu')
  return (content) => {
    const texts = textsOf(content).map((text) => text.normalize('NFC'))
    if (!each.every((word) => texts.some((text) => word.test(text)))) return undefined
    const text = texts.find((one) => each[0]!.test(one))!
    return excerptOf(text, any)
  }
}

const patternOf = (word: string): string =>
  Array.from(word, (letter) => `[${sameLetters(letter).map(escaped).join('')}]`).join('')
const escaped = (letter: string): string => `\\u{${letter.codePointAt(0)!.toString(16)}}`

const BEFORE = 40
const AFTER = 120

/** The place of the first hit, with what stands around it. The pieces, joined, are the text. */
function excerptOf(text: string, any: RegExp): Piece[] {
  const hits = [...text.matchAll(any)].map(({ index, 0: word }) => ({ index, end: index + word.length }))
  const first = hits[0]!
  const from = edge(text, first.index <= BEFORE ? 0 : first.index - BEFORE)
  const to = edge(text, Math.min(text.length, Math.max(first.end, first.index + AFTER)))
  const pieces: Piece[] = []
  let at = from
  const add = (end: number, hit: boolean): void => {
    if (end > at) pieces.push({ text: text.slice(at, end).replace(/\s/g, ' '), ...(hit && { hit: true }) })
    at = Math.max(at, end)
  }
  for (const { index, end } of hits) {
    if (end > to) break
    add(index, false)
    add(end, true)
  }
  add(to, false)
  if (from > 0) pieces.unshift({ text: '…' })
  if (to < text.length) pieces.push({ text: '…' })
  return pieces
}

/** Not between the two halves of a character. */
const edge = (text: string, at: number): number => (/[\uDC00-\uDFFF]/.test(text[at] ?? '') ? at + 1 : at)

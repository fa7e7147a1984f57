import { z } from 'zod'
import { across, fieldOf, itemsOf, text } from '../fields/schema.ts'

/*
 * Words by which a contact stops marketing, or wants it again. They count only when they are the whole message (or the
 * whole text of a pressed button): "please stop by tomorrow" stops nothing. Decides only.
 */

/** Longer messages are no stop word, and are not looked at. */
const LONGEST_WORD = 60
const MOST_WORDS = 50

/** Accents of letters, vowel points of Arabic and Hebrew; not the marks that make another letter, as in Hindi or Japanese. */
const ACCENTS = /(?![\u3099\u309a])\p{Script=Inherited}|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]/gu
/** Characters without a shape: joiners, marks of direction, selectors of emoji. */
const INVISIBLE = /\p{Cf}/gu
/** People end a word with a full stop, or quote it. A question mark stays: "stop?" asks. */
const AROUND = new Set(' .!。¡"\'“”„«»‘’')

function withoutAround(word: string): string {
  let [start, end] = [0, word.length]
  while (start < end && AROUND.has(word[start]!)) start++
  while (end > start && AROUND.has(word[end - 1]!)) end--
  return word.slice(start, end)
}

/** The form in which messages and words are compared: case, accents, width and what stands around do not count. */
export function foldWord(word: string): string {
  const bare = word.normalize('NFKD').replace(ACCENTS, '').replace(INVISIBLE, '')
  return withoutAround(bare.toUpperCase().toLowerCase().normalize('NFKC').replace(/\s+/gu, ' '))
}

export type OptOutWords = { stopWords: readonly string[]; startWords: readonly string[] }

/** What a contact's whole message says about marketing. A word of both lists stops. */
export function wishOf(message: string, { stopWords, startWords }: OptOutWords): 'stopped' | 'allowed' | undefined {
  if (stopWords.length + startWords.length === 0 || message.length > LONGEST_WORD * 4) return undefined
  const said = foldWord(message)
  if (foldedSet(stopWords).has(said)) return 'stopped'
  return foldedSet(startWords).has(said) ? 'allowed' : undefined
}

/** A channel's list is one object until the channel is changed. */
const FOLDED = new WeakMap<readonly string[], ReadonlySet<string>>()

function foldedSet(words: readonly string[]): ReadonlySet<string> {
  let folded = FOLDED.get(words)
  if (!folded) FOLDED.set(words, (folded = new Set(words.map(foldWord))))
  return folded
}

const wordList = (description: string) =>
  z
    .array(text(1, LONGEST_WORD, { oneLine: true }))
    .max(MOST_WORDS)
    .describe(description)

export const optOutSettings = {
  stop_words: wordList(
    'A contact whose whole message, or the text of a pressed button, is one of these stops marketing. Case and accents do not count. Default: none.',
  ),
  start_words: wordList('The same, for a contact who wants marketing again. Default: none.'),
  stop_answer: text(1, 1024)
    .nullable()
    .describe('The text that answers a stop word, once for each stop. null: no answer.'),
}

/** Rules for the words: each has letters, and none means both. */
export const wordsFit = across((value, report) => {
  const stop = new Set<string>()
  for (const key of ['stop_words', 'start_words'])
    for (const [i, word] of itemsOf(fieldOf(value, key)).entries()) {
      if (typeof word !== 'string' || word.length > LONGEST_WORD * 2) continue
      const folded = foldWord(word)
      if (folded === '') report([key, i], { rule: 'consistent', says: 'needs a letter, a digit or a symbol' })
      else if (key === 'stop_words') stop.add(folded)
      else if (stop.has(folded)) report([key, i], { rule: 'consistent', says: 'is one of stop_words too' })
    }
})

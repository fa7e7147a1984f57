/** The first letters of the first and the last word; one sign of a name in Chinese; the end of a number. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/)
  if (/^\+?[\d\s()-]+$/.test(name)) return name.replace(/\D/g, '').slice(-2)
  const first = firstOf(words[0] ?? '')
  if (words.length === 1 || /\p{Script=Han}/u.test(first)) return first
  return first + firstOf(words.at(-1)!)
}

const segments = new Intl.Segmenter()
/** A letter or an emoji, whole. */
const firstOf = (word: string): string => ([...segments.segment(word)][0]?.segment ?? '').toUpperCase()

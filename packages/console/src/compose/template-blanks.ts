import type { Wish } from './template-wishes.ts'

// Signs of Unicode's private area, which no template has.
const [BEGIN, END] = ['\uE000', '\uE001']
const BLANK = /\uE000(\d{1,4})\uE001/

/** A value for each wish that names its place in the list: where it comes out in the filled text, there is a blank. */
export const blankValues = (wishes: readonly Wish[]): Record<string, string> =>
  Object.fromEntries(wishes.map((wish, i) => [wish.key, `${BEGIN}${i}${END}`]))

/** A filled text in pieces: words, and blanks by the number of their wish. */
export function piecesOf(text: string): { text: string; blank?: number }[] {
  const pieces: { text: string; blank?: number }[] = []
  let rest = text
  for (let found = BLANK.exec(rest); found; found = BLANK.exec(rest)) {
    if (found.index > 0) pieces.push({ text: rest.slice(0, found.index) })
    pieces.push({ text: '', blank: Number(found[1]) })
    rest = rest.slice(found.index + found[0].length)
  }
  if (rest !== '') pieces.push({ text: rest })
  return pieces
}

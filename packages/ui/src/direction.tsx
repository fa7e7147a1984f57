import type { ReactNode } from 'react'

/** Text of a user inside our text: it has its own direction, and the text around it does not move. */
export function Auto({ children }: { children: ReactNode }) {
  return <bdi dir="auto">{children}</bdi>
}

/** Phone numbers, ids and addresses: always from left to right. */
export function Ltr({ children }: { children: ReactNode }) {
  return <bdi dir="ltr">{children}</bdi>
}

/** The same inside plain text, where no element is possible. */
export const ltr = (text: string): string => `\u2066${text}\u2069`
export const auto = (text: string): string => `\u2068${text}\u2069`

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/
export const isRightToLeft = (text: string): boolean => RIGHT_TO_LEFT.test(text)
/**
 * A string without a closing quote ends at the end of its line, so that the search does not start again at each of its
 * quotes.
 */
const STRING = /("(?:[^"\\]|\\.?)*(?:"|$))/

/** JSON from left to right, with the texts in it in their own direction. */
export function JsonText({ text }: { text: string }) {
  if (!RIGHT_TO_LEFT.test(text)) return text
  return text
    .split('\n')
    .flatMap((line, i) => [
      i > 0 && '\n',
      ...line
        .split(STRING)
        .map((piece, j) => (RIGHT_TO_LEFT.test(piece) ? <bdi key={`${i} ${j}`}>{piece}</bdi> : piece)),
    ])
}

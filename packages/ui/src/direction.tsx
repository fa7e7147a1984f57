import type { ReactNode } from 'react'

/** People's words in a line of ours: they run in their own direction, and what stands around them stays in its place. */
export function Auto({ children }: { children: ReactNode }) {
  return <bdi dir="auto">{children}</bdi>
}

/** Phone numbers, ids and addresses: from left to right, whatever stands around them. */
export function Ltr({ children }: { children: ReactNode }) {
  return <bdi dir="ltr">{children}</bdi>
}

/** The same inside plain text, where no element can stand. */
export const ltr = (text: string): string => `\u2066${text}\u2069`
export const auto = (text: string): string => `\u2068${text}\u2069`

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/
/** One that does not end goes to the end of its line, so that it is not looked for again from each of its quotes. */
const STRING = /("(?:[^"\\]|\\.?)*(?:"|$))/

/** JSON from left to right, with the words in it in their own direction. */
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

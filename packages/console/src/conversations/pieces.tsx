import type { Hit } from '../api.ts'

/** A text in which the words of a search are marked. */
export function Pieces({ pieces }: { pieces: Hit['excerpt'] }) {
  return pieces.map(({ text, hit }, i) => (hit ? <mark key={i}>{text}</mark> : text))
}

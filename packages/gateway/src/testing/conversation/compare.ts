import { lineFits, linesIn, textFits } from './generalise.ts'

/** A pair of a longest common subsequence: index in the one list, and in the other. */
type Pair = [number, number]

/** The longest list of pairs that fit, in the order of both lists. */
function aligned<T>(left: readonly T[], right: readonly T[], fits: (a: T, b: T) => boolean): Pair[] {
  const lengths = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0))
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--)
      lengths[i]![j] = fits(left[i]!, right[j]!)
        ? lengths[i + 1]![j + 1]! + 1
        : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!)
  const pairs: Pair[] = []
  for (let [i, j] = [0, 0]; i < left.length && j < right.length;) {
    if (fits(left[i]!, right[j]!)) pairs.push([i++, j++])
    else if (lengths[i + 1]![j]! >= lengths[i]![j + 1]!) i++
    else j++
  }
  return pairs
}

/** Begins of both lists up to the next pair: what stands only on one side, or differs. */
function* gaps(pairs: readonly Pair[], lefts: number, rights: number): Generator<{ from: Pair; to: Pair }> {
  let [i, j] = [0, 0]
  for (const [a, b] of [...pairs, [lefts, rights] as Pair]) {
    yield { from: [i, j], to: [a, b] }
    ;[i, j] = [a + 1, b + 1]
  }
}

export type Match =
  | { kind: 'same'; wanted: number; seen: number }
  | { kind: 'differs'; wanted: number; seen: number }
  | { kind: 'missing'; wanted: number }
  | { kind: 'more'; seen: number }

/** Pairs recorded messages with those that a person saw. Neighbours of equal messages are paired in their order. */
export function matchMessages(wanted: readonly string[], seen: readonly string[]): Match[] {
  const pairs = aligned(wanted, seen, textFits)
  const matches: Match[] = []
  for (const { from, to } of gaps(pairs, wanted.length, seen.length)) {
    let [i, j] = from
    while (i < to[0] && j < to[1]) matches.push({ kind: 'differs', wanted: i++, seen: j++ })
    while (i < to[0]) matches.push({ kind: 'missing', wanted: i++ })
    while (j < to[1]) matches.push({ kind: 'more', seen: j++ })
    if (to[0] < wanted.length) matches.push({ kind: 'same', wanted: to[0], seen: to[1] })
  }
  return matches
}

/** A diff of two messages, line by line: `-` was recorded, `+` was seen now. */
export function diffOf(recorded: string | undefined, seen: string | undefined): string[] {
  const wanted = recorded === undefined ? [] : linesIn(recorded)
  const got = seen === undefined ? [] : linesIn(seen)
  const lines: string[] = []
  for (const { from, to } of gaps(aligned(wanted, got, lineFits), wanted.length, got.length)) {
    for (let i = from[0]; i < to[0]; i++) lines.push(`- ${wanted[i]!}`)
    for (let j = from[1]; j < to[1]; j++) lines.push(`+ ${got[j]!}`)
    if (to[1] < got.length) lines.push(`  ${got[to[1]]!}`)
  }
  return lines
}

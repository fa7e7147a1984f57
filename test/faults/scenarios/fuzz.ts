import { runFuzz, summaryOf, type Options } from '../fuzz/run-fuzz.ts'

/** Random and mutated requests to each public route: the answers, and the memory before and after. */
export async function fuzzRow(
  count: number,
  { say, ...options }: Options & Required<Pick<Options, 'say'>>,
): Promise<string> {
  const seed = Date.now() % 1_000_000
  say(`seed ${seed}`)
  const { tallies, heap, longestHoldMs } = await runFuzz(count, seed, { say, ...options })
  const mib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0)
  if (heap.after > heap.before + 64 * 1024 * 1024) {
    throw new Error(`the heap grew from ${mib(heap.before)} to ${mib(heap.after)} MiB`)
  }
  return [
    `${count.toLocaleString('en')} random and mutated requests at each public route, on ${options.databaseUrl === undefined ? 'SQLite' : 'PostgreSQL'}; heap ${mib(heap.before)} MiB before, ${mib(heap.after)} MiB after; the longest that one of them held the event loop was ${longestHoldMs.toFixed(0)} ms:`,
    '',
    '| Route | Answers |',
    '| --- | --- |',
    ...[...tallies].map(([route, tally]) => `| ${route.replaceAll('|', '')} | ${summaryOf(tally)} |`),
  ].join('\n')
}

import { throwRubbish } from '../rubbish.ts'

/** Random and mutated bodies at each public route: what was answered how often, and memory before and after. */
export async function rubbishRow(count: number): Promise<string> {
  const { tallies, heap } = await throwRubbish(count, Date.now() % 1_000_000)
  const lines = [...tallies].map(
    ([route, tally]) =>
      `| ${route} | ${[...tally]
        .sort(([a], [b]) => a - b)
        .map(([http, n]) => `${n} × ${http}`)
        .join(', ')} |`,
  )
  const mib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0)
  if (heap.after > heap.before + 64 * 1024 * 1024) {
    throw new Error(`the heap grew from ${mib(heap.before)} to ${mib(heap.after)} MiB`)
  }
  return [
    `${count.toLocaleString('en')} random and mutated bodies at each public route; heap ${mib(heap.before)} MiB before, ${mib(heap.after)} MiB after:`,
    '',
    '| Route | Answers |',
    '| --- | --- |',
    ...lines,
  ].join('\n')
}

import type { Call, Option } from './command.ts'
import { untilSignal } from './until-signal.ts'

export const UNTIL_EOF: Option = {
  type: 'boolean',
  help: 'Stop also when stdin ends. So nothing is left when the program that started it dies.',
}

/** Resolves at a signal and, with --until-eof, when stdin ends. */
export async function untilEnd(call: Pick<Call, 'values'>): Promise<void> {
  const ends: Promise<unknown>[] = [untilSignal()]
  if (call.values['until-eof'] === true) ends.push(untilStdinEnds())
  await Promise.race(ends)
}

function untilStdinEnds(): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['end', 'close', 'error']) process.stdin.once(event, () => resolve())
    process.stdin.resume()
    // An open pipe must not keep a process alive whose start failed. A file has no `unref`.
    if ('unref' in process.stdin) process.stdin.unref()
  })
}

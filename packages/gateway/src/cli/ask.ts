import { createInterface } from 'node:readline/promises'
import { Failed } from './command.ts'

/** Asks questions on a terminal; undefined when there is no person at both ends. Answers go to stderr's terminal. */
export function askAtTerminal(): ((question: string) => Promise<string>) | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined
  return async (question) => {
    const terminal = createInterface({ input: process.stdin, output: process.stderr })
    const ended = new AbortController()
    terminal.once('close', () => ended.abort())
    try {
      return (await terminal.question(question, { signal: ended.signal })).trim()
    } catch {
      throw new Failed('Nothing was done.')
    } finally {
      terminal.close()
    }
  }
}

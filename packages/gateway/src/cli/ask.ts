import { createInterface } from 'node:readline/promises'
import { type Readable, Writable } from 'node:stream'
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

/** Asks for a secret: what is typed is not shown. */
export function askHiddenAtTerminal(): ((question: string) => Promise<string>) | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined
  return (question) => hiddenFrom(process.stdin, process.stderr, question)
}

export async function hiddenFrom(input: Readable, output: Writable, question: string): Promise<string> {
  output.write(question)
  // The line editor writes what is typed, and what it writes goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input, output: nowhere, terminal: true })
  const ended = new AbortController()
  terminal.once('close', () => ended.abort())
  terminal.once('SIGINT', () => terminal.close())
  try {
    return (await terminal.question('', { signal: ended.signal })).trim()
  } catch {
    throw new Failed('Nothing was done.')
  } finally {
    terminal.close()
    output.write('\n')
  }
}

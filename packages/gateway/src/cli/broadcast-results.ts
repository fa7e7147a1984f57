import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { codeOf, CUSTOMER } from './broadcast-show.ts'
import { Failed, Misused, textOf, type Command } from './command.ts'
import { asCustomer } from './connect.ts'
import { statusOf } from './page-answer.ts'

const ANSWER_WITHIN_MS = 90_000

export const broadcastResults: Command = {
  name: 'broadcast results',
  summary: 'Results of a broadcast as CSV, at any time.',
  args: '<id>',
  details:
    'One row for each recipient: result, status of the message, times, and the error. Cells that a spreadsheet would take for a formula begin with an apostrophe.',
  options: {
    out: { type: 'string', value: 'path', help: 'Write the file here. Default: stdout.' },
    ...CUSTOMER,
  },
  async run(call) {
    const [id] = call.words
    const out = textOf(call.values, 'out')
    if (call.json && out === undefined) throw new Misused('--json needs --out: the results are CSV')
    const code = codeOf(call)
    const { url } = await asCustomer(call, code)
    const path = `/external/broadcasts/${encodeURIComponent(id!)}/results.csv`
    const aborted = new AbortController()
    const timer = setTimeout(() => aborted.abort(), ANSWER_WITHIN_MS)
    try {
      const response = await fetch(`${url}${path}`, {
        headers: { 'certification-code': code },
        redirect: 'error',
        signal: aborted.signal,
      })
      clearTimeout(timer)
      const status = statusOf(response)
      if (status !== 200 || !response.body) {
        const { message } = (await response.json().catch(() => ({}))) as { message?: string }
        throw new Failed(message ?? `${url} answered ${status}.`)
      }
      const body = Readable.fromWeb(response.body as ReadableStream)
      if (out !== undefined) {
        await pipeline(body, createWriteStream(out))
        return { data: { id, path: out }, text: `The results are in ${out}.` }
      }
      // A character can begin in one chunk and end in the next.
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
      for await (const chunk of body) call.write(decoder.decode(chunk as Uint8Array, { stream: true }))
      call.write(decoder.decode())
      return undefined
    } catch (error) {
      if (error instanceof Failed) throw error
      throw new Failed(`The results could not be read: ${(error as Error).message}.`)
    } finally {
      clearTimeout(timer)
    }
  },
}

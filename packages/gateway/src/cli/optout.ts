import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { codeOf, CUSTOMER } from './broadcast-show.ts'
import { Failed, textOf, type Call, type Command } from './command.ts'
import { asCustomer } from './connect.ts'
import { table } from './table.ts'

type Done = {
  rows: number
  changed: number
  unchanged: number
  wrong: number
  problems: { line: number; message: string }[]
}

/** A part of a file that is sent at once: below the limits of the route. */
const LINES_AT_ONCE = 50_000
const BYTES_AT_ONCE = 8 * 1024 * 1024
const PROBLEMS_SHOWN = 100
const LISTED = 1_000

const MARKETING = {
  marketing: { type: 'string', value: 'stopped|allowed', help: 'Only contacts with this wish.' },
} as const

export const optoutImport: Command = {
  name: 'optout import',
  summary: 'Record from a CSV file who wants no marketing.',
  args: '<file>',
  details: [
    'A column "to" has the number or the user id. A column "marketing" may say stopped or allowed; without it, everybody in the file stopped.',
    'A column "since" may say when. A file of numbers alone needs no first line of names.',
    'Wrong lines are reported, the others are recorded. The same file again changes nothing. "-" reads stdin.',
  ].join('\n'),
  options: CUSTOMER,
  async run(call) {
    const [path] = call.words
    const gateway = await asCustomer(call, codeOf(call))
    const done: Done = { rows: 0, changed: 0, unchanged: 0, wrong: 0, problems: [] }
    for await (const { text, linesBefore } of partsOf(path!)) {
      const form = new FormData()
      form.set('file', new Blob([text], { type: 'text/csv' }), 'optout.csv')
      const part = (await gateway.ask('POST', '/external/contacts/preferences/import', form)) as Done
      for (const key of ['rows', 'changed', 'unchanged', 'wrong'] as const) done[key] += part[key]
      const problems = part.problems.map(({ line, message }) => ({ line: line + linesBefore, message }))
      done.problems.push(...problems.slice(0, PROBLEMS_SHOWN - done.problems.length))
      if (done.rows > part.rows) call.note(`${done.rows} rows`)
    }
    const { rows, changed, unchanged, wrong } = done
    const summary = `${rows} rows: ${changed} changed, ${unchanged} as before, ${wrong} wrong.`
    const lines = done.problems.map(({ line, message }) => `  line ${line}: ${message}`)
    return { data: done, text: [summary, ...lines].join('\n') }
  },
}

/** The file in parts that end with a row; each begins with the first line, if that names the columns. */
async function* partsOf(path: string): AsyncGenerator<{ text: string; linesBefore: number }> {
  const input = path === '-' ? process.stdin : createReadStream(path)
  let head = ''
  let [lines, sent, bytes, quotes] = [[] as string[], 0, 0, 0]
  const part = () => ({ text: head + lines.join('\n'), linesBefore: head === '' ? sent : Math.max(0, sent - 1) })
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      lines.push(line)
      bytes += Buffer.byteLength(line) + 1
      quotes += line.split('"').length - 1
      // Within quotation marks a line end is part of a cell.
      if (quotes % 2 === 1 || (lines.length < LINES_AT_ONCE && bytes < BYTES_AT_ONCE)) continue
      yield part()
      if (sent === 0 && /[a-z]{2}/i.test(lines[0]!.split(/[,\s]/)[0]!) && !/^[A-Z]{2}\./.test(lines[0]!))
        head = `${lines[0]}\n`
      ;[sent, lines, bytes] = [sent + lines.length, [], 0]
    }
  } catch (error) {
    throw new Failed(`${path} cannot be read: ${(error as Error).message}`)
  }
  if (lines.length > 0 || sent === 0) yield part()
}

export const optoutExport: Command = {
  name: 'optout export',
  summary: 'Write who said something about marketing, as CSV, to standard output.',
  usage: '[--marketing stopped|allowed]',
  details: 'The file can be imported again, here or at another gateway.',
  options: { ...MARKETING, ...CUSTOMER },
  async run(call) {
    const text = await csvOf(call)
    return { data: { csv: text }, text: text.trimEnd() }
  },
}

export const optoutList: Command = {
  name: 'optout list',
  summary: `Show who wants no marketing: the first ${LISTED}.`,
  usage: '[--marketing stopped|allowed]',
  options: { ...MARKETING, ...CUSTOMER },
  async run(call) {
    const rows = (await csvOf(call, 'stopped')).trimEnd().split('\r\n').slice(1)
    const shown = rows.slice(0, LISTED).map((row) => row.split(',').slice(0, 4))
    const data = shown.map(([to, marketing, since, by]) => ({ to, marketing, since, by }))
    if (rows.length > LISTED) call.note(`${rows.length - LISTED} more: postern optout export`)
    return {
      data,
      text: rows.length === 0 ? 'There are none.' : table(['TO', 'MARKETING', 'SINCE', 'BY'], shown),
    }
  },
}

async function csvOf(call: Call, wish = ''): Promise<string> {
  const gateway = await asCustomer(call, codeOf(call))
  const marketing = textOf(call.values, 'marketing') ?? wish
  const query = marketing === '' ? '' : `?marketing=${encodeURIComponent(marketing)}`
  return (await gateway.ask('GET', `/external/contacts/preferences.csv${query}`)) as string
}

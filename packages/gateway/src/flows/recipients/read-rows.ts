import { isUtf8 } from 'node:buffer'
import { pipeline, Readable } from 'node:stream'
import { parse, CsvError } from 'csv-parse'
import { looksLikeNumber } from '../../domain/broadcasts/number.ts'
import { isRecord } from '../../platform/is-record.ts'

/*
 * Reads a recipients' file row by row: CSV in the ways that spreadsheets write it, or JSON, one object a line. The bytes are
 * hostile: rows, columns and cells are limited, and nothing is kept of a row that was read.
 */

export const MOST_ROWS = 1_000_000
const MOST_COLUMNS = 200
const LONGEST_ROW = 64 * 1024

export type FileFormat = 'csv' | 'jsonl'
export type Layout = { format: FileFormat; delimiter: string | null; hasHeader: boolean; columns: string[] }

/** A row at its first line. `problem`: why its cells cannot be read. */
export type ReadRow =
  | { line: number; cells: string[] }
  | { line: number; object: Record<string, unknown> }
  | { line: number; problem: string }
  /** A person who was erased stood here. */
  | { line: number; erased: true }

/** What the bytes of an erased row become: a character that no row has otherwise. */
export const ERASED = 0x7f
const ERASED_TEXT = /^\x7f+$/
const isErased = (cells: readonly string[]): boolean => {
  const filled = cells.filter((cell) => cell.trim() !== '')
  return filled.length > 0 && filled.every((cell) => ERASED_TEXT.test(cell.trim()))
}

/** The whole file cannot be read. The message is for people. */
export class FileProblem extends Error {}

export type Parts = AsyncIterable<Uint8Array>

/**
 * Reads a file. `layout` is known from the first bytes, before the first row.
 */
export async function openRows(
  parts: Parts,
  format: FileFormat | undefined,
): Promise<{ layout: Layout; rows: AsyncIterable<ReadRow> }> {
  const checked = utf8(parts)[Symbol.asyncIterator]()
  // The first line has to be there; a longer one is no file of recipients.
  const head: Uint8Array[] = []
  let size = 0
  while (size < LONGEST_ROW) {
    const next = await checked.next()
    if (next.done) break
    head.push(next.value)
    size += next.value.length
  }
  const text = Buffer.concat(head).toString('utf8')
  const all: Parts = {
    async *[Symbol.asyncIterator]() {
      yield* head.splice(0)
      for (;;) {
        const next = await checked.next()
        if (next.done) return
        yield next.value
      }
    },
  }
  if (text.trim() === '') throw new FileProblem('the file is empty')
  if (/^\s*\[/.test(text) && format !== 'csv')
    throw new FileProblem('the file is a JSON array: write one JSON object in each line instead (JSON Lines)')
  if (format === 'jsonl' || (format === undefined && /^\s*\{/.test(text))) return openJson(all, text)
  return openCsv(all, text)
}

/** Refuses what is not UTF-8, and removes the byte order mark. */
async function* utf8(parts: Parts): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0)
  let lines = 1
  let isFirst = true
  for await (const part of parts) {
    let bytes: Uint8Array = rest.length === 0 ? part : Buffer.concat([rest, part])
    if (isFirst) {
      if (bytes.length < 3) {
        rest = bytes
        continue
      }
      isFirst = false
      bytes = begin(bytes)
    }
    const end = bytes.length - unfinished(bytes)
    const whole = bytes.subarray(0, end)
    mustBeText(whole, lines)
    lines += linesIn(whole, whole.length)
    rest = bytes.subarray(end)
    if (whole.length > 0) yield whole
  }
  if (isFirst && rest.length > 0) rest = begin(rest)
  if (rest.length === 0) return
  mustBeText(rest, lines)
  yield rest
}

function begin(bytes: Uint8Array): Uint8Array {
  const [a, b, c] = bytes
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff))
    throw new FileProblem('the file is UTF-16 ("Unicode text"): save it as "CSV UTF-8", and upload it again')
  if (a === 0x50 && b === 0x4b)
    throw new FileProblem('the file is a workbook or an archive: save the sheet as "CSV UTF-8", and upload that')
  return a === 0xef && b === 0xbb && c === 0xbf ? bytes.subarray(3) : bytes
}

/** Bytes at the end that begin a character. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0
  }
  return 0
}

function mustBeText(bytes: Uint8Array, line: number): void {
  if (isUtf8(bytes)) {
    const zero = bytes.indexOf(0)
    if (zero < 0) return
    throw new FileProblem(`line ${line + linesIn(bytes, zero)} has a zero byte: the file is not text`)
  }
  // The first half of what is wrong is searched: a million rows take twenty steps.
  let [good, wrong] = [0, bytes.length]
  while (wrong - good > 1) {
    const middle = (good + wrong) >> 1
    const here = bytes.subarray(0, middle)
    if (isUtf8(here.subarray(0, middle - unfinished(here)))) good = middle
    else wrong = middle
  }
  throw new FileProblem(
    `line ${line + linesIn(bytes, good)} is not UTF-8: save the file as "CSV UTF-8" (not as Latin-1, Windows-1252, GBK or Big5), and upload it again`,
  )
}

function linesIn(bytes: Uint8Array, end: number): number {
  let count = 0
  for (let at = bytes.indexOf(10); at >= 0 && at < end; at = bytes.indexOf(10, at + 1)) count++
  return count
}

const NAMED_SEPARATOR = /^sep=(.)\r?\n/i

/** Where the records of a stored file begin: behind its byte order mark and the line that names the separator. */
export function firstLineOf(bytes: Uint8Array): { bytes: number; fromLine: number } {
  const mark = bytes[0] === 0xef ? 3 : 0
  const text = Buffer.from(bytes.subarray(mark, mark + 32)).toString('utf8')
  const named = NAMED_SEPARATOR.exec(text)
  return named ? { bytes: mark + Buffer.byteLength(named[0]), fromLine: 2 } : { bytes: mark, fromLine: 1 }
}

/** Excel writes the separator of the computer's language; some files name it in their first line. */
function delimiterOf(text: string): { delimiter: string; fromLine: number } {
  const named = NAMED_SEPARATOR.exec(text)
  if (named) return { delimiter: named[1]!, fromLine: 2 }
  const counts = new Map<string, number>([',', ';', '\t', '|'].map((mark) => [mark, 0]))
  let quoted = false
  let seen = false
  for (const char of text) {
    if (char === '"') quoted = !quoted
    else if (quoted) continue
    else if ((char === '\n' || char === '\r') && seen) break
    else if (char.trim() !== '') seen = true
    const count = counts.get(char)
    if (count !== undefined) counts.set(char, count + 1)
  }
  const [best] = [...counts].sort(([, a], [, b]) => b - a)
  return { delimiter: best![1] > 0 ? best![0] : ',', fromLine: 1 }
}

async function openCsv(parts: Parts, text: string): Promise<{ layout: Layout; rows: AsyncIterable<ReadRow> }> {
  const { delimiter, fromLine } = delimiterOf(text)
  const records = csvRecords(parts, delimiter, fromLine)[Symbol.asyncIterator]()
  const first = await records.next()
  if (first.done) throw new FileProblem('the file is empty')
  const hasHeader = !first.value.cells.some(looksLikeNumber) && !isErased(first.value.cells)
  const columns = first.value.cells.map((cell, i) => (hasHeader && cell.trim()) || String(i + 1))
  if (columns.length > MOST_COLUMNS)
    throw new FileProblem(`the file has ${columns.length} columns; at most ${MOST_COLUMNS} are read`)
  const layout: Layout = { format: 'csv', delimiter, hasHeader, columns: columns.map((name) => name.slice(0, 200)) }
  return { layout, rows: csvRows(records, hasHeader ? undefined : first.value, columns.length) }
}

type CsvRecord = { line: number; cells: string[] }

/** How records are told apart. */
export const csvOptions = (delimiter: string, fromLine: number) => ({
  delimiter,
  from_line: fromLine,
  relax_column_count: true,
  // A quote inside of an unquoted cell is a quote: names such as Joe "Ace" Doe.
  relax_quotes: true,
  max_record_size: LONGEST_ROW,
  record_delimiter: ['\r\n', '\n', '\r'],
})

async function* csvRecords(parts: Parts, delimiter: string, fromLine: number): AsyncGenerator<CsvRecord> {
  let line = fromLine
  const parser = parse({
    ...csvOptions(delimiter, fromLine),
    // Rows of the same part that come before a problem are lost with it, so the lines are counted here.
    on_record(cells: string[]) {
      const record: CsvRecord = { line, cells }
      line += 1 + cells.reduce((sum, cell) => sum + lineEnds(cell), 0)
      return record as unknown as string[]
    },
  })
  pipeline(Readable.from(parts), parser, () => {})
  try {
    for await (const record of parser as AsyncIterable<CsvRecord>) yield record
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new FileProblem(csvProblem(error, line))
  }
}

const lineEnds = (cell: string): number =>
  cell.includes('\n') || cell.includes('\r') ? cell.split(/\r\n|\n|\r/).length - 1 : 0

function csvProblem(error: CsvError, line: number): string {
  switch (error.code) {
    case 'CSV_MAX_RECORD_SIZE':
      return `the row that begins in line ${line} is longer than ${LONGEST_ROW / 1024} KiB: perhaps a quotation mark is not closed`
    case 'CSV_QUOTE_NOT_CLOSED':
      return `a quotation mark of the row that begins in line ${line} is not closed`
    default:
      return `line ${line} cannot be read: ${error.message.slice(0, 200)}`
  }
}

async function* csvRows(
  records: AsyncIterator<CsvRecord>,
  first: CsvRecord | undefined,
  columns: number,
): AsyncGenerator<ReadRow> {
  if (first) yield isErased(first.cells) ? { line: first.line, erased: true } : first
  for (;;) {
    const next = await records.next()
    if (next.done) return
    const { line, cells } = next.value
    if (cells.every((cell) => cell.trim() === '')) continue
    if (isErased(cells)) yield { line, erased: true }
    else if (cells.length <= columns) yield next.value
    else if (cells.slice(columns).every((cell) => cell.trim() === '')) yield { line, cells: cells.slice(0, columns) }
    else {
      const problem = `has ${cells.length} cells, and the first line has ${columns}: put quotation marks around a value with the separator in it`
      yield { line, problem }
    }
  }
}

async function openJson(parts: Parts, text: string): Promise<{ layout: Layout; rows: AsyncIterable<ReadRow> }> {
  const columns: string[] = []
  const [first] = text.trimStart().split('\n')
  try {
    const value: unknown = JSON.parse(first!)
    if (isRecord(value)) columns.push(...Object.keys(value).slice(0, MOST_COLUMNS))
  } catch {
    // The first row is named as a bad one.
  }
  const layout: Layout = { format: 'jsonl', delimiter: null, hasHeader: false, columns }
  return { layout, rows: jsonRows(parts) }
}

async function* jsonRows(parts: Parts): AsyncGenerator<ReadRow> {
  const decoder = new TextDecoder()
  let rest = ''
  let line = 0
  for await (const part of parts) {
    const lines = (rest + decoder.decode(part, { stream: true })).split('\n')
    rest = lines.pop()!
    if (rest.length > LONGEST_ROW)
      throw new FileProblem(`line ${line + lines.length + 1} is longer than ${LONGEST_ROW / 1024} KiB`)
    for (const text of lines) {
      line++
      const row = jsonRow(line, text)
      if (row) yield row
    }
  }
  const row = jsonRow(line + 1, rest + decoder.decode())
  if (row) yield row
}

function jsonRow(line: number, text: string): ReadRow | undefined {
  if (text.trim() === '') return undefined
  if (isErased([text])) return { line, erased: true }
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? { line, object: value } : { line, problem: 'is not a JSON object' }
  } catch {
    return { line, problem: 'is not JSON: write one object in each line' }
  }
}

/** The cells of an object, in the order of the columns. */
export function cellsOf(object: Record<string, unknown>, columns: readonly string[]): string[] {
  return columns.map((name) => {
    const value = Object.hasOwn(object, name) ? object[name] : undefined
    return value === undefined || value === null
      ? ''
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value as string)
  })
}

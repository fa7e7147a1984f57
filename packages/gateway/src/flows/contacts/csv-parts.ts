/** A part of a CSV file that ends with a row; `linesBefore`: lines of the file before it. */
export type CsvPart = { text: string; linesBefore: number }

/** What cannot be cut into rows. `line`: of the file. */
export class BrokenCsv extends Error {
  readonly line: number

  constructor(line: number, problem: string) {
    super(problem)
    this.name = 'BrokenCsv'
    this.line = line
  }
}

const PART_CHARACTERS = 32 * 1024
/** Much longer than a row of short cells: a quotation mark was opened and never closed. */
const LONGEST_ROW = 64 * 1024

/** Cuts a file into parts as it arrives, so that its size costs no memory. A line end inside quotation marks is no end of a row. */
export async function* csvParts(file: AsyncIterable<Buffer>): AsyncGenerator<CsvPart> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let [rest, linesBefore] = ['', 0]
  const decode = (bytes?: Buffer): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode()
    } catch {
      throw new BrokenCsv(linesBefore + 1, 'the file is not UTF-8')
    }
  }
  for await (const chunk of file) {
    rest += decode(chunk)
    if (rest.length < PART_CHARACTERS) continue
    const end = endOfRows(rest)
    if (end > 0) {
      const text = rest.slice(0, end)
      yield { text, linesBefore }
      linesBefore += text.split('\n').length - 1
      rest = rest.slice(end)
    }
    if (rest.length > LONGEST_ROW)
      throw new BrokenCsv(linesBefore + 1, 'a row is too long, or a quotation mark is never closed')
  }
  rest += decode()
  if (rest !== '') yield { text: rest, linesBefore }
}

/** The place after the last row that is complete. */
function endOfRows(text: string): number {
  let [end, quoted] = [0, false]
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (char === 34) quoted = !quoted
    else if (char === 10 && !quoted) end = i + 1
  }
  return end
}

/** A line of a CSV file: its number, counted from 1, and its cells. */
export type CsvLine = { line: number; cells: string[] }

/** Reads CSV (RFC 4180): commas, quotes, any line end. Empty lines and lines that begin with # are left out. */
export function readCsv(text: string): CsvLine[] {
  const lines: CsvLine[] = []
  let cells: string[] = []
  let cell = ''
  let quoted = false
  let line = 1
  let beganAt = 1
  const endCell = (): void => {
    cells.push(cell.trim())
    cell = ''
  }
  const endLine = (): void => {
    endCell()
    if (cells.some((one) => one !== '') && !cells[0]!.startsWith('#')) lines.push({ line: beganAt, cells })
    cells = []
  }
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    if (char === '\n') line++
    if (quoted) {
      if (char !== '"') cell += char
      else if (text[i + 1] === '"') {
        cell += '"'
        i++
      } else quoted = false
    } else if (char === '"') quoted = true
    else if (char === ',') endCell()
    else if (char === '\n') {
      endLine()
      beganAt = line
    } else if (char !== '\r') cell += char
  }
  endLine()
  return lines
}

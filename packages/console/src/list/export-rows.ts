/** More rows than this are exported by the API. */
export const MOST_ROWS = 10_000

export type Format = 'csv' | 'jsonl'
export type Cell = string | number | null | undefined

/** Rows of a list, page by page, up to `MOST_ROWS`. `isCut`: there are more. */
export async function allRows<Row>(
  page: (last: Row | undefined) => Promise<readonly Row[]>,
  perPage: number,
  signal: AbortSignal,
): Promise<{ rows: Row[]; isCut: boolean }> {
  const rows: Row[] = []
  for (let last: Row | undefined; ;) {
    signal.throwIfAborted()
    const next = await page(last)
    rows.push(...next)
    if (next.length < perPage) return { rows, isCut: false }
    if (rows.length >= MOST_ROWS) return { rows: rows.slice(0, MOST_ROWS), isCut: true }
    last = next.at(-1)
  }
}

/** Lines of JSON, or a table with a header. */
export function textOf<Row>(
  format: Format,
  rows: readonly Row[],
  cells: Readonly<Record<string, (row: Row) => Cell>>,
): string {
  if (format === 'jsonl') return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  const lines = [Object.keys(cells), ...rows.map((row) => Object.values(cells).map((cell) => cell(row)))]
  return lines.map((line) => `${line.map(cellOf).join(',')}\r\n`).join('')
}

/** A text that a spreadsheet would take for a formula begins with an apostrophe. */
function cellOf(value: Cell): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Saves a text as a file of the reader. The mark makes spreadsheets read a table as UTF-8. */
export function saveAs(name: string, format: Format, text: string): void {
  const type = format === 'csv' ? 'text/csv;charset=utf-8' : 'application/x-ndjson'
  const url = URL.createObjectURL(new Blob([format === 'csv' ? `\uFEFF${text}` : text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${name}.${format}`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

import { stripVTControlCharacters } from 'node:util'

/** Rows under headings, each column as wide as its widest cell. Control characters are removed from cells. */
export function table(headings: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const shown = [headings, ...rows.map((row) => row.map(cell))]
  const widths = headings.map((_, i) => Math.max(...shown.map((row) => (row[i] ?? '').length)))
  return shown
    .map((row) =>
      row
        .map((text, i) => text.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Names with their values, one per line. */
export function facts(pairs: readonly (readonly [name: string, value: unknown])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length))
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${cell(value)}`).join('\n')
}

/** Unix seconds as a readable time. */
export function moment(seconds: unknown): string {
  return typeof seconds === 'number' ? new Date(seconds * 1000).toISOString().replace('T', ' ').slice(0, 19) : '-'
}

function cell(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-'
  return stripVTControlCharacters(String(value)).replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
}

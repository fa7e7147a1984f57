/** Tables for the terminal and, at the end, as Markdown. */
export type Report = {
  table(title: string, head: string[], rows: string[][]): void
  line(text: string): void
  markdown(): string
}

export function createReport(write: (text: string) => void): Report {
  const parts: string[] = []
  return {
    table(title, head, rows) {
      const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]!.length)))
      const line = (cells: string[]): string =>
        cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')
      write(`\n${title}\n${[head, ...rows].map(line).join('\n')}\n`)
      const row = (cells: string[]): string => `| ${cells.join(' | ')} |`
      const rule = head.map((_, i) => (i === 0 ? '---' : '--:'))
      parts.push(`**${title}**\n\n${[row(head), row(rule), ...rows.map(row)].join('\n')}`)
    },
    line(text) {
      write(`\n${text}\n`)
      parts.push(text)
    },
    markdown: () => parts.join('\n\n'),
  }
}

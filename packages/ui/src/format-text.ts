/** WhatsApp's marks of emphasis, as a tree. Pure, so that a table of cases tests it. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'bold' | 'italic' | 'strike'; children: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'link'; text: string; href: string }

export type Block =
  | { kind: 'lines'; lines: Inline[][] }
  | { kind: 'quote'; lines: Inline[][] }
  | { kind: 'bullets' | 'numbers'; items: Inline[][]; start?: number }
  | { kind: 'pre'; text: string }

/** The words of a text without its marks, in one line. */
export function plainText(text: string): string {
  const of = (parts: Inline[]): string =>
    parts.map((part) => ('children' in part ? of(part.children) : part.text)).join('')
  return formatText(text)
    .flatMap((block) => ('text' in block ? [block.text] : ('lines' in block ? block.lines : block.items).map(of)))
    .join(' ')
}

const MARKS = { '*': 'bold', _: 'italic', '~': 'strike' } as const
const LINK = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}*_~]/giu

/** Text is divided into blocks by lines. Only text between three backticks spans lines. */
export function formatText(text: string): Block[] {
  const blocks: Block[] = []
  // Parts with an odd index are inside fences. An opening fence without a closing one is text.
  const parts = text.split('```')
  const fenced = parts.length % 2 === 1 ? parts : [...parts.slice(0, -2), `${parts.at(-2)}\`\`\`${parts.at(-1)}`]
  fenced.forEach((part, i) => {
    if (i % 2 === 1 && part.trim() !== '') blocks.push({ kind: 'pre', text: part.replace(/^\n|\n$/g, '') })
    else if (i % 2 === 1) blocks.push({ kind: 'lines', lines: [[{ kind: 'text', text: `\`\`\`${part}\`\`\`` }]] })
    else addLines(blocks, i > 0 ? part.replace(/^\n/, '') : part)
  })
  return blocks
}

function addLines(blocks: Block[], text: string): void {
  if (text === '') return
  for (const line of text.split('\n')) {
    const quote = /^> ?(.+)$/u.exec(line)
    const bullet = /^[*-] (.+)$/u.exec(line)
    const number = /^(\d{1,3})\. (.+)$/u.exec(line)
    const last = blocks.at(-1)
    if (quote) {
      if (last?.kind === 'quote') last.lines.push(formatInline(quote[1]!))
      else blocks.push({ kind: 'quote', lines: [formatInline(quote[1]!)] })
    } else if (bullet) {
      if (last?.kind === 'bullets') last.items.push(formatInline(bullet[1]!))
      else blocks.push({ kind: 'bullets', items: [formatInline(bullet[1]!)] })
    } else if (number) {
      if (last?.kind === 'numbers') last.items.push(formatInline(number[2]!))
      else blocks.push({ kind: 'numbers', items: [formatInline(number[2]!)], start: Number(number[1]) })
    } else if (last?.kind === 'lines') last.lines.push(formatInline(line))
    else blocks.push({ kind: 'lines', lines: [formatInline(line)] })
  }
}

/** Parses one line. A mark opens when no letter precedes it, and closes when no letter follows it. */
export function formatInline(line: string, depth = 0): Inline[] {
  const found: Inline[] = []
  let plain = ''
  const flush = (): void => {
    if (plain !== '') found.push(...withLinks(plain))
    plain = ''
  }
  for (let i = 0; i < line.length;) {
    const mark = line[i]!
    const end = mark === '`' || mark in MARKS ? closing(line, i) : -1
    if (end < 0 || depth > 5) {
      // A URL may contain marks, so it is taken whole.
      LINK.lastIndex = i
      const link = line.startsWith('http', i) ? LINK.exec(line) : null
      const taken = link?.index === i ? link[0] : mark
      plain += taken
      i += taken.length
      continue
    }
    flush()
    const inner = line.slice(i + 1, end)
    if (mark === '`') found.push({ kind: 'code', text: inner })
    else found.push({ kind: MARKS[mark as keyof typeof MARKS], children: formatInline(inner, depth + 1) })
    i = end + 1
  }
  flush()
  return found
}

const isWord = (letter: string | undefined): boolean => letter !== undefined && /[\p{L}\p{N}]/u.test(letter)

function closing(line: string, open: number): number {
  const mark = line[open]!
  if (isWord(line[open - 1]) || line[open + 1] === undefined || /\s/.test(line[open + 1]!)) return -1
  for (let i = open + 2; i < line.length; i++) {
    if (line[i] === mark && !/\s/.test(line[i - 1]!) && !isWord(line[i + 1])) return i
  }
  return -1
}

function withLinks(text: string): Inline[] {
  const found: Inline[] = []
  let from = 0
  // matchAll starts where the last search of this expression ended.
  LINK.lastIndex = 0
  for (const match of text.matchAll(LINK)) {
    if (match.index > from) found.push({ kind: 'text', text: text.slice(from, match.index) })
    found.push({ kind: 'link', text: match[0], href: match[0] })
    from = match.index + match[0].length
  }
  if (from < text.length) found.push({ kind: 'text', text: text.slice(from) })
  return found
}

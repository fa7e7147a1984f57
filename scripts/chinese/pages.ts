import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

/* The pages that exist in English and in Chinese, and how a page is divided into sections and pieces. */

export const ROOT = resolve(import.meta.dirname, '../..')

/** English page and Chinese page, from the root of the checkout. */
export const PAIRS: readonly { english: string; chinese: string }[] = [
  { english: 'README.md', chinese: 'docs/zh/README.md' },
  ...['quickstart', 'messages', 'callbacks', 'errors', 'migrate'].map((name) => ({
    english: `docs/${name}.md`,
    chinese: `docs/zh/${name}.md`,
  })),
]

export type Pair = (typeof PAIRS)[number]

export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** A heading, and everything up to the next heading of any level. */
export type Section = { level: number; title: string; text: string }

const FENCE = /^ *```/

/** A page begins with its title, so each line is in a section. */
export function sectionsOf(page: string): Section[] {
  const sections: Section[] = []
  let isCode = false
  for (const line of page.split('\n')) {
    if (FENCE.test(line)) isCode = !isCode
    const heading = isCode ? null : /^(#+) (.+)$/.exec(line)
    if (heading) sections.push({ level: heading[1]!.length, title: heading[2]!, text: line })
    else if (sections.length > 0) sections.at(-1)!.text += `\n${line}`
  }
  return sections.map((section) => ({ ...section, text: section.text.trimEnd() }))
}

const GENERATED_PART = /(<!-- begin ([\w ]+) -->)[^]*?(<!-- end \2 -->)/g

/** The page without what `scripts/generate-docs.ts` writes: both languages have that from the same source. */
export const withoutGenerated = (page: string): string => page.replaceAll(GENERATED_PART, '$1\n$3')

export const generatedParts = (page: string): string[] => page.match(GENERATED_PART) ?? []

export type Pieces = { code: string[]; tables: string[][][]; prose: string }

/** Code blocks with their fences, tables as rows of cells, and the rest. */
export function piecesOf(text: string): Pieces {
  const pieces: Pieces = { code: [], tables: [], prose: '' }
  const lines = text.split('\n')
  for (let i = 0; i < lines.length; i++) {
    if (FENCE.test(lines[i]!)) {
      const from = i
      do i++
      while (i < lines.length && !FENCE.test(lines[i]!))
      pieces.code.push(lines.slice(from, i + 1).join('\n'))
    } else if (lines[i]!.startsWith('|')) {
      const rows = []
      for (; lines[i]?.startsWith('|'); i++) rows.push(cellsOf(lines[i]!))
      i--
      pieces.tables.push(rows)
    } else pieces.prose += `${lines[i]}\n`
  }
  return pieces
}

const cellsOf = (row: string): string[] =>
  row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim().replace(/^-+$/, '---'))

/** The name of a heading in links, as GitHub makes it. */
export const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')

/** The line at the top of a page that leads to the other language. */
export function switchLine(pair: Pair, language: 'english' | 'chinese'): string {
  const there = (from: string, to: string): string => relative(dirname(from), to)
  return language === 'english'
    ? `English | [简体中文](${there(pair.english, pair.chinese)})`
    : `[English](${there(pair.chinese, pair.english)}) | 简体中文`
}

const SWITCH = /^(?:English \| \[简体中文\]\(.+\)|\[English\]\(.+\) \| 简体中文)\n\n?/m

export const withoutSwitch = (page: string): string => page.replace(SWITCH, '')

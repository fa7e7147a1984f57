import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')

/** One code block of a page, as a reader copies it. */
export type Block = { page: string; line: number; language: string; code: string }

/** Pages with commands for users. Decisions and the changelog have none. */
export const PAGES = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .sort()

export function blocksOf(page: string): Block[] {
  const lines = readFileSync(join(ROOT, page), 'utf8').split('\n')
  const blocks: Block[] = []
  for (let i = 0; i < lines.length; i++) {
    const [, indent, language] = /^( *)```(\S.*)$/.exec(lines[i]!) ?? []
    if (language === undefined) continue
    const from = i + 1
    while (lines[++i]!.trim() !== '```');
    const code = lines.slice(from, i).map((line) => line.slice(indent!.length))
    blocks.push({ page, line: from, language, code: code.join('\n') })
  }
  return blocks
}

export const BLOCKS: readonly Block[] = PAGES.flatMap(blocksOf)

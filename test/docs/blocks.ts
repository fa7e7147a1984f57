import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')

/** One code block of a page, as a reader copies it. */
export type Block = { page: string; line: number; language: string; code: string }

const pagesIn = (folder: string): string[] => readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`)

/**
 * Pages with commands for users. Decisions and the changelog have none, and the pieces of docs/zh are those of the
 * English pages, byte for byte (chinese.test.ts).
 */
export const PAGES = ['README.md', 'CONTRIBUTING.md', ...pagesIn('docs'), ...pagesIn('docs/guides')]
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

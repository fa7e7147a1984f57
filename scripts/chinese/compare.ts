import { dirname, join } from 'node:path'
import {
  anchorOf,
  PAIRS,
  piecesOf,
  read,
  sectionsOf,
  switchLine,
  withoutSwitch,
  type Pair,
  type Section,
} from './pages.ts'

/* Two pages say the same in two languages when everything that is not language is the same. */

/** Every difference between the pages of a pair, as a sentence. Chinese sections that `isLeftOut` names count by their level alone. */
export function differences(
  pair: Pair,
  isLeftOut: (chinese: Section) => boolean,
  page: (path: string) => string = read,
): string[] {
  const [english, chinese] = [pair.english, pair.chinese].map((path) => sectionsOf(withoutSwitch(page(path)))) as [
    Section[],
    Section[],
  ]
  const outlines = [english, chinese].map((sections) => sections.map(({ level }) => level))
  const at = outlines[0]!.findIndex((level, i) => level !== outlines[1]![i])
  if (at >= 0 || english.length !== chinese.length) {
    const place = at >= 0 ? at : english.length
    return [
      `${pair.chinese} has ${chinese.length} headings and ${pair.english} has ${english.length}. The first that differs: ` +
        `"${chinese[place]?.title ?? 'nothing'}" stands for "${english[place]?.title ?? 'nothing'}"`,
    ]
  }
  const told: string[] = []
  for (const language of ['english', 'chinese'] as const)
    if (page(pair[language]).split('\n')[2] !== switchLine(pair, language))
      told.push(`${pair[language]}: the third line must be "${switchLine(pair, language)}"`)
  for (const [i, section] of english.entries()) {
    if (isLeftOut(chinese[i]!)) continue
    const found = sectionDifferences(pair, section, chinese[i]!, page)
    told.push(...found.map((one) => `${pair.chinese}, "${chinese[i]!.title}" ("${section.title}"): ${one}`))
  }
  return told
}

function sectionDifferences(pair: Pair, english: Section, chinese: Section, page: (path: string) => string): string[] {
  const told: string[] = []
  const [ours, theirs] = [piecesOf(english.text), piecesOf(chinese.text)]
  if (ours.code.length !== theirs.code.length)
    told.push(`it has ${theirs.code.length} code blocks in place of ${ours.code.length}`)
  else
    for (const [i, code] of ours.code.entries())
      if (code !== theirs.code[i])
        told.push(
          `its code block ${i + 1} is not the English one, byte for byte:\n${firstDifference(code, theirs.code[i]!)}`,
        )

  if (ours.tables.length !== theirs.tables.length)
    told.push(`it has ${theirs.tables.length} tables in place of ${ours.tables.length}`)
  else for (const [i, table] of ours.tables.entries()) told.push(...tableDifferences(table, theirs.tables[i]!))

  told.push(...textDifferences(ours.prose, theirs.prose))
  const wanted = linksOf(english.text, pair.english).map((link) => inChinese(link, page))
  const links = linksOf(chinese.text, pair.chinese)
  told.push(...setDifferences('link', wanted, links))
  return told
}

function tableDifferences(english: string[][], chinese: string[][]): string[] {
  if (english.length !== chinese.length) return [`a table has ${chinese.length} rows in place of ${english.length}`]
  return english.flatMap((row, i) => {
    const other = chinese[i]!
    if (row.length !== other.length)
      return [`row ${i + 1} of a table has ${other.length} cells in place of ${row.length}`]
    return row.flatMap((cell, j) => {
      // Numbers and signs alone are the same in every language.
      if (!/[\p{L}`]/u.test(cell) && cell !== other[j]) return [`the cell "${cell}" has become "${other[j]}"`]
      return textDifferences(cell, other[j]!)
    })
  })
}

/** Identifiers in backticks and addresses are the same. A number that is written in digits is in the other language, too. */
function textDifferences(english: string, chinese: string): string[] {
  const codes = (text: string): string[] => [...new Set(text.match(/`[^`]+`/g)?.map(unwrapped))]
  const numbers = (text: string): string[] => [...new Set(withoutCode(text).match(/\d+(?:[.,]\d+)*/g))]
  const addresses = (text: string): string[] => [...new Set(withoutCode(text).match(/https?:[\w./:-]*\w\/?/g))]
  const there = new Set(numbers(chinese))
  const lost = numbers(english).filter((number) => !there.has(number))
  return [
    ...setDifferences('code', codes(english), codes(chinese)),
    ...setDifferences('address', addresses(english), addresses(chinese)),
    ...lost.map((number) => `the number ${number} is missing beside "${excerpt(chinese)}"`),
  ]
}

const unwrapped = (code: string): string => code.replaceAll(/\s+/g, ' ')

const withoutCode = (text: string): string => text.replaceAll(/`[^`]+`/g, '').replaceAll(/\]\([^)\s]+\)/g, ']')

const excerpt = (text: string): string => text.trim().slice(0, 60)

function setDifferences(what: string, english: string[], chinese: string[]): string[] {
  const rest = [...chinese]
  const missing = english.filter((one) => {
    const at = rest.indexOf(one)
    if (at >= 0) rest.splice(at, 1)
    return at < 0
  })
  return [
    ...missing.map((one) => `the ${what} ${one} is missing`),
    ...rest.map((one) => `the ${what} ${one} is too much`),
  ]
}

function firstDifference(english: string, chinese: string): string {
  const [ours, theirs] = [english.split('\n'), chinese.split('\n')]
  const at = ours.findIndex((line, i) => line !== theirs[i])
  return `  English: ${ours[at] ?? ''}\n  Chinese: ${theirs[at < 0 ? ours.length : at] ?? ''}`
}

/** Where the links of a section lead, from the root of the checkout, in no order. */
function linksOf(text: string, page: string): string[] {
  const withoutCodeBlocks = text.replaceAll(/^ *```[^]*?^ *```$/gm, '')
  const targets = [...withoutCodeBlocks.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!)
  return targets.map((target) => {
    if (/^[a-z]+:/.test(target)) return target
    const [path = '', anchor] = target.split('#')
    const file = path === '' ? page : join(dirname(page), path)
    return anchor === undefined ? file : `${file}#${anchor}`
  })
}

/** The place that a Chinese reader is led to: the Chinese page where there is one, at the same heading. */
function inChinese(link: string, page: (path: string) => string): string {
  const [path = '', anchor] = link.split('#')
  const pair = PAIRS.find(({ english }) => english === path)
  if (!pair) return link
  if (anchor === undefined) return pair.chinese
  const at = sectionsOf(page(pair.english)).findIndex(({ title }) => anchorOf(title) === anchor)
  const title = sectionsOf(page(pair.chinese))[at]?.title ?? ''
  return `${pair.chinese}#${anchorOf(title)}`
}

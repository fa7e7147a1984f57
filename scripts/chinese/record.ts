import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import {
  anchorOf,
  generatedParts,
  read,
  ROOT,
  sectionsOf,
  switchLine,
  withoutGenerated,
  withoutSwitch,
  type Pair,
  type Section,
} from './pages.ts'

/*
 * `docs/zh/.in-step.json` has the hashes of each English section and of the Chinese one that says the same. A section
 * whose English has changed since is out of step.
 */

export type Entry = {
  /** The English heading. */
  section: string
  english: string
  chinese: string
  /** The Chinese section has a note that the English one is newer. */
  untranslated?: true
}

/** By Chinese page, in the order of its sections. */
export type InStep = Record<string, Entry[]>

export const IN_STEP = 'docs/zh/.in-step.json'

export const recorded = (): InStep => (existsSync(join(ROOT, IN_STEP)) ? (JSON.parse(read(IN_STEP)) as InStep) : {})

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The sections that people write. */
export const writtenSections = (page: string): Section[] => sectionsOf(withoutGenerated(withoutSwitch(page)))

/** Headings that occur twice are told apart by a number. */
export function namesOf(sections: readonly Section[]): string[] {
  const seen = new Map<string, number>()
  return sections.map(({ title }) => {
    const nth = (seen.get(title) ?? 0) + 1
    seen.set(title, nth)
    return nth === 1 ? title : `${title} (${nth})`
  })
}

const NOTE = /^> \*\*尚未(?:更新|翻译)\*\*/m

export const hasNote = (chinese: Section): boolean => NOTE.test(chinese.text)

function note(pair: Pair, english: Section, isNew: boolean): string {
  const link = `${relative(dirname(pair.chinese), pair.english)}#${anchorOf(english.title)}`
  return isNew
    ? `> **尚未翻译**：这一节目前只有[英文版](${link})。`
    : `> **尚未更新**：[英文版的这一节](${link})已有改动，以下译文对应较早的英文版。`
}

export type State =
  | { kind: 'in step' | 'untranslated' }
  /** `only` one of both has changed, or both, or nobody has recorded them. */
  | { kind: 'out of step'; why: 'english' | 'chinese' | 'both' | 'new' | 'note' }

/** Whether a section and its translation are as they were recorded. */
export function stateOf(english: Section, chinese: Section, entry: Entry | undefined): State {
  if (!entry) return { kind: 'out of step', why: 'new' }
  if (hasNote(chinese) !== (entry.untranslated === true)) return { kind: 'out of step', why: 'note' }
  const changed = { english: hashOf(english.text) !== entry.english, chinese: hashOf(chinese.text) !== entry.chinese }
  if (entry.untranslated) return changed.chinese ? { kind: 'out of step', why: 'chinese' } : { kind: 'untranslated' }
  if (!changed.english && !changed.chinese) return { kind: 'in step' }
  const why = changed.english && changed.chinese ? 'both' : changed.english ? 'english' : 'chinese'
  return { kind: 'out of step', why }
}

export type Row = { name: string; english: Section; chinese: Section; entry?: Entry; state: State }

/** The sections of both pages side by side, or nothing when their headings do not fit. */
export function rowsOf(pair: Pair, record: InStep, page: (path: string) => string = read): Row[] | undefined {
  const [english, chinese] = [writtenSections(page(pair.english)), writtenSections(page(pair.chinese))]
  if (english.length !== chinese.length || english.some(({ level }, i) => level !== chinese[i]!.level)) return undefined
  const entries = new Map((record[pair.chinese] ?? []).map((entry) => [entry.section, entry]))
  const names = namesOf(english)
  return english.map((section, i) => {
    const [name, entry] = [names[i]!, entries.get(names[i]!)]
    return { name, english: section, chinese: chinese[i]!, entry, state: stateOf(section, chinese[i]!, entry) }
  })
}

export const entryOf = ({ name, english, chinese }: Row): Entry => ({
  section: name,
  english: hashOf(english.text),
  chinese: hashOf(chinese.text),
  ...(hasNote(chinese) ? { untranslated: true as const } : {}),
})

/** Sections whose English has changed without the Chinese, or that nobody has looked at. */
const isBehind = ({ chinese, state }: Row, recorded: ReadonlySet<string>): boolean =>
  state.kind === 'out of step' &&
  !hasNote(chinese) &&
  (state.why === 'english' || (state.why === 'new' && recorded.has(hashOf(chinese.text))))

export function behind(pair: Pair, record: InStep, page: (path: string) => string = read): Row[] {
  const recorded = new Set((record[pair.chinese] ?? []).map(({ chinese }) => chinese))
  return (rowsOf(pair, record, page) ?? []).filter((row) => isBehind(row, recorded))
}

/**
 * The Chinese page with a note at each section that is behind the English page. New sections have the English heading
 * and a note. Sections that the English page has no longer are gone. Answers undefined when the headings of the Chinese
 * page are not those that were recorded, so that nobody knows which is which.
 */
export function withNotes(pair: Pair, record: InStep, page: (path: string) => string = read): string | undefined {
  const before = page(pair.chinese)
  const rows = rowsOf(pair, record, page)
  const sections = rows ? inPlace(pair, behind(pair, record, page), rows) : moved(pair, record, page)
  if (!sections) return undefined
  const [title = '', ...rest] = sections.join('\n\n').split('\n')
  const written = `${[title, '', switchLine(pair, 'chinese'), ...rest].join('\n')}\n`
  return generatedParts(before).reduce((text, part) => text.replace(withoutGenerated(part), () => part), written)
}

const inPlace = (pair: Pair, behind: readonly Row[], rows: readonly Row[]): string[] => {
  const names = new Set(behind.map(({ name }) => name))
  return rows.map(({ name, english, chinese }) => (names.has(name) ? noted(pair, english, chinese) : chinese.text))
}

/** The headings of the English page have changed: each section finds its translation by the heading that was recorded. */
function moved(pair: Pair, record: InStep, page: (path: string) => string): string[] | undefined {
  const entries = record[pair.chinese] ?? []
  const [english, chinese] = [writtenSections(page(pair.english)), writtenSections(page(pair.chinese))]
  if (entries.length !== chinese.length) return undefined
  const known = new Map(entries.map((entry, i) => [entry.section, { entry, section: chinese[i]! }]))
  const names = namesOf(english)
  return english.map((section, i) => {
    const { entry, section: translated } = known.get(names[i]!) ?? {}
    if (!entry || translated?.level !== section.level)
      return `${'#'.repeat(section.level)} ${section.title}\n\n${note(pair, section, true)}`
    const isOld = hashOf(section.text) !== entry.english && !hasNote(translated)
    return isOld ? noted(pair, section, translated) : translated.text
  })
}

/** The Chinese section with the note below its heading. */
function noted(pair: Pair, english: Section, chinese: Section): string {
  const [heading = '', ...rest] = chinese.text.split('\n')
  return [heading, '', note(pair, english, false), ...rest].join('\n')
}

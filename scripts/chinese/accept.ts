import { differences } from './compare.ts'
import { read, type Pair } from './pages.ts'
import { behind, entryOf, hasNote, rowsOf, withNotes, type InStep } from './record.ts'

/* What `scripts/chinese-in-step.ts` reports and writes, as values. */

const WHY = {
  english: 'the English has changed, the Chinese has not',
  chinese: 'the Chinese has changed',
  both: 'both have changed',
  new: 'its heading is not recorded',
  note: 'the note that it is not translated was added or taken away',
}

type Page = (path: string) => string

/** What is not in step, and the sections that only have a note. */
export function report(
  pairs: readonly Pair[],
  record: InStep,
  page: Page = read,
): { problems: string[]; untranslated: string[] } {
  const problems: string[] = []
  const untranslated: string[] = []
  for (const pair of pairs) {
    problems.push(...differences(pair, hasNote, page))
    const rows = rowsOf(pair, record, page) ?? []
    for (const { name, state } of rows) {
      if (state.kind === 'untranslated') untranslated.push(`${pair.chinese}: "${name}"`)
      if (state.kind === 'out of step') problems.push(`${pair.chinese}: "${name}": ${WHY[state.why]}`)
    }
    const names = new Set(rows.map(({ name }) => name))
    for (const { section } of rows.length > 0 ? (record[pair.chinese] ?? []) : [])
      if (!names.has(section))
        problems.push(`${pair.chinese}: "${section}" is recorded, and ${pair.english} has it no longer`)
  }
  return { problems, untranslated }
}

export type Accepted = {
  record: InStep
  /** Chinese pages with new notes, by path. */
  pages: Map<string, string>
  /** Why pages keep their old record. */
  problems: string[]
}

/**
 * The record of the pages as they are now. `untranslated` puts notes at sections that are behind the English page;
 * `sameMeaning` records them as they are.
 */
export function accept(
  pairs: readonly Pair[],
  record: InStep,
  options: { sameMeaning?: boolean; untranslated?: boolean },
  before: Page = read,
): Accepted {
  const pages = new Map<string, string>()
  if (options.untranslated)
    for (const pair of pairs) {
      const page = withNotes(pair, record, before)
      if (page !== undefined && page !== before(pair.chinese)) pages.set(pair.chinese, page)
    }
  const page: Page = (path) => pages.get(path) ?? before(path)
  const problems: string[] = []
  const next: InStep = {}
  for (const pair of pairs) {
    const stale = options.sameMeaning ? [] : behind(pair, record, page)
    const wrong = [
      ...differences(pair, hasNote, page),
      ...stale.map(({ name }) => `${pair.chinese}: "${name}": the English has changed, the Chinese has not`),
    ]
    problems.push(...wrong)
    const rows = rowsOf(pair, record, page)
    next[pair.chinese] = rows && wrong.length === 0 ? rows.map(entryOf) : (record[pair.chinese] ?? [])
  }
  return { record: next, pages, problems }
}

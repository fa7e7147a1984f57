import type { Clock } from '@postern/runtime/clock'
import { withoutPerson } from '../../domain/broadcasts/without-person.ts'
import { newId } from '../../platform/ids.ts'
import { changedFile, changeReport, filesAfter, overwrittenPart, reportsAfter } from '../../store/broadcast-erasures.ts'
import { readPart } from '../../store/broadcast-files.ts'
import type { Statement } from '../../store/sql.ts'
import type { Store } from '../../store/store.ts'
import { erased, type Range } from './find-person.ts'
import { runTask } from './thread.ts'

const FILES_AT_ONCE = 100
const REPORTS_AT_ONCE = 20
/** Each has a quarter of a megabyte. */
const PARTS_AT_ONCE = 8

/** Erases a person from the files and the reports of a channel's broadcasts. Returns how many rows of files and how many reports it changed. */
export function createEraseInBroadcasts({ store, clock }: { store: Store; clock: Clock }) {
  const { sql } = store

  type StoredFile = Awaited<ReturnType<typeof filesAfter>>[number]

  async function eraseInFile(channelId: number, file: StoredFile, names: readonly string[]): Promise<number> {
    const { id } = file
    const part = () => {
      let n = 0
      return () => readPart(sql, id, n++)
    }
    if (!(await runTask({ kind: 'names', names }, { part: part() }))) return 0
    const { format, delimiter } = file
    const ranges = await runTask({ kind: 'find', file: { format, delimiter }, names }, { part: part() })
    if (ranges.length === 0) return 0
    await overwrite(channelId, file, ranges)
    return ranges.length
  }

  async function overwrite(channelId: number, file: StoredFile, ranges: readonly Range[]): Promise<void> {
    let statements: Statement[] = []
    let start = 0
    for (let n = 0; ; n++) {
      const part = await readPart(sql, file.id, n)
      if (!part) break
      const changed = erased(part, start, ranges, file)
      start += part.length
      if (changed) statements.push(overwrittenPart(file.id, n, changed))
      if (statements.length < PARTS_AT_ONCE) continue
      await sql.atomically(statements)
      statements = []
    }
    await sql.atomically([...statements, ...changedFile(channelId, file.id, `erased ${newId('bf', clock.now())}`)])
  }

  return async (channelId: number, names: readonly string[]): Promise<number> => {
    // A number is stored and searched without its plus sign.
    const plain = [...new Set(names.map((name) => name.replace(/^\+(?=\d)/, '')))].filter((name) => name !== '')
    if (plain.length === 0) return 0
    let rows = 0
    for (let page = await filesAfter(sql, channelId, '', FILES_AT_ONCE); page.length > 0;) {
      for (const file of page) rows += await eraseInFile(channelId, file, plain)
      page = await filesAfter(sql, channelId, page.at(-1)!.id, FILES_AT_ONCE)
    }
    for (let page = await reportsAfter(sql, channelId, '', REPORTS_AT_ONCE); page.length > 0;) {
      for (const { id, report } of page) {
        const to = withoutPerson(report, plain)
        if (to !== report && (await changeReport(sql, channelId, id, { from: report, to }))) rows++
      }
      page = await reportsAfter(sql, channelId, page.at(-1)!.id, REPORTS_AT_ONCE)
    }
    return rows
  }
}

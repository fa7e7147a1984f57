import type { Readable } from 'node:stream'
import type { Channel } from '../../domain/channels/channel.ts'
import { keysOf } from '../../domain/contacts/identity.ts'
import { columnsOf, NO_HEAD, readWish, type WishColumns, type WishRow } from '../../domain/contacts/wish-rows.ts'
import { validationError } from '../../platform/errors.ts'
import { readCsv } from '../../platform/rates/csv.ts'
import { wishesByKey } from '../../store/wishes.ts'
import type { Notice, Store } from '../../store/store.ts'
import { BrokenCsv, csvParts } from './csv-parts.ts'
import { preferenceNotice } from './preference-notice.ts'

export const MOST_ROWS = 100_000
export const MOST_BYTES = 16 * 1024 * 1024
/** Rows that are looked up, and committed, together. */
const ROWS_AT_ONCE = 200
const PROBLEMS_SHOWN = 100

export type WishImport = {
  rows: number
  changed: number
  /** The contact's wish was the same, or a newer one is known. */
  unchanged: number
  wrong: number
  problems: { line: number; message: string }[]
}

/**
 * Records the wishes in a CSV file, row by row as it arrives. A wrong row is reported, and the others are recorded: a stop
 * that is lost does more harm than one that was given in bad company. The same file again changes nothing.
 */
export async function importWishes(
  deps: { store: Store; tell: (notices: readonly Notice[]) => Promise<unknown>; now: () => number },
  channel: Channel,
  file: Readable,
): Promise<WishImport> {
  const done: WishImport = { rows: 0, changed: 0, unchanged: 0, wrong: 0, problems: [] }
  let columns: WishColumns | undefined
  let batch: WishRow[] = []

  async function keep(): Promise<void> {
    const rows = batch
    batch = []
    const notices = await newWishes(deps.store, channel, rows, deps.now())
    for (let at = 0; at < notices.length; at += ROWS_AT_ONCE) await deps.tell(notices.slice(at, at + ROWS_AT_ONCE))
    done.changed += notices.length
    done.unchanged += rows.length - notices.length
  }

  async function take(cells: string[], line: number): Promise<void> {
    if (columns === undefined) {
      const found = columnsOf(cells)
      if (typeof found === 'string') throw wrongFile(line, found)
      columns = found ?? NO_HEAD
      if (found) return
    }
    if (++done.rows > MOST_ROWS)
      throw wrongFile(line, `a file has at most ${MOST_ROWS} rows: import the rest as another`)
    const row = readWish(cells, columns, deps.now())
    if (typeof row === 'string') {
      done.wrong++
      if (done.problems.length < PROBLEMS_SHOWN) done.problems.push({ line, message: row })
    } else if (batch.push(row) >= ROWS_AT_ONCE) await keep()
  }

  try {
    for await (const { text, linesBefore } of csvParts(bounded(file)))
      for (const { line, cells } of readCsv(text.replace(/^\ufeff/, ''))) await take(cells, line + linesBefore)
    await keep()
  } catch (error) {
    // What is left is read and dropped, so that the sender gets the answer.
    file.resume()
    if (!(error instanceof BrokenCsv)) throw error
    await keep()
    throw wrongFile(error.line, error.message)
  }
  return done
}

/** The wishes that are news, as facts. Of two rows for one contact, the later one of the file is compared with the earlier. */
async function newWishes(store: Store, channel: Channel, rows: readonly WishRow[], now: number): Promise<Notice[]> {
  const keyOf = ({ contact }: WishRow): string => keysOf(contact)[0]!
  const known = await wishesByKey(store.sql, channel.id, [...new Set(rows.map(keyOf))])
  return rows.flatMap((row) => {
    const before = known.get(keyOf(row))
    if (before && (before.state === row.state || before.at > row.at)) return []
    known.set(keyOf(row), { ...row, by: 'business' })
    return [preferenceNotice(channel, row.contact, { state: row.state, at: row.at }, now)]
  })
}

/** Leaves the rest of the file to be read when the reader stops early. */
async function* bounded(file: Readable): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of file.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MOST_BYTES)
      throw validationError([
        { path: 'file', rule: 'maxSize', message: `has more than ${MOST_BYTES} bytes: split it. ${RECORDED}` },
      ])
    yield chunk
  }
}

const RECORDED = 'The rows before are recorded, and may be imported again.'

const wrongFile = (line: number, problem: string): Error =>
  validationError([{ path: 'file', rule: 'csv', message: `line ${line}: ${problem}. ${RECORDED}` }])

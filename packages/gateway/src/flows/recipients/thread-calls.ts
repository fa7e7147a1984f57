import type { GivenMap } from '../../domain/broadcasts/row-map.ts'
import type { ContactFacts, Tally, Terms } from '../../domain/broadcasts/report.ts'
import type { CatalogEntry } from '../../domain/templates/catalog-entry.ts'
import type { Names, Range } from './find-person.ts'
import type { FileFormat, Layout } from './read-rows.ts'

/* What the thread that reads files is given, what it asks for, and what it says at the end. */

/** How the rows of a file become messages. */
export type Reading = {
  format: FileFormat
  map: GivenMap | null
  message: Record<string, unknown>
  defaultLanguage: string | null
}

export type Task =
  /** Reads the whole file once: its columns and the number of its rows. */
  | { kind: 'inspect'; format: FileFormat | undefined }
  /** Judges every row, changes nothing. */
  | { kind: 'check'; reading: Reading; terms: Terms }
  /** Hands over the good rows, from the row behind `done` on. */
  | { kind: 'load'; reading: Reading; done: number; skipBad: boolean }
  /** Could one of these names be in the file? */
  | { kind: 'names'; names: Names }
  /** The rows that name a person. */
  | { kind: 'find'; file: { format: FileFormat; delimiter: string | null }; names: Names }

export type Results = {
  inspect: { layout: Layout; rows: number }
  check: Tally
  load: { rows: number }
  names: boolean
  find: Range[]
}

export type LoadedRow = { n: number; line: number; contact: string; own: string | null; name: string | null }
export type LoadedBatch = {
  /** Rows of the file that are done with this batch. */
  upTo: number
  rows: LoadedRow[]
  duplicates: number
  skipped: number
}

/** The thread asks, the gateway answers. */
export type Asks = {
  /** The next part of the file; undefined at its end. */
  part: { args: null; answer: Uint8Array | undefined }
  template: { args: string; answer: readonly CatalogEntry[] }
  /**
   * In the order of the contacts; null for one of whom nothing is known. `marketing`: one of them may get marketing, so the
   * other numbers of the account count, too.
   */
  contacts: { args: { names: string[]; marketing: boolean }; answer: (ContactFacts | null)[] }
  /** A piece of the report's file. */
  report: { args: string; answer: null }
  rows: { args: LoadedBatch; answer: null }
}

export type Handlers = { [K in keyof Asks]?: (args: Asks[K]['args']) => Promise<Asks[K]['answer']> }

/** `task` counts the tasks of a thread: what an earlier one still asks for is not answered. */
export type ToThread = { kind: 'task'; task: number; given: Task } | { kind: 'answer'; id: number; value: unknown }
export type FromThread =
  | { kind: 'ask'; task: number; id: number; what: keyof Asks; args: unknown }
  | { kind: 'done'; result: unknown }
  /** The file cannot be read, or the map does not fit: for the caller. Otherwise it is a bug. */
  | { kind: 'failed'; problems: { path: string; rule: string; message: string }[] | null; message: string }

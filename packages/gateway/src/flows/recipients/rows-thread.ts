import { parentPort } from 'node:worker_threads'
import { csvLine } from '../../domain/broadcasts/results-csv.ts'
import {
  judgeRow,
  readCells,
  readObject,
  templatesOf,
  type BadRow,
  type GoodRow,
} from '../../domain/broadcasts/judge-row.ts'
import { createTally, NOTHING_KNOWN, type ShownRow } from '../../domain/broadcasts/report.ts'
import { columnsIn, readMap, type RowMap } from '../../domain/broadcasts/row-map.ts'
import type { CatalogEntry } from '../../domain/templates/catalog-entry.ts'
import { relieveGcPressure } from '../../platform/gc-pressure.ts'
import { mayName, rangesOf } from './find-person.ts'
import { cellsOf, FileProblem, MOST_ROWS, openRows, type Layout, type ReadRow } from './read-rows.ts'
import { createSeen } from './seen.ts'
import type { Asks, FromThread, LoadedRow, Reading, Results, Task, ToThread } from './thread-calls.ts'

/**
 * Reads and judges recipients' files outside of the event loop: a million rows take seconds of processor time. It holds
 * no connections; all that it needs, it asks for.
 */

const port = parentPort!
const say = (message: FromThread): void => port.postMessage(message)

type Ask = <K extends keyof Asks>(what: K, args: Asks[K]['args']) => Promise<Asks[K]['answer']>

const asked = new Map<number, (value: never) => void>()
let lastAsk = 0
let task = 0

/** Asks for one task. When the task is over, what is left of it waits for ever, and is collected. */
const askFor =
  (own: number): Ask =>
  (what, args) =>
    new Promise((resolve) => {
      if (own !== task) return
      const id = ++lastAsk
      asked.set(id, resolve)
      say({ kind: 'ask', task, id, what, args })
    })

port.on('message', (message: ToThread) => {
  if (message.kind === 'task') {
    asked.clear()
    task = message.task
    return void run(message.given, askFor(task))
  }
  asked.get(message.id)?.(message.value as never)
  asked.delete(message.id)
})

/** A map or a file that does not fit. */
class Problems extends Error {
  readonly problems: { path: string; rule: string; message: string }[]
  constructor(problems: { path: string; rule: string; message: string }[]) {
    super('the rows cannot be read')
    this.problems = problems
  }
}

async function* parts(ask: Ask): AsyncGenerator<Uint8Array> {
  // The next part is on its way while this one is read.
  let next = ask('part', null)
  const relieve = relieveGcPressure()
  for (;;) {
    const part = await next
    if (part === undefined) return
    relieve(part.length)
    next = ask('part', null)
    yield part
  }
}

function counted(rows: number): void {
  if (rows > MOST_ROWS) throw new FileProblem(`the file has more than ${MOST_ROWS} rows: split it`)
}

async function inspect({ format }: Extract<Task, { kind: 'inspect' }>, ask: Ask): Promise<Results['inspect']> {
  const { layout, rows } = await openRows(parts(ask), format)
  let count = 0
  for await (const _row of rows) counted(++count)
  if (count === 0) throw new FileProblem('the file has no rows below its first line')
  return { layout, rows: count }
}

type Judged = { line: number; row: GoodRow | BadRow }
/** A row of which nothing is left; it keeps its place. */
type Erased = { line: number; erased: true }

/** The rows of the file, judged one by one. */
async function* judged(reading: Reading, ask: Ask): AsyncGenerator<Judged | Erased> {
  const { layout, rows } = await openRows(parts(ask), reading.format)
  const { map, columns } = mapOf(reading, layout)
  const entries = new Map<string, readonly CatalogEntry[]>()
  const ground = {
    message: reading.message,
    defaultLanguage: reading.defaultLanguage,
    entriesOf: (name: string) => entries.get(name),
    ...(map && { columnOf: map.columnOf }),
  }
  for await (const read of rows) {
    if ('erased' in read) {
      yield read
      continue
    }
    const row = rowOf(read, map, columns)
    if ('ok' in row) yield { line: read.line, row }
    else {
      for (const name of templatesOf(ground, row))
        if (!entries.has(name)) {
          // A hostile file may name a million templates.
          if (entries.size >= 1_000) entries.clear()
          entries.set(name, await ask('template', name))
        }
      yield { line: read.line, row: judgeRow(ground, row) }
    }
  }
}

function mapOf({ map: given }: Reading, layout: Layout): { map: RowMap | undefined; columns: string[] } {
  // Without a map, rows of JSON are recipients as the API takes them.
  if (layout.format === 'jsonl' && given === null) return { map: undefined, columns: [] }
  const columns = layout.format === 'jsonl' ? [...new Set([...layout.columns, ...columnsIn(given!)])] : layout.columns
  const read = readMap(given ?? undefined, columns)
  if (!read.ok) throw new Problems(read.problems)
  return { map: read.map, columns }
}

function rowOf(read: Exclude<ReadRow, Erased>, map: RowMap | undefined, columns: readonly string[]) {
  if ('problem' in read)
    return { ok: false, recipient: '', reason: 'row_unreadable', message: read.problem } satisfies BadRow
  if ('cells' in read) return readCells(map!, read.cells)
  return map ? readCells(map, cellsOf(read.object, columns)) : readObject(read.object)
}

const BATCH = 250
const REPORT_PIECE = 200_000
/** Batches whose contacts are being looked up. */
const MOST_WAITING = 4

const isMarketing = (entry: GoodRow['entry']): boolean => entry?.category === 'MARKETING'

async function check({ reading, terms }: Extract<Task, { kind: 'check' }>, ask: Ask): Promise<Results['check']> {
  const tally = createTally(terms)
  const seen = createSeen()
  let text = csvLine(['line', 'recipient', 'reason', 'message'])
  let rows = 0
  const note = (shown: ShownRow | undefined): void => {
    if (shown) text += csvLine([shown.line, shown.recipient, shown.reason, shown.message])
  }
  type Batch = { all: (Judged | { line: number; duplicate: string })[]; facts: Promise<Asks['contacts']['answer']> }
  const waiting: Batch[] = []
  const settle = async ({ all, facts }: Batch): Promise<void> => {
    const known = await facts
    let next = 0
    for (const one of all) {
      if ('duplicate' in one) note(tally.duplicate(one.line, one.duplicate))
      else if (one.row.ok) note(tally.good(one.line, one.row, known[next++] ?? NOTHING_KNOWN))
      else note(tally.bad(one.line, one.row))
    }
    if (text.length >= REPORT_PIECE) {
      await ask('report', text)
      text = ''
    }
  }
  let all: Batch['all'] = []
  const ready = async (): Promise<void> => {
    const good = all.flatMap((one) => ('row' in one && one.row.ok ? [one.row] : []))
    const names = good.map(({ contact }) => contact)
    const marketing = good.some(({ entry, instead }) => isMarketing(entry) || isMarketing(instead))
    const facts = names.length === 0 ? Promise.resolve([]) : ask('contacts', { names, marketing })
    waiting.push({ all, facts })
    all = []
    if (waiting.length >= MOST_WAITING) await settle(waiting.shift()!)
  }
  for await (const one of judged(reading, ask)) {
    counted(++rows)
    if ('erased' in one) continue
    const isDuplicate = one.row.ok && !seen(one.row.contact)
    all.push(isDuplicate && one.row.ok ? { line: one.line, duplicate: one.row.contact } : one)
    if (all.length >= BATCH) await ready()
  }
  await ready()
  while (waiting.length > 0) await settle(waiting.shift()!)
  await ask('report', text)
  return tally.result()
}

const LOAD_BATCH = 500

async function load({ reading, done, skipBad }: Extract<Task, { kind: 'load' }>, ask: Ask): Promise<Results['load']> {
  const seen = createSeen()
  let batch: LoadedRow[] = []
  let [n, duplicates, skipped, sent] = [0, 0, 0, done]
  const hand = async (): Promise<void> => {
    await ask('rows', { upTo: n, rows: batch, duplicates, skipped })
    ;[batch, duplicates, skipped, sent] = [[], 0, 0, n]
  }
  for await (const one of judged(reading, ask)) {
    counted(n + 1)
    const place = n++
    const isErased = 'erased' in one
    const isNew = !isErased && one.row.ok && seen(one.row.contact)
    if (place < done) continue
    const { line } = one
    const row = isErased ? undefined : one.row
    if (!row) skipped++
    else if (!row.ok) {
      if (!skipBad) throw new FileProblem(`line ${line}: ${row.message}`)
      skipped++
    } else if (isNew) batch.push({ n: place, line, contact: row.contact, own: row.own, name: row.name })
    else duplicates++
    if (n - sent >= LOAD_BATCH) await hand()
  }
  if (n > sent) await hand()
  return { rows: n }
}

async function work(given: Task, ask: Ask): Promise<unknown> {
  if (given.kind === 'inspect') return inspect(given, ask)
  if (given.kind === 'names') return mayName(parts(ask), given.names)
  if (given.kind === 'find') return rangesOf(parts(ask), given.file, given.names)
  return given.kind === 'check' ? check(given, ask) : load(given, ask)
}

async function run(given: Task, ask: Ask): Promise<void> {
  try {
    say({ kind: 'done', result: await work(given, ask) })
  } catch (error) {
    const problems =
      error instanceof Problems
        ? error.problems
        : error instanceof FileProblem
          ? [{ path: 'file', rule: 'pattern', message: error.message }]
          : null
    say({ kind: 'failed', problems, message: (error as Error).message })
  }
}

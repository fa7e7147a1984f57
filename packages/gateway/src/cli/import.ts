import { createChannelSchema } from '../domain/channels/channel.ts'
import { MOST_ROWS } from '../domain/channels/plan-import.ts'
import { readCsv } from '../platform/rates/csv.ts'
import { readText, unconfirmed } from './channel.ts'
import { Failed, type Answer, type Command } from './command.ts'
import { connect, CONNECTION, type Connection } from './connect.ts'
import { table } from './table.ts'

/** Values that are lists or objects, which a cell cannot hold. */
const NO_CELLS = ['quiet_hours', 'stop_words', 'start_words']
/** The columns: what `POST /admin/channels` takes. */
const COLUMNS = Object.keys(createChannelSchema.shape).filter((name) => !NO_CELLS.includes(name))
/** What can be shown of a file. In one without a heading, or with its columns in another order, any cell may be a token. */
const NAME = /^[a-z_ -]{1,30}$/i
const NUMBERS = ['channel_id', 'messages_per_second']

type Row = { line: number; given: Record<string, unknown> }
type Problem = { line: number; column?: string; message: string }
type Done = {
  row: number
  did: 'channel' | 'code' | 'nothing'
  channel_id: number | null
  certification_code?: string
  webhook_secret?: string
}

export const importCommand: Command = {
  name: 'import',
  summary: 'Add channels and certification codes from a CSV file.',
  args: '<file>',
  usage: '<file.csv> [--dry-run]',
  details: [
    `The first line names the columns: ${COLUMNS.join(', ')}.`,
    'A new number needs name, business_phone, phone_number_id, waba_id and access_token. A further line for a number needs only phone_number_id and certification_code: it adds the code.',
    'Each new number is checked with WhatsApp. When any line is wrong, nothing is made. What exists stays as it is, so the file can be imported again.',
    `At most ${MOST_ROWS} lines. "-" reads stdin. Tokens and codes of the file are not printed.`,
  ].join('\n'),
  options: {
    'dry-run': { type: 'boolean', help: 'Check the file, and print what would be made.' },
    'no-check': { type: 'boolean', help: 'Skip the check with WhatsApp.' },
    ...CONNECTION,
  },
  async run(call) {
    const [path] = call.words
    const { rows, problems } = rowsIn(readText(path!))
    if (problems.length > 0) throw refused(path!, problems)
    const gateway = await connect(call)
    try {
      const ask = askFor(gateway, path!, rows)
      const planned = await ask(true)
      if (call.values['no-check'] !== true) await mustWork(gateway, path!, rows, planned)
      const isDry = call.values['dry-run'] === true
      return answerOf(rows, isDry ? planned : await ask(false), isDry)
    } finally {
      await gateway.close()
    }
  },
}

/** Reads the lines. Values are checked by the gateway, as those of any other call. */
export function rowsIn(text: string): { rows: Row[]; problems: Problem[] } {
  const [head, ...lines] = readCsv(text.replace(/^\ufeff/, ''))
  if (!head || lines.length === 0)
    return { rows: [], problems: [{ line: 1, message: 'there is no line with a number' }] }
  const names = head.cells
  const problems: Problem[] = []
  for (const [i, name] of names.entries()) {
    if (!COLUMNS.includes(name)) {
      const what = NAME.test(name) ? `there is no column "${name}"` : `value ${i + 1} is not the name of a column`
      problems.push({ line: head.line, message: `${what}. Columns: ${COLUMNS.join(', ')}` })
    } else if (names.indexOf(name) < i) problems.push({ line: head.line, column: name, message: 'is there twice' })
  }
  if (!names.includes('phone_number_id'))
    problems.push({ line: head.line, column: 'phone_number_id', message: 'this column is missing' })
  if (lines.length > MOST_ROWS)
    problems.push({ line: lines[MOST_ROWS]!.line, message: `at most ${MOST_ROWS} lines: split the file` })
  for (const { line, cells } of lines)
    if (cells.length > names.length)
      problems.push({ line, message: `has ${cells.length} values for ${names.length} columns` })
  const rows = lines.map(({ line, cells }) => ({
    line,
    given: Object.fromEntries(
      names.flatMap((name, i) => {
        const cell = cells[i] ?? ''
        return cell === '' ? [] : [[name, valueOf(name, cell)]]
      }),
    ),
  }))
  return { rows, problems }
}

function valueOf(name: string, cell: string): unknown {
  if (NUMBERS.includes(name) && /^\d{1,15}$/.test(cell)) return Number(cell)
  if (name === 'direct_send' && (cell === 'true' || cell === 'false')) return cell === 'true'
  return cell
}

function askFor(gateway: Connection, path: string, rows: readonly Row[]) {
  return async (isDry: boolean): Promise<Done[]> => {
    const body = { channels: rows.map(({ given }) => given), dry_run: isDry }
    try {
      return ((await gateway.ask('POST', '/admin/channels/import', body)) as { rows: Done[] }).rows
    } catch (error) {
      const problems = error instanceof Failed ? problemsIn(error, rows) : []
      throw problems.length > 0 ? refused(path, problems) : error
    }
  }
}

/** The gateway's problems, by the lines of the file. */
function problemsIn(error: Failed, rows: readonly Row[]): Problem[] {
  const { fields } = (error.data.error ?? {}) as { fields?: { path: string; message: string; actual?: unknown }[] }
  return (fields ?? []).flatMap(({ path, message: told, actual }) => {
    const [, index, column] = /^channels\.(\d+)(?:\.(.+))?$/.exec(path) ?? []
    const row = rows[Number(index)]
    const message =
      typeof actual === 'string' && !NAME.test(actual)
        ? told.replaceAll(JSON.stringify(actual), 'something else')
        : told
    return row ? [{ line: row.line, ...(column !== undefined && { column }), message }] : []
  })
}

/** Throws what WhatsApp does not confirm of the new numbers. */
async function mustWork(gateway: Connection, path: string, rows: readonly Row[], planned: Done[]): Promise<void> {
  const problems: Problem[] = []
  for (const { row } of planned.filter(({ did }) => did === 'channel')) {
    const { line, given } = rows[row]!
    for (const { step, says } of await unconfirmed(gateway, given))
      problems.push({ line, message: `WhatsApp does not confirm the ${step}: ${says}` })
  }
  if (problems.length > 0) throw refused(path, problems, ' To add the numbers without the check, use --no-check.')
}

function refused(path: string, problems: readonly Problem[], more = ''): Failed {
  const sorted = problems.toSorted((a, b) => a.line - b.line)
  const lines = sorted.map(
    ({ line, column, message }) => `  line ${line}${column === undefined ? '' : `, ${column}`}: ${message}`,
  )
  return new Failed(`Nothing was made: ${path} has lines that are wrong.${more}\n${lines.join('\n')}`, {
    problems: sorted,
  })
}

const DID = { channel: 'channel added', code: 'code added', nothing: 'is there already' }
const WOULD = { channel: 'would add a channel', code: 'would add a code', nothing: 'is there already' }

function answerOf(rows: readonly Row[], done: readonly Done[], isDry: boolean): Answer {
  const told = done.map(({ row, ...rest }) => ({ line: rows[row]!.line, ...rest }))
  const words = isDry ? WOULD : DID
  const text = table(
    ['LINE', 'PHONE NUMBER ID', 'CHANNEL', 'RESULT'],
    done.map(({ row, did, channel_id: id }) => [rows[row]!.line, rows[row]!.given.phone_number_id, id, words[did]]),
  )
  const secrets = done.flatMap(({ channel_id: id, certification_code: code, webhook_secret: secret }) => [
    ...(code === undefined ? [] : [[id, 'certification code', code]]),
    ...(secret === undefined ? [] : [[id, 'webhook secret', secret]]),
  ])
  const made =
    secrets.length === 0
      ? ''
      : `\n\n${table(['CHANNEL', 'NEW', 'VALUE'], secrets)}\n\nKeep them now: they are not shown again.`
  return { data: { dry_run: isDry, rows: told }, text: `${text}${made}` }
}

import { createHash, randomUUID } from 'node:crypto'
import { MOST_PROBLEMS } from '../domain/fields/problem.ts'
import { MOST_RECIPIENTS, problemsOfMessage, readRecipients } from '../domain/messages/broadcast-message.ts'
import { FROM_FILE, sendFile } from './broadcast-file.ts'
import type { Broadcast } from './broadcast-line.ts'
import { codeOf, CUSTOMER, summaryOf } from './broadcast-show.ts'
import { watchBroadcast } from './broadcast-watch.ts'
import { Failed, Misused, textOf, type Call, type Command } from './command.ts'
import { asCustomer, type Connection } from './connect.ts'
import { readText } from './channel.ts'
import { contentOf, MESSAGE } from './send.ts'

/** Pages of recipients stay well below the body limit. */
const PAGE_BYTES = 150_000

export const broadcastSend: Command = {
  name: 'broadcast send',
  summary: 'Send one message to many contacts, at the number’s rate limit.',
  args: '[file]',
  usage: '[file] (--template <name> | --text <text> | --body <path>) [--map <key=column> …] [--dry-run] [--wait]',
  details: [
    'A file with columns is CSV or JSON Lines: its columns are mapped to number, name and parameters, every row is',
    'checked, and nothing is sent while rows are bad. --recipients is for a plain list: its file has one number per line, or',
    'is a JSON array in the form of POST /external/broadcasts: numbers, or objects with their own components. The whole file is checked before the broadcast is created.',
    'For a day, the same file with the same message and name is the same broadcast, so no contact gets it twice. An',
    'interrupted command continues where it ended. --again creates a new broadcast.',
  ].join(' '),
  options: {
    recipients: { type: 'string', value: 'path', help: 'A plain list instead of a file with columns; - reads stdin.' },
    name: { type: 'string', help: 'Name of the broadcast in lists.' },
    ...MESSAGE,
    ...FROM_FILE,
    wait: {
      type: 'boolean',
      help: 'Wait until the broadcast ends. The exit code is 1 when a recipient did not get the message.',
    },
    again: { type: 'boolean', help: 'Send again to recipients who already got this broadcast.' },
    ...CUSTOMER,
  },
  async run(call) {
    const path = textOf(call.values, 'recipients')
    const [file] = call.words
    if (file !== undefined && path !== undefined)
      throw new Misused('give a file with columns or --recipients, not both')
    if (file !== undefined) return sendFile(call, file)
    for (const name of Object.keys(FROM_FILE))
      if (call.values[name] !== undefined) throw new Misused(`--${name} needs a file with columns`)
    if (path === undefined) throw new Misused('the file is missing')
    const message = contentOf(call)
    const rows = recipientsIn(readText(path), path)
    const people = await mustBeRight(message, rows, path)
    const gateway = await asCustomer(call, codeOf(call))
    const name = textOf(call.values, 'name')
    const key = call.values.again === true ? randomUUID() : keyOf({ name, message, people })
    const body = { message, start: false, ...(name !== undefined && { name }) }
    const { id } = (await gateway.ask('POST', '/external/broadcasts', body, { 'idempotency-key': key })) as Broadcast
    let now = await started(gateway, id, people, call)
    if (call.values.wait === true) now = await watchBroadcast(gateway, now, call)
    const { failed, unknown } = now.counts
    const broken = call.values.wait === true && (now.state !== 'done' || failed + unknown > 0)
    const later = now.state === 'done' ? '' : `\n\nSee the progress with: postern broadcast show ${now.id}`
    return { data: now, text: `${summaryOf(now)}${later}`, failed: broken }
  },
}

/** Throws every problem of the message and the rows before the first request to the gateway. */
async function mustBeRight(message: Record<string, unknown>, rows: readonly Row[], path: string): Promise<unknown[]> {
  if (rows.length > MOST_RECIPIENTS)
    throw new Failed(`${path} has ${rows.length} recipients; a broadcast has at most ${MOST_RECIPIENTS}.`)
  const problems = problemsOfMessage(message)
  const people = rows.map(({ one }) => one)
  const read = problems.length > 0 ? undefined : await readRecipients(message, people, async () => {})
  const fields = [...problems, ...(read && !read.ok ? read.problems : [])]
  if (fields.length === 0) return people
  const shown = fields.map((field) => ({ ...field, path: placeOf(field.path, rows, path) }))
  throw new Failed(
    `${shown.length >= MOST_PROBLEMS ? `At least ${shown.length}` : shown.length} ${shown.length === 1 ? 'problem was' : 'problems were'} found, so no broadcast was created.`,
    { error: { fields: shown } },
  )
}

/** Turns `recipients.2.to` into the line of the file. */
function placeOf(field: string, rows: readonly Row[], path: string): string {
  const [, index, rest] = /^recipients\.(\d+)(?:\.(.*))?$/.exec(field) ?? []
  if (index === undefined) return field
  return [`${path} ${rows[Number(index)]!.place}`, rest].filter((part) => part !== undefined && part !== '').join(', ')
}

/** The same message, name and recipients give the same key. Keys of different channels are independent. */
const keyOf = (content: unknown): string =>
  `broadcast-send-${createHash('sha256').update(JSON.stringify(content)).digest('hex')}`

/** Adds the recipients and starts the broadcast, unless an earlier run of the same command did. */
async function started(gateway: Connection, id: string, people: readonly unknown[], call: Call): Promise<Broadcast> {
  const path = `/external/broadcasts/${id}`
  const found = (await gateway.ask('GET', path)) as Broadcast
  if (found.state === 'cancelled')
    throw new Failed(`The same file was sent as ${id}, which was cancelled. To send it again: --again.`)
  const { total, waiting } = found.counts
  if (found.state !== 'paused' || waiting < total) {
    call.note(
      `The same file was sent as ${id} already, so nothing is sent. To send it again to all recipients: --again.` +
        (found.state === 'paused' || found.state === 'stopped' ? ` To resume it: postern broadcast resume ${id}` : ''),
    )
    return found
  }
  if (total > 0) call.note(`Continuing ${id}, which an earlier run of this command created.`)
  try {
    for (const page of pagesOf(people)) await gateway.ask('POST', `${path}/recipients`, { recipients: page })
    return (await gateway.ask('POST', `${path}/resume`)) as Broadcast
  } catch (error) {
    if (!(error instanceof Failed)) throw error
    // A row that the gateway refuses will be refused later too. A broadcast with half of its recipients must not wait
    // for a resume.
    if (error.data.code === 422) {
      await gateway.ask('POST', `${path}/cancel`)
      throw new Failed(`${error.message} The broadcast ${id} was cancelled, and no message was sent.`, error.data)
    }
    throw new Failed(`${error.message} No message was sent yet: run the same command again to continue ${id}.`, {
      ...error.data,
      broadcast: id,
    })
  }
}

/** One recipient, and its place in the file. */
type Row = { one: unknown; place: string }

/** Reads a JSON array, or one number per line. */
export function recipientsIn(text: string, path: string): Row[] {
  let rows: Row[]
  // Some editors begin a file with a byte order mark.
  const content = text.replace(/^\uFEFF/, '')
  if (/^\s*\[/.test(content)) {
    try {
      rows = (JSON.parse(content) as unknown[]).map((one, i) => ({ one, place: `entry ${i + 1}` }))
    } catch (error) {
      throw new Failed(`${path} begins like a JSON array, but cannot be parsed: ${(error as Error).message}.`)
    }
  } else {
    rows = content
      .split(/\r?\n/)
      .map((line, i) => ({ one: line.trim(), place: `line ${i + 1}` }))
      .filter(({ one }) => one !== '')
  }
  if (rows.length === 0) throw new Failed(`${path} has no recipients.`)
  return rows
}

/** Divides recipients into pages below the body limit. */
export function pagesOf(people: readonly unknown[], most = PAGE_BYTES): unknown[][] {
  const pages: unknown[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const one of people) {
    const weight = Buffer.byteLength(JSON.stringify(one) ?? '') + 1
    if (size + weight > most) {
      pages.push([])
      size = 0
    }
    pages.at(-1)!.push(one)
    size += weight
  }
  return pages
}

import { openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BroadcastReport } from '@postern/client'
import { type Broadcast, duration, isBroken } from './broadcast-line.ts'
import { codeOf, summaryOf } from './broadcast-show.ts'
import { watchBroadcast } from './broadcast-watch.ts'
import { Failed, listOf, Misused, textOf, type Answer, type Call, type Option, type Values } from './command.ts'
import { asCustomer, type Connection } from './connect.ts'
import { contentOf } from './send.ts'
import { facts, table } from './table.ts'

/** Options of a broadcast from a file with columns. */
export const FROM_FILE: Record<string, Option> = {
  map: {
    type: 'string',
    value: 'key=column',
    help: 'Which column is what: to=Telephone, body.1=Name, language=lang, template=tpl.',
    multiple: true,
  },
  set: { type: 'string', value: 'key=value', help: 'The same value for all rows: body.2=10 %.', multiple: true },
  'dry-run': { type: 'boolean', help: 'Check every row, show what would happen, and send nothing.' },
  'skip-bad': { type: 'boolean', help: 'Leave rows out that cannot be sent. Otherwise nothing is sent.' },
  'send-at': { type: 'string', value: 'time', help: 'Begin then: Unix seconds, or ISO 8601 with an offset.' },
}

/** Uploads the file, checks every row, and starts: `postern broadcast send people.csv --template offer --map …`. */
export async function sendFile(call: Call, path: string): Promise<Answer> {
  const map = mapOf(call.values)
  const message = contentOf(call)
  const file = await openAsBlob(path).catch((error: Error) => {
    throw new Failed(`${path} cannot be read: ${error.message}.`)
  })
  const gateway = await asCustomer(call, codeOf(call))
  const form = new FormData()
  form.append('file', file, basename(path))
  const { file_id: fileId } = (await gateway.ask('POST', '/external/broadcast-files', form)) as { file_id: string }
  const sendAt = textOf(call.values, 'send-at')
  const settings = {
    skip_bad: call.values['skip-bad'] === true,
    send_at: sendAt === undefined ? null : /^\d+$/.test(sendAt) ? Number(sendAt) : sendAt,
  }
  const made = (await gateway.ask('POST', '/external/broadcasts', {
    ...{ message, file_id: fileId, draft: true, name: textOf(call.values, 'name') ?? basename(path) },
    ...(map !== undefined && { map }),
    ...(call.values.again === true && { again: true }),
  })) as Broadcast
  if (made.state === 'cancelled')
    throw new Failed(`The same file was sent as ${made.id}, which was cancelled. To send it: --again.`, {
      broadcast: made.id,
    })
  if (made.state !== 'draft' && made.state !== 'checked') {
    call.note(`The same file was sent as ${made.id} already, so nothing is sent. To send it again to all: --again.`)
    return { data: made, text: summaryOf(made) }
  }
  const place = `/external/broadcasts/${made.id}`
  // An earlier run may have made it with other settings.
  await gateway.ask('PATCH', place, settings)
  const report = (await gateway.ask('POST', `${place}/check`)) as BroadcastReport
  const skips = call.values['skip-bad'] === true
  if (call.values['dry-run'] === true)
    return { data: { id: made.id, ...report }, text: reportText(report, made.id, path), failed: !report.ok && !skips }
  if (!report.ok && !(skips && report.forecast.total > 0))
    throw new Failed(`${report.problem ?? 'Rows are wrong.'} Nothing was sent.\n\n${badRows(report, made.id)}`, {
      broadcast: made.id,
      report,
    })
  await gateway.ask('POST', `${place}/start`, {})
  const now = await followed(gateway, made.id, call)
  const isWatched = call.values.wait === true || call.terminal !== undefined
  const later = now.state === 'done' ? '' : `\n\nSee the progress with: postern broadcast show ${now.id} --watch`
  return {
    data: now,
    text: `${summaryOf(now)}${later}`,
    failed: isWatched && isBroken(now),
  }
}

/** Recipients of a file are entered first, then it runs. */
async function followed(gateway: Connection, id: string, call: Call): Promise<Broadcast> {
  const look = async (): Promise<Broadcast> => (await gateway.ask('GET', `/external/broadcasts/${id}`)) as Broadcast
  let now = await look()
  if (call.values.wait !== true && call.terminal === undefined) return now
  while (now.state === 'preparing') {
    await sleep(250)
    now = await look()
  }
  return watchBroadcast(gateway, now, call)
}

/** `to=Telephone` and `body.2=10 %` in the form of the API. */
export function mapOf(values: Values): Record<string, unknown> | undefined {
  const pairs = (name: 'map' | 'set'): [string, string][] =>
    listOf(values, name).map((given) => {
      const at = given.indexOf('=')
      if (at < 1 || at === given.length - 1)
        throw new Misused(`--${name} must be ${name === 'map' ? 'key=column' : 'key=value'}, got "${given}"`)
      return [given.slice(0, at).trim(), given.slice(at + 1).trim()]
    })
  const all: [string, unknown][] = [
    ...pairs('map'),
    ...pairs('set').map(([key, value]): [string, unknown] => [key, { value }]),
  ]
  for (const [i, [key]] of all.entries())
    if (all.findIndex(([other]) => other === key) !== i) throw new Misused(`"${key}" is given twice in --map and --set`)
  return all.length === 0 ? undefined : Object.fromEntries(all)
}

/** The dry run for people. */
export function reportText(report: BroadcastReport, id: string, path: string): string {
  const { rows, forecast, pace, opted_out, quiet_hours, categories, cost, messaging_limit, preview } = report
  const limited = forecast.failed_by_reason.marketing_limited ?? 0
  const first = preview.map(({ line, to, rendered, message }) => [
    line,
    to,
    textShown(rendered) ?? JSON.stringify(message),
  ])
  return [
    facts([
      ['Rows', rows],
      ['Would get it', forecast.accepted],
      ['Bad rows', report.bad.rows],
      ['Duplicates', forecast.duplicates],
      ['Opted out', opted_out],
      ...(limited > 0 ? [['Limited by WhatsApp for 24 hours', limited] as [string, number]] : []),
      ['Quiet hours at the start', quiet_hours.held],
      ['Time', `${duration(pace.seconds)} at ${pace.messages_per_second} per second`],
      ...(messaging_limit
        ? [
            ['WhatsApp’s limit', `${messaging_limit.people} of ${messaging_limit.limit} people a day`] as [
              string,
              string,
            ],
          ]
        : []),
      ...categories.map(({ category, type, messages }): [string, string] => [
        'Price',
        `${messages} × ${category}, ${type}`,
      ]),
      ...(cost ? [['Cost (estimate)', `${cost.amount} ${cost.currency}`] as [string, string]] : []),
    ]),
    ...(first.length === 0 ? [] : [`The first messages:\n\n${table(['LINE', 'TO', 'MESSAGE'], first)}`]),
    ...(report.bad.rows === 0 ? [] : [badRows(report, id)]),
    report.ok
      ? `Nothing was sent. To send it: the same command on ${path} without --dry-run.`
      : `Nothing was sent. ${report.problem ?? 'Correct the rows, or leave them out with --skip-bad.'}`,
  ].join('\n\n')
}

/** The text of a rendered template. */
function textShown(rendered: unknown): string | undefined {
  const body = (rendered as { body?: unknown } | null)?.body
  const text = typeof body === 'string' ? body : (body as { text?: unknown } | undefined)?.text
  return typeof text === 'string' ? text : undefined
}

function badRows({ bad }: BroadcastReport, id: string): string {
  const shown = bad.first.map(({ line, recipient, message }) => [line, recipient, message])
  const more =
    bad.rows > shown.length ? `\n\n${bad.rows - shown.length} more: GET /external/broadcasts/${id}/check.csv` : ''
  return `${table(['LINE', 'RECIPIENT', 'PROBLEM'], shown)}${more}`
}

import { setTimeout as sleep } from 'node:timers/promises'
import { readConfig } from '../config.ts'
import { DEMO } from '../gateway.ts'
import { Failed, Misused, numberOf, takeWords, textOf, type Call, type Command, type Option } from './command.ts'
import { asCustomer, CONNECTION, type Connection } from './connect.ts'
import { readText } from './channel.ts'
import { contentOf, MESSAGE } from './send.ts'
import { facts, moment, table } from './table.ts'

type Broadcast = {
  id: string
  name: string | null
  state: string
  reason: { message: string } | null
  counts: { total: number; waiting: number; accepted: number; failed: number; unknown: number; duplicates: number }
  created_at: number
  failures?: { recipient: string; state: string; error: { message: string } | null }[]
}

const CUSTOMER: Record<string, Option> = {
  'certification-code': {
    type: 'string',
    value: 'code',
    help: 'The channel’s code. Default: CERTIFICATION_CODE; in the sandbox, the demo channel’s.',
  },
  url: CONNECTION.url!,
}

/** Pages of recipients stay well below what a body may weigh. */
const PAGE_BYTES = 150_000
const LOOK_EVERY_MS = 1_000

export const broadcastSend: Command = {
  name: 'broadcast send',
  summary: 'Send one message to many people, in the number’s own pace.',
  usage: '--recipients <path> (--template <name> | --text <text> | --body <path>) [--wait]',
  details:
    'The file of recipients has one number in a line, or is a JSON array of what POST /external/broadcasts takes: numbers,\nor objects with the components that are theirs alone. Nobody gets it twice.',
  options: {
    recipients: { type: 'string', value: 'path', help: 'The file; - reads stdin. Required.' },
    name: { type: 'string', help: 'For people.' },
    ...MESSAGE,
    wait: { type: 'boolean', help: 'Stay until it is done, and end with 1 when somebody did not get it.' },
    ...CUSTOMER,
  },
  async run(call) {
    takeWords(call.words)
    const path = textOf(call.values, 'recipients')
    if (path === undefined) throw new Misused('--recipients is missing')
    const message = contentOf(call)
    const people = recipientsIn(readText(path), path)
    const gateway = await asCustomer(call, codeOf(call))
    const name = textOf(call.values, 'name')
    const made = (await gateway.ask('POST', '/external/broadcasts', {
      message,
      start: false,
      ...(name !== undefined && { name }),
    })) as Broadcast
    for (const page of pagesOf(people))
      await gateway.ask('POST', `/external/broadcasts/${made.id}/recipients`, { recipients: page })
    let now = (await gateway.ask('POST', `/external/broadcasts/${made.id}/resume`)) as Broadcast
    if (call.values.wait === true) now = await ended(gateway, now, call)
    const { failed, unknown } = now.counts
    const broken = call.values.wait === true && (now.state !== 'done' || failed + unknown > 0)
    return { data: now, text: told(now), failed: broken }
  },
}

export const broadcastList: Command = {
  name: 'broadcast list',
  summary: 'Broadcasts of the channel, newest first.',
  options: { count: { type: 'string', value: 'number', help: 'How many: 1 to 100, 20 unless told.' }, ...CUSTOMER },
  async run(call) {
    takeWords(call.words)
    const count = numberOf(call.values, 'count') ?? 20
    const gateway = await asCustomer(call, codeOf(call))
    const all = (await gateway.ask('GET', `/external/broadcasts?count=${count}`)) as Broadcast[]
    const rows = all.map(({ id, name, state, counts, created_at }) => {
      const { total, waiting, accepted, failed, unknown } = counts
      return [id, name, state, total, waiting, accepted, failed, unknown, moment(created_at)]
    })
    const headings = ['ID', 'NAME', 'STATE', 'TOTAL', 'WAITING', 'ACCEPTED', 'FAILED', 'UNKNOWN', 'MADE (UTC)']
    return { data: all, text: all.length === 0 ? 'There are none.' : table(headings, rows) }
  },
}

export const broadcastShow: Command = {
  name: 'broadcast show',
  summary: 'How far a broadcast has come, and who did not get it.',
  usage: '<id>',
  options: CUSTOMER,
  run: (call) => ask(call, 'GET', ''),
}

const verb = (word: 'pause' | 'resume' | 'cancel', summary: string): Command => ({
  name: `broadcast ${word}`,
  summary,
  usage: '<id>',
  options: CUSTOMER,
  run: (call) => ask(call, 'POST', `/${word}`),
})

export const broadcastPause = verb('pause', 'Pause a broadcast; what is on its way ends.')
export const broadcastResume = verb('resume', 'Go on with a broadcast that was paused or has stopped.')
export const broadcastCancel = verb('cancel', 'End a broadcast for good.')

async function ask(call: Call, method: string, rest: string) {
  const [id] = takeWords(call.words, 'id')
  const gateway = await asCustomer(call, codeOf(call))
  const broadcast = (await gateway.ask(method, `/external/broadcasts/${encodeURIComponent(id!)}${rest}`)) as Broadcast
  return { data: broadcast, text: told(broadcast) }
}

function codeOf(call: Call): string {
  const given = textOf(call.values, 'certification-code') ?? call.env.CERTIFICATION_CODE?.trim()
  if (given !== undefined && given !== '') return given
  if (readConfig(call.env).sandbox) return DEMO.certificationCode
  throw new Failed('The channel’s certification code is needed: give --certification-code, or set CERTIFICATION_CODE.')
}

/** Watches until nothing more will come by itself. */
async function ended(gateway: Connection, first: Broadcast, call: Call): Promise<Broadcast> {
  let now = first
  while (now.state === 'running') {
    await sleep(LOOK_EVERY_MS)
    now = (await gateway.ask('GET', `/external/broadcasts/${first.id}`)) as Broadcast
    call.note(`${now.counts.total - now.counts.waiting} of ${now.counts.total}`)
  }
  return now
}

function told({ id, name, state, reason, counts, failures = [] }: Broadcast): string {
  const head = facts([
    ['id', id],
    ['name', name],
    ['state', reason === null ? state : `${state}: ${reason.message}`],
    ...Object.entries(counts),
  ])
  if (failures.length === 0) return head
  const rows = failures.map((one) => [one.recipient, one.state, one.error?.message])
  return `${head}\n\n${table(['RECIPIENT', 'STATE', 'WHY'], rows)}`
}

/** A JSON array as it is, else one number a line. */
export function recipientsIn(text: string, path: string): unknown[] {
  let people: unknown[]
  if (/^\s*\[/.test(text)) {
    try {
      people = JSON.parse(text) as unknown[]
    } catch (error) {
      throw new Failed(`${path} begins like a JSON array and is none: ${(error as Error).message}.`)
    }
  } else {
    people = text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '')
  }
  if (people.length === 0) throw new Failed(`${path} holds no recipients.`)
  return people
}

/** In pages, each below what a body may weigh. */
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

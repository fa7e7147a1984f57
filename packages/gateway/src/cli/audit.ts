import { MISSING, type Missing, type ShownLoss } from '../domain/losses/loss.ts'
import { Misused, numberOf, textOf, type Command } from './command.ts'
import { connect, CONNECTION } from './connect.ts'
import { table } from './table.ts'

type Page = {
  since: number
  until: number
  messages: number
  events: number
  losses: ShownLoss[]
  next: string | null
}

const SECONDS: Record<string, number> = { m: 60, h: 60 * 60, d: 24 * 60 * 60 }
/** More losses are counted, and not shown. */
const MOST_SHOWN = 1_000

/** A time ago, such as 24h, or a day, such as 2026-10-01, as Unix seconds. */
export function sinceOf(text: string, now: number): number {
  const ago = /^(\d{1,4})([mhd])$/.exec(text)
  if (ago) return Math.floor(now / 1000) - Number(ago[1]) * SECONDS[ago[2]!]!
  const day = /^\d{4}-\d{2}-\d{2}(T[\d:]+Z)?$/.test(text) ? Date.parse(text) : NaN
  if (Number.isNaN(day)) throw new Misused(`--since must be a time such as 24h, 7d or 2026-10-01, got "${text}"`)
  return Math.floor(day / 1000)
}

export const audit: Command = {
  name: 'audit',
  summary: 'What has no known end: sends without a status, callbacks that nobody acknowledged. Exit code 1: some have.',
  usage: '[--since <time>] [--channel <channel_id>]',
  details:
    'Compares what was accepted with what WhatsApp told and what endpoints acknowledged. For messages without a status WhatsApp is asked for their history, for at most 200.',
  options: {
    since: { type: 'string', value: 'time', help: 'A time ago or a day: 24h, 7d, 2026-10-01. Default: 24h.' },
    channel: { type: 'string', value: 'channel_id', help: 'Of this channel only.' },
    ...CONNECTION,
  },
  async run(call) {
    const query = new URLSearchParams({ since: String(sinceOf(textOf(call.values, 'since') ?? '24h', Date.now())) })
    const channel = numberOf(call.values, 'channel')
    if (channel !== undefined) query.set('channel_id', String(channel))
    const gateway = await connect(call)
    const found = { since: 0, until: 0, messages: 0, events: 0, losses: [] as ShownLoss[], not_shown: 0 }
    try {
      for (let next: string | null = ''; next !== null;) {
        if (next !== '') query.set('next', next)
        const page = (await gateway.ask('GET', `/admin/loss-audit?${query}`)) as Page
        query.set('until', String(page.until))
        found.since = page.since
        found.until = page.until
        found.messages += page.messages
        found.events += page.events
        const shown = page.losses.slice(0, MOST_SHOWN - found.losses.length)
        found.losses.push(...shown)
        found.not_shown += page.losses.length - shown.length
        next = page.next
      }
    } finally {
      await gateway.close()
    }
    return { data: found, text: textFor(found), failed: found.losses.length > 0 }
  },
}

const timeOf = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')}`

function textFor(found: Omit<Page, 'next'> & { not_shown: number }): string {
  const { since, until, messages, events, losses, not_shown: notShown } = found
  const span = `${timeOf(since)} to ${timeOf(until)} UTC: ${messages} messages and ${events} events looked at.`
  if (losses.length === 0) return `${span}\nNothing is missing.`
  const rows = losses.map((one) => [
    ...[timeOf(one.since), one.channel_id, one.message_id ?? one.event_id ?? '', one.missing],
    [one.event, one.endpoint_id, one.at_meta && `WhatsApp: ${one.at_meta.status}`].filter(Boolean).join(' '),
  ])
  const kinds = [...new Set(losses.map(({ missing }) => missing))]
  return [
    span,
    `${losses.length + notShown} are missing${notShown > 0 ? `; the first ${losses.length} of them` : ''}:`,
    '',
    table(['SINCE', 'CHANNEL', 'MESSAGE', 'MISSING', 'MORE'], rows),
    '',
    ...kinds.map((kind: Missing) => `${kind}: ${MISSING[kind].what} ${MISSING[kind].advice}`),
  ].join('\n')
}

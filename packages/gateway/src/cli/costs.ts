import { numberOf, textOf, type Command } from './command.ts'
import { connect, CONNECTION } from './connect.ts'
import { table } from './table.ts'

type Counts = {
  messages: number
  billable: number
  free_in_window: number
  free_tier: number
  free_entry_point: number
  other: number
  amount?: string
  unpriced?: number
}
type Costs = {
  from: string
  to: string
  group_by: 'day' | 'category' | 'type' | 'country'
  currency: string | null
  warning: string | null
  total: Counts
  groups: (Counts & { day?: string; category?: string; type?: string; country?: string })[]
}

export const costs: Command = {
  name: 'costs',
  summary: 'What the messages cost: counts, and with RATE_CARD_FILE amounts. An estimate.',
  usage: '[--from <day>] [--to <day>] [--group-by day|category|type|country] [--channel <channel_id>]',
  details: 'A day is a date such as 2026-10-01, of UTC. Both days are included. Default: this month until today.',
  options: {
    from: { type: 'string', value: 'day', help: 'First day. Default: the first day of this month.' },
    to: { type: 'string', value: 'day', help: 'Last day. Default: today.' },
    'group-by': { type: 'string', value: 'day|category|type|country', help: 'One row for each. Default: day.' },
    channel: { type: 'string', value: 'channel_id', help: 'Of this channel only.' },
    ...CONNECTION,
  },
  async run(call) {
    const query = new URLSearchParams()
    const channel = numberOf(call.values, 'channel')
    if (channel !== undefined) query.set('channel_id', String(channel))
    for (const [option, name] of [
      ['from', 'from'],
      ['to', 'to'],
      ['group-by', 'group_by'],
    ] as const) {
      const value = textOf(call.values, option)
      if (value !== undefined) query.set(name, value)
    }
    const gateway = await connect(call)
    try {
      const found = (await gateway.ask('GET', `/admin/costs?${query}`)) as Costs
      if (found.warning !== null) call.note(found.warning)
      return { data: found, text: shown(found) }
    } finally {
      await gateway.close()
    }
  },
}

function shown({ from, to, group_by, currency, total, groups }: Costs): string {
  const row = (name: unknown, counts: Counts): unknown[] => [
    ...[name, counts.messages, counts.billable, counts.free_in_window, counts.free_tier, counts.free_entry_point],
    ...(currency === null ? [] : [counts.amount, counts.unpriced]),
  ]
  const headings = [
    ...[group_by.toUpperCase(), 'MESSAGES', 'BILLABLE', 'FREE IN WINDOW', 'FREE TIER', 'FREE ENTRY POINT'],
    ...(currency === null ? [] : [currency, 'WITHOUT PRICE']),
  ]
  const rows = [...groups.map((group) => row(group[group_by], group)), row('total', total)]
  const end =
    currency === null
      ? 'Without RATE_CARD_FILE there are no amounts.'
      : 'An estimate: WhatsApp’s bill decides, and taxes are not in it.'
  return groups.length === 0
    ? `No message from ${from} to ${to} had a price.`
    : `${table(headings, rows)}\n\n${from} to ${to} (UTC). ${end}`
}

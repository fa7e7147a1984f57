import { idOf } from './channel.ts'
import type { Command } from './command.ts'
import { connect, CONNECTION } from './connect.ts'
import { facts, moment, table } from './table.ts'

type Part = { value: unknown; since: number; reason: string | null; until: number | null }
type Alert = { type: string; severity: string | null; status: string; description: string | null; since: number }
type Channel = {
  channel_id: number
  name: string
  business_phone: string
  phone_number_id: string
  waba_id: string
  messages_per_second: number
  state: Record<string, Part | null> & { alerts: Alert[]; other: Record<string, Part> }
}

const inWords = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value

export const channelShow: Command = {
  name: 'channel show',
  summary: 'Show a channel, and what WhatsApp says of its number: quality, limits, restrictions, alerts.',
  args: '<channel_id>',
  usage: '<channel_id>',
  options: CONNECTION,
  async run(call) {
    const gateway = await connect(call)
    try {
      const channel = (await gateway.ask('GET', `/admin/channels/${idOf(call.words[0]!)}`)) as Channel
      const { alerts, other, ...parts } = channel.state
      const rows = [...Object.entries(parts), ...Object.entries(other)].flatMap(([name, part]) =>
        part ? [[name.replaceAll('_', ' '), inWords(part.value), moment(part.since), ended(part), part.reason]] : [],
      )
      const about = facts([
        ['name', channel.name],
        ['phone', channel.business_phone],
        ['phone number id', channel.phone_number_id],
        ['account', channel.waba_id],
        ['messages per second', channel.messages_per_second],
      ])
      const told = rows.length === 0 ? 'WhatsApp has told nothing of this number.' : table(HEADINGS, rows)
      const warned = alerts.map((one) => [one.type, one.status, one.severity, moment(one.since), one.description])
      return {
        data: channel,
        text: [about, told, ...(warned.length > 0 ? [table(ALERT_HEADINGS, warned)] : [])].join('\n\n'),
      }
    } finally {
      await gateway.close()
    }
  },
}

const HEADINGS = ['STATE', 'VALUE', 'SINCE', 'UNTIL', 'REASON']
const ALERT_HEADINGS = ['ALERT', 'STATUS', 'SEVERITY', 'SINCE', 'DESCRIPTION']

const ended = ({ until }: Part): string | null => (until === null ? null : moment(until))

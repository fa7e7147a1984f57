import type { ShownIncident } from '../domain/incidents/incident.ts'
import { numberOf, textOf, Misused, type Command } from './command.ts'
import { connect, CONNECTION } from './connect.ts'
import { table } from './table.ts'

/** Unix seconds as a time for people, in UTC. */
const timeOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')

export const incidents: Command = {
  name: 'incidents',
  summary: 'What is wrong, since when, and what to do. Exit code 1: something critical is open.',
  usage: '[--state open|closed] [--channel <channel_id>]',
  details: 'Open incidents, the worst first; with --state closed past ones, those that ended last first.',
  options: {
    state: { type: 'string', value: 'open|closed', help: 'Default: open.' },
    channel: { type: 'string', value: 'channel_id', help: 'Of this channel only.' },
    ...CONNECTION,
  },
  async run(call) {
    const state = textOf(call.values, 'state') ?? 'open'
    if (state !== 'open' && state !== 'closed') throw new Misused(`--state must be open or closed, got "${state}"`)
    const query = new URLSearchParams({ state, count: '100' })
    const channel = numberOf(call.values, 'channel')
    if (channel !== undefined) query.set('channel_id', String(channel))
    const gateway = await connect(call)
    try {
      const found = (await gateway.ask('GET', `/admin/incidents?${query}`)) as ShownIncident[]
      return {
        data: found,
        text: state === 'open' ? openText(found) : pastText(found),
        failed: state === 'open' && found.some(({ severity }) => severity === 'critical'),
      }
    } finally {
      await gateway.close()
    }
  },
}

function openText(found: readonly ShownIncident[]): string {
  if (found.length === 0) return 'No incident is open.'
  return found
    .map(({ severity, kind, channel_id: channel, endpoint_id: endpoint, since, what, advice }) => {
      const about = [channel === undefined ? '' : ` channel ${channel}`, endpoint === undefined ? '' : ` ${endpoint}`]
      return `${severity.toUpperCase()}  ${kind}${about.join('')}, since ${timeOf(since)} UTC\n  ${what}\n  ${advice}`
    })
    .join('\n\n')
}

function pastText(found: readonly ShownIncident[]): string {
  if (found.length === 0) return 'No incident was closed in the last 90 days.'
  const rows = found.map(({ since, until, severity, kind, channel_id: channel, what }) => [
    ...[timeOf(since), until === undefined ? '' : timeOf(until), severity, kind, channel ?? '', what],
  ])
  return table(['SINCE', 'UNTIL', 'SEVERITY', 'KIND', 'CHANNEL', 'WHAT'], rows)
}

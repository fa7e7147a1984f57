import { Misused, numberOf, textOf, type Command } from './command.ts'
import { connect, CONNECTION } from './connect.ts'
import { moment, table } from './table.ts'

type Delivery = {
  id: string
  channel_id: number
  endpoint_id: string | null
  event: string
  state: string
  created_at: number
  attempts: { status: number | null; outcome: string; answer: string | null }[]
}

export const deliveriesList: Command = {
  name: 'deliveries list',
  summary: 'Events and the state of their deliveries, newest first.',
  options: {
    channel: { type: 'string', value: 'channel_id', help: 'Of this channel only.' },
    endpoint: { type: 'string', value: 'endpoint_id', help: 'To this endpoint only.' },
    state: { type: 'string', value: 'pending|dead|delivered', help: 'In this state only.' },
    count: { type: 'string', value: 'number', help: 'Number of rows: 1 to 100. Default: 20.' },
    'last-id': { type: 'string', value: 'id', help: 'Continue after this event id.' },
    ...CONNECTION,
  },
  async run(call) {
    const query = new URLSearchParams({ count: String(numberOf(call.values, 'count') ?? 20) })
    const channel = numberOf(call.values, 'channel')
    if (channel !== undefined) query.set('channel_id', String(channel))
    for (const [option, name] of [
      ['endpoint', 'endpoint_id'],
      ['state', 'state'],
      ['last-id', 'last_id'],
    ] as const) {
      const value = textOf(call.values, option)
      if (value !== undefined) query.set(name, value)
    }
    const gateway = await connect(call)
    try {
      const deliveries = (await gateway.ask('GET', `/admin/deliveries?${query}`)) as Delivery[]
      const rows = deliveries.map((one) => {
        const last = one.attempts.at(-1)
        const answer = last && (last.status ?? last.answer?.slice(0, 40))
        const { id, channel_id, endpoint_id, event, state, created_at, attempts } = one
        return [id, channel_id, endpoint_id, event, state, moment(created_at), attempts.length, answer]
      })
      const headings = ['ID', 'CHANNEL', 'ENDPOINT', 'EVENT', 'STATE', 'STORED (UTC)', 'ATTEMPTS', 'LAST ANSWER']
      return { data: deliveries, text: deliveries.length === 0 ? 'There are none.' : table(headings, rows) }
    } finally {
      await gateway.close()
    }
  },
}

export const deliveriesReplay: Command = {
  name: 'deliveries replay',
  summary: 'Deliver events again: single events, or the dead events of a channel.',
  args: '[ids...]',
  usage:
    '<id …> [--endpoint <id>] | --channel <channel_id> [--endpoint <id>] [--state dead|delivered] [--from <time>] [--to <time>] [--dry-run]',
  details: 'A time is Unix seconds or a date such as 2026-03-01T12:00:00Z.',
  options: {
    channel: { type: 'string', value: 'channel_id', help: 'All events of this channel that match the options below.' },
    endpoint: { type: 'string', value: 'endpoint_id', help: 'Default: the first endpoint of the channel.' },
    state: { type: 'string', value: 'dead|delivered', help: 'Default: dead.' },
    from: { type: 'string', value: 'time', help: 'Stored at or after this moment.' },
    to: { type: 'string', value: 'time', help: 'Stored before this moment.' },
    'dry-run': { type: 'boolean', help: 'With --channel: only count them, up to 10,000.' },
    ...CONNECTION,
  },
  async run(call) {
    const { words, values } = call
    const channel = numberOf(values, 'channel')
    if (words.length === 0 && channel === undefined) throw new Misused('give ids, or --channel')
    if (words.length > 0 && channel !== undefined) throw new Misused('give either ids or --channel')
    if (words.length > 0 && ['state', 'from', 'to'].some((name) => values[name] !== undefined))
      throw new Misused('--state, --from and --to need --channel')
    const dryRun = values['dry-run'] === true
    if (dryRun && channel === undefined) throw new Misused('--dry-run needs --channel')
    const state = textOf(values, 'state')
    const body = {
      ...(state !== undefined && { state }),
      ...momentsOf({ from: textOf(values, 'from'), to: textOf(values, 'to') }),
    }
    const endpoint = textOf(values, 'endpoint')
    const to = endpoint === undefined ? '' : `?endpoint_id=${encodeURIComponent(endpoint)}`
    const gateway = await connect(call)
    try {
      const many = `/admin/channels/${channel}/deliveries/replay${to}`
      if (dryRun) {
        const { matching } = (await gateway.ask('POST', many, { ...body, dry_run: true })) as { matching: number }
        return {
          data: { matching },
          text: `${matching} ${matching === 1 ? 'event' : 'events'} would be delivered again.`,
        }
      }
      let replayed = 0
      if (channel !== undefined) replayed = ((await gateway.ask('POST', many, body)) as { replayed: number }).replayed
      for (const id of words) {
        const answer = await gateway.ask('POST', `/admin/deliveries/${encodeURIComponent(id)}/replay${to}`)
        replayed += (answer as { replayed: number }).replayed
      }
      return {
        data: { replayed },
        text: `${replayed} ${replayed === 1 ? 'event is' : 'events are'} queued for delivery again.`,
      }
    } finally {
      await gateway.close()
    }
  },
}

/** Converts the given times to Unix seconds. */
export function momentsOf(given: Record<string, string | undefined>): Record<string, number> {
  const moments: Record<string, number> = {}
  for (const [name, text] of Object.entries(given)) {
    if (text === undefined) continue
    const seconds = /^\d{1,12}$/.test(text) ? Number(text) : Math.floor(Date.parse(text) / 1000)
    if (!Number.isFinite(seconds)) throw new Misused(`--${name} must be Unix seconds or a date, got "${text}"`)
    moments[name] = seconds
  }
  return moments
}

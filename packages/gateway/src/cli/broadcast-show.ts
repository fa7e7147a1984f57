import { DEMO } from '../app/demo.ts'
import { readConfig } from '../platform/config.ts'
import { readSecret } from '../platform/environment.ts'
import { type Broadcast, duration } from './broadcast-line.ts'
import { watchBroadcast } from './broadcast-watch.ts'
import { Failed, numberOf, textOf, type Call, type Command, type Option } from './command.ts'
import { asCustomer, CONNECTION } from './connect.ts'
import { facts, moment, table } from './table.ts'

/** Options of every command of a channel’s broadcasts. */
export const CUSTOMER: Record<string, Option> = {
  'certification-code': {
    type: 'string',
    value: 'code',
    help: 'Certification code of the channel. Default: CERTIFICATION_CODE; in the sandbox, the demo channel’s.',
  },
  url: CONNECTION.url!,
}

export const broadcastList: Command = {
  name: 'broadcast list',
  summary: 'Broadcasts of the channel, newest first.',
  options: { count: { type: 'string', value: 'number', help: 'Number of rows: 1 to 100. Default: 20.' }, ...CUSTOMER },
  async run(call) {
    const count = numberOf(call.values, 'count') ?? 20
    const gateway = await asCustomer(call, codeOf(call))
    const all = (await gateway.ask('GET', `/external/broadcasts?count=${count}`)) as Broadcast[]
    const rows = all.map(({ id, name, state, counts, created_at }) => {
      const { total, waiting, accepted, failed, unknown, delivered, read } = counts
      return [id, name, state, total, waiting, accepted, failed, unknown, delivered, read, moment(created_at)]
    })
    const headings = [
      'ID',
      'NAME',
      'STATE',
      'TOTAL',
      'WAITING',
      'ACCEPTED',
      'FAILED',
      'UNKNOWN',
      'DELIVERED',
      'READ',
      'MADE (UTC)',
    ]
    return { data: all, text: all.length === 0 ? 'There are none.' : table(headings, rows) }
  },
}

export const broadcastShow: Command = {
  name: 'broadcast show',
  summary: 'Progress of a broadcast, and the recipients who did not get it.',
  args: '<id>',
  options: {
    watch: { type: 'boolean', help: 'Show the progress until the broadcast ends. Ctrl-C ends only this command.' },
    ...CUSTOMER,
  },
  async run(call) {
    const answer = await ask(call, 'GET', '')
    if (call.values.watch !== true) return answer
    const now = await watchBroadcast(await asCustomer(call, codeOf(call)), answer.data, call)
    return { data: now, text: summaryOf(now) }
  },
}

const verb = (word: 'pause' | 'resume' | 'cancel', summary: string): Command => ({
  name: `broadcast ${word}`,
  summary,
  args: '<id>',
  options: CUSTOMER,
  run: (call) => ask(call, 'POST', `/${word}`),
})

export const broadcastPause = verb('pause', 'Pause a broadcast. Sends in progress finish.')
export const broadcastResume = verb('resume', 'Resume a broadcast that was paused or has stopped.')
export const broadcastCancel = verb('cancel', 'End a broadcast for good.')

export const broadcastRetry: Command = {
  name: 'broadcast retry-failed',
  summary: 'Make a draft of the recipients who did not get the message.',
  args: '<id>',
  details:
    'Leaves out who must not get it again: people who stopped marketing, numbers that are not on WhatsApp, messages that may have arrived.',
  options: CUSTOMER,
  async run(call) {
    const { data } = await ask(call, 'POST', '/retry-failed')
    const { left_out: left } = data as Broadcast & { left_out: { reason: string; recipients: number }[] }
    const rows = left.map(({ reason, recipients }) => [reason, recipients])
    return {
      data,
      text: [summaryOf(data), ...(rows.length > 0 ? [table(['LEFT OUT', 'RECIPIENTS'], rows)] : [])].join('\n\n'),
    }
  },
}

async function ask(call: Call, method: string, rest: string): Promise<{ data: Broadcast; text: string }> {
  const [id] = call.words
  const gateway = await asCustomer(call, codeOf(call))
  const broadcast = (await gateway.ask(method, `/external/broadcasts/${encodeURIComponent(id!)}${rest}`)) as Broadcast
  return { data: broadcast, text: summaryOf(broadcast) }
}

export function codeOf(call: Call): string {
  const given = textOf(call.values, 'certification-code') ?? readSecret(call.env, 'CERTIFICATION_CODE')
  if (given !== undefined && given !== '') return given
  if (readConfig(call.env).sandbox) return DEMO.certificationCode
  throw new Failed(
    'The certification code of the channel is missing. Give --certification-code, or set CERTIFICATION_CODE.',
  )
}

export function summaryOf({ id, name, state, reason, counts, ...more }: Broadcast): string {
  const { progress, cost, retry_of: retryOf, failed_by_code: causes = [], failures = [] } = more
  const head = facts([
    ['id', id],
    ['name', name],
    ['state', reason === null ? state : `${state}: ${reason.message}`],
    ...(retryOf === null ? [] : [['retry of', retryOf] as const]),
    ...Object.entries(counts),
    ...(progress ? [['per second', progress.rate] as const] : []),
    ...(progress && progress.seconds_left !== null ? [['time left', duration(progress.seconds_left)] as const] : []),
    ...(progress && progress.quiet_until !== null
      ? [['quiet until (UTC)', moment(progress.quiet_until)] as const]
      : []),
    ...(progress && progress.slowed_by !== null ? [['slowed by', progress.slowed_by] as const] : []),
    ...(cost ? [['cost', `${cost.amount} ${cost.currency}`] as const] : []),
  ])
  const parts = [head]
  if (causes.length > 0)
    parts.push(
      table(
        ['CODE', 'REASON', 'RECIPIENTS'],
        causes.map((one) => [one.code, one.reason, one.recipients]),
      ),
    )
  if (failures.length > 0)
    parts.push(
      table(
        ['RECIPIENT', 'STATE', 'WHY'],
        failures.map((one) => [one.recipient, one.state, one.error?.message]),
      ),
    )
  return parts.join('\n\n')
}

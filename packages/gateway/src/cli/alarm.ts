import { Failed, listOf, Misused, numberOf, textOf, type Command } from './command.ts'
import { connect, CONNECTION } from './connect.ts'
import { table } from './table.ts'

type Alarm = {
  alarm_id: string
  type: string
  name: string
  target: string
  min_severity: string
  reminder_minutes: number
  quiet_hours: { from: string; to: string; timezone: string } | null
  last_told_at: number | null
  last_problem: string | null
}

const SECRET = 'It signs the notifications. Keep it now: it is not shown again.'

const add: Command = {
  name: 'alarm add',
  summary: 'Tell a URL, Slack, Teams or a mailbox of incidents.',
  args: '<target>',
  usage: '<target> [--type url|slack|teams|email] [--from <address> --to <address>] [options]',
  details: 'The target is the address of a webhook, or of a mail server: smtps://user:password@mail.example:465.',
  options: {
    type: {
      type: 'string',
      value: 'url|slack|teams|email',
      help: 'Default: url, which gets signed JSON; email for a mail server.',
    },
    from: { type: 'string', value: 'address', help: 'For email: the sender.' },
    to: { type: 'string', value: 'address', multiple: true, help: 'For email: a receiver. May be repeated.' },
    name: { type: 'string', value: 'name', help: 'For people.' },
    'min-severity': { type: 'string', value: 'critical|warning|info', help: 'Default: warning.' },
    reminder: { type: 'string', value: 'minutes', help: 'Tell open incidents again; 0: never. Default: 240.' },
    quiet: { type: 'string', value: 'hours', help: 'Only critical ones meanwhile: 22:00-07:00, or 22:00-07:00@Europe/Berlin.' }, // prettier-ignore
    ...CONNECTION,
  },
  async run(call) {
    const { values } = call
    const reminder = numberOf(values, 'reminder')
    const [target] = call.words as [string]
    const [from, name] = [textOf(values, 'from'), textOf(values, 'name')]
    const to = listOf(values, 'to')
    const isMail = /^smtps?:/.test(target)
    const severity = textOf(values, 'min-severity')
    const quiet = textOf(values, 'quiet')
    const body = {
      type: textOf(values, 'type') ?? (isMail ? 'email' : 'url'),
      ...(isMail ? { smtp_url: target } : { url: target }),
      ...(from !== undefined && { from }),
      ...(to.length > 0 && { to }),
      ...(name !== undefined && { name }),
      ...(severity !== undefined && { min_severity: severity }),
      ...(reminder !== undefined && { reminder_minutes: reminder }),
      ...(quiet !== undefined && { quiet_hours: quietHours(quiet) }),
    }
    const gateway = await connect(call)
    try {
      const made = (await gateway.ask('POST', '/admin/alarms', body)) as { alarm_id: string; secret?: string }
      const secret = made.secret === undefined ? '' : `\nsecret: ${made.secret}\n${SECRET}`
      return {
        data: made,
        text: `Alarm ${made.alarm_id} was added.${secret}\nTry it: postern alarm test ${made.alarm_id}`,
      }
    } finally {
      await gateway.close()
    }
  },
}

function quietHours(text: string): Record<string, string> {
  const found = /^(\d\d:\d\d)-(\d\d:\d\d)(?:@(\S+))?$/.exec(text)
  if (!found) throw new Misused(`--quiet must be such as 22:00-07:00@Europe/Berlin, got "${text}"`)
  const [, from, to, timezone] = found
  return { from: from!, to: to!, ...(timezone !== undefined && { timezone }) }
}

const list: Command = {
  name: 'alarm list',
  summary: 'All alarms, and whether their newest notification was taken.',
  options: CONNECTION,
  async run(call) {
    const gateway = await connect(call)
    try {
      const alarms = (await gateway.ask('GET', '/admin/alarms')) as Alarm[]
      const rows = alarms.map((one) => [
        ...[one.alarm_id, one.type, one.name, one.target, one.min_severity, `${one.reminder_minutes} min`],
        one.last_told_at === null ? 'never told' : (one.last_problem ?? 'taken'),
      ])
      const headings = ['ALARM', 'TYPE', 'NAME', 'TARGET', 'FROM', 'REMINDER', 'LAST']
      return { data: alarms, text: rows.length === 0 ? 'There are no alarms.' : table(headings, rows) }
    } finally {
      await gateway.close()
    }
  },
}

const onAlarm = (
  verb: string,
  summary: string,
  act: (ask: Awaited<ReturnType<typeof connect>>['ask'], id: string) => Promise<{ data: unknown; text: string }>,
): Command => ({
  name: `alarm ${verb}`,
  args: '<alarm_id>',
  summary,
  options: CONNECTION,
  async run(call) {
    const [id] = call.words as [string]
    if (!/^alm_\w{1,40}$/.test(id)) throw new Misused(`alarm_id begins with alm_, got "${id}"`)
    const gateway = await connect(call)
    try {
      return await act((...args) => gateway.ask(...args), id)
    } finally {
      await gateway.close()
    }
  },
})

const test = onAlarm('test', 'Send a test notification now.', async (ask, id) => {
  const told = (await ask('POST', `/admin/alarms/${id}/test`)) as { delivered: boolean; answer: string }
  if (!told.delivered) throw new Failed(`The test was not taken: ${told.answer}.`, told)
  return { data: told, text: `The test was taken (${told.answer}).` }
})

const remove = onAlarm('remove', 'Remove an alarm.', async (ask, id) => ({
  data: await ask('DELETE', `/admin/alarms/${id}`),
  text: `Alarm ${id} was removed.`,
}))

export const ALARM_COMMANDS: readonly Command[] = [add, list, test, remove]

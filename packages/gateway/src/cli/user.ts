import { type Call, Failed, listOf, Misused, textOf, type Command } from './command.ts'
import { readConfig } from '../platform/config.ts'
import { addressOf, connect, CONNECTION, type Connection } from './connect.ts'
import { table } from './table.ts'

type User = {
  user_id: string
  email: string
  name: string
  role: string
  channels: number[] | null
  state: string
  signed_in_at: number | null
}
type Invited = { user_id: string; invitation: { token: string; path: string; expires_at: number } }

type Env = Call['env']

const ROLES = ['admin', 'operator', 'agent', 'viewer']

/** What the one who runs the command gives to the user. The page is at the gateway's own address, also while it is stopped. */
function invitationText(email: string, { url, running }: Connection, { invitation }: Invited, env: Env): string {
  const config = running && !env.PUBLIC_URL ? undefined : readConfig(env)
  const base = config === undefined ? url : (config.publicUrl ?? addressOf(config)).replace(/\/$/, '')
  const until = new Date(invitation.expires_at * 1000).toISOString().slice(0, 10)
  return `Give ${email} this link. It is shown once, and valid once until ${until}:\n${base}${invitation.path}`
}

const add: Command = {
  name: 'user add',
  summary: 'Invite a user to the console.',
  args: '<email>',
  usage: '<email> --name <name> --role admin|operator|agent|viewer [--channel <channel_id>]',
  details: 'Postern sends no e-mail: give the printed link to the user, who chooses a password and sets up the codes.',
  options: {
    name: { type: 'string', value: 'name', help: 'Name of the user.' },
    role: { type: 'string', value: 'admin|operator|agent|viewer', help: 'What the user may do. Default: viewer.' },
    channel: {
      type: 'string',
      value: 'channel_id',
      multiple: true,
      help: 'The user sees this channel only. May be repeated.',
    },
    ...CONNECTION,
  },
  async run(call) {
    const [email] = call.words as [string]
    const role = textOf(call.values, 'role') ?? 'viewer'
    if (!ROLES.includes(role)) throw new Misused(`--role must be one of ${ROLES.join(', ')}, got "${role}"`)
    const channels = listOf(call.values, 'channel').map((id) => {
      if (!/^\d{1,15}$/.test(id)) throw new Misused(`--channel must be the id of a channel, got "${id}"`)
      return Number(id)
    })
    const name = textOf(call.values, 'name') ?? email.split('@')[0]!
    const gateway = await connect(call)
    try {
      const body = { email, name, role, ...(channels.length > 0 && { channels }) }
      const made = (await gateway.ask('POST', '/admin/users', body)) as Invited
      return {
        data: made,
        text: `User ${made.user_id} was invited as ${role}.\n${invitationText(email, gateway, made, call.env)}`,
      }
    } finally {
      await gateway.close()
    }
  },
}

const list: Command = {
  name: 'user list',
  summary: 'All users, their roles and their state.',
  options: CONNECTION,
  async run(call) {
    const gateway = await connect(call)
    try {
      const users = (await gateway.ask('GET', '/admin/users')) as User[]
      const rows = users.map((user) => [
        ...[user.user_id, user.email, user.name, user.role, user.channels?.join(' ') ?? 'all', user.state],
        user.signed_in_at === null ? 'never' : new Date(user.signed_in_at * 1000).toISOString(),
      ])
      const headings = ['USER', 'E-MAIL', 'NAME', 'ROLE', 'CHANNELS', 'STATE', 'SIGNED IN']
      return { data: users, text: rows.length === 0 ? 'There are no users.' : table(headings, rows) }
    } finally {
      await gateway.close()
    }
  },
}

const onUser = (
  verb: string,
  summary: string,
  act: (gateway: Connection, user: User, env: Env) => Promise<{ data: unknown; text: string }>,
): Command => ({
  name: `user ${verb}`,
  args: '<email>',
  usage: '<email or user_id>',
  summary,
  options: CONNECTION,
  async run(call) {
    const [who] = call.words as [string]
    const gateway = await connect(call)
    try {
      const users = (await gateway.ask('GET', '/admin/users')) as User[]
      const user = users.find((one) => one.user_id === who || one.email === who.trim().toLowerCase())
      if (!user) throw new Failed(`No user has the address or id "${who}". See: postern user list`)
      return await act(gateway, user, call.env)
    } finally {
      await gateway.close()
    }
  },
})

const disable = onUser('disable', 'End a user’s sessions, and refuse new ones.', async (gateway, user) => ({
  data: await gateway.ask('PATCH', `/admin/users/${user.user_id}`, { disabled: true }),
  text: `User ${user.email} is disabled. Open sessions have ended.`,
}))

const enable = onUser('enable', 'Let a disabled user sign in again.', async (gateway, user) => ({
  data: await gateway.ask('PATCH', `/admin/users/${user.user_id}`, { disabled: false }),
  text: `User ${user.email} may sign in again.`,
}))

const reset = onUser('reset', 'Invite a user again who lost the password or the phone.', async (gateway, user, env) => {
  const made = (await gateway.ask('POST', `/admin/users/${user.user_id}/invitation`)) as Invited
  const text = `Password, codes and sessions of ${user.email} have ended.\n${invitationText(user.email, gateway, made, env)}`
  return { data: made, text }
})

export const USER_COMMANDS: readonly Command[] = [add, list, disable, enable, reset]

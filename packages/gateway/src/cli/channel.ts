import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { Failed, Misused, numberOf, textOf, type Call, type Command, type Option } from './command.ts'
import { connect, CONNECTION, type Connection } from './connect.ts'
import { facts, table } from './table.ts'

type Channel = {
  channel_id: number
  name: string
  business_phone: string
  phone_number_id: string
  webhook_url: string | null
  webhook_state: string | null
  certification_codes: { code_id: string; created_at: number }[]
}

type Tested = { delivered: boolean; status: number | null; ms: number; answer: string }

const answerOf = ({ status, answer }: Tested): string => (status === null ? answer : `it answered HTTP ${status}`)

const KEPT = 'Keep it now: it is not shown again.'

const ADD: Record<string, Option> = {
  name: { type: 'string', help: 'Name in lists and in the console. Required.' },
  'business-phone': { type: 'string', value: 'digits', help: 'The number with its country code. Required.' },
  'phone-number-id': { type: 'string', value: 'id', help: 'Meta’s id of the number. Required.' },
  'waba-id': { type: 'string', value: 'id', help: 'Meta’s id of the WhatsApp Business Account. Required.' },
  'access-token': {
    type: 'string',
    value: 'token',
    help: 'Meta’s access token. Other users of this machine can see it: see above.',
  },
  'access-token-file': { type: 'string', value: 'path', help: 'A file that holds the token; - reads it from stdin.' },
  'webhook-url': { type: 'string', value: 'url', help: 'URL of the endpoint that gets the events.' },
  'default-language': {
    type: 'string',
    value: 'code',
    help: 'Default language of templates that are approved in several languages.',
  },
  'window-policy': { type: 'string', value: 'enforce|observe', help: 'What to do outside the 24-hour window.' },
  'media-check': { type: 'string', value: 'probe|type|off', help: 'How media links are checked before a send.' },
  'media-mode': { type: 'string', value: 'link|upload', help: 'upload: fetch a link once, send by id.' },
  marketing: {
    type: 'string',
    value: 'cloud|marketing_messages|auto',
    help: 'Where marketing templates go. Default: cloud.',
  },
  'direct-send': { type: 'boolean', help: 'The account has Direct Send: utility messages pass a closed window.' },
  standby: {
    type: 'string',
    value: 'deliver|store',
    help: 'What becomes of messages that another program answers.',
  },
  'messages-per-second': { type: 'string', value: 'number', help: 'Rate limit of the number, in messages per second.' },
  compatibility: {
    type: 'string',
    value: 'postern|page',
    help: 'page: answers and callbacks in the form of the hosted API.',
  },
  'channel-id': {
    type: 'string',
    value: 'number',
    help: 'A number of your own for the channel, which callbacks carry.',
  },
}

/** A certification code of the user's own. */
const OWN_CODE: Record<string, Option> = {
  'certification-code': {
    type: 'string',
    value: 'code',
    help: 'A certification code of your own. Other users of this machine can see it while the command runs.',
  },
  'certification-code-file': {
    type: 'string',
    value: 'path',
    help: 'A file that holds a certification code of your own; - reads it from stdin.',
  },
}

const NUMBERS = ['messages-per-second', 'channel-id']

export const channelAdd: Command = {
  name: 'channel add',
  summary: 'Add a phone number; prints its certification code, once.',
  usage: '--name <text> --business-phone <digits> --phone-number-id <id> --waba-id <id> --access-token-file <path>',
  details: [
    'First checks at WhatsApp that the token is valid, that the ids belong together, and that an app is subscribed to',
    'the account; otherwise nothing is added. A token on the command line can be read by every user of this machine while the',
    'command runs.',
  ].join(' '),
  options: {
    ...ADD,
    ...OWN_CODE,
    subscribe: {
      type: 'boolean',
      help: 'Subscribe the token’s app to the account when no app is subscribed. Meta sends webhooks to subscribed apps only.',
    },
    'no-check': { type: 'boolean', help: 'Skip the check with WhatsApp, for a number that does not exist yet.' },
    ...CONNECTION,
  },
  async run(call) {
    const body: Record<string, unknown> = { access_token: secretOf(call, 'access-token') }
    if (body.access_token === undefined) throw new Misused('--access-token-file is missing')
    const code = secretOf(call, 'certification-code')
    if (code !== undefined) body.certification_code = code
    for (const name of Object.keys(ADD)) {
      if (name.startsWith('access-token')) continue
      const value = NUMBERS.includes(name)
        ? numberOf(call.values, name)
        : name === 'direct-send'
          ? call.values[name] === true || undefined
          : textOf(call.values, name)
      if (value !== undefined) body[name.replaceAll('-', '_')] = value
    }
    for (const name of ['name', 'business-phone', 'phone-number-id', 'waba-id'])
      if (textOf(call.values, name) === undefined) throw new Misused(`--${name} is missing`)
    const gateway = await connect(call)
    try {
      if (call.values['no-check'] !== true) await mustWork(gateway, body, call)
      const made = (await gateway.ask('POST', '/admin/channels', body)) as Record<string, unknown>
      return {
        data: made,
        text: `${facts(Object.entries(made).map(([name, value]) => [name.replaceAll('_', ' '), value]))}\n\n${KEPT}`,
      }
    } finally {
      await gateway.close()
    }
  },
}

type Step = { step: string; state: 'ok' | 'warning' | 'failed' | 'unknown'; says: string }

/** Checks that a new channel must pass. The webhook URL may be set afterwards: `doctor` checks it. */
const NEEDED = ['token', 'number', 'account', 'subscription']

const isMissing = ({ step, state }: Step): boolean =>
  NEEDED.includes(step) && (state === 'failed' || state === 'unknown')

async function checked(gateway: Connection, body: Record<string, unknown>): Promise<Step[]> {
  const { phone_number_id, waba_id, access_token, business_phone } = body
  const asked = { phone_number_id, waba_id, access_token, business_phone }
  return ((await gateway.ask('POST', '/admin/channels/check', asked)) as { steps: Step[] }).steps
}

/** The checks of a new channel that WhatsApp does not confirm. */
export const unconfirmed = async (gateway: Connection, body: Record<string, unknown>): Promise<Step[]> =>
  (await checked(gateway, body)).filter(isMissing)

/** Throws `Failed` with every check that WhatsApp does not confirm. */
async function mustWork(gateway: Connection, body: Record<string, unknown>, call: Call): Promise<void> {
  const { waba_id, access_token } = body
  const look = (): Promise<Step[]> => checked(gateway, body)
  let steps = await look()
  if (
    call.values.subscribe === true &&
    steps.some(({ step, state }) => step === 'subscription' && state === 'failed')
  ) {
    await gateway.ask('POST', '/admin/channels/check/subscribe', { waba_id, access_token })
    steps = await look()
  }
  const missing = steps.filter(isMissing)
  if (missing.length > 0) {
    const rows = steps.filter(({ state }) => state !== 'ok').map(({ step, state, says }) => [state, step, says])
    const unsubscribed = missing.every(({ step, state }) => step === 'subscription' && state === 'failed')
    throw new Failed(
      `WhatsApp does not confirm this number, so nothing was added.\n\n${table(['STATE', 'CHECK', 'FOUND'], rows)}\n\n` +
        `Fix it${unsubscribed ? ', or use --subscribe' : ''}. To add the number without the check, use --no-check.`,
      { steps },
    )
  }
  for (const { step, state, says } of steps) if (state === 'warning') call.note(`${step}: ${says}`)
}

export const channelList: Command = {
  name: 'channel list',
  summary: 'List the channels, with their endpoints.',
  options: CONNECTION,
  async run(call) {
    const gateway = await connect(call)
    try {
      const channels = (await gateway.ask('GET', '/admin/channels')) as Channel[]
      const rows = channels.map((one) => [
        one.channel_id,
        one.name,
        one.business_phone,
        one.phone_number_id,
        one.certification_codes.map((code) => code.code_id).join(' '),
        one.webhook_state,
        one.webhook_url,
      ])
      const headings = ['ID', 'NAME', 'PHONE', 'PHONE NUMBER ID', 'CODES', 'WEBHOOK', 'WEBHOOK URL']
      return { data: channels, text: channels.length === 0 ? 'There are no channels.' : table(headings, rows) }
    } finally {
      await gateway.close()
    }
  },
}

export const channelWebhook: Command = {
  name: 'channel webhook',
  summary: 'Set the endpoint of a channel; prints the signing secret, once.',
  args: '<channel_id> [url]',
  usage: '<channel_id> <url> | <channel_id> --test',
  options: {
    test: { type: 'boolean', help: 'Send a test event to the endpoint now, and print its answer.' },
    ...CONNECTION,
  },
  async run(call) {
    const test = call.values.test === true
    const [id, url] = call.words
    if (!test && url === undefined) throw new Misused('url is missing')
    if (test && url !== undefined) throw new Misused('give either a url or --test')
    const gateway = await connect(call)
    try {
      const path = `/admin/channels/${idOf(id!)}/webhook`
      if (test) {
        const data = (await gateway.ask('POST', `${path}/test`)) as Tested
        if (!data.delivered) throw new Failed(`The endpoint did not acknowledge the test event: ${answerOf(data)}.`)
        return { data, text: `The endpoint acknowledged the test event: ${answerOf(data)} in ${data.ms} ms.` }
      }
      const data = (await gateway.ask('PUT', path, { url })) as { webhook_secret: string }
      return { data, text: `webhook secret  ${data.webhook_secret}\n\n${KEPT}` }
    } finally {
      await gateway.close()
    }
  },
}

export const channelRotate: Command = {
  name: 'channel rotate',
  summary: 'Create another certification code or a new signing secret, or revoke a certification code.',
  args: '<channel_id>',
  usage: '<channel_id> [--certification-code-file <path> | --webhook-secret | --revoke <code_id>]',
  details:
    'Both certification codes work until you revoke the old one. For 24 hours, callbacks are signed with the old and the new secret.',
  options: {
    'webhook-secret': { type: 'boolean', help: 'Rotate the secret that signs events.' },
    revoke: { type: 'string', value: 'code_id', help: 'Revoke this certification code and create no new one.' },
    ...OWN_CODE,
    ...CONNECTION,
  },
  async run(call) {
    const [id] = call.words
    const revoked = textOf(call.values, 'revoke')
    const secret = call.values['webhook-secret'] === true
    if (secret && revoked !== undefined) throw new Misused('give either --revoke or --webhook-secret')
    const own = secretOf(call, 'certification-code')
    if (own !== undefined && (secret || revoked !== undefined))
      throw new Misused('a certification code of your own goes with neither --revoke nor --webhook-secret')
    const gateway = await connect(call)
    const path = `/admin/channels/${idOf(id!)}`
    try {
      if (revoked !== undefined) {
        const data = await gateway.ask('DELETE', `${path}/certification-codes/${encodeURIComponent(revoked)}`)
        return { data, text: `${revoked} is revoked: refused here at once, on other nodes within 5 seconds.` }
      }
      if (secret) {
        const data = (await gateway.ask('POST', `${path}/webhook/rotate-secret`)) as { webhook_secret: string }
        return {
          data,
          text: `webhook secret  ${data.webhook_secret}\n\n${KEPT} The old secret also signs for 24 hours.`,
        }
      }
      const before = (await gateway.ask('GET', path)) as Channel
      const body = own === undefined ? undefined : { certification_code: own }
      const made = (await gateway.ask('POST', `${path}/certification-codes`, body)) as Record<string, string>
      const old = before.certification_codes.map((code) => code.code_id)
      const next = old.map((code) => `  postern channel rotate ${id} --revoke ${code}`).join('\n')
      const text = facts([
        ['code id', made.code_id],
        ['certification code', made.certification_code],
      ])
      return {
        data: { ...made, older_code_ids: old },
        text: `${text}\n\n${KEPT}${next === '' ? '' : ` When all programs use the new code, revoke the old one:\n${next}`}`,
      }
    } finally {
      await gateway.close()
    }
  },
}

export const channelRemove: Command = {
  name: 'channel remove',
  summary: 'Remove a channel. Its certification codes stop working at once.',
  args: '<channel_id>',
  usage: '<channel_id> [--yes]',
  options: { yes: { type: 'boolean', help: 'Do not ask for confirmation.' }, ...CONNECTION },
  async run(call) {
    const [id] = call.words
    const path = `/admin/channels/${idOf(id!)}`
    const gateway = await connect(call)
    try {
      const channel = (await gateway.ask('GET', path)) as Channel
      if (call.values.yes !== true && !call.json && process.stdin.isTTY) await confirm(channel)
      const data = (await gateway.ask('DELETE', path)) as Record<string, unknown>
      return { data: { ...data, channel_id: channel.channel_id }, text: `Channel ${id} (${channel.name}) is removed.` }
    } finally {
      await gateway.close()
    }
  },
}

async function confirm(channel: Channel): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await terminal.question(`Remove channel ${channel.channel_id} (${channel.name})? [y/N] `)
    if (!/^y(es)?$/i.test(answer.trim())) throw new Failed('Nothing was removed.')
  } finally {
    terminal.close()
  }
}

/** A channel's id as part of a path. */
export function idOf(text: string): string {
  if (!/^\d{1,15}$/.test(text)) throw new Misused(`channel_id must be a whole number, got "${text}"`)
  return text
}

/** A secret, given as `--name`, or in a file as `--name-file`. */
function secretOf(call: Call, name: string): string | undefined {
  const given = textOf(call.values, name)
  const path = textOf(call.values, `${name}-file`)
  if (given !== undefined && path !== undefined) throw new Misused(`give either --${name} or --${name}-file`)
  return path === undefined ? given : readText(path).trim()
}

/** A file's text. `-` reads stdin. */
export function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    throw new Failed(`${path === '-' ? 'stdin' : path} cannot be read: ${(error as Error).message}.`)
  }
}

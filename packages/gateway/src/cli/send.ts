import { Failed, listOf, Misused, numberOf, textOf, type Call, type Command, type Option } from './command.ts'
import { asCustomer, connect, CONNECTION, type Connection } from './connect.ts'
import { readText } from './channel.ts'
import { askMessage } from './ask-message.ts'
import { facts } from './table.ts'

/** Options for the content of a message, for sends and broadcasts. */
export const MESSAGE: Record<string, Option> = {
  text: { type: 'string', help: 'Send this text (inside the 24-hour window).' },
  template: { type: 'string', value: 'name', help: 'Send this template (at any time).' },
  language: { type: 'string', value: 'code', help: 'The template’s language, when it is approved in several.' },
  param: {
    type: 'string',
    help: 'Value of the next variable in the template’s body. Repeat it for each variable.',
    multiple: true,
  },
  'otp-code': { type: 'string', value: 'code', help: 'The code of an AUTHENTICATION template.' },
  body: { type: 'string', value: 'path', help: 'Send the JSON body in this file; - reads stdin.' },
}

export const send: Command = {
  name: 'send',
  summary: 'Send one message.',
  usage: '--to <number> (--text <text> | --template <name> [--param <text> …]) | --body <path>',
  details:
    'Uses the only channel that exists, unless --channel or --certification-code names one. On a terminal it asks for what is missing.',
  options: {
    to: { type: 'string', value: 'number', help: 'Country code and number, digits only.' },
    ...MESSAGE,
    channel: { type: 'string', value: 'channel_id', help: 'The channel to send through.' },
    'certification-code': { type: 'string', value: 'code', help: 'Send as a customer, without the admin token.' },
    ...CONNECTION,
  },
  async run(call) {
    // Without a terminal, wrong arguments are told before anything is started.
    if (!call.ask) bodyOf(call)
    const code = textOf(call.values, 'certification-code')
    const gateway = code === undefined ? await connect(call) : await asCustomer(call, code)
    try {
      const values = call.ask ? await askMessage(call.values, call.ask, () => templatesOf(call, gateway)) : call.values
      const body = bodyOf({ values })
      if (code === undefined && !gateway.running)
        call.note('No gateway is running. WhatsApp’s statuses of this message only reach a running gateway.')
      const path =
        code === undefined
          ? `/admin/channels/${await channelOf(call, gateway.ask)}/messages`
          : '/external/messages/whatsapp'
      const data = (await gateway.ask('POST', path, body)) as Record<string, unknown>
      return { data, text: facts(Object.entries(data).map(([name, value]) => [name, value])) }
    } finally {
      await gateway.close()
    }
  },
}

type Templates = Awaited<ReturnType<Parameters<typeof askMessage>[2]>>

async function templatesOf(call: Call, gateway: Connection): Promise<Templates> {
  if (textOf(call.values, 'certification-code') !== undefined)
    return (await gateway.ask('GET', '/external/templates?count=100')) as Templates
  const path = `/admin/channels/${await channelOf(call, gateway.ask)}/templates`
  return ((await gateway.ask('GET', path)) as { templates: Templates }).templates
}

/** The channel that `--channel` names, or the only one. */
export async function channelOf(call: Call, ask: (method: string, path: string) => Promise<unknown>): Promise<number> {
  const given = numberOf(call.values, 'channel')
  if (given !== undefined) return given
  const channels = (await ask('GET', '/admin/channels')) as { channel_id: number; name: string }[]
  const [only] = channels
  if (only && channels.length === 1) return only.channel_id
  if (!only) throw new Failed('No channel exists yet. See: postern channel add --help')
  throw new Failed(`There are ${channels.length} channels: choose one with --channel. See: postern channel list`)
}

/** The body of a send: content and recipient. */
export function bodyOf(call: Pick<Call, 'values'>): Record<string, unknown> {
  const to = textOf(call.values, 'to')
  if (to === undefined && textOf(call.values, 'body') === undefined) throw new Misused('--to is missing')
  return { ...(to !== undefined && { to }), ...contentOf(call) }
}

/**
 * A message without its recipient, from a file or from the options. This checks only the combination of options; the
 * gateway checks the rest.
 */
export function contentOf({ values }: Pick<Call, 'values'>): Record<string, unknown> {
  const file = textOf(values, 'body')
  const [text, template] = [textOf(values, 'text'), textOf(values, 'template')]
  const language = textOf(values, 'language')
  const otp = textOf(values, 'otp-code')
  const params = listOf(values, 'param')
  if (file !== undefined) {
    if (
      text !== undefined ||
      template !== undefined ||
      language !== undefined ||
      otp !== undefined ||
      params.length > 0
    )
      throw new Misused('--body is the whole message: remove the other options of a message')
    return parsed(readText(file), file)
  }
  if ((text === undefined) === (template === undefined)) throw new Misused('give one of --text, --template and --body')
  if (text !== undefined) {
    if (language !== undefined || otp !== undefined || params.length > 0)
      throw new Misused('--language, --param and --otp-code need --template')
    return { type: 'text', text }
  }
  const parameters = params.map((one) => ({ type: 'text', text: one }))
  return {
    type: 'template',
    template: {
      name: template,
      ...(language !== undefined && { language }),
      ...(otp !== undefined && { code: otp }),
      ...(parameters.length > 0 && { components: [{ type: 'body', parameters }] }),
    },
  }
}

function parsed(text: string, path: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Failed(`${path === '-' ? 'stdin' : path} does not hold JSON: ${(error as Error).message}.`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Failed(`${path === '-' ? 'stdin' : path} must hold one JSON object.`)
  return value as Record<string, unknown>
}

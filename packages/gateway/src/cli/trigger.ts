import { readConfig } from '../platform/config.ts'
import { isRecord } from '../platform/is-record.ts'
import { DEMO } from '../app/demo.ts'
import { Failed, listOf, Misused, textOf, type Answer, type Call, type Command, type Values } from './command.ts'
import { addressOf } from './connect.ts'
import { table } from './table.ts'

const WITHIN_MS = 60_000

/** Messages by their type, for `trigger image`: what the phone says. */
const MESSAGES: Record<string, Record<string, unknown>> = {
  text: { text: 'Hello' },
  location: { type: 'location', location: { latitude: 22.2819, longitude: 114.1582, name: 'Central' } },
  contacts: {
    type: 'contacts',
    contacts: [{ name: { formatted_name: 'Ann Lee' }, phones: [{ phone: '+16505551234' }] }],
  },
  order: {
    type: 'order',
    order: {
      catalog_id: '1',
      product_items: [{ product_retailer_id: 'fern', quantity: '1', item_price: '12.50', currency: 'USD' }],
    },
  },
}

/** Options that are the key of the same name of what a phone does. */
const KEYS = ['text', 'button', 'row', 'to', 'on', 'emoji'] as const

export const trigger: Command = {
  name: 'trigger',
  summary: 'Play in the sandbox what a contact does, or send a webhook of WhatsApp by its name.',
  args: '[name]',
  usage: '<name> [--from <number>] [--text <text>] [--set <key=value>] | --list',
  details: [
    'name is a type of message (text, location, contacts, order), what a phone does (taps, picks, reads, calls …), or a kind of webhook',
    '(account_review, phone_quality …). --list prints all of them. The webhook goes to the gateway that the sandbox knows.',
  ].join('\n'),
  options: {
    list: { type: 'boolean', help: 'Print all names.' },
    from: { type: 'string', value: 'number', help: `The phone that does it. Default: ${DEMO.phones[0]}.` },
    text: { type: 'string', help: 'What it says.' },
    button: { type: 'string', value: 'words', help: 'The button that it taps or opens.' },
    row: { type: 'string', value: 'words', help: 'The row that it picks.' },
    to: { type: 'string', value: 'msg_id', help: 'The message that it answers, reacts to, edits or revokes.' },
    on: { type: 'string', value: 'msg_id', help: 'The message with the button or row. Default: the newest.' },
    emoji: { type: 'string', value: 'emoji', help: 'With reacts.' },
    set: {
      type: 'string',
      value: 'key=value',
      help: 'Any further value, as JSON or text; five digits and more are text. A dot goes a level deeper: a.b=1.',
      multiple: true,
    },
    sandbox: { type: 'string', value: 'url', help: 'The sandbox. Default: 127.0.0.1 and SANDBOX_PORT.' },
  },
  async run(call) {
    const url = sandboxOf(call)
    const [name] = call.words
    if (call.values.list === true) return listed(url)
    if (name === undefined) throw new Misused('name is missing: --list prints all names')
    const given = { ...bodyOf(call.values), ...setsOf(listOf(call.values, 'set')) }
    const from = textOf(call.values, 'from') ?? DEMO.phones[0]
    if (!/^\d{5,20}$/.test(from)) throw new Misused(`--from must be a number, digits only, got "${from}"`)
    const { verbs, kinds } = await namesOf(url)
    const said = Object.hasOwn(MESSAGES, name) ? MESSAGES[name] : undefined
    if (said || verbs.includes(name)) {
      const verb = said ? 'says' : name
      const data = await ask(url, 'POST', `/phones/${from}/${verb}`, { ...said, ...given })
      return { data, text: doneBy(from, verb, data) }
    }
    if (kinds.includes(name)) {
      const data = await ask(url, 'POST', '/tell', { kind: name, values: given, phone: from })
      return { data, text: `WhatsApp sent the webhook ${name}.` }
    }
    throw new Failed(`There is no ${name} to trigger. postern trigger --list prints all names.`)
  },
}

/** The address of the sandbox that a command means. */
export function sandboxOf(call: Pick<Call, 'values' | 'env'>): string {
  const given = textOf(call.values, 'sandbox')
  if (given !== undefined) {
    if (URL.canParse(given) && /^https?:/.test(given)) return new URL(given).origin
    throw new Misused(`--sandbox must be an address such as http://127.0.0.1:8081, got "${given}"`)
  }
  const config = readConfig(call.env)
  if (!config.sandbox)
    throw new Failed('CLOUD_API_URL is set, so the gateway has no sandbox. Give the address of one with --sandbox.')
  return addressOf({ host: config.host, port: config.sandboxPort })
}

/** One call of the sandbox's control API. */
export async function ask(url: string, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  let response: Response
  try {
    response = await fetch(`${url}/sandbox${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(WITHIN_MS),
    })
  } catch {
    throw new Failed(`No sandbox answers at ${url}. Start one with postern serve, or give its address with --sandbox.`)
  }
  const answer: unknown = await response.json().catch(() => undefined)
  if (!isRecord(answer)) throw new Failed(`What answers at ${url} is not the sandbox.`)
  if (response.ok) return answer
  const message = isRecord(answer.error) ? answer.error.message : undefined
  throw new Failed(String(message ?? `What answers at ${url} is not the sandbox.`), { http: response.status })
}

async function namesOf(url: string): Promise<{ verbs: string[]; kinds: string[] }> {
  const [verbs, kinds] = await Promise.all([ask(url, 'GET', '/verbs'), ask(url, 'GET', '/kinds')])
  return { verbs: wordsIn(verbs.data), kinds: wordsIn(kinds.data) }
}

const wordsIn = (list: unknown): string[] => (Array.isArray(list) ? list.map(String) : [])

async function listed(url: string): Promise<Answer> {
  const { verbs, kinds } = await namesOf(url)
  const messages = Object.keys(MESSAGES)
  const rows = [
    ...messages.map((name) => [name, 'a message']),
    ...verbs.map((name) => [name, 'a phone']),
    ...kinds.map((name) => [name, 'a webhook']),
  ]
  return { data: { messages, verbs, kinds }, text: table(['NAME', 'FROM'], rows) }
}

function doneBy(from: string, verb: string, data: Record<string, unknown>): string {
  const id = isRecord(data.message) ? data.message.id : undefined
  return `${from} ${verb}${typeof id === 'string' ? `: ${id}` : '.'}`
}

const bodyOf = (values: Values): Record<string, unknown> =>
  Object.fromEntries(KEYS.flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])))

function setsOf(given: readonly string[]): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const one of given) {
    const [, path, text] = /^([\w.-]+)=(.*)$/s.exec(one) ?? []
    const keys = path?.split('.') ?? []
    if (text === undefined || keys.length > 10 || keys.some((key) => key === '' || key === '__proto__'))
      throw new Misused(`--set must be key=value, got "${one}"`)
    let at = body
    for (const key of keys.slice(0, -1)) at = (at[key] = isRecord(at[key]) ? at[key] : {}) as Record<string, unknown>
    at[keys.at(-1)!] = valueOf(text)
  }
  return body
}

/** JSON where it is JSON. Numbers of people and ids are digits too, and texts. */
function valueOf(text: string): unknown {
  if (/^\d{5,}$/.test(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

import { asList, asObject, asText } from '../../ui/src/shown.ts'
import type { Callback, Received, SentWebhook } from './control.ts'

/** One line of the wire. */
export type WireLine = {
  key: string
  /** When it began, on the sandbox's clock. Undefined: a callback that was not tried yet. */
  at: number | undefined
  tookMs: number | undefined
  what: string
  /** True, false, or undefined while it is not over. */
  isGood: boolean | undefined
  /** Numbers of the people in it. */
  phones: readonly string[]
  /** Ids of the messages that it is about. */
  messages: readonly string[]
} & (
  | { kind: 'call'; call: Received }
  | { kind: 'webhook'; webhook: SentWebhook }
  | { kind: 'callback'; callback: Callback }
)

export type Wired = {
  calls: readonly Received[]
  webhooks: readonly SentWebhook[]
  callbacks: readonly Callback[]
  /** How much the sandbox's clock is ahead of the gateway's, in milliseconds. */
  ahead: number
}

/** All lines, oldest first. What began in the same millisecond stands in the order of its cause. */
export function linesOf({ calls, webhooks, callbacks, ahead }: Wired): WireLine[] {
  const onTheWire = [...calls.map(callLine), ...webhooks.map(webhookLine)]
  const lines = [...onTheWire, ...callbacks.map((callback) => callbackLine(callback, ahead))]
  const place = new Map(
    lines.map((line) => [line, line.at ?? (line.kind === 'callback' ? line.callback.made_at_ms + ahead : 0)]),
  )
  return withOwnKeys(lines.sort((a, b) => place.get(a)! - place.get(b)! || ORDER[a.kind] - ORDER[b.kind]))
}

/** A webhook that a fault sends twice is there twice. */
function withOwnKeys(lines: WireLine[]): WireLine[] {
  const seen = new Map<string, number>()
  return lines.map((line) => {
    const n = seen.get(line.key) ?? 0
    seen.set(line.key, n + 1)
    return n === 0 ? line : { ...line, key: `${line.key} ${n}` }
  })
}

const ORDER = { call: 0, webhook: 1, callback: 2 }

const isGood = (status: number | undefined): boolean => status !== undefined && status >= 200 && status < 300

function callLine(call: Received): WireLine {
  const body = asObject(call.body)
  const ids = [...asList(asObject(call.answer).messages).map((one) => asText(one.id)), asText(body.message_id)]
  const type = body.status === 'read' ? 'read' : asText(body.type)
  return {
    key: `call ${call.at} ${call.path} ${ids.join(' ')}`,
    kind: 'call',
    call,
    at: call.at - call.tookMs,
    tookMs: call.tookMs,
    what: [`${call.method} ${call.path}`, type].filter(Boolean).join(' · '),
    isGood: isGood(call.status),
    phones: [asText(body.to)?.replace(/\D/g, '') ?? ''].filter(Boolean),
    messages: present(ids),
  }
}

function webhookLine(webhook: SentWebhook): WireLine {
  const values = changesIn(webhook.body).map((change) => asObject(change.value))
  const statuses = values.flatMap((value) => asList(value.statuses))
  const messages = values.flatMap((value) => asList(value.messages))
  return {
    key: `webhook ${webhook.at} ${webhook.attempt} ${webhook.body.length} ${statuses[0]?.id as string} ${statuses[0]?.status as string} ${messages[0]?.id as string}`,
    kind: 'webhook',
    webhook,
    at: webhook.at,
    tookMs: webhook.tookMs,
    what: titleOf(webhook),
    isGood: isGood(webhook.status),
    phones: present([...statuses.map((one) => asText(one.recipient_id)), ...messages.map((one) => asText(one.from))]),
    messages: present([...statuses, ...messages].flatMap(idsIn)),
  }
}

/** A reaction has no bubble of its own: it lights the message that it stands on. */
const idsIn = (one: Record<string, unknown>): (string | undefined)[] => [
  asText(one.id),
  asText(asObject(one.reaction).message_id),
]

function callbackLine(callback: Callback, ahead: number): WireLine {
  const body = asObject(callback.body)
  const messages = asList(asObject(body.message).messages)
  const first = callback.attempts[0]
  const last = callback.attempts.at(-1)
  const status = asText(body.message_status)
  return {
    key: `callback ${callback.id} ${callback.url ?? ''}`,
    kind: 'callback',
    callback,
    at: first && first.at_ms + ahead,
    tookMs: last?.duration_ms,
    what: status === undefined ? callback.event : `${callback.event} · ${status}`,
    isGood: callback.state === 'delivered' ? true : last && !isGood(last.status ?? undefined) ? false : undefined,
    phones: present(messages.map((one) => asText(one.from))),
    messages: present([asText(body.message_id), ...messages.flatMap(idsIn)]),
  }
}

const present = (list: (string | undefined)[]): string[] => [...new Set(list.filter((one) => one !== undefined))]

/** The ids of the messages in these webhooks, including answers and reactions. */
export function messagesIn(webhooks: readonly SentWebhook[]): string[] {
  return webhooks.flatMap(({ body }) =>
    changesIn(body).flatMap((change) => asList(asObject(change.value).messages).map((one) => asText(one.id) ?? '')),
  )
}

/** The title of a webhook in one line: its field, and the statuses or types in it. */
export function titleOf(webhook: SentWebhook): string {
  return changesIn(webhook.body)
    .map((change) => {
      const { statuses, messages } = asObject(change.value)
      const words = [...asList(statuses).map((one) => one.status), ...asList(messages).map((one) => one.type)]
      return [change.field, ...words].map((word) => asText(word) ?? '').join(' · ')
    })
    .join(', ')
}

function changesIn(body: string): Record<string, unknown>[] {
  return asList(asObject(parsed(body)).entry).flatMap((entry) => asList(entry.changes))
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export type WireFilter = {
  words: string
  kinds: ReadonlySet<WireLine['kind']>
  onlyFailed: boolean
  /** Digits; empty for all phones. */
  phone: string
  /** Only what began after it. */
  since: number
}

/** A callback names no number when the person hides it, so lines of a phone are found by its messages too. */
export function filterLines(lines: readonly WireLine[], filter: WireFilter): WireLine[] {
  const words = filter.words.trim().toLowerCase()
  const mine = new Set(lines.filter((one) => one.phones.includes(filter.phone)).flatMap((one) => one.messages))
  return lines.filter(
    (line) =>
      filter.kinds.has(line.kind) &&
      (!filter.onlyFailed || line.isGood === false || /failed/.test(line.what)) &&
      (filter.phone === '' || line.phones.includes(filter.phone) || line.messages.some((id) => mine.has(id))) &&
      (line.at ?? Infinity) > filter.since &&
      (words === '' || textOf(line).includes(words)),
  )
}

/** Everything that a search looks at. */
function textOf(line: WireLine): string {
  const more =
    line.kind === 'call'
      ? [line.call.status, line.call.body, line.call.answer]
      : line.kind === 'webhook'
        ? [line.webhook.status, parsed(line.webhook.body), line.webhook.error]
        : [line.callback.body, line.callback.attempts, line.callback.state]
  return `${line.what} ${JSON.stringify(more)}`.toLowerCase()
}

/** The same request, for a terminal. */
export function curlOf(line: WireLine, sandboxUrl: string): string {
  if (line.kind === 'call') {
    const { method, version = 'v26.0', path, body } = line.call
    const headers = { authorization: 'Bearer sandbox-token' }
    return curl(method, `${sandboxUrl}/${version}${path}`, headers, method === 'GET' ? undefined : JSON.stringify(body))
  }
  if (line.kind === 'webhook') {
    const { url, headers = {}, body } = line.webhook
    return curl('POST', url, Object.fromEntries(Object.entries(headers).filter(([name]) => SIGNED.test(name))), body)
  }
  return curl('POST', line.callback.url ?? 'http://localhost:3000/webhook', {}, JSON.stringify(line.callback.body))
}

/** What the gateway needs to accept a webhook. */
const SIGNED = /^x-hub-signature/i

function curl(method: string, url: string, headers: Record<string, string>, body: string | undefined): string {
  const parts = [`curl -X ${method} ${quoted(url)}`]
  for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quoted(`${name}: ${value}`)}`)
  if (body !== undefined) parts.push(`-H 'content-type: application/json'`, `--data-raw ${quoted(body)}`)
  return parts.join(' \\\n  ')
}

/** For a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

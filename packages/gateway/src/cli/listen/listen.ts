import { VERSION } from '../../app/version.ts'
import { isOnPage } from '../../domain/channels/page-kinds.ts'
import { pageBody } from '../../domain/events/page-form.ts'
import { filteredEventOf } from '../../domain/events/stored-event.ts'
import { newEndpointSecret } from '../../store/endpoints.ts'
import { channelOf } from '../send.ts'
import { Failed, listOf, Misused, numberOf, textOf, type Answer, type Call, type Command } from '../command.ts'
import { asCustomer, connectRunning, CONNECTION, type Connection } from '../connect.ts'
import { contactsOf, type Heard, lineOf, plain } from './event-text.ts'
import { createForwarder, type Forwarder } from './forward.ts'
import { eventsOf } from './stream.ts'

/** The names of `--filter`, and what they are called in the query of the stream. */
const FILTERS: Record<string, string> = { event: 'events', type: 'types', status: 'statuses' }

export const listen: Command = {
  name: 'listen',
  summary: 'Print the events of a channel as they come, and forward them to a program on this machine.',
  usage: '[--forward <url>] [--filter <name=value>] [--json]',
  details: [
    'Reads the event stream of a running gateway: it adds no endpoint, takes no event from the others, and leaves nothing behind.',
    'It goes on after a lost connection, and ends with Ctrl-C. With --json, each event is one line.',
    'A forwarded request is what an endpoint gets: signed, retried, and in order for each contact.',
  ].join('\n'),
  options: {
    forward: { type: 'string', value: 'url', help: 'Post each event there, signed.' },
    secret: { type: 'string', value: 'whsec_…', help: 'The secret that signs. Default: a new one, which is printed.' },
    filter: {
      type: 'string',
      value: 'name=value',
      help: 'event=, type= (of messages), status= or contact= with values, separated by commas.',
      multiple: true,
    },
    after: { type: 'string', value: 'event_id', help: 'Begin after this event. Default: with new events.' },
    count: { type: 'string', value: 'number', help: 'End after this number of events.' },
    channel: { type: 'string', value: 'channel_id', help: 'The channel. Default: the only one.' },
    'certification-code': { type: 'string', value: 'code', help: 'Listen as a customer, without the admin token.' },
    ...CONNECTION,
  },
  async run(call) {
    const { query, contacts } = filterOf(listOf(call.values, 'filter'))
    const most = numberOf(call.values, 'count') ?? Infinity
    const target = forwardUrlOf(call)
    const secret = secretOf(call)
    const { gateway, path, isOnPage: isPage } = await placeOf(call)
    const stop = new AbortController()
    const onSignal = (): void => stop.abort()
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, onSignal)
    const forwarder = target === undefined ? undefined : forwarderFor(call, target, secret, stop.signal)
    let seen = 0
    try {
      if (target !== undefined) call.note(`Events go to ${target}, signed with ${secret}`)
      const after = textOf(call.values, 'after') ?? 'now'
      const stream = { url: `${gateway.url}${path}`, headers: gateway.headers, after, query, note: call.note }
      if (most > 0)
        for await (const event of eventsOf({ ...stream, signal: stop.signal })) {
          if (contacts && !contactsOf(event.body).some((one) => contacts.has(one))) continue
          call.print(shown(event))
          const told = isPage ? asOnPage(event) : event
          if (told) await forwarder?.take(told)
          if (++seen >= most) break
        }
      await forwarder?.settled()
    } finally {
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, onSignal)
      stop.abort()
    }
    call.note(summary(seen, forwarder))
    return undefined
  },
}

const shown = (event: Heard): Answer => ({
  data: { id: event.id, ...event.body },
  text: lineOf(new Date(), event),
})

function summary(seen: number, forwarder: Forwarder | undefined): string {
  const events = `${seen} ${seen === 1 ? 'event' : 'events'}`
  if (!forwarder) return `Ended after ${events}.`
  const { forwarded, waiting } = forwarder.counts()
  return `Ended after ${events}: ${forwarded} forwarded${waiting === 0 ? '' : `, ${waiting} not accepted`}.`
}

function forwarderFor(call: Call, url: string, secret: string, signal: AbortSignal): Forwarder {
  const say = (event: Heard, answer: string): void =>
    call.note(plain(`          ${String(event.body.event)} → ${answer}`))
  return createForwarder({ url, secret, userAgent: `Postern/${VERSION}`, signal, say })
}

/** As an endpoint of a channel in the form of the page gets it; undefined where it gets none. */
function asOnPage(event: Heard): Heard | undefined {
  if (!isOnPage(filteredEventOf(String(event.body.event), event.text))) return undefined
  return { ...event, text: pageBody(event.text) }
}

type Place = { gateway: Connection; path: string; isOnPage: boolean }

async function placeOf(call: Call): Promise<Place> {
  const code = textOf(call.values, 'certification-code')
  if (code !== undefined)
    return { gateway: await asCustomer(call, code), path: '/external/events/stream', isOnPage: false }
  const gateway = await connectRunning(call)
  const id = await channelOf(call, gateway.ask)
  const channel = (await gateway.ask('GET', `/admin/channels/${id}`)) as { compatibility: string }
  return { gateway, path: `/admin/channels/${id}/events/stream`, isOnPage: channel.compatibility === 'page' }
}

function filterOf(given: readonly string[]): { query: Record<string, string>; contacts: Set<string> | undefined } {
  const query: Record<string, string> = {}
  const contacts: string[] = []
  for (const one of given) {
    const [, name, value] = /^(event|type|status|contact)=(\S+)$/.exec(one) ?? []
    if (name === undefined || value === undefined)
      throw new Misused(`--filter must be event=…, type=…, status=… or contact=…, got "${one}"`)
    if (name === 'contact') contacts.push(...value.split(','))
    else query[FILTERS[name]!] = [query[FILTERS[name]!] ?? [], value].flat().join(',')
  }
  return { query, contacts: contacts.length === 0 ? undefined : new Set(contacts) }
}

function forwardUrlOf(call: Call): string | undefined {
  const given = textOf(call.values, 'forward')
  if (given === undefined) return undefined
  if (/^https?:\/\//.test(given) && URL.canParse(given)) return new URL(given).href
  throw new Misused(`--forward must be a URL such as http://localhost:3000/hook, got "${given}"`)
}

function secretOf(call: Call): string {
  const given = textOf(call.values, 'secret')
  if (given === undefined) return newEndpointSecret()
  if (textOf(call.values, 'forward') === undefined) throw new Misused('--secret needs --forward')
  const bytes = given.startsWith('whsec_') ? Buffer.from(given.slice(6), 'base64').length : 0
  if (bytes < 24 || bytes > 64) throw new Failed('--secret must be whsec_ and 24 to 64 bytes in base64.')
  return given
}

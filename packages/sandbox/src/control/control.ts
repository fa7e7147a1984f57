import type { IncomingMessage, ServerResponse } from 'node:http'
import { isObject, type Json } from '../checker.ts'
import { endCall } from '../calls.ts'
import { webhookError } from '../graph-error.ts'
import { groupChat, type NewGroup } from '../groups.ts'
import type { Sandbox, SandboxState } from '../index.ts'
import { fail } from '../journey.ts'
import type { WebhookOfKind } from '../kinds.ts'
import type { Cloud, Pace } from '../cloud.ts'
import type { Fault } from '../faults.ts'
import { judge, rate, recategorise, type Verdict } from '../moderation.ts'
import { readBody } from '../server.ts'
import { SetupError, type NewMedia, type NewTemplate, type CustomWebhook } from '../setup.ts'
import { businessAppVerb } from './app-verbs.ts'
import { viewBill } from './bill-view.ts'
import { chatsOf } from './chats.ts'
import { refusal } from './guard.ts'
import { mediaBytes } from './media-bytes.ts'
import { storyOf, tellStory } from './story.ts'
import { stream } from './stream.ts'
import { VERBS } from './verbs.ts'
import type { NumberVerdict } from '../standing.ts'
import type { BusinessNumber } from '../world.ts'
import { viewMessage, viewNumber, viewPhone, viewState } from './view.ts'

const MOST_BYTES = 140 * 1_048_576

/** Parameters of a handler. `path` is behind `/sandbox`. */
export type Ask = { cloud: Cloud; sandbox: Sandbox; path: string[]; query: URLSearchParams; body: Json }
export type Handler = (ask: Ask) => unknown

export const phoneOf = ({ sandbox, path, body, query }: Ask) => {
  const using = typeof body['with'] === 'string' ? body['with'] : query.get('with')
  return sandbox.phone(path[1]!, using === null ? {} : { with: using })
}

/** `METHOD part`: `*` stands for one id. All paths are below `/sandbox`. */
const ROUTES: Record<string, Handler> = {
  GET: ({ cloud }) => viewState(cloud),
  'GET phones': ({ cloud }) => ({ data: [...cloud.world.contacts.values()].map((c) => viewPhone(cloud, c)) }),
  'GET phones/*': (ask) => viewPhone(ask.cloud, phoneOf(ask).contact),
  'PATCH phones/*': (ask) => {
    phoneOf(ask).is(ask.body)
    return viewPhone(ask.cloud, phoneOf(ask).contact)
  },
  'GET phones/*/messages': (ask) => {
    const count = Math.min(Number(ask.query.get('count') ?? 100) || 100, 500)
    const business = ask.query.get('with')
    const messages = phoneOf(ask)
      .messages()
      .filter((m) => business === null || m.numberId === business)
    return { data: messages.slice(-count).map(viewMessage) }
  },
  'GET phones/*/chats': (ask) => ({ data: chatsOf(ask.cloud, phoneOf(ask).number) }),
  'POST phones/*/*': async (ask) => {
    const verb = Object.hasOwn(VERBS, ask.path[2]!) ? VERBS[ask.path[2]!] : undefined
    if (!verb) throw new NotFound(`A phone cannot "${ask.path[2]!}". It can: ${Object.keys(VERBS).join(', ')}.`)
    return (await verb(phoneOf(ask), ask.body)) ?? { done: true }
  },
  'GET messages/*': ({ cloud, path }) => {
    const message = cloud.world.messages.get(path[1]!)
    if (!message) throw new NotFound('There is no such message (the newest 5,000 are kept).')
    return viewMessage(message)
  },
  'POST messages/*/fail': ({ cloud, path, body }) => {
    const message = cloud.world.messages.get(path[1]!)
    const number = message && cloud.world.numbers.get(message.numberId)
    if (!message || !number || message.direction !== 'out')
      throw new NotFound('There is no such message of a business.')
    fail(
      cloud,
      number,
      message,
      webhookError(Number(body['code'] ?? 131026), typeof body['details'] === 'string' ? body['details'] : undefined),
    )
    return viewMessage(message)
  },
  'GET faults': ({ cloud }) => ({ data: cloud.faults.list() }),
  'POST faults': ({ sandbox, body }) => {
    if (typeof body['on'] !== 'string') throw new SetupError('"on" must be a text.')
    const { id, fault, left } = sandbox.fault(body as Fault)
    return { id, fault, left }
  },
  'DELETE faults': ({ cloud }) => {
    cloud.faults.clear()
    cloud.webhooks.release()
    return { done: true }
  },
  'DELETE faults/*': ({ cloud, path }) => {
    if (!cloud.faults.remove(path[1]!)) throw new NotFound('There is no such fault.')
    return { done: true }
  },
  'GET clock': ({ cloud }) => ({ now: cloud.clock.now() }),
  'POST clock': ({ sandbox, body }) => {
    const ms = body['advanceMs']
    if (typeof ms !== 'number' || !Number.isFinite(ms)) throw new SetupError('"advanceMs" must be a number.')
    sandbox.clock.advance(ms)
    return { now: sandbox.clock.now() }
  },
  'POST pace': ({ sandbox, body }) => sandbox.pace(body as Partial<Pace>),
  'POST limits': ({ sandbox, body }) => sandbox.limits(body),
  'POST subscribe': async ({ cloud, sandbox, body }) => {
    if (typeof body['url'] !== 'string') throw new SetupError('"url" must be a text.')
    if (typeof body['verifyToken'] === 'string') cloud.world.app.verifyToken = body['verifyToken']
    await sandbox.subscribe(body['url'], { verify: body['verify'] !== false })
    return { done: true }
  },
  'GET received': ({ sandbox, query }) => ({
    data: newest(sandbox.received(), query, (call, id) => JSON.stringify([call.body, call.answer]).includes(id)),
  }),
  'GET webhooks': ({ sandbox, query }) => ({
    data: newest(sandbox.webhooks(), query, (webhook, id) => webhook.body.includes(id)),
  }),
  'POST settled': async ({ cloud, sandbox }) => {
    await (cloud.settled ?? sandbox.settled)()
    return { done: true }
  },
  'POST accounts': ({ sandbox, body }) => sandbox.addAccount(body),
  'POST numbers': ({ sandbox, body }) => sandbox.addNumber(body),
  'POST tokens': ({ sandbox, body }) => sandbox.addToken(body),
  'POST templates': ({ sandbox, body }) => sandbox.addTemplate(body as unknown as NewTemplate),
  'POST media': ({ sandbox, body }) => sandbox.addMedia(body as NewMedia),
  'POST templates/*/*': ({ cloud, path, body }) => {
    const template = cloud.world.templates.get(path[1]!)
    if (!template) throw new NotFound('There is no such template.')
    if (path[2] === 'judge') judge(cloud, template, body as Verdict)
    else if (path[2] === 'rate') rate(cloud, template, body['score'] as 'GREEN')
    else if (path[2] === 'recategorise') recategorise(cloud, template, String(body['category']))
    else throw new NotFound('A template can be judged, rated or recategorised: judge, rate, recategorise.')
    return template
  },
  'GET story': ({ cloud }) => storyOf(cloud).state(),
  'POST story/*': ({ cloud, path, body }) => tellStory(cloud, path[1]!, body),
  'GET kinds': ({ sandbox }) => ({ data: sandbox.kinds() }),
  'GET verbs': () => ({ data: Object.keys(VERBS) }),
  'PATCH app': ({ cloud, body }) => {
    changeSetup(cloud.world.app, body, ['secret', 'verifyToken', 'callbackUrl', 'fields'])
    cloud.world.saveApp()
    return cloud.world.app
  },
  'PATCH accounts/*': ({ cloud, path, body }) => {
    const account = cloud.world.accounts.get(path[1]!)
    if (!account) throw new NotFound('There is no such account.')
    if (typeof body['parentUserIds'] === 'boolean') account.parentUserIds = body['parentUserIds']
    changeSetup(account, body, ['subscribed', 'otherApps', 'verification', 'blocked', 'overrideUrl'])
    if (isObject(body['settings'])) account.settings = { ...account.settings, ...body['settings'] }
    cloud.world.saveAccount(account)
    return account
  },
  'PATCH numbers/*': ({ cloud, path, body }) => {
    const number = numberOf(cloud, path[1]!)
    if (typeof body['onBizApp'] === 'boolean') number.onBizApp = body['onBizApp']
    changeSetup(number, body, ['registered', 'pin', 'verification', 'nameStatus', 'status'])
    if (isObject(body['settings'])) Object.assign(number.settings, body['settings'])
    cloud.world.saveNumber(number)
    cloud.events.emit('number', cloud.clock.now(), () => ({ numberId: number.id }))
    return number
  },
  'POST numbers/*/verdict': async ({ cloud, sandbox, path, body }) => {
    await sandbox.judgeNumber(body as NumberVerdict, path[1]!)
    return viewNumber(cloud, cloud.world.numbers.get(path[1]!)!)
  },
  'GET numbers/*': ({ cloud, path }) => viewNumber(cloud, numberOf(cloud, path[1]!)),
  'GET numbers/*/bill': ({ cloud, path }) => viewBill(cloud, numberOf(cloud, path[1]!)),
  'POST numbers/*/app': (ask) => businessAppVerb(ask.sandbox, ask.cloud, ask.path[1]!, ask.body),
  'GET calls': ({ cloud }) => ({ data: [...cloud.calls.values()] }),
  'POST calls/*/end': async ({ cloud, path, body }) => {
    const call = cloud.calls.get(path[1]!)
    if (!call) throw new NotFound('There is no such call (calls are not kept over a restart).')
    await endCall(cloud, call, typeof body['code'] === 'number' ? body['code'] : undefined)
    return call
  },
  'GET groups/*/messages': ({ cloud, path, query }) => ({
    data: groupChat(cloud, path[1]!, query.get('phone') ?? '')
      .slice(-200)
      .map(({ message, ...line }) => ({ ...line, ...(message && { message: viewMessage(message) }) })),
  }),
  'GET groups': ({ cloud }) => ({ data: [...cloud.world.numbers.values()].flatMap((n) => n.groups ?? []) }),
  'POST groups': ({ sandbox, body }) => {
    if (typeof body['subject'] !== 'string') throw new SetupError('"subject" must be a text.')
    return sandbox.addGroup(body as NewGroup)
  },
  'POST groups/*/*': async ({ sandbox, path }) => {
    const [, id, verb] = path
    if (verb === 'suspend' || verb === 'resume') await sandbox.suspendGroup(id!, verb === 'suspend')
    else if (verb === 'reads') await sandbox.groupReads(id!)
    else throw new NotFound('A group can be suspended, resumed, or read by everybody: suspend, resume, reads.')
    return { done: true }
  },
  'POST tell': async ({ sandbox, body }) => {
    if (typeof body['kind'] === 'string') {
      await sandbox.tell(body as WebhookOfKind)
      return { done: true }
    }
    if (typeof body['field'] !== 'string' || !isObject(body['value']))
      throw new SetupError('Give "kind" (and "values"), or "field" and "value".')
    await sandbox.tell(body as CustomWebhook)
    return { done: true }
  },
  'GET handsets': ({ cloud }) => ({ ...cloud.reach(), data: cloud.handsets.list() }),
  'POST handsets': ({ cloud, sandbox, body }) => {
    if (typeof body['phone'] !== 'string') throw new SetupError('"phone" must be a text.')
    const { handset, token } = cloud.handsets.open(sandbox.phone(body['phone']).number, cloud.clock.now())
    return { ...handset, path: `/handset/${token}/` }
  },
  'DELETE handsets/*': ({ cloud, path }) => {
    if (!cloud.handsets.end(path[1]!)) throw new NotFound('There is no such handset.')
    return { done: true }
  },
  'POST reset': ({ sandbox }) => {
    sandbox.reset()
    return { done: true }
  },
  'GET export': ({ sandbox }) => sandbox.export(),
  'POST import': ({ sandbox, body }) => {
    if (body['version'] !== 1) throw new SetupError('This is not an exported state.')
    sandbox.import(body as SandboxState)
    return { done: true }
  },
}

/** Sets what a person sets on Meta's pages. Null takes it away. */
function changeSetup<T extends object>(object: T, body: Json, keys: readonly (keyof T & string)[]): void {
  for (const key of keys) {
    if (body[key] === null) delete object[key]
    else if (body[key] !== undefined) object[key] = body[key] as T[typeof key]
  }
}

function numberOf(cloud: Cloud, id: string): BusinessNumber {
  const number = cloud.world.numbers.get(id)
  if (!number) throw new NotFound('There is no such business number.')
  return number
}

class NotFound extends Error {}

/** `?about=` keeps the items that contain an id. `?count=` keeps the newest items. */
function newest<T>(list: readonly T[], query: URLSearchParams, isAbout: (one: T, id: string) => boolean): T[] {
  const about = query.get('about')
  const count = Number(query.get('count') ?? Infinity)
  const kept = about === null ? list : list.filter((one) => isAbout(one, about))
  return count > 0 ? kept.slice(-count) : []
}

function handlerOf(method: string, path: readonly string[]): Handler | undefined {
  const literal = ROUTES[[method, path.join('/')].filter(Boolean).join(' ')]
  if (literal) return literal
  const tries = [
    [path[0], '*'],
    [path[0], '*', path[2]],
    [path[0], '*', '*'],
  ].filter((t) => t.length === path.length)
  for (const parts of tries) {
    const handler = ROUTES[`${method} ${parts.join('/')}`]
    if (handler) return handler
  }
  return undefined
}

export const isControl = (url: URL): boolean => url.pathname === '/sandbox' || url.pathname.startsWith('/sandbox/')

/** Answers requests below `/sandbox`. */
export async function control(
  cloud: Cloud,
  sandbox: Sandbox,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<true> {
  const refused = refusal(request)
  if (refused) return answer(response, refused.status, { error: { message: refused.why } })
  const method = request.method ?? 'GET'
  const path = decodedPath(url.pathname)
  if (method === 'GET' && path[0] === 'events' && path.length === 1) {
    stream(cloud.events, request, response, url)
    return true
  }
  if (method === 'GET' && path[0] === 'media' && path[2] === 'bytes' && mediaBytes(cloud, path[1]!, request, response))
    return true
  const handler = handlerOf(method, path)
  if (!handler) return answer(response, 404, { error: { message: `There is no ${method} ${url.pathname}.` } })
  const ask = { cloud, sandbox, path, query: url.searchParams }
  return answerCall(request, response, MOST_BYTES, (body) => handler({ ...ask, body }), statusOf)
}

const statusOf = (error: unknown): number => (error instanceof NotFound ? 404 : 400)

/** Reads the body of a call, and answers what `run` returns for it. `statusOf` decides the status of an error. */
export async function answerCall(
  request: IncomingMessage,
  response: ServerResponse,
  mostBytes: number,
  run: (body: Json) => unknown,
  statusOf: (error: unknown) => number,
): Promise<true> {
  const raw = await readBody(request, mostBytes)
  if (raw === 'gone') return true
  if (raw === 'too large') return answer(response, 413, { error: { message: 'The body is too large.' } })
  let body: unknown = {}
  try {
    if (raw.length > 0) body = JSON.parse(raw.toString())
  } catch {
    return answer(response, 400, { error: { message: 'The body is not JSON.' } })
  }
  if (!isObject(body)) return answer(response, 400, { error: { message: 'The body must be a JSON object.' } })
  try {
    return answer(response, 200, await run(body))
  } catch (error) {
    // The caller owns the sandbox: every mistake gets a sentence, and none ends the process.
    const message = error instanceof Error ? error.message : String(error)
    return answer(response, statusOf(error), { error: { message } })
  }
}

export function answer(response: ServerResponse, status: number, body: unknown): true {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
  return true
}

/** The parts of a path behind `/sandbox`. */
export const decodedPath = (path: string): string[] =>
  path
    .split('/')
    .slice(2)
    .filter((s) => s !== '')
    .map(decode)

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

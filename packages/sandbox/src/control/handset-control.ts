import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Json } from '../checker.ts'
import { groupChat } from '../groups.ts'
import type { Handset } from '../handsets.ts'
import { chatsOf } from './chats.ts'
import { answerCall, decodedPath, phoneOf, type Ask, type Handler } from './control.ts'
import { refusal } from './guard.ts'
import { groupsOf, hasMedia, messagesOf, seenEvent, seenMessage, seenPhone, seenState } from './handset-view.ts'
import { mediaBytes } from './media-bytes.ts'
import { stream } from './stream.ts'
import { VERBS } from './verbs.ts'
import type { Cloud } from '../cloud.ts'
import type { Sandbox } from '../index.ts'
import type { Message } from '../world.ts'

/** A photo, a voice message, a short video. */
const MOST_BYTES = 32 * 1_048_576

/** What the person can do in WhatsApp. Not what a test does to the phone, the business or the clock. */
const ALLOWED = new Set(
  'says replies reacts taps picks opens submits disowns reads plays edits revokes calls answers declines hangsUp permitsCalls sharesNumber pays leaves blocks reports stopsMarketing'.split(
    ' ',
  ),
)
/** These change a message, which must be one of the phone's own chats. */
const OWN_ONLY = new Set(['edits', 'revokes', 'plays'])

class Refused extends Error {
  override message = 'This phone may not do that.'
}

const seen = ({ message, ...rest }: Json): Json => ({
  ...rest,
  ...(message !== undefined && { message: seenMessage(message as Message) }),
})

/** The routes of a handset, as the page calls them. Each answers about the handset's phone only. */
const ROUTES: Record<string, (ask: Ask, phone: string) => unknown> = {
  GET: ({ cloud }, phone) => seenState(cloud, phone),
  'GET phones': ({ cloud, sandbox }, phone) => ({ data: [seenPhone(cloud, sandbox.phone(phone).contact)] }),
  'GET phones/*/messages': (ask) => {
    const business = ask.query.get('with')
    const messages = phoneOf(ask)
      .messages()
      .filter((one) => business === null || one.numberId === business)
    return { data: messages.slice(-200).map(seenMessage) }
  },
  'GET phones/*/chats': ({ cloud }, phone) => ({
    data: chatsOf(cloud, phone).map(({ last, ...chat }) => ({
      ...chat,
      ...(last !== undefined && { last: seenMessage(last as Message) }),
    })),
  }),
  'POST phones/*/*': async (ask, phone) => {
    const verb = ask.path[2]!
    checkBody(ask, phone, verb)
    return seen(((await VERBS[verb]!(phoneOf(ask), ask.body)) as Json | undefined) ?? { done: true })
  },
  'GET calls': ({ cloud }, phone) => ({ data: [...cloud.calls.values()].filter((call) => call.phone === phone) }),
  'GET groups/*/messages': ({ cloud, path }, phone) => {
    if (!groupsOf(cloud, phone).some((group) => group.id === path[1])) throw new Refused()
    return {
      data: groupChat(cloud, path[1]!, phone)
        .slice(-200)
        .map((line) => seen(line)),
    }
  },
}

/** The messages and the group that a call names must be the phone's. */
function checkBody({ cloud, body }: Ask, phone: string, verb: string): void {
  if (!ALLOWED.has(verb)) throw new Refused()
  const group = body['group_id'] ?? body['group']
  if (typeof group === 'string' && !groupsOf(cloud, phone).some((one) => one.id === group)) throw new Refused()
  for (const id of [body['to'], body['on']]) {
    if (id === undefined) continue
    const mine = OWN_ONLY.has(verb) ? cloud.world.thread(phone) : messagesOf(cloud, phone)
    if (!mine.some((message) => message.id === id)) throw new Refused()
  }
}

function handlerOf(method: string, path: readonly string[], phone: string): Handler | undefined {
  if (path[0] === 'phones' && path.length > 1 && path[1] !== phone) return undefined
  const shape = path.map((part, i) => (i === 0 || (i === 2 && method === 'GET') ? part : '*')).join('/')
  const route = Object.hasOwn(ROUTES, `${method} ${shape}`.trim()) ? ROUTES[`${method} ${shape}`.trim()] : undefined
  return route && ((ask) => route(ask, phone))
}

/** Answers the control calls of a handset: `rest` is the path behind its token. */
export async function handsetControl(
  cloud: Cloud,
  sandbox: Sandbox,
  request: IncomingMessage,
  response: ServerResponse,
  at: { url: URL; rest: string; handset: Handset | undefined },
): Promise<true> {
  const { url, rest, handset } = at
  const method = request.method ?? 'GET'
  const path = decodedPath(rest)
  const refused = (): Promise<true> =>
    answerCall(
      request,
      response,
      MOST_BYTES,
      () => {
        throw new Refused()
      },
      statusOf,
    )
  const foreign = refusal(request)
  if (foreign || !handset)
    return answerCall(
      request,
      response,
      MOST_BYTES,
      () => {
        throw new Error(foreign?.why ?? 'This code has ended. Open the phone again on the phones’ page.')
      },
      () => foreign?.status ?? 403,
    )
  const { phone } = handset
  if (method === 'GET' && rest === '/sandbox/events') {
    const end = stream(cloud.events, request, response, url, (event) => seenEvent(cloud, phone, event))
    response.on('close', cloud.handsets.onEnd(handset.id, end))
    return true
  }
  if (method === 'GET' && path[0] === 'media' && path[2] === 'bytes' && path.length === 3) {
    const { [1]: id = '' } = path
    return (hasMedia(cloud, phone, id) && mediaBytes(cloud, id, request, response)) || refused()
  }
  const handler = handlerOf(method, path, phone)
  if (!handler) return refused()
  const ask = { cloud, sandbox, path, query: url.searchParams }
  return answerCall(request, response, MOST_BYTES, (body) => handler({ ...ask, body }), statusOf)
}

const statusOf = (error: unknown): number => (error instanceof Refused ? 403 : 400)

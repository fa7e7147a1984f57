import { isObject, wordOf, type Json } from '../checker.ts'
import type { NewIds } from '../identity.ts'
import type { InboundContent } from '../inbound.ts'
import type { Phone } from '../phone.ts'
import { SetupError, type PhoneTraits } from '../setup.ts'
import type { Message } from '../world.ts'
import { viewMessage } from './view.ts'

type Verb = (phone: Phone, body: Json) => unknown

const text = (body: Json, key: string): string => {
  const value = body[key]
  if (typeof value !== 'string' || value === '') throw new SetupError(`"${key}" must be a text.`)
  return value
}
const optional = (body: Json, key: string): string | undefined => {
  const value = body[key]
  if (value !== undefined && typeof value !== 'string') throw new SetupError(`"${key}" must be a text.`)
  return value
}
const where = (body: Json): { on?: string; card?: number } => ({
  ...(typeof body['on'] === 'string' && { on: body['on'] }),
  ...(typeof body['card'] === 'number' && { card: body['card'] }),
})
/** The text values of these keys, where present. */
const picked = (body: Json, ...keys: string[]): Record<string, string> =>
  Object.fromEntries(keys.filter((key) => body[key] !== undefined).map((key) => [key, text(body, key)]))
const newIds = (body: Json): NewIds => ({
  ...picked(body, 'userId', 'parentUserId'),
  ...(typeof body['previous'] === 'boolean' && { previous: body['previous'] }),
})
const sent = async (message: Promise<Message>): Promise<Json> => ({ message: viewMessage(await message) })

/** The content of a message: a text, or a whole message with its type. */
function said(body: Json): string | InboundContent {
  const { with: _with, to: _to, ...content } = body
  if (typeof body['text'] === 'string') {
    if (body['type'] !== undefined && body['type'] !== 'text')
      throw new SetupError(`"text" is what a text says; a ${wordOf(body['type'])} has its content under its own name.`)
    return { ...content, type: 'text', text: { body: body['text'] } }
  }
  if (typeof body['type'] !== 'string')
    throw new SetupError('Give "text", or "type" and the content under the key of the same name.')
  return content as InboundContent
}

/** `POST /sandbox/phones/{number}/{verb}`: the methods of a phone, by the same names. */
export const VERBS: Record<string, Verb> = {
  says: (phone, body) => sent(phone.says(said(body))),
  replies: (phone, body) => sent(phone.replies(text(body, 'to'), said(body))),
  reacts: (phone, body) => sent(phone.reacts(text(body, 'to'), optional(body, 'emoji'))),
  taps: (phone, body) => sent(phone.taps(text(body, 'button'), where(body))),
  picks: (phone, body) => sent(phone.picks(text(body, 'row'), where(body))),
  opens: async (phone, body) => ({ url: await phone.opens(text(body, 'button'), where(body)) }),
  submits: (phone, body) => {
    const { data, flow } = body
    if (!isObject(data)) throw new SetupError('"data" must be an object.')
    return sent(phone.submits(data, { ...where(body), ...(typeof flow === 'string' && { flow }) }))
  },
  disowns: (phone, body) => sent(phone.disowns(text(body, 'to'))),
  sees: async (phone, body) => ({ message: viewMessage(await phone.sees(text(body, 'text'), limit(body))) }),
  reads: (phone, body) =>
    phone.reads(body['group'] === null || typeof body['group'] === 'string' ? { group: body['group'] } : {}),
  plays: (phone, body) => phone.plays(text(body, 'to')),
  is: (phone, body) => phone.is(body as PhoneTraits),
  hides: (phone, body) => phone.hides(optional(body, 'username')),
  unhides: (phone) => phone.unhides(),
  goesOffline: (phone) => phone.goesOffline(),
  comesOnline: (phone) => phone.comesOnline(),
  blocks: (phone, body) => phone.blocks(body['blocked'] !== false),
  reports: (phone) => phone.reports(),
  stopsMarketing: (phone, body) => phone.stopsMarketing(body['stopped'] !== false, picked(body, 'signupId')),
  changesNumber: async (phone, body) => {
    const moved = await phone.changesNumber(text(body, 'number'), newIds(body))
    return { number: moved.number }
  },
  edits: (phone, body) => sent(phone.edits(text(body, 'to'), said(body))),
  revokes: async (phone, body) => {
    const message = await phone.revokes(text(body, 'to'))
    return message && { message: viewMessage(message) }
  },
  calls: async (phone, body) => ({ call: await phone.calls(picked(body, 'payload', 'sdp')) }),
  answers: (phone, body) => phone.answers(optional(body, 'call')),
  declines: (phone, body) => phone.declines(optional(body, 'call')),
  hangsUp: (phone, body) => phone.hangsUp(optional(body, 'call')),
  permitsCalls: (phone, body) =>
    sent(
      phone.permitsCalls({
        ...where(body),
        ...(typeof body['accepts'] === 'boolean' && { accepts: body['accepts'] }),
        ...(typeof body['permanent'] === 'boolean' && { permanent: body['permanent'] }),
      }),
    ),
  sharesNumber: (phone, body) => sent(phone.sharesNumber(where(body))),
  pays: (phone, body) => {
    const status = optional(body, 'status') ?? 'captured'
    if (status !== 'captured' && status !== 'pending' && status !== 'failed')
      throw new SetupError('"status" must be captured, pending or failed.')
    return phone.pays({ ...where(body), ...picked(body, 'method'), status })
  },
  joins: (phone, body) => phone.joins(text(body, 'group')),
  leaves: (phone, body) => phone.leaves(text(body, 'group')),
  isHandedTo: (phone, body) => {
    const owner = text(body, 'owner')
    if (owner !== 'app' && owner !== 'other') throw new SetupError('"owner" must be app or other.')
    return phone.isHandedTo(owner, picked(body, 'previousRole', 'newRole', 'metadata', 'summary'))
  },
  isAnswered: async (phone, body) => {
    const { with: _with, to, ...content } = body
    const answer = typeof body['text'] === 'string' ? body['text'] : content
    return { id: await phone.isAnswered(answer, typeof to === 'string' ? to : undefined) }
  },
  changesUserId: (phone, body) => phone.changesUserId(newIds(body)),
  changesOwner: (phone, body) => phone.changesOwner(picked(body, 'name', 'userId')),
}

const limit = (body: Json): { withinMs?: number } =>
  typeof body['withinMs'] === 'number' ? { withinMs: Math.min(body['withinMs'], 60_000) } : {}

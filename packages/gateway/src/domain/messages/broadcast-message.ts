import { isRecord } from '../../platform/is-record.ts'
import { MOST_PROBLEMS, type FieldProblem } from '../fields/problem.ts'
import type { OutgoingMessage } from './message.ts'
import { parseMessage } from './parse.ts'

/** The stored part of a broadcast's recipient: the contact, and its own values of the message, as JSON. */
export type BroadcastRecipient = { contact: string; own: string | null; name?: string }

export const MOST_RECIPIENTS = 1_000_000

const OWN_KEYS = ['to', 'recipient', 'name', 'template', 'language', 'components', 'biz_opaque_callback_data']
const PLAIN_NUMBER = /^[1-9][0-9]{6,14}$/
/** A placeholder number: the message is checked with it before there are recipients. */
const NOBODY = '10000000000'

type Body = Record<string, unknown>

const NOT_IN_MESSAGE = 'belongs into recipients, not into the message'
const NOT_LATER = 'is not for broadcasts: create it with start: false, and resume it then'
/** Keys of a single send that a broadcast's message cannot have. */
const ELSEWHERE: Record<string, string> = {
  to: NOT_IN_MESSAGE,
  recipient: NOT_IN_MESSAGE,
  send_at: 'belongs beside the message: it is a key of the broadcast',
  expires_at: NOT_LATER,
}

/** The body of one send, as if it had been posted alone. */
export function bodyFor(message: Body, contact: string, own: Body | null): Body {
  const { components, template, ...rest } = own ?? {}
  const body: Body = { ...message, ...rest, ...(/^\d+$/.test(contact) ? { to: contact } : { recipient: contact }) }
  if (components === undefined && template === undefined) return body
  const isOther = isRecord(template) && template.name !== undefined
  body.template = {
    // Language and values of the message are those of its own template.
    ...(isRecord(message.template) && !isOther ? message.template : {}),
    ...(isRecord(template) ? template : {}),
    ...(components !== undefined && { components }),
  }
  return body
}

/** The message of a broadcast for one contact. Undefined when the stored values are not valid any more. */
export function messageFor(message: string, contact: string, own: string | null): OutgoingMessage | undefined {
  const parsed = parseMessage(
    bodyFor(JSON.parse(message) as Body, contact, own === null ? null : (JSON.parse(own) as Body)),
  )
  return parsed.ok ? parsed.message : undefined
}

/** All problems of the message that any recipient would have. Paths begin with `message`. */
export function problemsOfMessage(message: Body): FieldProblem[] {
  const forbidden = Object.keys(message).filter((key) => key in ELSEWHERE)
  if (message.recipient_type === 'group') forbidden.push('recipient_type')
  if (forbidden.length > 0) {
    return forbidden.map((key) => ({
      path: `message.${key}`,
      rule: 'unknownKey' as const,
      message: ELSEWHERE[key] ?? NOT_IN_MESSAGE,
    }))
  }
  const parsed = parseMessage({ ...message, to: NOBODY })
  return parsed.ok ? [] : parsed.problems.map((problem) => ({ ...problem, path: `message.${problem.path}` }))
}

/**
 * Reads recipients and reports all problems at once. Yields to the event loop in between, so that other requests do not
 * wait.
 */
export async function readRecipients(
  message: Body,
  given: readonly unknown[],
  breathe: () => Promise<void>,
): Promise<{ ok: true; recipients: BroadcastRecipient[] } | { ok: false; problems: FieldProblem[] }> {
  const recipients: BroadcastRecipient[] = []
  const problems: FieldProblem[] = []
  for (const [i, one] of given.entries()) {
    if (i % 100 === 99) await breathe()
    const read = readRecipient(message, one)
    if ('contact' in read) recipients.push(read)
    else problems.push(...read.problems.map((problem) => ({ ...problem, path: join(`recipients.${i}`, problem.path) })))
    if (problems.length >= MOST_PROBLEMS) break
  }
  return problems.length > 0 ? { ok: false, problems: problems.slice(0, MOST_PROBLEMS) } : { ok: true, recipients }
}

const join = (path: string, rest: string): string => (rest === '' ? path : `${path}.${rest}`)

function readRecipient(message: Body, given: unknown): BroadcastRecipient | { problems: FieldProblem[] } {
  if (typeof given === 'string') {
    // The message was checked before; only the recipient is new.
    if (PLAIN_NUMBER.test(given)) return { contact: given, own: null }
    return readRecipientObject(
      message,
      /^\d|^\+/.test(given) || given === '' ? { to: given } : { recipient: given },
      '',
    )
  }
  if (!isRecord(given)) {
    return {
      problems: [{ path: '', rule: 'type', message: 'must be a number, a user id, or an object with to or recipient' }],
    }
  }
  return readRecipientObject(message, given, undefined)
}

/** `path`: the place of problems with the number or id, when it has no key of its own. */
function readRecipientObject(
  message: Body,
  given: Body,
  path: string | undefined,
): BroadcastRecipient | { problems: FieldProblem[] } {
  const unknown = Object.keys(given).filter((key) => !OWN_KEYS.includes(key))
  if (unknown.length > 0) {
    return {
      problems: unknown.map((key) => ({ path: key, rule: 'unknownKey' as const, message: 'is not known here' })),
    }
  }
  const { to, recipient, name, template, language, ...rest } = given
  const own = { ...rest, ...ownTemplate(template, language) }
  if ((own.components !== undefined || own.template !== undefined) && message.type !== 'template') {
    const path = own.template === undefined ? 'components' : 'template'
    return { problems: [{ path, rule: 'exclusive', message: 'belongs to templates only' }] }
  }
  if (name !== undefined && (typeof name !== 'string' || name.length > 200))
    return {
      problems: [{ path: 'name', rule: 'maxLength', limit: 200, message: 'must be a text of at most 200 characters' }],
    }
  const body: Body = {
    ...bodyFor(message, '', own),
    to,
    recipient,
  }
  if (to === undefined) delete body.to
  if (recipient === undefined) delete body.recipient
  const parsed = parseMessage(body)
  if (!parsed.ok) {
    return {
      problems: parsed.problems.map((problem) => ({
        ...problem,
        path:
          path !== undefined && (problem.path === 'to' || problem.path === 'recipient')
            ? path
            : problem.path.replace(/^template\.components/, 'components'),
      })),
    }
  }
  return {
    contact: parsed.message.to ?? parsed.message.recipient!,
    own: Object.keys(own).length > 0 ? JSON.stringify(own) : null,
    ...(typeof name === 'string' && name !== '' && { name }),
  }
}

/** A recipient's own template: its name, or an object as in a send. */
function ownTemplate(given: unknown, language: unknown): Body {
  const named = isRecord(given) ? given : given === undefined ? {} : { name: given }
  const { components, ...template } = { ...named, ...(language !== undefined && { language }) } as Body
  return {
    ...(Object.keys(template).length > 0 && { template }),
    ...(components !== undefined && { components }),
  }
}

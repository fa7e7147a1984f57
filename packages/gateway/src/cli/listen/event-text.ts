import { isRecord } from '../../platform/is-record.ts'

/** An event as `listen` got it: its id, and the body of the callback. */
export type Heard = { id: string; text: string; body: Record<string, unknown> }

const LONGEST = 160

/** Names of the person that an event is about: number, business-scoped ids. */
export function contactsOf(body: Record<string, unknown>): string[] {
  const message = isRecord(body.message) ? body.message : {}
  const contact = isRecord(body.contact) ? body.contact : {}
  const from = first(message.contacts)
  const given = [from.wa_id, from.user_id, first(message.messages).from, body.recipient]
  return [...given, contact.phone, contact.user_id, contact.parent_user_id, contact.group_id].filter(
    (one): one is string => typeof one === 'string',
  )
}

/** What happened, in a few words for a person. */
export function wordsOf(body: Record<string, unknown>): string {
  switch (body.event) {
    case 'new_message':
      return messageWords(first(isRecord(body.message) ? body.message.messages : undefined))
    case 'message_status_update': {
      const error = isRecord(body.error) ? ` (#${text(body.error.code)}) ${text(body.error.title)}` : ''
      return `${text(body.message_status)} ${text(body.message_id)}${error}`
    }
    case 'template_status_update':
    case 'template_category_update':
    case 'template_quality_update':
      return `${text(body.template_name)} ${text(body.new_value)}`
  }
  const told = ['what', 'now', 'state', 'owner', 'call_event', 'payment_status', 'action', 'reference', 'message_id']
  return told.flatMap((key) => (body[key] === undefined ? [] : [`${key} ${text(body[key])}`])).join(', ')
}

function messageWords(message: Record<string, unknown>): string {
  const type = text(message.type)
  const content = isRecord(message[type]) ? message[type] : {}
  const chosen = isRecord(content[text(content.type)]) ? (content[text(content.type)] as Record<string, unknown>) : {}
  const said = content.body ?? chosen.title ?? content.text ?? content.caption ?? content.emoji ?? content.id ?? ''
  return said === '' ? type : `${type}: ${text(said)}`
}

/** One line of a terminal: what people wrote cannot move its cursor or colour it. */
export function lineOf(at: Date, { body }: Heard): string {
  const line = [at.toTimeString().slice(0, 8), text(body.event).padEnd(22), contactsOf(body)[0] ?? '-', wordsOf(body)]
  return plain(line.join('  '))
}

export const plain = (line: string): string => {
  const shown = line.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ').trimEnd()
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown
}

const first = (list: unknown): Record<string, unknown> =>
  Array.isArray(list) && isRecord(list[0]) ? (list[0] as Record<string, unknown>) : {}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)

import { asObject, asText } from '../../../ui/src/shown.ts'
import type { Message } from '../api.ts'
import { excerptOf } from '../messages/excerpt.ts'

/** A line of a thread: a message with what it quotes and the reaction on it. `day`: the first message of a day. */
export type ThreadLine = {
  message: Message
  quoted: Message | undefined
  reaction: string | undefined
  day: boolean
}

const contextOf = ({ content }: Message): string | undefined => {
  const { context } = asObject(content)
  return asText(asObject(context).id) ?? asText(asObject(context).message_id)
}

const dayOf = ({ created_at: at }: Message): string => new Date(at * 1000).toDateString()

/** Messages, oldest first, as lines: a reaction stands on its message, an edit at the message that it changes. */
export function linesOf(messages: readonly Message[]): ThreadLine[] {
  const byId = new Map(messages.flatMap((one) => (one.msg_id === null ? [] : [[one.msg_id, one] as const])))
  const reactions = new Map<string, string>()
  const shown = messages.filter((message) => {
    if (message.changes !== undefined) return !byId.has(message.changes)
    if (message.type !== 'reaction') return true
    const { message_id: id, emoji } = asObject(asObject(message.content).reaction)
    if (typeof id !== 'string' || !byId.has(id)) return true
    // The newest one counts. An empty one takes it away.
    reactions.set(id, asText(emoji) ?? '')
    return false
  })
  return shown.map((message, i) => {
    const context = contextOf(message)
    return {
      message,
      quoted: context === undefined ? undefined : byId.get(context),
      reaction: (message.msg_id !== null && reactions.get(message.msg_id)) || undefined,
      day: i === 0 || dayOf(shown[i - 1]!) !== dayOf(message),
    }
  })
}

/** A message in a line, as a quote shows it. */
export const wordsOf = ({ type, content }: Message): string => excerptOf(type, content) || type

/** The line in which a message stands: its own, or that of the message which it changes or reacts to. */
export function lineOf(
  lines: readonly ThreadLine[],
  messages: readonly Message[],
  reference: string,
): string | undefined {
  if (lines.some(({ message }) => message.reference === reference)) return reference
  const message = messages.find((one) => one.reference === reference)
  if (!message) return undefined
  const id = message.changes ?? asText(asObject(asObject(message.content).reaction).message_id)
  return lines.find((line) => line.message.msg_id !== null && line.message.msg_id === id)?.message.reference
}

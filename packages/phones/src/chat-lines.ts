import { groupOf, isHidden, type GroupLine, type PhoneMessage, type VoiceCall } from './control.ts'

/** A line of a chat: a message with its writer, a call that is over, or a note about the group. */
export type ChatLine = { at: number; key: string } & (
  { message: PhoneMessage; from?: string } | { call: VoiceCall } | { note: 'joined' | 'left'; from: string }
)

/** The chat with the business itself: no messages of groups; calls between the messages. */
export function privateLines(messages: PhoneMessage[], calls: VoiceCall[]): ChatLine[] {
  const lines: ChatLine[] = messages
    .filter((message) => groupOf(message) === undefined && !isHidden(message))
    .map((message) => ({ at: message.at, key: message.id, message }))
  for (const call of calls) if (call.state === 'over') lines.push({ at: call.endedAt ?? call.at, key: call.id, call })
  return lines.sort((a, b) => a.at - b.at)
}

export const groupLines = (lines: GroupLine[]): ChatLine[] =>
  lines.flatMap(({ at, from, message, note }, i): ChatLine[] => {
    if (note !== undefined) return from === undefined ? [] : [{ at, key: `note ${i}`, note, from }]
    if (!message || isHidden(message)) return []
    return [{ at, key: `${message.id} ${from ?? ''}`, message, ...(from !== undefined && { from }) }]
  })

import type { Message } from '../api.ts'

/** A part of a thread, the newest first. `newer`, `older`: there may be more on that side. */
export type ThreadPage = { messages: Message[]; newer: boolean; older: boolean }

/** All messages of the parts, the oldest first, each once. A later part has the later news of a message. */
export function joinedMessages(parts: readonly (readonly Message[])[]): Message[] {
  const met = new Map<string, Message>()
  for (const part of parts) for (const message of part) met.set(message.reference, message)
  return [...met.values()].sort((a, b) => (a.reference < b.reference ? -1 : 1))
}

import { asObject, asText } from '../../../ui/src/shown.ts'
import type { Message } from '../api.ts'

/** The messages that WhatsApp charges for, by category, the most first. */
export function pricesOf(messages: readonly Pick<Message, 'pricing'>[]): { category: string; messages: number }[] {
  const counts = new Map<string, number>()
  for (const { pricing } of messages) {
    const { billable, category, type } = asObject(pricing)
    // Newer prices say "regular" for what is charged, and why the others are free.
    const isCharged = type === undefined ? billable === true : type === 'regular'
    const name = asText(category)
    if (isCharged && name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].map(([category, count]) => ({ category, messages: count })).sort((a, b) => b.messages - a.messages)
}

import type { Json } from './draft.ts'

/** What stands in a draft beside what was sent: the words behind a text, all of another draft. */
export function restOf(now: Json, sent: Json): Json | undefined {
  if (typeof now.text !== 'string' || typeof sent.text !== 'string' || !now.text.startsWith(sent.text)) return now
  const text = now.text.slice(sent.text.length).trimStart()
  return text === '' ? undefined : { ...now, text }
}

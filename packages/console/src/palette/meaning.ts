import { isSearchable } from '../conversations/inbox-filter.ts'

/** What a typed text may be. One text can be several: `131026` is a code, and the beginning of a number. */
export type Meaning =
  | { kind: 'message'; id: string }
  | { kind: 'event'; id: string }
  | { kind: 'code'; code: string }
  | { kind: 'contact'; words: string }

const SHORTEST = 2

export function meaningsOf(text: string): Meaning[] {
  const words = text.trim()
  if (words.length < SHORTEST && !isSearchable(words)) return []
  if (/^(?:wamid\.|msg_)\S+$/.test(words)) return [{ kind: 'message', id: words }]
  if (/^evt_\S+$/.test(words)) return [{ kind: 'event', id: words }]
  const contact: Meaning = { kind: 'contact', words }
  return /^\d{1,7}$/.test(words) ? [{ kind: 'code', code: words }, contact] : [contact]
}

/** Whether each word of the search begins a word of the text. */
export function isNamed(search: string, text: string): boolean {
  const words = text.toLocaleLowerCase().split(/\s+/)
  return search
    .trim()
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((part) => words.some((one) => one.startsWith(part) || (part.length > 2 && one.includes(part))))
}

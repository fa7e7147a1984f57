import { checkMedia, type MediaKnown } from './check-content.ts'
import { at, lengthOf, type Checker, type Json } from './checker.ts'
import { invalid } from './graph-error.ts'

export const ANY_HEADER = ['text', 'image', 'video', 'document']

/** The path of the action, as errors show it. */
export const PATH = "interactive['action']"

export function checkHeader(
  check: Checker,
  header: Json,
  allowed: readonly string[],
  known: MediaKnown,
  path = "interactive['header']",
): void {
  if (allowed.length === 0) throw invalid('Unexpected key "header" on param "interactive".')
  const type = check.word(header, 'type', path, ANY_HEADER)
  check.value(allowed.includes(type), `Header type ${type} is not supported for this message`)
  check.onlyKeys(header, type === 'text' ? ['type', 'text', 'sub_text'] : ['type', type], path)
  if (type === 'text') {
    const text = check.string(header, 'text', path)
    check.value(lengthOf(text) <= 60, 'Header text length invalid. Min length: 1, Max length: 60')
    check.value(!/[\r\n]/.test(text), 'Header text must not contain line breaks')
    check.optionalString(header, 'sub_text', path, 60)
    return
  }
  const media = check.object(header, type, path)
  checkMedia(check, media, at(path, type), known, type === 'document' ? ['id', 'link', 'filename'] : ['id', 'link'])
}

export function checkTitle(check: Checker, title: string, what: string, most: number): void {
  check.value(lengthOf(title) <= most, `${what} title length invalid. Min length: 1, Max length: ${most}`)
  check.value(!/[\r\n]/.test(title), `${what} title must not contain line breaks`)
}

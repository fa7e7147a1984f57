import { plainText } from '../../../ui/src/format-text.ts'
import { asObject, asText, shownOf } from '../../../ui/src/shown.ts'

/** Returns the value under the key that is named like the type. An inbound message is stored whole. */
export function contentOf(type: string, content: unknown): unknown {
  return asObject(content)[type]
}

/** A message as one line of text. */
export function excerptOf(type: string, content: unknown): string {
  if (type === 'template') return asText(asObject(contentOf(type, content)).name) ?? ''
  const shown = shownOf(type, contentOf(type, content))
  const line =
    shown.text ?? shown.heading ?? shown.emoji ?? shown.place?.name ?? shown.people?.map((one) => one.name).join(', ')
  return plainText((line ?? shown.media?.filename ?? shown.media?.link ?? '').slice(0, 200))
}

import { isRecord } from '../../platform/is-record.ts'

/** The calls that change something and are open to a key with `templates`: their body says what they send. */
const SENDS: ReadonlySet<string> = new Set([
  'POST /external/messages/whatsapp',
  'POST /external/broadcasts',
  'POST /admin/channels/{channel_id}/messages',
])
/** The rows of a file may name any template. */
const HIDDEN = ['file_id', 'map'] as const

/** Why a key that may send only these templates may not make this call. Undefined: it may. */
export function templateProblem(allowed: readonly string[], route: string, body: unknown): string | undefined {
  if (route.startsWith('GET ')) return undefined
  if (!SENDS.has(route)) return `The API key may only read, and send its templates. ${route} is something else.`
  if (isRecord(body) && HIDDEN.some((key) => key in body))
    return 'The API key sends its own templates only, so recipients come in the body, without a file or a map.'
  const named = [...templatesIn(body)]
  if (named.length === 0 || !isTemplateMessage(body)) return 'The API key sends templates only.'
  const other = named.find((name) => !allowed.includes(name))
  return other === undefined ? undefined : `The templates of the API key do not have ${other.slice(0, 100)}.`
}

/** A text with a template as its `fallback` is no message of a template. */
function isTemplateMessage(body: unknown): boolean {
  if (!isRecord(body)) return false
  if (isRecord(body.message)) return body.message.type === 'template'
  // A broadcast may give the template itself in the place of a message.
  return body.type === 'template' || ('recipients' in body && !('message' in body))
}

/** Every template that a body names, wherever it stands. */
function* templatesIn(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const one of value) yield* templatesIn(one)
  if (!isRecord(value)) return
  for (const [key, one] of Object.entries(value)) {
    if (key === 'template') yield nameOf(one)
    else yield* templatesIn(one)
  }
}

/** A template without a name is none of the key's. */
const nameOf = (template: unknown): string => {
  const name = isRecord(template) ? template.name : template
  return typeof name === 'string' ? name : '(no name)'
}

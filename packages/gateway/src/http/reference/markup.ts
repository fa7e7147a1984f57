/** Text that is escaped for a page. */
export type Html = { readonly html: string }

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!)

/** A piece of a page. Every value in it is escaped, except other pieces. */
export function markup(strings: TemplateStringsArray, ...values: readonly unknown[]): Html {
  return { html: compact(strings).reduce((text, part, i) => text + show(values[i - 1]) + part) }
}

const compacted = new WeakMap<TemplateStringsArray, readonly string[]>()

/** Without the indentation of the source, which is an eighth of the page. Values keep their spaces. */
function compact(strings: TemplateStringsArray): readonly string[] {
  const known = compacted.get(strings)
  if (known) return known
  const made = strings.map((part) => part.replace(/\n\s*/g, '\n'))
  compacted.set(strings, made)
  return made
}

function show(value: unknown): string {
  if (value === undefined || value === null || value === false) return ''
  if (Array.isArray(value)) return value.map(show).join('')
  return typeof value === 'object' && 'html' in value ? (value as Html).html : escape(String(value))
}

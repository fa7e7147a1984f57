import type { CatalogEntry } from '../templates/catalog-entry.ts'

/** The values of one row for a template. */
export type RowValues = {
  header?: string | undefined
  body: ReadonlyMap<string, string>
  buttons: ReadonlyMap<number, string>
}

type Component = Record<string, unknown> & { type: string }

const isLink = (value: string): boolean => /^https?:\/\//i.test(value)

/**
 * The components of a send, from a row's values. `common` are the components of the message: a row's value stands in
 * the place of the common one.
 */
export function componentsOf(entry: CatalogEntry, values: RowValues, common: readonly unknown[] = []): unknown[] {
  const { wants } = entry
  const own: Component[] = []
  if (values.header !== undefined) own.push({ type: 'header', parameters: [headerOf(entry, values.header)] })
  const body = bodyOf(entry, values.body)
  if (body.length > 0) own.push({ type: 'body', parameters: body })
  for (const [place, value] of values.buttons)
    own.push({ type: 'button', ...buttonOf(wants.buttons[place]?.kind ?? 'url', place, value) })
  if (common.length === 0) return own
  const taken = new Set(own.map(keyOf))
  return [...common.filter((one) => !taken.has(keyOf(one as Component))), ...own]
}

const keyOf = ({ type, index }: Component): string => {
  const name = String(type).toLowerCase()
  return name === 'button' ? `button.${String(index)}` : name
}

function headerOf({ wants }: CatalogEntry, value: string): unknown {
  const kind = wants.header?.kind ?? 'text'
  if (kind === 'text' || kind === 'other' || kind === 'location' || kind === 'product') {
    const [name] = wants.header?.text?.variables ?? []
    return { type: 'text', text: value, ...(wants.isNamed && name !== undefined && { parameter_name: name }) }
  }
  return { type: kind, [kind]: isLink(value) ? { link: value } : { id: value } }
}

/**
 * Numbered values in the order of their numbers, named ones by name. An empty value of a variable that this template
 * does not have is left out: rows may have templates of their own.
 */
function bodyOf({ wants }: CatalogEntry, body: ReadonlyMap<string, string>): unknown[] {
  const variables = wants.body?.variables ?? []
  const parameters: unknown[] = []
  const inOrder = wants.isNamed ? [...body] : [...body].sort(([a], [b]) => Number(a) - Number(b))
  for (const [name, text] of inOrder) {
    const place = /^\d+$/.test(name) ? Number(name) - 1 : undefined
    const variable = variables.includes(name) ? name : place === undefined ? undefined : variables[place]
    if (variable === undefined && text === '') continue
    parameters.push({ type: 'text', ...(wants.isNamed && { parameter_name: variable ?? name }), text })
  }
  return parameters
}

function buttonOf(kind: string, place: number, value: string): Record<string, unknown> {
  const index = String(place)
  if (kind === 'copy_code')
    return { sub_type: 'copy_code', index, parameters: [{ type: 'coupon_code', coupon_code: value }] }
  if (kind === 'quick_reply')
    return { sub_type: 'quick_reply', index, parameters: [{ type: 'payload', payload: value }] }
  if (kind === 'flow')
    return { sub_type: 'flow', index, parameters: [{ type: 'action', action: { flow_token: value } }] }
  return { sub_type: 'url', index, parameters: [{ type: 'text', text: value }] }
}

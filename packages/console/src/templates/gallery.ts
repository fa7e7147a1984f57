import type { WireTemplateDefinition } from '../../../cloud-api/src/wire.ts'
import type { TemplateComponent } from '../../../gateway/src/domain/messages/message.ts'
import type { CatalogEntry, CardWants, TextWants } from '../../../gateway/src/domain/templates/catalog-entry.ts'

/** All languages of one template. `matching` are those that the filters let through: at least one. */
export type Family = { name: string; entries: CatalogEntry[]; matching: CatalogEntry[] }
export type Filters = { words: string; status: string | null; category: string | null; only?: ReadonlySet<string> }

/** Templates by name, in the order of their first language. The words are looked for in names and texts. */
export function familiesOf(all: readonly CatalogEntry[], filters: Filters): Family[] {
  const words = filters.words.trim().toLowerCase()
  const matches = (entry: CatalogEntry): boolean =>
    (filters.status === null || entry.status === filters.status) &&
    (filters.category === null || entry.category === filters.category) &&
    (!filters.only || filters.only.has(entry.id)) &&
    (words === '' || entry.name.includes(words) || textOf(entry).toLowerCase().includes(words))
  return [...Map.groupBy(all, (one) => one.name)]
    .map(([name, entries]) => ({ name, entries, matching: entries.filter(matches) }))
    .filter(({ matching }) => matching.length > 0)
}

const textOf = ({ wants }: CatalogEntry): string =>
  [wants.header?.text?.text, wants.body?.text, wants.footer, ...wants.buttons.map((one) => one.text)].join('\n')

/** A free name for a copy. */
export function copyName(name: string, taken: ReadonlySet<string>): string {
  const base = `${name.slice(0, LONGEST_NAME - 9)}_copy`
  for (let n = 1; ; n++) {
    const next = n === 1 ? base : `${base}_${n}`
    if (!taken.has(next)) return next
  }
}
const LONGEST_NAME = 512

type Parts = readonly WireTemplateDefinition[]

/** The components of a send that has the template's own examples as its values. */
export function examplesOf(entry: CatalogEntry): TemplateComponent[] {
  const components = withExamples(entry.wants, entry.components)
  const cards = partOf(entry.components, 'CAROUSEL')?.cards as { components: WireTemplateDefinition[] }[] | undefined
  if (entry.wants.cards && cards) {
    const filled = entry.wants.cards.map((card, i) => ({
      card_index: i,
      components: withExamples(card, cards[i]?.components ?? []),
    }))
    components.push({ type: 'carousel', cards: filled })
  }
  return components as TemplateComponent[]
}

function withExamples(wants: CardWants, parts: Parts): Record<string, unknown>[] {
  const filled = (type: 'header' | 'body', text: TextWants | undefined): Record<string, unknown>[] => {
    const examples = text ? examplesIn(partOf(parts, type.toUpperCase())?.example, type, text.variables) : []
    return examples.length === 0 ? [] : [{ type, parameters: examples }]
  }
  return [...filled('header', wants.header?.text), ...filled('body', wants.body)]
}

/** Examples of named variables have their name; the others stand in order. */
function examplesIn(given: unknown, type: 'header' | 'body', variables: readonly string[]): object[] {
  const example = (given ?? {}) as Record<string, unknown>
  const named = listOf(example[`${type}_text_named_params`]) as { param_name?: string; example?: string }[]
  const list = listOf(example[`${type}_text`])
  const inOrder = Array.isArray(list[0]) ? (list[0] as unknown[]) : list
  return variables.map((name, i) => {
    const text = named.find((one) => one.param_name === name)?.example ?? inOrder[i]
    return { type: 'text', parameter_name: name, text: typeof text === 'string' ? text : '' }
  })
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const partOf = (parts: Parts, type: string): WireTemplateDefinition | undefined =>
  parts.find((one) => one.type.toUpperCase() === type)

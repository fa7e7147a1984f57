import { useMemo, useState } from 'react'
import type { FieldProblem } from '../../../src/errors.ts'
import { parseMessage } from '../../../src/messages/parse.ts'
import type { CatalogEntry } from '../../../src/templates/catalog-entry.ts'
import type { TemplateComponent } from '../../../src/messages/message.ts'
import { useWords } from '../../shared/i18n.tsx'
import { shownOf, type Shown } from '../../shared/shown.ts'
import { shownOfEntry } from '../../shared/shown-template.ts'
import { withoutEmpty, type Json } from './draft.ts'
import type { Kind } from './form-parts.ts'
import { KINDS, OPTIONAL } from './kinds.ts'
import { templateOf, type TemplateDraft } from './template-form.tsx'

const NO_TEMPLATE: TemplateDraft = { id: null, values: {} }

/** A message in the making: its form, the body that comes of it, what is wrong with that, and how it will look. */
export function useDraft(receiver: Json, templates: readonly CatalogEntry[], firstKind = 'text') {
  const { says } = useWords()
  const [kind, setKind] = useState<Kind>(() => KINDS.find((one) => one.id === firstKind) ?? KINDS[0]!)
  const [drafts, setDrafts] = useState<Record<string, Json>>({})
  const [template, setTemplate] = useState(NO_TEMPLATE)
  const [strict, setStrict] = useState(false)
  const draft = drafts[kind.id] ?? kind.start()
  const entry = templates.find((one) => one.id === template.id)
  const to = JSON.stringify(receiver)

  return useMemo(() => {
    const content =
      kind.id === 'template' && entry ? { type: 'template', template: templateOf(entry, template.values) } : draft
    const body = { ...(JSON.parse(to) as Json), ...(withoutEmpty(content, OPTIONAL) as Json) }
    const parsed = parseMessage(body)
    const problems: FieldProblem[] = parsed.ok
      ? []
      : parsed.problems.map((one) => ({ ...one, message: says(one.message) }))
    return {
      kind,
      draft,
      template,
      strict,
      body,
      problems,
      shown: shownOfBody(body, entry),
      chooseKind: (id: string) => {
        setKind(KINDS.find((one) => one.id === id) ?? KINDS[0]!)
        setStrict(false)
      },
      change: (next: Json) => setDrafts((all) => ({ ...all, [kind.id]: next })),
      changeTemplate: setTemplate,
      /** From now on empty fields are mistakes too. */
      beStrict: () => setStrict(true),
      clear: () => {
        setDrafts((all) => ({ ...all, [kind.id]: kind.start() }))
        setTemplate(NO_TEMPLATE)
        setStrict(false)
      },
    }
  }, [kind, draft, template, strict, entry, to, says])
}

export type Draft = ReturnType<typeof useDraft>

function shownOfBody(body: Json, entry: CatalogEntry | undefined): Shown {
  const type = String(body.type)
  if (type !== 'template') return shownOf(type, body[type])
  if (!entry) return { buttons: [] }
  const { components, code } = body.template as { components?: TemplateComponent[]; code?: string }
  if (code === undefined) return shownOfEntry(entry, components ?? [])
  const parameters = [{ type: 'text' as const, text: code }]
  return shownOfEntry(entry, [
    { type: 'body', parameters },
    { type: 'button', sub_type: 'url', index: '0', parameters },
  ])
}

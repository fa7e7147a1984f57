import { useMemo, useState } from 'react'
import type { FieldProblem } from '../../../src/errors.ts'
import { parseMessage } from '../../../src/messages/parse.ts'
import type { CatalogEntry } from '../../../src/templates/catalog-entry.ts'
import type { OutgoingMessage, TemplateComponent } from '../../../src/messages/message.ts'
import { checkTemplate } from '../../../src/templates/check-template.ts'
import { useWords } from '../../shared/i18n.tsx'
import { shownOf, type Shown } from '../../shared/shown.ts'
import { shownOfEntry } from '../../shared/shown-template.ts'
import { withoutEmpty, type Json } from './draft.ts'
import type { Kind } from './form-parts.ts'
import { KINDS, OPTIONAL } from './kinds.ts'
import type { TemplateDraft } from './template-form.tsx'
import { fillTemplate } from './template-values.ts'

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
    const filled = kind.id === 'template' && entry ? fillTemplate(entry, template.values) : undefined
    const content = filled ? { type: 'template', template: filled.template } : draft
    const body = { ...(JSON.parse(to) as Json), ...(withoutEmpty(content, OPTIONAL) as Json) }
    const parsed = parseMessage(body)
    const found = parsed.ok ? templateProblems(parsed.message, entry) : parsed.problems
    const problems: FieldProblem[] = found.map((one) => ({ ...one, message: says(one.message) }))
    return {
      kind,
      draft,
      template,
      strict,
      body,
      problems,
      /** Of a template: where each of its inputs went in the body. */
      places: filled?.places ?? {},
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

/** What the gateway would say of a send of this template, said while it is being written. */
function templateProblems(message: OutgoingMessage, entry: CatalogEntry | undefined): FieldProblem[] {
  if (message.type !== 'template' || !entry) return []
  const checked = checkTemplate(entry, message.template, message)
  return checked.ok ? [] : checked.fields
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

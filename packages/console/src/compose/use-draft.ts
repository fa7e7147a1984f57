import { useMemo, useState } from 'react'
import type { FieldProblem } from '../../../gateway/src/platform/errors.ts'
import { parseMessage } from '../../../gateway/src/domain/messages/parse.ts'
import type { CatalogEntry } from '../../../gateway/src/domain/templates/catalog-entry.ts'
import type { OutgoingMessage, TemplateComponent } from '../../../gateway/src/domain/messages/message.ts'
import { checkTemplate } from '../../../gateway/src/domain/templates/check-template.ts'
import { useWords } from '../../../ui/src/i18n.tsx'
import { shownOf, type Shown } from '../../../ui/src/shown.ts'
import { shownOfEntry } from '../../../ui/src/shown-template.ts'
import { withoutEmpty, type Json } from './draft.ts'
import { KINDS, OPTIONAL } from './kinds.ts'
import { restOf } from './rest-of.ts'
import { fillTemplate } from './template-values.ts'
import { concerns, labelOf, type TemplateDraft } from './template-form.tsx'
import { wishesOf } from './template-wishes.ts'
import type { FormPart } from './form-parts.ts'
import { NO_TEMPLATE, type Written } from './written.ts'

/** A draft of a message: its form, its body, the problems of the body, and its preview. */
export function useDraft(
  receiver: Json,
  templates: readonly CatalogEntry[],
  written: Written,
  write: (change: (before: Written) => Written) => void,
) {
  const { t, says } = useWords()
  const [strict, setStrict] = useState(false)
  const { template } = written
  const kind = KINDS.find((one) => one.id === written.kind) ?? KINDS[0]!
  const draft = useMemo(() => written.drafts[kind.id] ?? kind.start(), [written.drafts, kind])
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
      /** Of a template: the path of each input in the body. */
      places: filled?.places ?? {},
      shown: shownOfBody(body, entry),
      entry,
      /** The name of a field by its path in the body. */
      nameOf: (path: string): string | undefined => {
        if (kind.id !== 'template') return fieldLabel(kind.fields, path, t)
        const wish = entry && wishesOf(entry).find(({ key }) => concerns(path, filled?.places[key] ?? ' '))
        return wish && labelOf(t, wish)
      },
      chooseKind: (id: string) => {
        write((before) => ({ ...before, kind: id }))
        setStrict(false)
      },
      change: (next: Json) => write((before) => ({ ...before, drafts: { ...before.drafts, [kind.id]: next } })),
      changeTemplate: (next: TemplateDraft) => write((before) => ({ ...before, template: next })),
      /** From now on empty fields are shown as problems. */
      beStrict: () => setStrict(true),
      /** `sent`: the draft that went out. What was written since stays. */
      clear: (sent?: { kind: string; draft: Json }) => {
        const cleared = sent?.kind ?? kind.id
        write((before) => {
          const { [cleared]: now, ...others } = before.drafts
          const rest = now && sent && now !== sent.draft ? restOf(now, sent.draft) : undefined
          return { ...before, drafts: { ...others, ...(rest && { [cleared]: rest }) }, template: NO_TEMPLATE }
        })
        setStrict(false)
      },
    }
  }, [kind, draft, template, strict, entry, to, says, t, write])
}

/** The label of the input for a path, in lists by its place in them. */
function fieldLabel(parts: readonly FormPart[], path: string, t: (text: string) => string): string | undefined {
  for (const part of parts) {
    if (part.path === path) return t(part.label)
    if (!path.startsWith(`${part.path}.`)) continue
    if (part.kind === 'group') return fieldLabel(part.fields, path, t)
    if (part.kind !== 'list') return t(part.label)
    const [i, ...rest] = path.slice(part.path.length + 1).split('.')
    const inside = fieldLabel(part.fields, rest.join('.'), t)
    return `${t(part.label)} ${Number(i) + 1}${inside === undefined ? '' : `: ${inside}`}`
  }
  return undefined
}

/** The problems that the gateway would find in a send of this template. */
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

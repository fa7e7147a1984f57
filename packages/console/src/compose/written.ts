import { asObject, asText } from '../../../ui/src/shown.ts'
import type { Kept } from '../../../ui/src/kept.ts'
import type { Json } from './draft.ts'
import { KINDS } from './kinds.ts'
import type { TemplateDraft } from './template-form.tsx'
import type { Values } from './template-wishes.ts'

/** A draft of a message, with a form for each type that the user has started. */
export type Written = { kind: string; drafts: Record<string, Json>; template: TemplateDraft }

export const NO_TEMPLATE: TemplateDraft = { id: null, values: {} }

export const emptyWritten = (kind: string): Written => ({ kind, drafts: {}, template: NO_TEMPLATE })

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

export function readWritten(stored: unknown): Written | undefined {
  const { kind, drafts, template } = asObject(stored)
  if (!KINDS.some((one) => one.id === kind)) return undefined
  return {
    kind: kind as string,
    drafts: Object.fromEntries(Object.entries(asObject(drafts)).filter((one): one is [string, Json] => isJson(one[1]))),
    template: { id: asText(asObject(template).id) ?? null, values: valuesOf(asObject(template).values) },
  }
}

const valuesOf = (stored: unknown): Values =>
  Object.fromEntries(
    Object.entries(asObject(stored)).filter(
      (one): one is [string, string | Json[]] =>
        typeof one[1] === 'string' || (Array.isArray(one[1]) && one[1].every(isJson)),
    ),
  )

/** The part of a draft that may be stored in the browser: no one-time code. */
export function keptOfWritten({ kind, drafts, template }: Written): Written | undefined {
  const begun = Object.entries(drafts).filter(
    ([id, draft]) => JSON.stringify(draft) !== JSON.stringify(KINDS.find((one) => one.id === id)?.start()),
  )
  if (begun.length === 0 && template.id === null) return undefined
  const { code: _secret, ...values } = template.values
  return { kind, drafts: Object.fromEntries(begun), template: { id: template.id, values } }
}

export const writtenForm = (kind: string): Kept<Written> => ({
  start: () => emptyWritten(kind),
  read: readWritten,
  keep: keptOfWritten,
})

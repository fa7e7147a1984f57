import type { WebhookValue } from '@postern/cloud-api'
import { statusAfter, type TemplateUpdate } from '../../domain/templates/kept-template.ts'
import { digitsOf } from '../../platform/exact-json.ts'
import { text } from './values.ts'

/** What a template update changes in the catalog. Undefined when only a sync can tell. */
export function templateUpdateOf(field: string, value: WebhookValue, at: number): TemplateUpdate | undefined {
  const id = digitsOf(value.message_template_id)
  if (id === undefined) return undefined
  if (typeof value.new_quality_score === 'string') {
    const score = value.new_quality_score.slice(0, 64).toUpperCase()
    return { what: 'quality', id, at, value: score === 'UNKNOWN' ? '' : score }
  }
  if (field === 'template_category_update') {
    // With correct_category, the change is only announced.
    const category = typeof value.correct_category === 'string' ? undefined : text(value.new_category)
    return category === undefined ? undefined : { what: 'category', id, at, value: category.toUpperCase() }
  }
  if (field !== 'message_template_status_update' || typeof value.event !== 'string') return undefined
  const status = statusAfter(value.event)
  const reason = text(value.reason)
  if (status === undefined) return undefined
  return { what: 'status', id, at, value: status, reason: reason === 'NONE' ? null : (reason ?? null) }
}

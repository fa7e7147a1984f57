import type { WebhookValue } from '@postern/cloud-api'
import type { templateBody } from '../../domain/events/bodies.ts'
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

type TemplateEvent = Parameters<typeof templateBody>[2] & { event: Parameters<typeof templateBody>[1] }

/**
 * The event of a template update, in the form of the API page. The keys decide and not the field: Meta's own sample of a
 * quality update has the field of a status update.
 */
export function templateEventOf(field: string, value: WebhookValue, atSeconds: number): TemplateEvent | undefined {
  const id = digitsOf(value.message_template_id)
  if (id === undefined) return undefined
  const told = (event: TemplateEvent['event'], newValue: unknown, reason: unknown): TemplateEvent => ({
    event,
    templateId: id,
    templateName: text(value.message_template_name) ?? '',
    // An object of a hostile sender may throw when it is converted to text.
    newValue: typeof newValue === 'object' ? JSON.stringify(newValue) : String(newValue),
    // Meta writes NONE, or null, when there is no reason.
    reason: typeof reason === 'string' && reason !== 'NONE' ? reason : '',
    atSeconds,
  })
  if (typeof value.new_quality_score === 'string') return told('template_quality_update', value.new_quality_score, '')
  if (field === 'template_category_update' && typeof value.new_category === 'string') {
    return typeof value.correct_category === 'string'
      ? told('template_category_update', value.correct_category, 'SCHEDULED')
      : told('template_category_update', value.new_category, '')
  }
  if (field === 'message_template_status_update' && typeof value.event === 'string')
    return told('template_status_update', value.event, value.reason)
  return undefined
}

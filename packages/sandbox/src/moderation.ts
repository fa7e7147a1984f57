import type { WebhookValue } from '@postern/cloud-api'
import { accountForTemplate, sendWebhook, type Cloud } from './cloud.ts'
import type { Template } from './world.ts'

/** Meta's change of a template: the event of the webhook, and further values. */
export type Verdict = {
  event:
    | 'APPROVED'
    | 'REJECTED'
    | 'PENDING'
    | 'PAUSED'
    | 'DISABLED'
    | 'FLAGGED'
    | 'REINSTATED'
    | 'IN_APPEAL'
    | 'LIMIT_EXCEEDED'
    | 'PENDING_DELETION'
    | 'DELETED'
    | 'ARCHIVED'
    | 'UNARCHIVED'
  reason?: string | null
  title?: string
  description?: string
  recommendation?: string
}

/** Statuses whose names differ from their events. */
const STATUS: Record<string, string> = { FLAGGED: 'APPROVED', REINSTATED: 'APPROVED', UNARCHIVED: 'APPROVED' }

/** Sets a template's status and sends the webhook to the app, never to an override. */
export function judge(cloud: Cloud, template: Template, verdict: Verdict): void {
  template.status = STATUS[verdict.event] ?? verdict.event
  if (verdict.event === 'REJECTED') template.rejected_reason = verdict.reason ?? 'INVALID_FORMAT'
  else delete template.rejected_reason
  const edited = template['editedComponents'] === true
  if (verdict.event === 'APPROVED') delete template['editedComponents']
  cloud.world.saveTemplate(template)
  const reason =
    verdict.event === 'REJECTED'
      ? (verdict.reason ?? 'INVALID_FORMAT')
      : verdict.reason === undefined
        ? 'NONE'
        : verdict.reason
  const value: WebhookValue = {
    event: verdict.event,
    ...about(template),
    reason,
    message_template_category: template.category,
  }
  if (verdict.event === 'PAUSED' || verdict.title !== undefined) {
    value['other_info'] = {
      title: verdict.title ?? 'FIRST_PAUSE',
      description: verdict.description ?? 'Paused for 3 hours because of recurring negative feedback.',
    }
  }
  if (verdict.event === 'DISABLED') value['disable_info'] = { disable_date: Math.floor(cloud.clock.now() / 1000) }
  if (verdict.event === 'REJECTED' && reason === 'INVALID_FORMAT') {
    value['rejection_info'] = {
      reason: verdict.description ?? 'The template does not follow the format rules.',
      recommendation: verdict.recommendation ?? 'Check the variables and their examples, and submit it again.',
    }
  }
  tellAbout(cloud, template, 'message_template_status_update', value)
  if (edited && verdict.event === 'APPROVED')
    tellAbout(cloud, template, 'message_template_components_update', componentsOf(template))
}

/** A new template waits for its review and is then approved, unless the review is set to `manual`. */
export function review(cloud: Cloud, template: Template): void {
  if (cloud.pace.review === 'manual') return
  cloud.timerQueue.in(cloud.pace.reviewDelayMs, () => {
    if (cloud.world.templates.get(template.id) !== template || template.status !== 'PENDING') return
    judge(cloud, template, { event: cloud.pace.review === 'reject' ? 'REJECTED' : 'APPROVED' })
  })
}

export function rate(cloud: Cloud, template: Template, score: 'GREEN' | 'YELLOW' | 'RED' | 'UNKNOWN'): void {
  const previous = template.quality_score?.score ?? 'UNKNOWN'
  template.quality_score = { score, date: Math.floor(cloud.clock.now() / 1000) }
  cloud.world.saveTemplate(template)
  tellAbout(cloud, template, 'message_template_quality_update', {
    previous_quality_score: previous,
    new_quality_score: score,
    ...about(template),
  })
}

export function recategorise(cloud: Cloud, template: Template, category: string): void {
  const previous = template.category
  template.category = category.toUpperCase()
  template['previous_category'] = previous
  cloud.world.saveTemplate(template)
  tellAbout(cloud, template, 'template_category_update', {
    ...about(template),
    new_category: template.category,
    previous_category: previous,
  })
}

/** Webhooks write the language with a hyphen and the id as a number, unlike the API. */
const about = (template: Template): WebhookValue => ({
  message_template_id: Number(template.id),
  message_template_name: template.name,
  message_template_language: template.language.replace('_', '-'),
})

function componentsOf(template: Template): WebhookValue {
  const text = (type: string): string | undefined => template.components.find((c) => c.type === type)?.text
  const buttons = template.components.find((c) => c.type === 'BUTTONS')?.buttons
  const title = text('HEADER')
  const footer = text('FOOTER')
  return {
    message_template_id: Number(template.id),
    message_template_name: template.name,
    message_template_language: template.language,
    ...(title !== undefined && { message_template_title: title }),
    message_template_element: text('BODY') ?? '',
    ...(footer !== undefined && { message_template_footer: footer }),
    ...(buttons && {
      message_template_buttons: buttons.map((b) => ({
        message_template_button_type: b.type,
        message_template_button_text: b.text ?? '',
        ...(b.url !== undefined && { message_template_button_url: b.url }),
        ...(b.phone_number !== undefined && { message_template_button_phone_number: b.phone_number }),
      })),
    }),
  }
}

function tellAbout(cloud: Cloud, template: Template, field: string, value: WebhookValue): void {
  cloud.events.emit('template', cloud.clock.now(), () => ({ field, value }))
  const account = accountForTemplate(cloud, template)
  if (account) sendWebhook(cloud, account, undefined, field, value, `template ${template.id}`, { timed: true })
}

import type { WebhookError, WebhookValue } from '../cloud-api/wire.ts'

/** The channel as callbacks name it. */
export type EventChannel = { id: number; businessPhone: string }

type Head = { event: string; channel_id: number; business_phone: string }

const head = (event: string, channel: EventChannel): Head => ({
  event,
  channel_id: channel.id,
  business_phone: channel.businessPhone,
})

/** `new_message`: Meta's value unchanged, but for one message and the one contact it is from. */
export function newMessageBody(channel: EventChannel, value: WebhookValue): string {
  return JSON.stringify({ ...head('new_message', channel), message: value })
}

export type ToldStatus = {
  wamid: string
  status: string
  /** All of Meta's, as they came. */
  errors: readonly WebhookError[]
  atSeconds: number
  recipient: string | undefined
  /** Whatever else Meta's status holds: pricing, conversation, a payment, the group's participant. */
  more: Record<string, unknown>
}

/**
 * `message_status_update`. `error` is null when there is none; `received_at` is in whole seconds. The rest are additions:
 * `recipient`, Meta's own keys, for a message sent through us `reference`, and what its sender wanted back.
 */
export function statusBody(
  channel: EventChannel,
  status: ToldStatus,
  reference: string | undefined,
  callbackData: string | undefined,
): string {
  const errors = status.errors.map(toldError)
  const own = {
    ...head('message_status_update', channel),
    message_id: status.wamid,
    message_status: status.status,
    error: errors[0] ?? null,
    received_at: status.atSeconds,
    recipient: status.recipient,
    reference,
    ...(errors.length > 0 && { errors }),
  }
  const more = Object.entries(status.more).filter(([key]) => !(key in own) && key !== 'callback_data')
  return JSON.stringify({ ...own, ...Object.fromEntries(more), callback_data: callbackData })
}

/** Meta's error as the page has it, code and title first, with everything else that Meta says of it. */
export function toldError({ code, title, ...more }: WebhookError): Record<string, unknown> {
  const details = (more.error_data as { details?: unknown } | null | undefined)?.details
  return { code, title, ...(details !== undefined && { details }), ...more }
}

/** `template_status_update`, `template_category_update`, `template_quality_update`. What Meta says beyond the page follows. */
export function templateBody(
  channel: EventChannel,
  event: TemplateEvent,
  change: { templateId: string; templateName: string; newValue: string; reason: string; atSeconds: number },
  value: WebhookValue,
): string {
  const info = (key: string) =>
    value[key] as { title?: unknown; description?: unknown; disable_date?: unknown } | undefined
  return JSON.stringify({
    ...head(event, channel),
    template_id: change.templateId,
    template_name: change.templateName,
    new_value: change.newValue,
    reason: change.reason,
    received_at: change.atSeconds,
    language: value.message_template_language,
    category: value.message_template_category ?? value.new_category,
    title: info('other_info')?.title,
    description: info('other_info')?.description,
    rejection_info: value.rejection_info,
    disable_date: info('disable_info')?.disable_date,
    value,
  })
}

export type TemplateEvent = 'template_status_update' | 'template_category_update' | 'template_quality_update'

/** Anything of Meta's that has no event of its own: named as Meta names the field, its value unchanged. */
export function otherBody(channel: EventChannel, field: string, value: unknown, atSeconds: number | undefined): string {
  return JSON.stringify({ ...head(field, channel), received_at: atSeconds, value })
}

/** What `POST /admin/channels/{channel_id}/webhook/test` sends. */
export function testBody(channel: EventChannel, atSeconds: number): string {
  return JSON.stringify({ ...head('test', channel), received_at: atSeconds })
}

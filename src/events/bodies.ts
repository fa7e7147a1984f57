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

/**
 * `message_status_update`. `error` is null when there is none; `received_at` is in whole seconds. `recipient` and,
 * for a message sent through us, `reference` are our additions.
 */
export function statusBody(
  channel: EventChannel,
  status: {
    wamid: string
    status: string
    error: WebhookError | null
    atSeconds: number
    recipient: string | undefined
  },
  reference: string | undefined,
): string {
  return JSON.stringify({
    ...head('message_status_update', channel),
    message_id: status.wamid,
    message_status: status.status,
    error: status.error && { code: status.error.code, title: status.error.title },
    received_at: status.atSeconds,
    recipient: status.recipient,
    reference,
  })
}

/** `template_status_update`, `template_category_update`, `template_quality_update`. */
export function templateBody(
  channel: EventChannel,
  event: TemplateEvent,
  change: { templateId: string; templateName: string; newValue: string; reason: string; atSeconds: number },
): string {
  return JSON.stringify({
    ...head(event, channel),
    template_id: change.templateId,
    template_name: change.templateName,
    new_value: change.newValue,
    reason: change.reason,
    received_at: change.atSeconds,
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

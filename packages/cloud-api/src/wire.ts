/**
 * Types of the Cloud API's requests, answers and webhooks, with Meta's own names. The gateway (which calls the API) and
 * the sandbox (which imitates it) share these types and no logic. Types are loose where Meta is loose: every webhook
 * object may carry undocumented keys.
 */

// ── Sending: POST /{version}/{phone_number_id}/messages ─────────────────────────────────────────

export type WireMessageType =
  | 'text'
  | 'image'
  | 'video'
  | 'audio'
  | 'document'
  | 'sticker'
  | 'location'
  | 'contacts'
  | 'reaction'
  | 'interactive'
  | 'template'

export type SendRequest = {
  messaging_product: 'whatsapp'
  recipient_type?: 'individual' | 'group'
  to?: string
  /** A business-scoped user id. `to` wins when both are present. */
  recipient?: string
  type: WireMessageType
  context?: { message_id: string }
  /** At most 512 characters. Every status of this message returns it. */
  biz_opaque_callback_data?: string
  /** Deliver only while the contact's identity key has this hash. Otherwise the status is `failed` with 137000. */
  recipient_identity_key_hash?: string
  /** Direct Send: a free-form message that is billed as this category, also in a closed window. */
  category?: 'utility' | 'authentication' | 'service'
  direct_send_config?: { template_name: string }
  /** `POST …/marketing_messages` only. */
  product_policy?: 'CLOUD_API_FALLBACK' | 'STRICT'
  message_activity_sharing?: boolean
  bid_spec?: { per_message_bid_multiplier: number }
  text?: { body: string; preview_url?: boolean }
  image?: MediaContent
  video?: MediaContent
  audio?: MediaContent
  document?: MediaContent
  sticker?: MediaContent
  location?: { latitude: string | number; longitude: string | number; name?: string; address?: string }
  contacts?: unknown[]
  reaction?: { message_id: string; emoji: string }
  interactive?: WireInteractive
  template?: WireTemplate
}

export type MediaContent = { id?: string; link?: string; caption?: string; filename?: string; voice?: boolean }

export type WireHeader =
  | { type: 'text'; text: string }
  | { type: 'image' | 'video' | 'document'; image?: MediaContent; video?: MediaContent; document?: MediaContent }

export type WireInteractive = {
  type: string
  header?: WireHeader
  body?: { text: string }
  footer?: { text: string }
  action: Record<string, unknown>
}

export type WireTemplate = {
  name: string
  language: { code: string; policy?: 'deterministic' }
  components?: WireTemplateComponent[]
}

export type WireTemplateComponent = {
  type: string
  sub_type?: string
  index?: string | number
  parameters?: Record<string, unknown>[]
  cards?: { card_index: number; components: WireTemplateComponent[] }[]
}

export type ReadReceipt = {
  messaging_product: 'whatsapp'
  status: 'read'
  message_id: string
  typing_indicator?: { type: 'text' }
}

export type SendResponse = {
  messaging_product: 'whatsapp'
  contacts: { input: string; wa_id?: string; user_id?: string }[]
  messages: { id: string; message_status?: string; group_id?: string }[]
}

export type WireError = {
  message: string
  type?: string
  code: number
  error_subcode?: number
  error_data?: { messaging_product?: string; details?: string }
  error_user_title?: string
  error_user_msg?: string
  is_transient?: boolean
  fbtrace_id?: string
}

// ── Webhooks ────────────────────────────────────────────────────────────────────────────────────

export type WebhookBody = { object: string; entry: WebhookEntry[] }

export type WebhookEntry = { id: string; time?: number; changes: WebhookChange[] }

export type WebhookChange = { field: string; value: WebhookValue }

export type WebhookValue = {
  messaging_product?: 'whatsapp'
  metadata?: { display_phone_number: string; phone_number_id: string }
  contacts?: WebhookContact[]
  messages?: InboundMessage[]
  statuses?: WebhookStatus[]
  errors?: WebhookError[]
  [key: string]: unknown
}

export type WebhookContact = {
  profile?: { name?: string; username?: string }
  wa_id?: string
  user_id?: string
  parent_user_id?: string
  [key: string]: unknown
}

export type InboundMessage = {
  from?: string
  from_user_id?: string
  id: string
  /** Unix seconds, as text. */
  timestamp: string
  type: string
  context?: { from?: string; id?: string; [key: string]: unknown }
  errors?: WebhookError[]
  [key: string]: unknown
}

export type WebhookStatus = {
  id: string
  status: 'sent' | 'delivered' | 'read' | 'played' | 'failed' | (string & {})
  /** Unix seconds, as text. */
  timestamp: string
  recipient_id?: string
  recipient_user_id?: string
  biz_opaque_callback_data?: string
  conversation?: unknown
  pricing?: unknown
  errors?: WebhookError[]
  [key: string]: unknown
}

export type WebhookError = {
  code: number
  title: string
  message?: string
  error_data?: { details?: string }
  href?: string
}

// ── Templates and numbers ───────────────────────────────────────────────────────────────────────

export type TemplateStatus =
  | 'APPROVED'
  | 'PENDING'
  | 'REJECTED'
  | 'PAUSED'
  | 'DISABLED'
  | 'IN_APPEAL'
  | 'PENDING_DELETION'
  | 'DELETED'
  | 'LIMIT_EXCEEDED'
  | 'ARCHIVED'
  | (string & {})

export type WireTemplateEntry = {
  id: string
  name: string
  language: string
  status: TemplateStatus
  category: string
  parameter_format?: 'POSITIONAL' | 'NAMED'
  components: WireTemplateDefinition[]
  quality_score?: { score: string; date?: number }
  rejected_reason?: string
  [key: string]: unknown
}

/** One component of a template's definition: HEADER, BODY, FOOTER, BUTTONS, CAROUSEL, LIMITED_TIME_OFFER. */
export type WireTemplateDefinition = {
  type: string
  format?: string
  text?: string
  buttons?: WireTemplateButton[]
  cards?: { components: WireTemplateDefinition[] }[]
  example?: Record<string, unknown>
  [key: string]: unknown
}

export type WireTemplateButton = {
  type: string
  text?: string
  url?: string
  phone_number?: string
  [key: string]: unknown
}

export type Page<T> = {
  data: T[]
  paging?: { cursors?: { before?: string; after?: string }; next?: string; previous?: string }
}

export type WirePhoneNumber = {
  id: string
  display_phone_number: string
  verified_name?: string
  quality_rating?: string
  status?: string
  throughput?: { level: string }
  [key: string]: unknown
}

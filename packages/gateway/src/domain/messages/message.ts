import type { z } from 'zod'
import type { contactCards } from './contacts.ts'
import type { interactive } from './interactive.ts'
import type { templateParameter } from './template-parameters.ts'
import type { templateComponent } from './template-send.ts'
import type { MediaContent, SendRequest } from '@postern/cloud-api'

/**
 * A checked message to a contact. The common keys have our names. The content keeps the keys that the customer and Meta
 * use, so that nothing is lost by renaming.
 */
export type OutgoingMessage = Envelope & Content

export type Envelope = {
  /** Digits only, country code first. Either this, `recipient` or `groupId` is present. */
  to?: string
  /** A business-scoped user id. */
  recipient?: string
  /** A group, instead of a contact. */
  groupId?: string
  /** The wamid of the quoted message. */
  replyTo?: string
  /** The customer's callback data. Our reference takes its place in Meta's body. */
  callbackData?: string
  identityKeyHash?: string
  /** Direct Send: WhatsApp bills a message without a template under this category, also in a closed window. */
  direct?: { category: 'utility' | 'authentication'; templateName?: string }
  /** Keys of the Marketing Messages API, as Meta has them. */
  marketing?: MarketingOptions
  /** Send only while no other program holds the conversation. */
  ifOwner?: boolean
  /** Epoch milliseconds. Only a scheduled message has them. */
  sendAt?: number
  expiresAt?: number
  /** Goes out instead when the window is closed. */
  fallback?: TemplateSend
}

export type MarketingOptions = Pick<SendRequest, 'product_policy' | 'message_activity_sharing' | 'bid_spec'>

export type Content =
  | { type: 'text'; text: { body: string; previewUrl?: boolean } }
  | { type: MediaType; media: MediaContent }
  | { type: 'location'; location: Location }
  | { type: 'contacts'; contacts: ContactCard[] }
  | { type: 'reaction'; reaction: { messageId: string; emoji: string } }
  | { type: 'interactive'; interactive: Interactive }
  | { type: 'template'; template: TemplateSend }

export type MediaType = 'image' | 'video' | 'audio' | 'document' | 'sticker'

export type Location = { latitude: string | number; longitude: string | number; name?: string; address?: string }
export type ContactCard = z.output<typeof contactCards>[number]
export type Interactive = z.output<typeof interactive>

export type TemplateSend = {
  name: string
  language?: string
  /** Types and sub types are in lower case; all other values are unchanged. */
  components?: TemplateComponent[]
  /** The one-time code of an authentication template. Excludes components. */
  code?: string
}

export type TemplateComponent = z.output<typeof templateComponent>
export type TemplateParameter = z.output<typeof templateParameter>

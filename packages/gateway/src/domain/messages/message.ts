import type { z } from 'zod'
import type { contactCards } from './contacts.ts'
import type { interactive } from './interactive.ts'
import type { templateParameter } from './template-parameters.ts'
import type { templateComponent } from './template-send.ts'
import type { MediaContent } from '@postern/cloud-api'

/**
 * A message to a person, checked. The envelope is ours; content keeps the keys in which the customer and Meta both
 * speak of it, so that nothing is lost by renaming it twice.
 */
export type OutgoingMessage = Envelope & Content

export type Envelope = {
  /** Digits only, country code first. This or `recipient` is there. */
  to?: string
  /** A business-scoped user id. */
  recipient?: string
  /** The wamid of the message that this one quotes. */
  replyTo?: string
  /** The customer's own words about the message; Meta's place for them is taken by our reference. */
  callbackData?: string
  identityKeyHash?: string
}

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
  /** Types and sub types in lower case, everything else as it came. */
  components?: TemplateComponent[]
  /** The one-time code of an authentication template; goes without components. */
  code?: string
}

export type TemplateComponent = z.output<typeof templateComponent>
export type TemplateParameter = z.output<typeof templateParameter>

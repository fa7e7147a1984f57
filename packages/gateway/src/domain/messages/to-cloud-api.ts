import type { SendRequest, WireInteractive, WireTemplateComponent } from '@postern/cloud-api'
import type { Content, OutgoingMessage, TemplateComponent, TemplateSend } from './message.ts'

export type Resolved = {
  /** Our message id. Every status returns it, so that a status finds its message after a lost answer. */
  reference: string
  /** The catalog's values for a template: its language, and the components when a code was expanded. */
  template?: { language: string; components?: TemplateComponent[] }
}

/** The body of Meta's POST /{phone_number_id}/messages. The content is passed on unchanged. */
export function toCloudApi(message: OutgoingMessage, resolved: Resolved): SendRequest {
  const kind = message.groupId === undefined ? 'individual' : 'group'
  const request: SendRequest = { messaging_product: 'whatsapp', recipient_type: kind, type: message.type }
  if (message.groupId !== undefined) request.to = message.groupId
  // Without the plus Meta may read the digits as a national number and prepend the sender's country code.
  if (message.to !== undefined) request.to = `+${message.to}`
  if (message.recipient !== undefined) request.recipient = message.recipient
  if (message.replyTo !== undefined) request.context = { message_id: message.replyTo }
  if (message.identityKeyHash !== undefined) request.recipient_identity_key_hash = message.identityKeyHash
  if (message.direct !== undefined) {
    const { category, templateName } = message.direct
    request.category = category
    if (templateName !== undefined) request.direct_send_config = { template_name: templateName }
  }
  request.biz_opaque_callback_data = resolved.reference
  return Object.assign(request, contentOf(message, resolved))
}

function contentOf(message: Content, { template }: Resolved): Partial<SendRequest> {
  switch (message.type) {
    case 'text': {
      const { body, previewUrl } = message.text
      return { text: previewUrl === undefined ? { body } : { body, preview_url: previewUrl } }
    }
    case 'location':
      return { location: message.location }
    case 'contacts':
      return { contacts: message.contacts }
    case 'reaction':
      return { reaction: { message_id: message.reaction.messageId, emoji: message.reaction.emoji } }
    case 'interactive':
      return { interactive: message.interactive as WireInteractive }
    case 'template':
      return { template: templateOf(message.template, template) }
    default:
      return { [message.type]: message.media }
  }
}

function templateOf(sent: TemplateSend, resolved: Resolved['template']): SendRequest['template'] {
  const language = resolved?.language ?? sent.language
  // The catalog chooses a language before a send. Without one, Meta's error would be hard to understand.
  if (language === undefined) throw new Error(`no language was chosen for the template ${sent.name}`)
  const components = resolved?.components ?? sent.components
  return {
    name: sent.name,
    language: { code: language },
    ...(components && components.length > 0 && { components: components as WireTemplateComponent[] }),
  }
}

import type { WebhookContact, WebhookError, WebhookValue } from './generated/cloud-api.ts'

/** WhatsApp's value in the event `new_message`: one message and the contact who wrote it. */
export type InboundValue = Omit<WebhookValue, 'messages' | 'contacts'> & {
  contacts?: WebhookContact[]
  messages?: InboundMessage[]
}

type Head<Type extends string> = {
  type: Type
  /** The contact's number. Missing while WhatsApp hides it. */
  from?: string
  /** The contact's business-scoped id. */
  from_user_id?: string
  id: string
  /** Unix seconds, as text. */
  timestamp: string
  /** The message that this one answers, and how it was forwarded. */
  context?: {
    from?: string
    id?: string
    forwarded?: boolean
    frequently_forwarded?: boolean
    referred_product?: { catalog_id: string; product_retailer_id: string }
  }
  /** The ad or post that led the contact here. */
  referral?: {
    source_url?: string
    source_id?: string
    source_type?: string
    headline?: string
    body?: string
    media_type?: string
    image_url?: string
    video_url?: string
    thumbnail_url?: string
    ctwa_clid?: string
  }
  group_id?: string
}

/** A file that a contact sent. `media.download(id)` fetches it. */
export type InboundMedia = { id: string; mime_type: string; sha256: string; url?: string }

/** What a tap, a choice or a form sends back. `type` tells which. */
export type InteractiveReply =
  | { type: 'button_reply'; button_reply: { id: string; title: string } }
  | { type: 'list_reply'; list_reply: { id: string; title: string; description?: string } }
  | { type: 'nfm_reply'; nfm_reply: { name?: string; body?: string; response_json: string } }
  | {
      type: 'call_permission_reply'
      call_permission_reply: {
        response: 'accept' | 'reject'
        is_permanent?: boolean
        expiration_timestamp?: number | string
        response_source?: 'user_action' | 'automatic'
      }
    }
  | {
      type: 'payment_method'
      payment_method: {
        payment_method: string
        payment_timestamp: number
        reference_id: string
        last_four_digits?: string
        credential_id?: string
      }
    }

type SharedContact = {
  name?: { formatted_name: string; first_name?: string; last_name?: string }
  phones?: { phone?: string; wa_id?: string; type?: string }[]
  emails?: { email?: string; type?: string }[]
  /** `contact_request`: the answer to a message that asked for it. */
  origin?: string
}

/**
 * A message of a contact. `type` tells which content it has. WhatsApp can add types: give a `switch` a `default`.
 */
export type InboundMessage =
  | (Head<'text'> & { text: { body: string } })
  | (Head<'image'> & { image: InboundMedia & { caption?: string } })
  | (Head<'video'> & { video: InboundMedia & { caption?: string } })
  | (Head<'audio'> & { audio: InboundMedia & { voice?: boolean } })
  | (Head<'document'> & { document: InboundMedia & { caption?: string; filename?: string } })
  | (Head<'sticker'> & { sticker: InboundMedia & { animated?: boolean } })
  | (Head<'location'> & {
      location: { latitude: number; longitude: number; name?: string; address?: string; url?: string }
    })
  | (Head<'contacts'> & { contacts: SharedContact[] })
  /** Without an emoji, the contact took the reaction back. */
  | (Head<'reaction'> & { reaction: { message_id: string; emoji?: string } })
  /** A tap on a quick-reply button of a template. */
  | (Head<'button'> & { button: { payload: string; text: string } })
  | (Head<'interactive'> & { interactive: InteractiveReply })
  | (Head<'order'> & {
      order: {
        catalog_id: string
        text?: string
        product_items: { product_retailer_id: string; quantity: number; item_price: number; currency: string }[]
      }
    })
  | (Head<'system'> & {
      system: { type: string; body: string; wa_id?: string; user_id?: string; previous_user_id?: string }
    })
  | Head<'request_welcome'>
  | (Head<'unsupported'> & { unsupported?: { type: string }; errors?: WebhookError[] })

/** What a contact tapped, chose or filled in. `to` is the id of the message that offered it. */
export type Reply = { to: string | undefined } & (
  | { kind: 'button' | 'template_button'; id: string; title: string }
  | { kind: 'list'; id: string; title: string; description?: string }
  /** `name` is `flow` or `address_message`. `data` are the answers, with `flow_token` for a flow. */
  | { kind: 'form'; name: string; data: Record<string, unknown> }
  | { kind: 'call_permission'; accepted: boolean; permanent: boolean; until: number | undefined }
  | { kind: 'payment_method'; method: string; order: string }
)

/** Reads the tap, choice or form of a message. Undefined for a message of another kind. */
export function replyOf(message: InboundMessage): Reply | undefined {
  const to = message.context?.id
  if (message.type === 'button')
    return { to, kind: 'template_button', id: message.button.payload, title: message.button.text }
  if (message.type !== 'interactive') return undefined
  const { interactive } = message
  switch (interactive.type) {
    case 'button_reply':
      return { to, kind: 'button', ...interactive.button_reply }
    case 'list_reply':
      return { to, kind: 'list', ...interactive.list_reply }
    case 'nfm_reply':
      return { to, kind: 'form', name: interactive.nfm_reply.name ?? 'flow', data: dataOf(interactive.nfm_reply) }
    case 'call_permission_reply': {
      const {
        response,
        is_permanent: permanent = false,
        expiration_timestamp: until,
      } = interactive.call_permission_reply
      const accepted = response === 'accept'
      return {
        to,
        kind: 'call_permission',
        accepted,
        permanent,
        until: until === undefined ? undefined : Number(until),
      }
    }
    case 'payment_method': {
      const { payment_method: method, reference_id: order } = interactive.payment_method
      return { to, kind: 'payment_method', method, order }
    }
    default:
      return undefined
  }
}

/** The answers of a form come as JSON in a text, which the contact's device wrote. */
function dataOf({ response_json: text }: { response_json: string }): Record<string, unknown> {
  try {
    const data: unknown = JSON.parse(text)
    return typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

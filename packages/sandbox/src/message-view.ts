import { isObject, type Json } from './checker.ts'
import type { FaceButton, Message } from './world.ts'

/** A button, row or link that a person can tap in a message. */
export type Choice = {
  kind:
    | 'reply'
    | 'row'
    | 'template_reply'
    | 'carousel_reply'
    | 'url'
    | 'flow'
    | 'copy_code'
    | 'location_request'
    | 'call_permission'
    | 'contact_request'
    | 'payment'
    | 'other'
  title: string
  id?: string
  description?: string
  payload?: string
  url?: string
  card?: number
}

/** The readable text of a message: body, caption, or the closest equivalent. */
export function textOf(message: Message): string {
  const content = message.content
  if (message.face) return message.face.body ?? ''
  if (Array.isArray(content)) {
    return content
      .map((c) => (isObject(c) && isObject(c['name']) ? String(c['name']['formatted_name'] ?? '') : ''))
      .join(', ')
  }
  if (!isObject(content)) return ''
  switch (message.type) {
    case 'text':
      return String(content['body'] ?? '')
    case 'interactive':
      return textOfInteractive(content)
    case 'reaction':
      return String(content['emoji'] ?? '')
    case 'location':
      return String(content['name'] ?? `${String(content['latitude'])}, ${String(content['longitude'])}`)
    case 'button':
      return String(content['text'] ?? '')
    case 'order':
      return String(content['text'] ?? '')
    case 'system':
      return String(content['body'] ?? '')
    default:
      return String(content['caption'] ?? content['filename'] ?? '')
  }
}

function textOfInteractive(content: Json): string {
  for (const key of ['button_reply', 'list_reply']) {
    const reply = content[key]
    if (isObject(reply)) return String(reply['title'] ?? '')
  }
  const body = content['body']
  return isObject(body) ? String(body['text'] ?? '') : ''
}

const list = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : [])
const object = (value: unknown): Json => (isObject(value) ? value : {})
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** All choices of a business's message, in the order on the phone. */
export function choicesOf(message: Message): Choice[] {
  if (message.face) {
    return [
      ...(message.face.buttons ?? []).map((b) => templateChoice(b)),
      ...(message.face.cards ?? []).flatMap((card, i) => (card.buttons ?? []).map((b) => templateChoice(b, i))),
    ]
  }
  if (message.type !== 'interactive') return []
  const content = object(message.content)
  const action = object(content['action'])
  const parameters = object(action['parameters'])
  switch (content['type']) {
    case 'button':
      return list(action['buttons']).map((b) => {
        const reply = object(b['reply'])
        return { kind: 'reply', id: text(reply['id']), title: text(reply['title']) }
      })
    case 'list':
      return list(action['sections']).flatMap((section) =>
        list(section['rows']).map((row) => ({
          kind: 'row' as const,
          id: text(row['id']),
          title: text(row['title']),
          ...(typeof row['description'] === 'string' && { description: row['description'] }),
        })),
      )
    case 'cta_url':
      return [{ kind: 'url', title: text(parameters['display_text']), url: text(parameters['url']) }]
    case 'carousel':
      return list(action['cards']).flatMap((card, i) => cardChoices(object(card['action']), i))
    case 'flow':
      return [{ kind: 'flow', title: text(parameters['flow_cta']), id: text(parameters['flow_token']) || 'unused' }]
    case 'location_request_message':
      return [{ kind: 'location_request', title: 'Send location' }]
    case 'call_permission_request':
      return [{ kind: 'call_permission', title: 'Allow calls' }]
    case 'request_contact_info':
      return [{ kind: 'contact_request', title: 'Share contact info' }]
    case 'order_details':
      return [{ kind: 'payment', title: 'Review and Pay', id: text(parameters['reference_id']) }]
    default:
      return []
  }
}

function cardChoices(action: Json, card: number): Choice[] {
  const buttons = list(action['buttons'])
  if (buttons.length === 0) {
    const parameters = object(action['parameters'])
    return [{ kind: 'url', title: text(parameters['display_text']), url: text(parameters['url']), card }]
  }
  return buttons.map((b) => {
    const reply = object(b['quick_reply'])
    return { kind: 'carousel_reply', id: text(reply['id']), title: text(reply['title']), card }
  })
}

function templateChoice(button: FaceButton, card?: number): Choice {
  const where = card === undefined ? {} : { card }
  switch (button.type) {
    case 'quick_reply':
      return { kind: 'template_reply', title: button.text, payload: button.payload ?? button.text, ...where }
    case 'url':
      return { kind: 'url', title: button.text, url: button.url ?? '', ...where }
    case 'copy_code':
      return { kind: 'copy_code', title: button.text, payload: text(button['coupon_code']), ...where }
    case 'flow':
      return {
        kind: 'flow',
        title: button.text,
        id: text(object(button['action'])['flow_token']) || 'unused',
        ...where,
      }
    default:
      return { kind: 'other', title: button.text, ...where }
  }
}

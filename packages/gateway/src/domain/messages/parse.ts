import type { z } from 'zod'
import { outOfBounds } from '../fields/bounds.ts'
import { MOST_PROBLEMS, type FieldProblem } from '../fields/problem.ts'
import { readBy } from '../fields/read.ts'
import type { MediaContent } from '@postern/cloud-api'
import { digitsOf, envelopeOnly } from './envelope.ts'
import { msOf } from './later.ts'
import type { Content, Envelope, OutgoingMessage, TemplateComponent, TemplateSend } from './message.ts'
import { sendMessageSchema } from './schema.ts'

export type ParsedMessage = { ok: true; message: OutgoingMessage } | { ok: false; problems: FieldProblem[] }

type Body = z.output<typeof sendMessageSchema>

/** Reads the body of a send. Returns the message, or all problems at once. */
export function parseMessage(body: unknown): ParsedMessage {
  const outside = outOfBounds(body)
  if (outside) return { ok: false, problems: [outside] }
  const read = readBy(sendMessageSchema, body)
  if (read.ok) return { ok: true, message: messageOf(read.data) }
  return { ok: false, problems: inOrder(allProblems(body, read.problems)) }
}

/** Without a known type only the common keys can be checked. */
function allProblems(body: unknown, problems: FieldProblem[]): FieldProblem[] {
  const isTypeUnknown = problems.length === 1 && problems[0]?.path === 'type'
  if (!isTypeUnknown) return problems
  const envelope = readBy(envelopeOnly, body)
  return envelope.ok ? problems : [...envelope.problems, ...problems].slice(0, MOST_PROBLEMS)
}

/** Problems of the recipient come first, as in the body. The rest is in the order of the schema already. */
function inOrder(problems: FieldProblem[]): FieldProblem[] {
  const rank = (problem: FieldProblem) => (problem.path === 'to' || problem.path === 'recipient' ? 0 : 1)
  return problems.sort((a, b) => rank(a) - rank(b))
}

function messageOf(body: Body): OutgoingMessage {
  return { ...envelopeOf(body), ...contentOf(body) }
}

function envelopeOf(body: Body): Envelope {
  const envelope: Envelope = {}
  if (body.recipient_type === 'group') envelope.groupId = body.to!
  else if (body.to !== undefined) envelope.to = digitsOf(body.to)
  if (body.recipient !== undefined) envelope.recipient = body.recipient
  if ('context' in body && body.context !== undefined) envelope.replyTo = body.context.message_id
  if (body.biz_opaque_callback_data !== undefined) envelope.callbackData = body.biz_opaque_callback_data
  if (body.category === 'utility' || body.category === 'authentication') {
    const templateName = body.direct_send_config?.template_name
    envelope.direct = { category: body.category, ...(templateName !== undefined && { templateName }) }
  }
  if (body.type === 'template') {
    const { product_policy, message_activity_sharing, bid_spec } = body
    const marketing = {
      ...(product_policy !== undefined && { product_policy }),
      ...(message_activity_sharing !== undefined && { message_activity_sharing }),
      ...(bid_spec !== undefined && { bid_spec }),
    }
    if (Object.keys(marketing).length > 0) envelope.marketing = marketing
  }
  if (body.recipient_identity_key_hash !== undefined) envelope.identityKeyHash = body.recipient_identity_key_hash
  if (body.if_owner !== undefined) envelope.ifOwner = body.if_owner
  if (body.send_at !== undefined) envelope.sendAt = msOf(body.send_at)
  if (body.expires_at !== undefined) envelope.expiresAt = msOf(body.expires_at)
  if ('fallback' in body && body.fallback !== undefined) envelope.fallback = templateOf(body.fallback.template)
  return envelope
}

function contentOf(body: Body): Content {
  switch (body.type) {
    case 'image':
      return { type: body.type, media: body.image as MediaContent }
    case 'video':
      return { type: body.type, media: body.video as MediaContent }
    case 'audio':
      return { type: body.type, media: body.audio as MediaContent }
    case 'document':
      return { type: body.type, media: body.document as MediaContent }
    case 'sticker':
      return { type: body.type, media: body.sticker as MediaContent }
    case 'location':
      return { type: 'location', location: body.location }
    case 'contacts':
      return { type: 'contacts', contacts: body.contacts }
    case 'reaction':
      return { type: 'reaction', reaction: { messageId: body.reaction.message_id, emoji: body.reaction.emoji } }
    case 'interactive':
      return { type: 'interactive', interactive: body.interactive }
    case 'template':
      return { type: 'template', template: templateOf(body.template) }
    default:
      return { type: 'text', text: textOf(body.text, body.preview_url) }
  }
}

function textOf(text: string | { body: string; preview_url?: boolean | undefined }, preview: boolean | undefined) {
  const body = typeof text === 'string' ? text : text.body
  const previewUrl = typeof text === 'string' ? preview : text.preview_url
  return previewUrl === undefined ? { body } : { body, previewUrl }
}

function templateOf(template: Extract<Body, { type: 'template' }>['template']): TemplateSend {
  const { name, language, components, code } = template
  return {
    name,
    ...(language !== undefined && { language: typeof language === 'string' ? language : language.code }),
    ...(components !== undefined && { components: components.map(lowered) }),
    ...(code !== undefined && { code }),
  }
}

/** Meta and the API page write `BUTTON` and `COPY_CODE` as often as `button` and `copy_code`. */
function lowered<C extends TemplateComponent>(component: C): C {
  const type = component.type.toLowerCase()
  if ('cards' in component) {
    return {
      ...component,
      type,
      cards: component.cards.map((card) => ({ ...card, components: card.components.map(lowered) })),
    }
  }
  const parameters = component.parameters?.map((parameter) => ({ ...parameter, type: parameter.type.toLowerCase() }))
  return {
    ...component,
    type,
    ...('sub_type' in component && { sub_type: component.sub_type.toLowerCase() }),
    ...(parameters && { parameters }),
  }
}

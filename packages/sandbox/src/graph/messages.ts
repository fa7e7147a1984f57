import type { SendResponse } from '@postern/cloud-api'
import { Checker, wordOf, type Json } from '../checker.ts'
import { checkContent } from '../check-content.ts'
import { checkInteractive } from '../check-interactive.ts'
import { askToCall } from '../call-limits.ts'
import { checkTemplateShape } from '../check-template.ts'
import { fillTemplate } from '../fill-template.ts'
import { DAY_MS, accountOf, contactOf, nameInWamid, parentUserIdOf, userIdOf, type Cloud } from '../cloud.ts'
import type { Fault } from '../faults.ts'
import { GraphError, LATER_CODES, invalid, webhookError } from '../graph-error.ts'
import { digitsFrom, digitsOf, isBusinessScopedUserId, outboundWamid } from '../identifiers.ts'
import { launch } from '../journey.ts'
import { speakInThread } from '../responders.ts'
import type { BusinessNumber, Contact, Face, Group, Message, Template } from '../world.ts'
import { numberFor, type Answer, type Call } from './call.ts'

/** In the order and spelling of Meta's error. */
const TYPES = [
  'audio',
  'contacts',
  'document',
  'gif',
  'image',
  'interactive',
  'link_preview',
  'location',
  'pin',
  'reaction',
  'sticker',
  'template',
  'text',
  'video',
]
const NOT_SENDABLE = ['gif', 'link_preview', 'pin']

/** `POST /{phone number id}/messages`: a send, or a read receipt. */
export const postMessage = (call: Call, fault: Fault | undefined): Answer => send(call, fault, false)

/** `POST /{phone number id}/marketing_messages`: marketing templates only. */
export const postMarketing = (call: Call, fault: Fault | undefined): Answer => send(call, fault, true)

function send(call: Call, fault: Fault | undefined, lite: boolean): Answer {
  const { cloud, body } = call
  const number = numberFor(call, call.path[0]!)
  const check = new Checker()

  const written = typeof body['to'] === 'string' ? digitsOf(body['to']) : undefined
  if (body['status'] === undefined) {
    const level = number.onBizApp ? 'APP' : number.throughput
    const code = cloud.limits.refuse(number.id, level, written)
    if (code !== undefined) throw new GraphError(code)
  }

  checkProduct(body)
  if (body['status'] !== undefined) return readReceipt(cloud, number, body, check)

  const toGroup =
    body['recipient_type'] !== undefined && check.word(body, 'recipient_type', '', ['individual', 'group']) === 'group'
  if (body['to'] === undefined && body['recipient'] === undefined) throw invalid('The parameter to is required.')
  const type = body['type'] === undefined ? 'text' : check.word(body, 'type', '', TYPES)
  check.optionalString(body, 'biz_opaque_callback_data', '', 512)
  const context = check.optionalObject(body, 'context', '')
  if (context) check.string(context, 'message_id', 'context')

  const known = (id: string): boolean => {
    const media = cloud.world.media.get(id)
    return media !== undefined && media.numberId === number.id && media.expiresAt > cloud.clock.now()
  }
  if (NOT_SENDABLE.includes(type)) check.value(false, 'Message type is currently not supported.', 131051)
  else if (type === 'interactive') checkInteractive(check, body, known)
  else if (type === 'template') checkTemplateShape(check, body, known)
  else checkContent(check, type, body, known)
  const direct = directSend(cloud, number, body, check)
  const group = toGroup ? groupIn(number, check.string(body, 'to', '')) : undefined
  const { contact, input, toUserId } = group
    ? { contact: contactOf(cloud, group.participants[0]!), input: group.id, toUserId: false }
    : recipientOf(cloud, number, body, check)
  check.settle()
  if (!number.registered) throw new GraphError(133010)
  if (number.away) throw new GraphError(10)
  if (number.allowedRecipients && !number.allowedRecipients.includes(contact.number)) {
    throw new GraphError(131030, { subcode: 2655007 })
  }

  if (lite && type !== 'template') throw new GraphError(131055)
  let template: Template | undefined
  let face: Face | undefined
  if (type === 'template') {
    const asked = body['template'] as Json
    template = sendableTemplate(cloud, number, asked)
    face = fillTemplate(template, (asked['components'] as Json[] | undefined) ?? [])
    if (toUserId && template.category === 'AUTHENTICATION') throw new GraphError(131062)
    const { settings } = accountOf(cloud, number)
    if (lite && template.category !== 'MARKETING') throw new GraphError(131055)
    if (!lite && template.category === 'MARKETING' && settings?.['disable_marketing_messages_on_cloud_api'] === true)
      throw new GraphError(131063)
  }

  if (type !== 'template' && !group) speakInThread(cloud, contact, number)
  if (type === 'interactive' && (body[type] as Json)['type'] === 'call_permission_request')
    askToCall(cloud, contact, number)
  const id = outboundWamid(cloud.source, nameInWamid(cloud, contact, accountOf(cloud, number)))
  const messageTo = (phone: string): Message => ({
    id,
    direction: 'out',
    numberId: number.id,
    phone,
    at: cloud.clock.now(),
    type,
    content: body[type],
    status: 'accepted',
    steps: [],
    ...(context && { replyTo: wordOf(context['message_id']) }),
    ...(typeof body['biz_opaque_callback_data'] === 'string' && { callbackData: body['biz_opaque_callback_data'] }),
    ...(toUserId && { toUserId }),
    ...(template && {
      template: {
        id: template.id,
        name: template.name,
        language: template.language,
        category: template.category,
        ttlMs: ttlOf(template),
      },
    }),
    ...(face && { face }),
    ...(group && { groupId: group.id }),
    ...(direct && { direct }),
    ...(lite && { lite }),
  })
  for (const phone of group ? group.participants : [contact.number]) {
    const message = messageTo(phone)
    if (fault?.code !== undefined && isLater(fault)) message.error = webhookError(fault.code, fault.details)
    cloud.world.addMessage(message)
    cloud.events.emit('accepted', message.at, () => ({ message: structuredClone(message) }))
    launch(cloud, number, message)
  }

  const response: SendResponse = {
    messaging_product: 'whatsapp',
    contacts: [group ? { input } : toUserId ? { input, user_id: input } : { input, wa_id: contact.number }],
    messages: [{ id, ...(group && { group_id: group.id }), ...(template && { message_status: 'accepted' }) }],
  }
  return { body: response }
}

/** Utility or authentication messages without a template, for accounts that have Direct Send. */
function directSend(cloud: Cloud, number: BusinessNumber, body: Json, check: Checker): Message['direct'] {
  if (body['category'] === undefined) return undefined
  const category = check.word(body, 'category', '', ['utility', 'authentication', 'service'])
  if (category === 'service' || body['type'] === 'template') return undefined
  if (accountOf(cloud, number).settings?.['direct_send'] !== true) {
    throw invalid('Invalid parameter', {
      details:
        "Parameter Invalid: The 'category' value requires Direct Send, which isn't enabled for this account. " +
        'Use an approved message template instead.',
    })
  }
  const config = check.optionalObject(body, 'direct_send_config', '')
  const name = config ? check.string(config, 'template_name', 'direct_send_config') : 'direct_send'
  check.value(/^[a-z0-9_]+$/.test(name), 'template_name must have lower-case letters, digits and underscores only')
  return { category, templateId: `1${digitsFrom(cloud.source.fixed(`direct ${number.wabaId} ${name}`), 15)}` }
}

function groupIn(number: BusinessNumber, id: string): Group {
  const group = number.groups?.find((one) => one.id === id)
  if (!group) throw new GraphError(131041)
  if (group.suspended) throw new GraphError(131207)
  if (group.participants.length === 0) throw new GraphError(131020)
  return group
}

/** True when a webhook reports the fault's code later; false when the answer does. */
export const isLater = (fault: Fault): boolean =>
  fault.code !== undefined && (fault.as === undefined ? LATER_CODES.has(fault.code) : fault.as === 'status')

export function checkProduct(body: Json): void {
  const product = body['messaging_product']
  if (product === undefined || product === null || product === '') {
    throw invalid('The parameter messaging_product is required.')
  }
  if (typeof product !== 'string' || product.toLowerCase() !== 'whatsapp') {
    throw invalid(`Param messaging_product must be one of {WHATSAPP} - got "${wordOf(product)}".`)
  }
}

function readReceipt(cloud: Cloud, number: BusinessNumber, body: Json, check: Checker): Answer {
  check.word(body, 'status', '', ['read'])
  const id = check.string(body, 'message_id', '')
  const typing = check.optionalObject(body, 'typing_indicator', '')
  if (typing) check.word(typing, 'type', 'typing_indicator', ['text'])
  const message = cloud.world.messages.get(id)
  if (!message || message.direction !== 'in' || message.numberId !== number.id) {
    throw new GraphError(131009, { details: 'Message ID does not exist' })
  }
  // Marks this message and all earlier messages of the chat.
  for (const earlier of cloud.world.thread(message.phone)) {
    if (earlier.direction === 'in' && earlier.numberId === number.id && !earlier.seen && earlier.at <= message.at) {
      earlier.seen = true
      cloud.world.saveMessage(earlier)
      cloud.events.emit('status', cloud.clock.now(), () => ({ id: earlier.id, phone: earlier.phone, status: 'seen' }))
    }
  }
  if (typing) cloud.events.emit('typing', cloud.clock.now(), () => ({ phone: message.phone, numberId: number.id }))
  return { body: { success: true } }
}

export function recipientOf(
  cloud: Cloud,
  number: BusinessNumber,
  body: Json,
  check: Checker,
): { contact: Contact; input: string; toUserId: boolean } {
  if (body['to'] !== undefined) {
    // Accepts numbers as well as text: form bodies and some clients send numbers.
    const input = typeof body['to'] === 'number' ? String(body['to']) : check.string(body, 'to', '')
    const digits = digitsOf(input)
    if (digits === undefined) throw new GraphError(131009, { details: 'Recipient phone number is not valid' })
    if (digits === number.number) throw new GraphError(131021)
    return { contact: contactOf(cloud, digits), input, toUserId: false }
  }
  const input = check.string(body, 'recipient', '')
  const phone = cloud.world.byUserId.get(input)
  const contact = phone === undefined ? undefined : cloud.world.contacts.get(phone)
  // A BSUID of another portfolio is refused as well. Meta does not document the code.
  const account = accountOf(cloud, number)
  const own =
    contact &&
    (userIdOf(cloud, contact, account.businessId) === input || parentUserIdOf(cloud, contact, account) === input)
  if (!isBusinessScopedUserId(input) || !contact || !own) {
    throw new GraphError(131009, { details: 'Recipient user ID is not valid' })
  }
  return { contact, input, toUserId: true }
}

function sendableTemplate(cloud: Cloud, number: BusinessNumber, asked: Json): Template {
  const name = wordOf(asked['name'])
  const language = wordOf((asked['language'] as Json)['code'])
  const template = cloud.world.findTemplate(number.wabaId, name, language)
  const status = template?.status
  if (template && status === 'APPROVED') return template
  if (status === 'PAUSED') throw new GraphError(132015, { details: `Template ${name} is paused due to low quality` })
  if (status === 'DISABLED')
    throw new GraphError(132016, { details: `Template ${name} is disabled due to low quality` })
  throw new GraphError(132001, { details: `template name (${name}) does not exist in ${language}` })
}

function ttlOf(template: Template): number {
  const seconds = template['message_send_ttl_seconds']
  if (typeof seconds === 'number' && seconds > 0) return seconds * 1000
  return template.category === 'AUTHENTICATION' && seconds !== -1 ? 600_000 : 30 * DAY_MS
}

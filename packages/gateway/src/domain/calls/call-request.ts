import { z } from 'zod'
import { chooseBy } from '../fields/choose.ts'
import { across, fieldOf, text } from '../fields/schema.ts'
import { digitsOf, recipient, whereTo } from '../messages/envelope.ts'
import { LIMITS } from '../messages/limits.ts'

/*
 * The signalling of a call: who rings, who takes it, and the two session descriptions. The sound goes between WhatsApp
 * and the caller's own program, so the session passes unchanged.
 */

/** A session description has a few kilobytes. */
const LONGEST_SDP = 65_536

const session = (kind: 'offer' | 'answer') =>
  z.strictObject({
    sdp_type: z.literal(kind),
    sdp: text(1, LONGEST_SDP, {
      description: 'The session description (RFC 8866) of your program, with its line ends. It is passed on unchanged.',
    }),
  })

/** With `ENABLED`, WhatsApp announces the recording to both sides, and needs to know why and in which language. */
const listening = across((value, report) => {
  if (fieldOf(value, 'status') !== 'ENABLED') return
  for (const key of ['purpose', 'announcement_language'])
    if (fieldOf(value, key) === undefined)
      report([key], { rule: 'required', says: 'is required when status is ENABLED' })
})(
  z.strictObject({
    status: z.enum(['ENABLED', 'DISABLED']),
    purpose: text(1, 250, { oneLine: true }).optional(),
    announcement_language: text(2, 16, { oneLine: true, examples: ['en_US'] }).optional(),
  }),
)

const product = z.literal('whatsapp').optional().meta({ description: 'Cloud API bodies have it. Not needed.' })
const callbackData = text(0, LIMITS.callbackData, {
  description: 'Words of your own; the webhooks of this call have them.',
}).optional()
const recorded = {
  recording: listening.optional().meta({ description: 'WhatsApp records the call: the event has the media id.' }),
  transcription: listening.optional().meta({ description: 'WhatsApp writes down what was said.' }),
}
const to = z
  .string()
  .optional()
  .meta({
    description: 'The contact’s WhatsApp number: country code and number, digits only.',
    examples: ['85268411234'],
  })

/** The keys of every action on a call that exists. Only WhatsApp's id names it: the contact may be given, and is not sent. */
const onCall = {
  call_id: text(1, 512, {
    description: 'The call_id of the event, or of the answer to connect.',
    examples: ['wacid.HBgL'],
  }),
  messaging_product: product,
  to,
  recipient,
}

const connect = whereTo(
  z.strictObject({
    action: z.literal('connect'),
    to,
    recipient,
    session: session('offer'),
    biz_opaque_callback_data: callbackData,
    messaging_product: product,
    ...recorded,
  }),
).meta({
  title: 'Call a contact',
  anyOf: [{ required: ['to'] }, { required: ['recipient'] }],
  examples: [{ action: 'connect', to: '85268411234', session: { sdp_type: 'offer', sdp: 'v=0\r\n' } }],
})

/** The accepted body of POST /external/calls. */
export const callSchema = chooseBy('action', {
  connect,
  pre_accept: z
    .strictObject({ action: z.literal('pre_accept'), ...onCall, session: session('answer') })
    .meta({ title: 'Prepare the connection before accepting' }),
  accept: z
    .strictObject({
      action: z.literal('accept'),
      ...onCall,
      session: session('answer'),
      biz_opaque_callback_data: callbackData,
      ...recorded,
    })
    .meta({ title: 'Take a call' }),
  reject: z.strictObject({ action: z.literal('reject'), ...onCall }).meta({ title: 'Reject a call' }),
  terminate: z.strictObject({ action: z.literal('terminate'), ...onCall }).meta({ title: 'End a call' }),
}).meta({ id: 'CallAction', description: 'One action on a call. Unknown keys are refused, never dropped.' })

export type CallAction = z.output<typeof callSchema>

/** The body of Meta's POST /{phone_number_id}/calls. */
export function toCallRequest(call: CallAction): Record<string, unknown> {
  const { to: number, recipient: userId, messaging_product: _product, ...rest } = call
  return {
    messaging_product: 'whatsapp',
    ...(call.action === 'connect' && number !== undefined && { to: digitsOf(number) }),
    ...(call.action === 'connect' && userId !== undefined && { recipient: userId }),
    ...rest,
  }
}

import { Checker, wordOf, type Json } from '../checker.ts'
import { DAY_MS, contactOf } from '../cloud.ts'
import { declineCall, endCall, newCall, ring, takeCall, wishesOf, type VoiceCall } from '../calls.ts'
import { checkCall, usageOf } from '../call-limits.ts'
import { GraphError, invalid } from '../graph-error.ts'
import { digitsOf } from '../identifiers.ts'
import { numberFor, type Answer, type Call } from './call.ts'
import { checkProduct, recipientOf } from './messages.ts'

const ACTIONS = ['connect', 'pre_accept', 'accept', 'reject', 'terminate']

/** `POST /{number}/calls` */
export async function postCall(call: Call): Promise<Answer> {
  const number = numberFor(call, call.path[0]!)
  const { cloud, body } = call
  checkProduct(body)
  const check = new Checker()
  const action = check.word(body, 'action', '', ACTIONS)
  if (['connect', 'pre_accept', 'accept'].includes(action)) checkSession(check, body, action)
  const callbackData = check.optionalString(body, 'biz_opaque_callback_data', '', 512)
  if (action === 'connect') {
    if (body['to'] === undefined && body['recipient'] === undefined) throw invalid('The parameter to is required.')
    const { contact } = recipientOf(cloud, number, body, check)
    check.settle()
    if (number.away) throw new GraphError(10)
    checkCall(cloud, contact, number)
    const made = newCall(cloud, {
      numberId: number.id,
      phone: contact.number,
      by: 'BUSINESS_INITIATED',
      ...(callbackData !== undefined && { callbackData }),
    })
    Object.assign(made, wishesOf(body))
    ring(cloud, made)
    return { body: { messaging_product: 'whatsapp', calls: [{ id: made.id }] } }
  }
  const id = check.string(body, 'call_id', '')
  const known = cloud.calls.get(id)
  if (!known || known.numberId !== number.id) throw invalid('Param call_id is not a call of this phone number.')
  await act(call, known, action, callbackData)
  return { body: { messaging_product: 'whatsapp', success: true } }
}

async function act(call: Call, known: VoiceCall, action: string, callbackData: string | undefined): Promise<void> {
  const { cloud, body } = call
  if (known.state === 'over') throw invalid('The call is already over.')
  if (action === 'terminate') return void endCall(cloud, known)
  if (known.state !== 'ringing' || known.by !== 'USER_INITIATED')
    throw invalid(`The call cannot be answered with ${action}.`)
  if (action === 'pre_accept') return
  if (action === 'reject') return void declineCall(cloud, known)
  if (callbackData !== undefined) known.callbackData = callbackData
  Object.assign(known, wishesOf(body))
  await takeCall(cloud, known)
}

/** RFC 8866: a session description begins with its version. */
function checkSession(check: Checker, body: Json, action: string): void {
  const session = check.object(body, 'session', '')
  check.word(session, 'sdp_type', 'session', [action === 'connect' ? 'offer' : 'answer'])
  const sdp = check.string(session, 'sdp', 'session')
  if (!sdp.startsWith('v=0')) throw new GraphError(138004, { details: 'session.sdp is not a session description.' })
}

/** `GET /{number}/call_permissions?user_wa_id=` */
export function getCallPermissions(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const { cloud } = call
  const phone = digitsOf(wordOf(call.query.get('user_wa_id') ?? ''))
  if (phone === undefined) throw invalid('The parameter user_wa_id is required.')
  if (!cloud.limits.readPermissions(number.id)) throw new GraphError(613)
  const contact = contactOf(cloud, phone)
  const { askedInDay, askedInWeek, connectedInDay, nextAt } = usageOf(cloud, contact, number)
  const until = contact.callsAllowed?.[number.id] ?? 0
  const allowed = until > cloud.clock.now()
  const permanent = until - cloud.clock.now() > 365 * DAY_MS
  const limit = (time_period: string, max_allowed: number, current_usage: number): Json => ({
    time_period,
    max_allowed,
    current_usage,
  })
  return {
    body: {
      messaging_product: 'whatsapp',
      permission: allowed
        ? permanent
          ? { status: 'permanent' }
          : { status: 'temporary', expiration_time: Math.floor(until / 1000) }
        : { status: 'no_permission' },
      actions: [
        {
          action_name: 'send_call_permission_request',
          can_perform_action: askedInDay < 1 && askedInWeek < 2,
          limits: [limit('PT24H', 1, askedInDay), limit('P7D', 2, askedInWeek)],
        },
        {
          action_name: 'start_call',
          can_perform_action: allowed && connectedInDay < 5,
          limits: [
            {
              ...limit('PT24H', 5, connectedInDay),
              ...(connectedInDay >= 5 && { limit_expiration_time: Math.floor((nextAt ?? 0) / 1000) }),
            },
          ],
        },
      ],
    },
  }
}

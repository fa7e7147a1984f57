import { Checker } from '../checker.ts'
import { GraphError, invalid } from '../graph-error.ts'
import { requestId } from '../identifiers.ts'
import { isStandby, setOwner } from '../responders.ts'
import { numberFor, type Answer, type Call } from './call.ts'
import { checkProduct, recipientOf } from './messages.ts'

const ROLES = ['ai_agent', 'ctwa', 'customer_service', 'escalation', 'marketing', 'utility']

/**
 * `POST /{number}/thread_control`. Only the escalation partner may take a thread. This app is the partner when its
 * number says so.
 */
export function threadControl(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const { cloud, body } = call
  checkProduct(body)
  const check = new Checker()
  const action = check.word(body, 'action', '', ['pass', 'release', 'take'])
  if (body['to'] === undefined && body['recipient'] === undefined) throw invalid('The parameter to is required.')
  check.optionalString(body, 'metadata', '', 2_000)
  const pass = check.optionalObject(body, 'control_pass', '')
  if (pass && action !== 'pass') throw invalid('Unexpected key "control_pass" on param "thread_control".')
  if (pass?.['target_role'] !== undefined) check.word(pass, 'target_role', 'control_pass', ROLES)
  const { contact } = recipientOf(cloud, number, body, check)
  check.settle()
  if (action === 'take' && number.settings['escalation_partner'] !== true) throw new GraphError(2494191)
  // Only the owner may pass or release. Meta has not published the code of this refusal.
  if (action !== 'take' && number.settings['refuse_non_owner'] === true && isStandby(cloud, contact, number))
    throw new GraphError(10)
  const role = typeof pass?.['target_role'] === 'string' ? pass['target_role'] : 'escalation'
  if (action === 'pass') setOwner(cloud, contact, number, { who: 'other', role })
  else setOwner(cloud, contact, number, { who: action === 'take' ? 'app' : 'idle' })
  return { body: { messaging_product: 'whatsapp', request_id: requestId(cloud.source) } }
}

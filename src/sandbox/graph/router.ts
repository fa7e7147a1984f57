import type { Fault } from '../faults.ts'
import { noSuchObject, unknownPath } from '../graph-error.ts'
import type { Answer, Call } from './call.ts'
import { postMessage } from './messages.ts'
import * as numbers from './numbers.ts'
import * as subscriptions from './subscriptions.ts'
import * as templates from './templates.ts'

type Handler = (call: Call, fault: Fault | undefined) => Answer | Promise<Answer>
type Routes = Record<string, Handler>

/** `METHOD edge` of an object; which kind of object it is, the handler finds out, as Graph does. */
const EDGES: Routes = {
  'POST messages': postMessage,
  'GET phone_numbers': numbers.listNumbers,
  'POST register': numbers.register,
  'POST deregister': numbers.deregister,
  'POST request_code': numbers.requestCode,
  'POST verify_code': numbers.verifyCode,
  'GET settings': (call) => numbers.getSettings(call, 'settings'),
  'POST settings': (call) => numbers.postSettings(call, 'settings'),
  'GET conversational_automation': (call) => numbers.getSettings(call, 'conversational_automation'),
  'POST conversational_automation': (call) => numbers.postSettings(call, 'conversational_automation'),
  'GET message_templates': templates.listTemplates,
  'GET subscribed_apps': subscriptions.getSubscribedApps,
  'POST subscribed_apps': subscriptions.postSubscribedApps,
  'DELETE subscribed_apps': subscriptions.deleteSubscribedApps,
  'GET subscriptions': subscriptions.getAppSubscriptions,
  'POST subscriptions': subscriptions.postAppSubscriptions,
}

export function route(call: Call, fault: Fault | undefined): Answer | Promise<Answer> {
  const [id, edge, ...rest] = call.path
  if (id === undefined) throw unknownPath('/')
  if (edge !== undefined) {
    const handler = rest.length === 0 ? EDGES[`${call.method} ${edge}`] : undefined
    if (!handler) throw unknownPath(`/${[edge, ...rest].join('/')}`)
    return handler(call, fault)
  }
  const { world } = call.cloud
  if (world.numbers.has(id)) {
    if (call.method === 'GET') return numbers.getNumber(call)
    if (call.method === 'POST') return numbers.postNumber(call)
  }
  if (world.accounts.has(id) && call.method === 'GET') return numbers.getAccount(call)
  if (world.templates.has(id) && call.method === 'GET') return templates.getTemplate(call)
  throw noSuchObject(id, call.method)
}

/** Which kind of call a fault may be aimed at. */
export function kindOf(path: readonly string[]): Fault['on'] {
  switch (path[1]) {
    case 'messages':
      return 'messages'
    case 'media':
    case 'uploads':
      return 'media'
    case 'message_templates':
      return 'templates'
    default:
      return 'numbers'
  }
}

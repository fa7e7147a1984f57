import type { Fault } from '../faults.ts'
import { noSuchObject, unknownPath } from '../graph-error.ts'
import type { Answer, Call } from './call.ts'
import { postMessage } from './messages.ts'
import { changeBlocked, getBlocked } from './block-users.ts'
import { debugToken } from './debug-token.ts'
import { historyEvents, messageHistory } from './history.ts'
import * as media from './media.ts'
import * as numbers from './numbers.ts'
import * as profile from './profile.ts'
import * as subscriptions from './subscriptions.ts'
import * as changes from './template-changes.ts'
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
  'POST media': media.uploadMedia,
  'POST uploads': media.startUpload,
  'GET whatsapp_business_profile': profile.getProfile,
  'POST whatsapp_business_profile': profile.postProfile,
  'GET block_users': getBlocked,
  'POST block_users': changeBlocked,
  'DELETE block_users': changeBlocked,
  'GET message_history': messageHistory,
  'GET events': historyEvents,
  'POST message_templates': changes.createTemplate,
  'DELETE message_templates': changes.deleteTemplates,
  'GET message_template_previews': changes.previewTemplates,
  'POST unpause': changes.unpauseTemplate,
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
  if (id === 'debug_token' && edge === undefined) return debugToken(call)
  if (id.startsWith('upload:') && edge === undefined) return media.continueUpload(call)
  if (call.method === 'POST' && edge === 'message_templates' && (rest[0] === 'archive' || rest[0] === 'unarchive')) {
    return changes.archiveTemplates(call, rest[0] === 'archive' ? 'ARCHIVED' : 'UNARCHIVED')
  }
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
  if (world.templates.has(id)) {
    if (call.method === 'GET') return templates.getTemplate(call)
    if (call.method === 'POST') return changes.editTemplate(call)
  }
  if (world.media.has(id)) {
    if (call.method === 'GET') return media.getMedia(call)
    if (call.method === 'DELETE') return media.deleteMedia(call)
  }
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

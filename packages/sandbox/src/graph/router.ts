import type { Fault } from '../faults.ts'
import { invalid, noSuchObject, unknownPath } from '../graph-error.ts'
import type { Answer, Call } from './call.ts'
import { postMarketing, postMessage } from './messages.ts'
import { syncAppData } from './smb-app-data.ts'
import { threadControl } from './thread-control.ts'
import { changeBlocked, getBlocked } from './block-users.ts'
import { debugToken } from './debug-token.ts'
import { historyEvents, messageHistory } from './history.ts'
import * as accounts from './accounts.ts'
import * as calls from './calls.ts'
import * as flows from './flows.ts'
import * as groups from './groups.ts'
import * as media from './media.ts'
import { mustBePermitted } from './permissions.ts'
import * as qr from './qr-codes.ts'
import * as records from './number-records.ts'
import * as numbers from './numbers.ts'
import * as profile from './profile.ts'
import * as subscriptions from './subscriptions.ts'
import * as changes from './template-changes.ts'
import * as templates from './templates.ts'

type Handler = (call: Call, fault: Fault | undefined) => Answer | Promise<Answer>
type Routes = Record<string, Handler>

/** `METHOD edge` of an object. The handler finds the kind of the object, as Graph does. */
const EDGES: Routes = {
  'POST messages': postMessage,
  'POST marketing_messages': postMarketing,
  'POST calls': calls.postCall,
  'GET call_permissions': calls.getCallPermissions,
  'POST thread_control': threadControl,
  'POST smb_app_data': syncAppData,
  'POST groups': groups.postGroup,
  'GET groups': groups.listGroups,
  'GET invite_link': groups.inviteOf,
  'POST invite_link': groups.inviteOf,
  'DELETE invite_link': groups.inviteOf,
  'GET join_requests': groups.listJoinRequests,
  'POST join_requests': groups.judgeJoinRequests,
  'DELETE join_requests': groups.judgeJoinRequests,
  'DELETE participants': groups.removeParticipants,
  'GET phone_numbers': numbers.listNumbers,
  'POST register': numbers.register,
  'POST deregister': numbers.deregister,
  'POST request_code': numbers.requestCode,
  'POST verify_code': numbers.verifyCode,
  'GET settings': records.getSettings,
  'POST settings': records.postSettings,
  'GET conversational_automation': records.getAutomation,
  'POST conversational_automation': records.postAutomation,
  'GET whatsapp_commerce_settings': records.getCommerce,
  'POST whatsapp_commerce_settings': records.postCommerce,
  'GET whatsapp_business_encryption': records.getEncryption,
  'POST whatsapp_business_encryption': records.postEncryption,
  'GET business_compliance_info': records.getCompliance,
  'POST business_compliance_info': records.postCompliance,
  'GET official_business_account': records.getOfficial,
  'POST official_business_account': records.postOfficial,
  'GET username': records.getUsername,
  'POST username': records.postUsername,
  'DELETE username': records.deleteUsername,
  'GET username_suggestions': records.suggestUsernames,
  'DELETE contact_book': records.deleteFromContactBook,
  'GET message_qrdls': qr.listQrCodes,
  'POST message_qrdls': qr.saveQrCode,
  'DELETE message_qrdls': qr.deleteQrCode,
  'GET message_qrdls/*': qr.getQrCode,
  'DELETE message_qrdls/*': qr.deleteQrCode,
  'GET flows': flows.listFlows,
  'POST flows': flows.createFlow,
  'POST migrate_flows': flows.migrateFlows,
  'GET assets': flows.listFlowAssets,
  'POST assets': flows.uploadFlowJson,
  'POST publish': flows.publishFlow,
  'POST deprecate': flows.deprecateFlow,
  'POST phone_numbers': accounts.addPhoneNumber,
  'GET owned_whatsapp_business_accounts': accounts.listAccounts,
  'GET client_whatsapp_business_accounts': accounts.listAccounts,
  'GET extendedcredits': accounts.listCredits,
  'GET assigned_users': accounts.listAssignedUsers,
  'POST assigned_users': accounts.changeAssignedUsers,
  'DELETE assigned_users': accounts.changeAssignedUsers,
  'GET activities': accounts.listActivities,
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
  // Removed from every version in October 2026 (Graph API changelog, v26.0). The code is a guess.
  if (call.query.has('date_format')) throw invalid('Param date_format is not supported.')
  if (id === undefined) throw call.query.has('ids') ? invalid('Param ids is not supported.') : unknownPath('/')
  if (id === 'debug_token' && edge === undefined) return debugToken(call)
  if (id.startsWith('upload:') && edge === undefined) return media.continueUpload(call)
  if (call.method === 'POST' && edge === 'message_templates' && (rest[0] === 'archive' || rest[0] === 'unarchive')) {
    return changes.archiveTemplates(call, rest[0] === 'archive' ? 'ARCHIVED' : 'UNARCHIVED')
  }
  mustBePermitted(call.token, edge)
  if (edge !== undefined) {
    const name = [edge, ...rest.map(() => '*')].join('/')
    const handler = Object.hasOwn(EDGES, `${call.method} ${name}`) ? EDGES[`${call.method} ${name}`] : undefined
    if (!handler) throw unknownPath(`/${[edge, ...rest].join('/')}`)
    return handler(call, fault)
  }
  const { world } = call.cloud
  if (world.numbers.has(id)) {
    if (call.method === 'GET') return numbers.getNumber(call)
    if (call.method === 'POST') return numbers.postNumber(call)
  }
  if (world.accounts.has(id)) {
    if (call.method === 'GET') return accounts.getAccount(call)
    if (call.method === 'POST') return accounts.postAccount(call)
  }
  if (flows.findFlow(call, id)) {
    if (call.method === 'GET') return flows.getFlow(call)
    if (call.method === 'POST') return flows.updateFlow(call)
    if (call.method === 'DELETE') return flows.deleteFlow(call)
  }
  if (groups.isGroup(call, id)) {
    if (call.method === 'GET') return groups.getGroup(call)
    if (call.method === 'POST') return groups.updateGroup(call)
    if (call.method === 'DELETE') return groups.deleteGroup(call)
  }
  if (call.method === 'GET' && accounts.isBusiness(call, id)) return accounts.getBusiness(call)
  if (call.method === 'GET' && (id === world.app.id || id === 'app')) return accounts.getApp(call)
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

/** The kind of call, as faults name it. */
export function kindOf(path: readonly string[]): Fault['on'] {
  switch (path[1]) {
    case 'messages':
    case 'marketing_messages':
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

import type { Route } from './route.ts'

type Place = Pick<Route, 'method' | 'path'>

/** Names that the rule below would get wrong. */
const NAMES: Record<string, string> = {
  'POST /external/messages/whatsapp': 'sendMessage',
  'POST /external/messages/{msg_id}/read': 'markRead',
  'GET /external/scheduled': 'listScheduledMessages',
  'GET /external/scheduled/{reference}': 'getScheduledMessage',
  'PATCH /external/scheduled/{reference}': 'changeScheduledMessage',
  'DELETE /external/scheduled/{reference}': 'cancelScheduledMessage',
  'PUT /external/contacts/{to}/preferences': 'setPreferences',
  'GET /external/contacts/{to}/window': 'getWindow',
  'POST /external/contacts/{to}/thread': 'moveThread',
  'GET /external/channel': 'getChannel',
  'POST /external/calls': 'call',
  'POST /external/contacts/preferences/import': 'importPreferences',
  'GET /external/contacts/preferences.csv': 'downloadPreferences',
  'PUT /admin/conversations/{channel_id}/{contact_id}/preferences': 'adminSetPreferences',
  'POST /admin/conversations/{channel_id}/{contact_id}/thread': 'adminMoveThread',
  'POST /admin/conversations/{channel_id}/{contact_id}/seen': 'adminMarkSeen',
  'POST /admin/conversations/{channel_id}/{contact_id}/done': 'adminMarkDone',
  'POST /external/broadcast-files': 'uploadBroadcastFile',
  'GET /external/broadcasts/{id}/check.csv': 'downloadBroadcastCheck',
  'POST /admin/channels/{channel_id}/broadcast-files': 'adminUploadBroadcastFile',
  'POST /admin/channels/{channel_id}/broadcasts': 'adminCreateBroadcast',
  'GET /admin/channels/{channel_id}/broadcasts/{id}/check.csv': 'adminDownloadBroadcastCheck',
  'GET /admin/channels/{channel_id}/broadcasts/{id}/results.csv': 'adminDownloadBroadcastResults',
  'POST /admin/channels/{channel_id}/broadcasts/{id}/retry-failed': 'adminRetryFailedRecipients',
  'GET /external/costs': 'getCosts',
  'GET /admin/costs': 'adminGetCosts',
  'GET /external/broadcasts/{id}/results.csv': 'downloadBroadcastResults',
  'POST /external/broadcasts/{id}/retry-failed': 'retryFailedRecipients',
  'POST /external/templates/archive': 'archiveTemplates',
  'POST /external/templates/unarchive': 'unarchiveTemplates',
  'POST /admin/channels/{channel_id}/templates/archive': 'adminArchiveTemplates',
  'POST /admin/channels/{channel_id}/templates/unarchive': 'adminUnarchiveTemplates',
  'POST /admin/channels/{channel_id}/templates/sync': 'adminSyncTemplates',
  'POST /admin/channels/import': 'adminImportChannels',
  'POST /admin/channels/{channel_id}/webhook/rotate-secret': 'adminRotateWebhookSecret',
  'POST /admin/channels/{channel_id}/endpoints/{endpoint_id}/rotate-secret': 'adminRotateEndpointSecret',
  'POST /admin/channels/{channel_id}/deliveries/replay': 'adminReplayDeliveries',
  'GET /admin/deliveries/{id}/request': 'adminGetDeliveryRequest',
  'GET /external/events/stream': 'streamEvents',
  'GET /admin/channels/{channel_id}/events/stream': 'adminStreamEvents',
  'POST /external/media': 'uploadMedia',
  'GET /external/media/{id}': 'downloadMedia',
  'POST /admin/channels/{channel_id}/media': 'adminUploadMedia',
  'GET /admin/channels/{channel_id}/media/{id}': 'adminDownloadMedia',
  'GET /admin/messages/{reference}/media': 'adminDownloadMessageMedia',
  'DELETE /external/templates': 'deleteTemplates',
  'DELETE /admin/channels/{channel_id}/templates': 'adminDeleteTemplates',
  'POST /admin/channels/{channel_id}/messages': 'adminSendMessage',
  'POST /admin/channels/{channel_id}/messages/{reference}/read': 'adminMarkRead',
  'GET /admin/messages/search': 'adminSearchMessages',
  'GET /admin/conversations/search': 'adminSearchConversations',
  'GET /admin/conversations/{channel_id}/{contact_id}/costs': 'adminGetContactCosts',
  'GET /admin/stats/activity': 'adminGetActivity',
  'GET /admin/stats': 'adminGetStats',
  'POST /admin/channels/check': 'adminCheckNumber',
  'POST /admin/channels/check/subscribe': 'adminSubscribe',
  'POST /admin/channels/discover': 'adminDiscoverNumbers',
  'GET /admin/channels/{channel_id}/setup': 'adminGetSetup',
  'POST /admin/channels/{channel_id}/setup/{step}': 'adminDoSetupStep',
  'DELETE /admin/channels/{channel_id}/contacts/{contact}': 'adminEraseContact',
  'POST /admin/users/{user_id}/invitation': 'adminInviteAgain',
  'GET /admin/audit/export': 'adminExportAudit',
  'GET /external/resources/{name}': 'readResource',
  'POST /external/resources/{name}': 'changeResource',
  'DELETE /external/resources/{name}': 'deleteResource',
  'GET /admin/channels/{channel_id}/resources/{name}': 'adminReadResource',
  'POST /admin/channels/{channel_id}/resources/{name}': 'adminChangeResource',
  'DELETE /admin/channels/{channel_id}/resources/{name}': 'adminDeleteResource',
}

const VERBS = { GET: 'get', POST: 'create', PUT: 'set', PATCH: 'change', DELETE: 'delete' } as const

/**
 * The name of an operation, as generated clients call it: `sendMessage`, `listBroadcasts`, `pauseBroadcast`,
 * `adminAddEndpoint`. Never change a name: it is part of the API.
 */
export function operationName(route: Place): string {
  return NAMES[`${route.method} ${route.path}`] ?? byRule(route)
}

function byRule({ method, path }: Place): string {
  const parts = path.split('/').filter((part) => part !== '')
  const isAdmin = parts[0] === 'admin'
  const words = parts.slice(1).filter((part) => !part.startsWith('{'))
  // A route below a channel is named by what is below it.
  if (isAdmin && words.length > 1 && words[0] === 'channels') words.shift()
  const isItem = parts.at(-1)!.startsWith('{')
  const last = words.at(-1)!
  const name = (): string => {
    // An action on one thing: POST /…/{id}/pause.
    const above = words.at(-2) ?? (parts.at(-2)?.startsWith('{') ? parts[1] : undefined)
    if (method === 'POST' && !isItem && above !== undefined && !last.endsWith('s'))
      return `${camel(last)}${capital(singular(above))}`
    const owner = words.length > 1 ? capital(singular(words.at(-2)!)) : ''
    if (method === 'GET' && !isItem && last.endsWith('s')) return `list${owner}${capital(camel(last))}`
    if (method === 'POST' && words.length > 1 && last.endsWith('s')) return `add${owner}${capital(camel(last))}`
    return `${VERBS[method as keyof typeof VERBS]}${owner}${capital(singular(camel(last)))}`
  }
  const found = name()
  return isAdmin ? `admin${capital(found)}` : found
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
const camel = (words: string): string => words.replace(/[-.](\w)/g, (_, letter: string) => letter.toUpperCase())
const singular = (word: string): string => word.replace(/ies$/, 'y').replace(/(?<!s|u)s$/, '')

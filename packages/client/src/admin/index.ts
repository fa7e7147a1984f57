import { createRequester, type GatewayOptions, type SignalOptions } from '../request.ts'
import { createMethods } from '../routes.ts'
import { createStream, type EventOptions } from '../events.ts'
import { alarmMethods } from './alarms.ts'
import { broadcastMethods } from './broadcasts.ts'
import { channelMethods, resourceMethods, templateMethods } from './channels.ts'
import { endpointMethods } from './endpoints.ts'
import { messageMethods } from './messages.ts'
import { auditMethods, peopleMethods } from './people.ts'

export type AdminOptions = GatewayOptions & {
  /** The operator's secret: `ADMIN_TOKEN` of the gateway. */
  adminToken: string
}

type UploadRoute = 'POST /admin/channels/{channel_id}/media'

/** Creates an administrator's client: every route of `/admin/`. Every method throws a `PosternError` when it fails. */
export function createAdmin(given: AdminOptions) {
  if (!given.adminToken) throw new Error('The adminToken is missing: give the ADMIN_TOKEN of the gateway.')
  const requester = createRequester(given, { authorization: `Bearer ${given.adminToken}` })
  const methods = createMethods<SignalOptions>(requester)
  const { method, withBody, withQuery, list, download, request } = methods
  return {
    channels: channelMethods(methods),
    endpoints: endpointMethods(methods),
    templates: templateMethods(methods),
    messages: messageMethods(methods),
    resources: resourceMethods(methods),
    broadcasts: broadcastMethods(methods, requester),
    conversations: {
      list: withQuery('GET /admin/conversations'),
      /** Messages by their words. `next_id` of an answer continues further back. */
      search: withQuery('GET /admin/conversations/search'),
      get: method('GET /admin/conversations/{channel_id}/{contact_id}'),
      /** What WhatsApp charged for the messages to a contact, by month and category. */
      costs: method('GET /admin/conversations/{channel_id}/{contact_id}/costs'),
      /** Changes assignee, note and labels. */
      change: withBody('PATCH /admin/conversations/{channel_id}/{contact_id}'),
      /** Notes that a user has seen the messages up to one. */
      seen: withBody('POST /admin/conversations/{channel_id}/{contact_id}/seen'),
      /** Nothing waits for an answer any more, until the next message. */
      done: method('POST /admin/conversations/{channel_id}/{contact_id}/done'),
      /** Takes the conversation, passes it on, or gives it up. */
      thread: withBody('POST /admin/conversations/{channel_id}/{contact_id}/thread'),
      /** The users who may be assigned. */
      assignees: method('GET /admin/conversations/assignees'),
      /** Records whether the contact wants marketing messages. */
      preferences: withBody('PUT /admin/conversations/{channel_id}/{contact_id}/preferences'),
    },
    savedReplies: {
      list: method('GET /admin/saved-replies'),
      create: withBody('POST /admin/saved-replies'),
      replace: withBody('PUT /admin/saved-replies/{id}'),
      remove: method('DELETE /admin/saved-replies/{id}'),
    },
    deliveries: {
      /** Returns a page of deliveries. With `for await`, all of them. */
      list: list('GET /admin/deliveries', (last) => ({ last_id: last.id })),
      replay: withQuery('POST /admin/deliveries/{id}/replay'),
      /** Returns URL, headers, body and signature of a delivery's request. */
      asRequest: withQuery('GET /admin/deliveries/{id}/request'),
      /** Replays the dead deliveries of a channel, or those of a time. */
      replayAll: withBody('POST /admin/channels/{channel_id}/deliveries/replay'),
    },
    /** Erasures of contacts, for privacy. */
    erasures: {
      list: list('GET /admin/erasures', (last) => ({ last_id: last.erasure_id })),
      /** Deletes what is stored of a contact: channel id, then number or user id. */
      erase: method('DELETE /admin/channels/{channel_id}/contacts/{contact}'),
    },
    media: {
      /** Returns the response; read its body. */
      download: download('GET /admin/channels/{channel_id}/media/{id}'),
      /** Uploads one file for messages of a channel: channel id, then the file. */
      upload: (channelId: number | string, ...given: Parameters<ReturnType<typeof methods.upload<UploadRoute>>>) =>
        // The path is filled in here: uploads of customers have none to fill.
        methods.upload(`POST /admin/channels/${encodeURIComponent(channelId)}/media` as UploadRoute)(...given),
    },
    /** What is wrong, since when, and what to do. */
    incidents: withQuery('GET /admin/incidents'),
    /** Messages and callbacks without a known end, in pages: ask with `next` until it is null. */
    lossAudit: withQuery('GET /admin/loss-audit'),
    /** What the node that answers was started with, without secrets. */
    settings: method('GET /admin/settings'),
    /** Who is told of incidents. */
    alarms: alarmMethods(methods),
    ...peopleMethods(methods),
    /** The log of changes, and of reads of conversations. */
    audit: auditMethods(methods),
    /** The events of a channel over one connection, as `stream` of a customer's client: channel id, then options. */
    stream: (channelId: number, options?: EventOptions) =>
      createStream(requester, `/admin/channels/${channelId}/events/stream`)(options),
    stats: method('GET /admin/stats'),
    activity: withQuery('GET /admin/stats/activity'),
    costs: withQuery('GET /admin/costs'),
    /** Any route by its name: `request('GET /admin/channels/{channel_id}', { ids: [1] })`. */
    request,
  }
}

export type Admin = ReturnType<typeof createAdmin>
export { PosternError, type FieldProblem, type Upstream } from '../error.ts'
export type { GatewayOptions, SignalOptions as CallOptions } from '../request.ts'
export type { EventOptions, StreamedEvent } from '../events.ts'
export type { BodyOf, DataOf, QueryOf, RouteInput, RouteName } from '../routes.ts'
export type {
  Alarm,
  CreateEndpoint,
  Delivery,
  Endpoint,
  EndpointTest,
  Erasure,
  Incident,
  PatchEndpoint,
  ReplayEndpoint,
} from '../generated/schemas.ts'

import { activityRoutes } from '../http/admin/activity.ts'
import { channelCheckRoutes } from '../http/admin/channel-check.ts'
import { channelSetupRoutes } from '../http/admin/channel-setup.ts'
import { channelSyncRoutes } from '../http/admin/channel-sync.ts'
import { channelRoutes } from '../http/admin/channels.ts'
import { conversationRoutes } from '../http/admin/conversations.ts'
import { inboxRoutes } from '../http/admin/inbox.ts'
import { savedReplyRoutes } from '../http/admin/saved-replies.ts'
import { costAdminRoutes } from '../http/admin/costs.ts'
import { importRoutes } from '../http/admin/import-channels.ts'
import { endpointRoutes } from '../http/admin/endpoints.ts'
import { createEndpointTest } from '../http/admin/test-endpoint.ts'
import { deliveryRoutes } from '../http/admin/deliveries.ts'
import { deliveryRequestRoutes } from '../http/admin/delivery-request.ts'
import { erasureRoutes } from '../http/admin/erasures.ts'
import { auditRoutes } from '../http/admin/audit.ts'
import { keyRoutes } from '../http/admin/keys.ts'
import { userRoutes } from '../http/admin/users.ts'
import { adminBroadcastRoutes } from '../http/admin/broadcasts.ts'
import { settingRoutes } from '../http/admin/settings.ts'
import { alarmRoutes } from '../http/admin/alarms.ts'
import { incidentRoutes } from '../http/admin/incidents.ts'
import { lossRoutes } from '../http/admin/losses.ts'
import { adminMediaRoutes } from '../http/admin/media.ts'
import { overviewRoutes } from '../http/admin/overview.ts'
import { searchRoutes } from '../http/admin/search.ts'
import { wordRoutes } from '../http/admin/words.ts'
import { contactCostRoutes } from '../http/admin/contact-costs.ts'
import { templateAdminRoutes } from '../http/admin/templates.ts'
import { broadcastFileRoutes } from '../http/external/broadcast-files.ts'
import { broadcastPlanRoutes } from '../http/external/broadcast-plan.ts'
import { broadcastResultRoutes } from '../http/external/broadcast-results.ts'
import { broadcastRetryRoutes } from '../http/external/broadcast-retry.ts'
import { broadcastRoutes } from '../http/external/broadcasts.ts'
import { callRoutes } from '../http/external/calls.ts'
import { ownChannelRoutes } from '../http/external/channel.ts'
import { contactRoutes } from '../http/external/contacts.ts'
import { wishRoutes } from '../http/external/wishes.ts'
import { costRoutes } from '../http/external/costs.ts'
import { threadRoutes } from '../http/external/thread.ts'
import { createThreadControl } from '../flows/send/thread.ts'
import { eventStreamRoutes } from '../http/external/event-stream.ts'
import { eventRoutes } from '../http/external/events.ts'
import { mediaRoutes } from '../http/external/media.ts'
import { messageRoutes } from '../http/external/messages.ts'
import { createRenderer } from '../http/external/rendered.ts'
import { resourceRoutes } from '../http/external/resources.ts'
import { templateListRoutes } from '../http/external/template-lists.ts'
import { templateRoutes } from '../http/external/templates.ts'
import type { Route } from '../http/route.ts'
import { createScheduling } from '../flows/send/scheduling.ts'
import { scheduledRoutes } from '../http/external/scheduled.ts'
import { createEraseInBroadcasts } from '../flows/recipients/erase.ts'
import { createRecipientsFiles } from '../flows/recipients/files.ts'
import { createRetryFailed } from '../flows/send/broadcast-retry.ts'
import { createBroadcastIntake } from '../flows/send/broadcast-intake.ts'
import { createMarkRead } from '../flows/send/mark-read.ts'
import type { Connections } from './connections.ts'
import type { Flows } from './flows.ts'
import type { Foundations } from './foundations.ts'
import { createPlan } from './broadcast-plan.ts'
import { setupDeps } from './setup.ts'
import { VERSION } from './version.ts'

/** The gateway's own figures on the overview page. */
export type LiveFigures = ReturnType<ReturnType<typeof liveFigures>>

export const liveFigures =
  ({ store, machine }: Foundations, { deliverer, feedNews, load }: Flows) =>
  () => ({
    deliveries_in_flight: deliverer.inFlight,
    lanes_held: deliverer.held,
    store_backlog: store.backlog,
    rss_bytes: process.memoryUsage.rss(),
    sends_in_flight: load.inFlight,
    sends_waiting: machine.pacer.waiting,
    feed_readers: feedNews.readers,
    event_loop_delay_ms: Math.round(load.delayMs * 10) / 10,
    shed: Object.values(load.shed).reduce((sum, count) => sum + count, 0),
  })

/** Every route of `/external/` and `/admin/`, with its dependencies. Long: a list. */
export function createRoutes(
  foundations: Foundations,
  connections: Connections,
  flows: Flows,
  live: () => LiveFigures,
): Route[] {
  const { config, store, directory, vault, clock, log, machine } = foundations
  const { cloudApi, outbound } = connections
  const {
    activity,
    broadcastFollower,
    catalog,
    changeHealth,
    deliverer,
    feedNews,
    receiver,
    sender,
    startSends,
    incidents,
    keyUses,
  } = flows
  const files = createRecipientsFiles({ store, clock })
  const markRead = createMarkRead(cloudApi)
  const intake = createBroadcastIntake({ store, clock, nudge: startSends, follower: broadcastFollower })
  const plan = createPlan(foundations, flows, intake, files)
  const scheduling = createScheduling({ store, nudge: startSends })
  const threadControl = createThreadControl({ cloudApi, clock, tell: (fact) => receiver.tell([fact]) })
  const test = createEndpointTest({ store, clock, deliverer, changeHealth })
  const userAgent = `Postern/${VERSION}`
  const broadcasts = [
    ...broadcastFileRoutes({ files }),
    ...broadcastRoutes({ store, intake, plan, currency: config.rateCard?.currency }),
    ...broadcastPlanRoutes({ plan, currency: config.rateCard?.currency }),
    ...broadcastResultRoutes({ store, intake }),
    ...broadcastRetryRoutes({
      retryFailed: createRetryFailed({ store, clock, intake }),
      currency: config.rateCard?.currency,
    }),
  ]
  const routes: Route[] = [
    ...messageRoutes({ store, sender, scheduling, markRead, cloudApi, rendered: createRenderer(catalog) }),
    ...scheduledRoutes({ scheduling }),
    ...contactRoutes({ store, clock, tell: (notice) => receiver.tell([notice]) }),
    ...wishRoutes({ store, clock, tell: (notices) => receiver.tell(notices) }),
    ...callRoutes({ cloudApi }),
    ...threadRoutes({ store, control: threadControl }),
    ...ownChannelRoutes({ clock }),
    ...costRoutes({ store, clock, rateCard: config.rateCard }),
    ...eventRoutes({ store, clock, news: feedNews }),
    ...eventStreamRoutes({
      store,
      clock,
      log,
      news: feedNews,
      ...{ byCode: directory.byCode, byKey: directory.byKey },
      channelById: (id) => directory.channel(id),
    }),
    ...broadcasts,
    ...erasureRoutes({ store, directory, clock, log, eraseInBroadcasts: createEraseInBroadcasts({ store, clock }) }),
    ...templateRoutes({ store, cloudApi, catalog, outbound, clock }),
    ...templateListRoutes({ store, cloudApi, catalog, clock }),
    ...mediaRoutes({ store, cloudApi, clock }),
    ...resourceRoutes({ cloudApi }),
    ...channelRoutes({ store, vault, directory, catalog, outbound, clock, deliverer, changeHealth, test }),
    ...importRoutes({ store, vault, directory, outbound, clock }),
    ...endpointRoutes({
      ...{ store, vault, directory, outbound, clock, userAgent, deliverer, activity, changeHealth, test },
    }),
    ...deliveryRoutes({ store, directory, nudge: deliverer.nudge }),
    ...deliveryRequestRoutes({ store, directory, clock, userAgent }),
    ...overviewRoutes({ store, directory, clock, live, pace: () => machine.pacer.state() }),
    ...lossRoutes({ audit: incidents.audit, clock, hasChannel: (id) => directory.channel(id) !== undefined }),
    ...incidentRoutes({ store, open: incidents.open }),
    ...alarmRoutes({ store, vault, clock, outbound, tell: incidents.tellAlarm }),
    ...settingRoutes({ given: config.given }),
    ...costAdminRoutes({ store, clock, rateCard: config.rateCard }),
    ...activityRoutes({ store, directory, clock }),
    ...searchRoutes({ store, directory }),
    ...wordRoutes({ store, directory }),
    ...contactCostRoutes({ store, rateCard: config.rateCard }),
    ...inboxRoutes({ store, directory, clock, control: threadControl }),
    ...savedReplyRoutes({ store, clock }),
    ...conversationRoutes({
      ...{ store, clock, sender, scheduling, markRead },
      tell: (notice) => receiver.tell([notice]),
    }),
    ...adminBroadcastRoutes({ customers: broadcasts, plan, currency: config.rateCard?.currency }),
    ...templateAdminRoutes({ cloudApi, catalog, outbound }),
    ...adminMediaRoutes({ store, directory, cloudApi, outbound, clock }),
    ...channelCheckRoutes({ cloudApi, store, clock, directory }),
    ...channelSyncRoutes({ store, cloudApi, clock, directory }),
    ...channelSetupRoutes(setupDeps(foundations, connections, flows)),
    ...userRoutes({ store, vault, clock }),
    ...keyRoutes({ store, directory, clock, uses: keyUses, routes: () => routes }),
    ...auditRoutes({ store }),
  ]
  return routes
}

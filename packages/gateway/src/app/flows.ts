import { deliverySettings } from '../flows/deliver/settings.ts'
import type { HealthEvent } from '../domain/channels/endpoint-health.ts'
import { type ActivityBook, createActivityBook } from '../flows/deliver/activity.ts'
import { createDeliverer, type Deliverer, type Offer } from '../flows/deliver/deliverer.ts'
import { createFeedNews, type FeedNews } from '../flows/feed/news.ts'
import { createMediaResolver } from '../flows/media/media-resolver.ts'
import { createReceiver, type Receiver } from '../flows/receive/receive.ts'
import { createLoader, type Loader } from '../flows/recipients/loader.ts'
import { type Broadcaster, createBroadcaster } from '../flows/send/broadcast.ts'
import { type BroadcastFollower, createBroadcastFollower } from '../flows/send/broadcast-follow.ts'
import type { IsMarketing } from '../flows/send/broadcast-quiet.ts'
import { createScheduler, type Scheduler } from '../flows/send/scheduler.ts'
import { createKeyUses, type KeyUses } from '../flows/maintenance/key-uses.ts'
import { createStopAnswers } from '../flows/send/stop-answer.ts'
import { createMediaPreparation } from '../flows/send/check-media.ts'
import { createTemplateResolver } from '../flows/send/resolve-template.ts'
import { createSender, type Sender } from '../flows/send/send.ts'
import { createCatalog, type Catalog } from '../flows/sync/catalog.ts'
import type { Live } from '../http/console/live.ts'
import { createLoad, type Load } from '../platform/load.ts'
import { writerOf } from '../platform/personal-data.ts'
import type { Directory } from '../store/directory.ts'
import { applyHealthEvent } from '../store/endpoint-health.ts'
import type { Applied, Fact, Notice } from '../store/store.ts'
import type { Connections } from './connections.ts'
import { type Foundations, newHolder } from './foundations.ts'
import { createIncidents, type Incidents } from './incidents.ts'
import type { GatewayOptions } from './options.ts'
import type { Shutdown } from './shutdown.ts'
import { templatesOf } from './broadcast-plan.ts'
import { VERSION } from './version.ts'

/**
 * Above this number of waiting commits webhooks are answered with 503: some late webhooks are better than all webhooks
 * late.
 */
export const MOST_WAITING = 20_000

export type ChangeHealth = ReturnType<typeof createChangeHealth>

/** The flows. Each knows only the store and the functions that it gets. */
export type Flows = {
  keyUses: KeyUses
  activity: ActivityBook
  catalog: Catalog
  changeHealth: ChangeHealth
  deliverer: Deliverer
  receiver: Receiver
  feedNews: FeedNews
  load: Load
  sender: Sender
  broadcaster: Broadcaster
  /** Enters the rows of recipients' files. */
  loader: Loader
  broadcastFollower: BroadcastFollower
  scheduler: Scheduler
  incidents: Incidents
  /** Starts waiting broadcasts and scheduled sends, on this node or on the node that leads. */
  startSends: () => void
}

/** `watch` tells open consoles about changes. */
export function createFlows(
  options: GatewayOptions,
  foundations: Foundations,
  connections: Connections,
  watch: Live,
  shutdown: Shutdown,
): Flows {
  const { store, directory, clock, log, leads } = foundations
  const accounts = () => accountsOf(directory)
  const onReread = () => watch.changed('templates')
  const catalog = createCatalog({ store, cloudApi: connections.cloudApi, clock, log, accounts, onReread })
  const changeHealth = createChangeHealth(foundations)
  const activity = createActivityBook({ store, clock, log, holder: newHolder() })
  shutdown.add(() => activity.stop())
  const deliverer = createDelivery(options, foundations, connections, changeHealth, activity, watch)
  shutdown.add(() => deliverer.stop())
  const feedNews = createFeedNews({ store, clock, log })
  shutdown.add(() => feedNews.close())
  const answerStops = createStopAnswers({ store, channel: (id) => directory.channel(id), nudge: () => startSends() })
  const receiver = createReceiving(foundations, deliverer, catalog, watch, feedNews, answerStops)
  const load = createAdmissionLoad(foundations)
  shutdown.add(() => load.stop())
  const sender = createSending(options, foundations, connections, catalog, load, watch)
  const broadcastFollower = createBroadcastFollower({ store, clock, log, rateCard: foundations.config.rateCard })
  const broadcaster = createBroadcasting(foundations, sender, catalog, broadcastFollower)
  const tell = (notice: Notice) => receiver.tell([notice])
  const { machine } = foundations
  const channel = (id: number) => directory.channel(id)
  const scheduler = createScheduler({ store, sender, clock, log, holder: machine.holder, channel, tell })
  const loader = createLoader({
    ...{ store, clock, log, channel },
    holder: machine.holder,
    templates: templatesOf(catalog),
    onLoaded: () => broadcaster.nudge(),
  })
  const startSends = (): void => {
    if (leads) {
      broadcaster.nudge()
      loader.nudge()
      scheduler.nudge()
    } else if (!options.idle) store.notify?.({ kind: 'broadcasts' })
  }
  const sending = { load, sender, broadcaster, loader, broadcastFollower, scheduler, startSends }
  const incidents = createIncidents(options, foundations, connections, shutdown)
  const keyUses = createKeyUses({ sql: store.sql, clock })
  shutdown.add(() => keyUses.stop())
  return { keyUses, activity, catalog, changeHealth, deliverer, receiver, feedNews, incidents, ...sending }
}

function createChangeHealth({ store, directory, clock }: Foundations) {
  return async (endpointId: number, event: HealthEvent) => {
    const became = await applyHealthEvent(store.sql, endpointId, event, clock.now())
    if (became) directory.adopt(endpointId, became.health)
    return became
  }
}

function createDelivery(
  options: GatewayOptions,
  { store, directory, clock, log, metrics, tracing }: Foundations,
  { callbacks, sinks }: Connections,
  changeHealth: ChangeHealth,
  activity: ActivityBook,
  watch: Live,
): Deliverer {
  return createDeliverer({
    store,
    dispatcher: callbacks.dispatcher,
    sinks,
    clock,
    log,
    userAgent: `Postern/${VERSION}`,
    endpoint: (id) => directory.endpoint(id),
    endpointsOf: (channelId) => directory.channel(channelId)?.endpoints ?? [],
    metaChannel: (channelId) => directory.channel(channelId),
    changeHealth,
    tracing,
    onAttempt: (attempt) => {
      metrics.attempts.add(1, attempt.outcome)
      metrics.attemptSeconds.observe(attempt.ms / 1000)
      const target = directory.endpoint(attempt.endpointId)
      if (target) metrics.endpointAttempts.add(1, String(target.channelId), target.publicId, attempt.outcome)
      if (attempt.sent) activity.note(attempt)
      watch.changed('deliveries')
    },
    ...deliverySettings(options.config),
    ...options.deliver,
  })
}

function createReceiving(
  { store, directory, clock, log, metrics, observer, tracing, config }: Foundations,
  deliverer: Deliverer,
  catalog: Catalog,
  watch: Live,
  feedNews: FeedNews,
  answerStops: (facts: readonly Fact[]) => Promise<void> | undefined,
): Receiver {
  return createReceiver({
    store,
    routes: directory,
    clock,
    log,
    offer: (events) => deliverer.offer(events),
    onApplied: (applied: Applied, offer: Offer, channelIds) => {
      metrics.events.add(applied.events)
      metrics.duplicates.add(applied.duplicates)
      deliverer.take(applied, offer)
      if (applied.events === 0) return
      watch.changed('messages', 'deliveries')
      feedNews.arrived(channelIds)
    },
    answerStops,
    onTemplatesChanged: (wabaId) => catalog.changed(wabaId),
    onStatesChanged: (channelIds) => directory.readStates(channelIds),
    onUnknownField: (name) => observer.unknownField(name),
    tracing,
    logsMessages: config.logPii === 'full',
  })
}

function createAdmissionLoad({ machine, store, metrics }: Foundations): Load {
  return createLoad({
    places: machine.places,
    backlog: () => store.backlog,
    mostBacklog: MOST_WAITING,
    onShed: (cause) => metrics.shed.add(1, cause),
  })
}

function createSending(
  options: GatewayOptions,
  { store, directory, clock, log, machine, metrics, observer, tracing, config }: Foundations,
  { cloudApi, outbound, cloudApiUrl }: Connections,
  catalog: Catalog,
  load: Load,
  watch: Live,
): Sender {
  const resolve = createTemplateResolver(catalog)
  return createSender({
    store,
    cloudApi,
    clock,
    log,
    pacer: machine.pacer,
    load,
    account: (channel) => directory.byWaba(channel.wabaId),
    resolveTemplate: async (channel, template, addressee) => {
      const resolved = await resolve(channel, template, addressee)
      observer.template({ wabaId: channel.wabaId, name: template.name, language: resolved.language })
      return resolved
    },
    refreshTemplate: (channel, name) => void catalog.refresh(channel, name),
    prepareMedia: createMediaPreparation(createMediaResolver({ api: cloudApi, outbound, sql: store.sql, clock, log })),
    personal: writerOf(config.logPii),
    ...(tracing && { tracing: { tracing, origin: cloudApiUrl, version: config.cloudApiVersion } }),
    onOutcome: (channel, kind, code, { ms, waitedMs, calledMs }, upstream) => {
      observer.called(channel.id, upstream)
      metrics.sends.add(1, kind, code === undefined ? '' : String(code))
      metrics.channelSends.add(1, String(channel.id), kind)
      metrics.sendSeconds.observe(ms / 1000)
      metrics.sendWaitSeconds.observe(waitedMs / 1000)
      metrics.whatsappSeconds.observe(calledMs / 1000)
      watch.changed('messages')
    },
    ...options.send,
  })
}

function createBroadcasting(
  { store, clock, log, machine, directory, metrics, config }: Foundations,
  sender: Sender,
  catalog: Catalog,
  follower: BroadcastFollower,
): Broadcaster {
  const resolve = createTemplateResolver(catalog)
  const isMarketing: IsMarketing = async (channel, message) =>
    message.type === 'template' &&
    // A template that cannot be sent is refused by the send.
    (await resolve(channel, message.template, message).catch(() => undefined))?.category === 'MARKETING'
  return createBroadcaster({
    store,
    sender,
    follower,
    isMarketing,
    rateCard: config.rateCard,
    clock,
    log,
    holder: machine.holder,
    channel: (id) => directory.channel(id),
    onRecipient: (outcome) => metrics.recipients.add(1, outcome),
  })
}

function accountsOf(directory: Directory): { wabaId: string; accessToken: string }[] {
  const accounts = new Map(directory.channels().map((channel) => [channel.wabaId, channel]))
  return [...accounts.values()]
}

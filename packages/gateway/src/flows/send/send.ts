import type { EventEmitter } from 'node:events'
import type { Channel } from '../../domain/channels/channel.ts'
import type { CloudApi, SendPath } from '../../platform/cloud-api/client.ts'
import { disconnection } from '../../domain/channels/state.ts'
import { CloudApiError } from '../../platform/cloud-api/errors.ts'
import type { Clock } from '@postern/runtime/clock'
import { GatewayError, nothingDone, StoreUnavailable } from '../../platform/errors.ts'
import { newMessageId, type MessageId } from '../../platform/ids.ts'
import type { Load } from '../../platform/load.ts'
import type { Log } from '../../platform/log.ts'
import type { Envelope, OutgoingMessage } from '../../domain/messages/message.ts'
import { toCloudApi } from '../../domain/messages/to-cloud-api.ts'
import type { SentBy } from '../../domain/messages/sent-by.ts'
import type { Names } from '../../domain/contacts/identity.ts'
import type { QuietHours } from '../../domain/contacts/quiet-hours.ts'
import { refusedMarketing } from '../../domain/contacts/state.ts'
import type { RequestTrace } from '../../platform/tracing/tracing.ts'
import type { NewMessage, Refused, Settlement, Store } from '../../store/store.ts'
import { isMediaUnknown, type PrepareMedia } from './check-media.ts'
import { keysFor, mustBeAllowed, otherPath, pathOf } from './marketing.ts'
import { marketingLimited, mustNotBeQuiet } from './held-back.ts'
import { outcomeOf, type Outcome } from './outcome.ts'
import type { Pacer } from './pacer.ts'
import type { ResolvedTemplate, TemplateResolver } from './resolve-template.ts'
import { toGatewayError } from './to-gateway-error.ts'
import { type SendTrace, type SendTracing, traceSend } from './trace-send.ts'

/** Pauses before a retry. Only a connection that was never made is retried. */
const RECONNECT_AFTER_MS = [100, 400]

/**
 * `sentAs`: the type of the message that went out, which is `template` when the fallback was used. `category`: of its
 * template, as WhatsApp names it.
 */
export type Sent = { wamid: string; id: MessageId; sentAs: OutgoingMessage['type']; category?: string | undefined }

export type SendOptions = {
  /** Our id of the message, when it was chosen before. Its row then tells after a crash whether the send had begun. */
  id?: MessageId | undefined
  /** Emits `close` when the caller disconnects. A send that still waits for its turn is then given up. */
  caller?: EventEmitter | undefined
  /** The trace of the request that asks for it. */
  trace?: RequestTrace | undefined
  /** Stored with the message. WhatsApp does not get it. */
  by?: SentBy | undefined
  /** For what goes out by itself: throws `quiet_hours` at a contact's where it is quiet. */
  quietHours?: QuietHours | undefined
  /** After all single sends, with a longer wait: for broadcasts. */
  low?: boolean
  mostWaitMs?: number
}

export type Sender = {
  /** Sends one message and settles when its result is committed. Throws a GatewayError unless WhatsApp accepted it. */
  send(channel: Channel, message: OutgoingMessage, how?: SendOptions): Promise<Sent>
}

/** Milliseconds of a send: in all, of it for its turn and a place, of it for WhatsApp's answers. */
export type Took = { ms: number; waitedMs: number; calledMs: number }

export type SenderOptions = {
  store: Store
  cloudApi: CloudApi
  clock: Clock
  log: Log
  resolveTemplate: TemplateResolver
  /** All channels of the channel's account. */
  account?: (channel: Channel) => readonly Channel[]
  /** Called when WhatsApp's answer shows that a template's category has changed: fetches it again. */
  refreshTemplate?: (channel: Channel, name: string) => void
  /** Rate limiter of the sends. */
  pacer: Pacer
  /** Limits the sends in progress. */
  load: Load
  /** Prepares the files of a message: finds their problems, and replaces links by ids. */
  prepareMedia?: PrepareMedia
  onOutcome?: (
    channel: Channel,
    kind: Outcome['kind'],
    code: number | undefined,
    took: Took,
    upstream: Error | undefined,
  ) => void
  tracing?: SendTracing | undefined
  /** How the log writes a contact's number or id. */
  personal?: (text: string) => string
  /** How long WhatsApp may take to answer. */
  timeoutMs?: number
}

/**
 * Sends one message to WhatsApp. Checks everything that can be known first, then commits the row, and only then calls
 * WhatsApp, so that no crash loses the fact of the attempt. Meta has no idempotency key: a call whose answer is lost is
 * never repeated. Its status webhook carries our id and settles it.
 */
export function createSender(options: SenderOptions): Sender {
  const { store, cloudApi, clock, log, pacer, load, tracing } = options
  const timeoutMs = options.timeoutMs ?? 15_000

  const othersOf = (channel: Channel): number[] =>
    (options.account?.(channel) ?? []).map(({ id }) => id).filter((id) => id !== channel.id)

  async function call(
    channel: Channel,
    body: ReturnType<typeof toCloudApi>,
    path: SendPath,
    spans: SendTrace['spans'],
  ): Promise<CallResult> {
    for (let attempt = 0; ; attempt++) {
      const calledAt = spans?.now() ?? 0
      try {
        const answer = await cloudApi.sendMessage(channel.phoneNumberId, channel.accessToken, body, { timeoutMs, path })
        spans?.called(path, calledAt, attempt, undefined)
        const [contact] = answer.contacts
        return {
          kind: 'accepted',
          wamid: answer.messages[0]!.id,
          ...(typeof contact?.wa_id === 'string' && { waId: contact.wa_id }),
          ...(typeof contact?.user_id === 'string' && { userId: contact.user_id }),
        }
      } catch (error) {
        const outcome = outcomeOf(error)
        spans?.called(path, calledAt, attempt, outcome)
        const pause = RECONNECT_AFTER_MS[attempt]
        // Retries only when provably no byte was written.
        if (outcome.kind !== 'unavailable' || outcome.upstream instanceof CloudApiError || pause === undefined) {
          return outcome as CallResult
        }
        await new Promise<void>((resolve) => clock.after(pause, resolve))
      }
    }
  }

  async function send(
    channel: Channel,
    message: OutgoingMessage,
    how: SendOptions,
    entered: { at: number; epoch: number | undefined; waitedMs: number },
  ): Promise<Sent> {
    mustBeAllowed(channel, message)
    let resolved: ResolvedTemplate | undefined
    if (message.type === 'template') resolved = await options.resolveTemplate(channel, message.template, message)
    const preparing = options.prepareMedia?.(channel, message)
    const media = preparing && (await preparing)

    const recipient = message.groupId ?? message.to ?? message.recipient!
    const waitingFrom = clock.monotonic()
    const waits = pacer.turn(channel, recipient, how)
    if (waits) await waits
    const waitedMs = entered.waitedMs + clock.monotonic() - waitingFrom

    // The window is checked at this moment, which may be long after the request.
    const begunAt = clock.now()
    const id = how.id ?? newMessageId(begunAt)
    const traced = tracing && traceSend(tracing, { channel, id, type: message.type, request: how.trace })
    const reference = traced?.reference ?? id
    const body = toCloudApi(media?.message ?? message, { reference, ...(resolved && { template: resolved }) })
    const made = { id, recipient, content: keptContent(message, body, how.by), createdAt: begunAt }
    const marketing = resolved?.category === 'MARKETING' && { marketing: true, account: othersOf(channel) }
    const begun = { ...beginning(channel, message, made), ...marketing }
    const refused = await beginOrGiveBack(channel, recipient, begun, how.quietHours)
    // Nothing was begun under this id, so the template may have it.
    if (refused) return send(channel, insteadOf(message, refused, recipient), how, entered)

    let path = pathOf(channel, resolved?.category)
    const calledAt = clock.monotonic()
    let result = await call(channel, { ...body, ...keysFor(path, message.marketing) }, path, traced?.spans)
    const other = otherPath(channel, message, path, result)
    if (other && message.type === 'template') {
      log.info({ channel_id: channel.id, id, template: message.template.name, path: other }, 'message.other_path')
      options.refreshTemplate?.(channel, message.template.name)
      path = other
      result = await call(channel, { ...body, ...keysFor(path, message.marketing) }, path, traced?.spans)
    }
    if (media && result.kind === 'refused' && isMediaUnknown(result.upstream)) {
      const renewed = await media.again()
      if (renewed) {
        const again = toCloudApi(renewed, { reference, ...(resolved && { template: resolved }) })
        result = await call(channel, { ...again, ...keysFor(path, message.marketing) }, path, traced?.spans)
      }
    }
    pacer.heard(channel, recipient, result)
    const at = clock.now()
    const took = { ms: clock.monotonic() - entered.at, waitedMs, calledMs: clock.monotonic() - calledAt }
    const code = codeOf(result)
    report(channel, message, { id, result, took })
    traced?.spans?.ended({ outcome: result.kind, code, waitedMs, startedAt: entered.epoch! })
    if (result.kind === 'accepted') {
      await settle({
        channelId: channel.id,
        id,
        at,
        status: 'accepted',
        wamid: result.wamid,
        ...(result.waId !== undefined && result.waId !== message.to && { waId: result.waId }),
        ...(result.userId !== undefined && result.userId !== message.recipient && { userId: result.userId }),
      })
      return { wamid: result.wamid, id, sentAs: message.type, category: resolved?.category }
    }
    const told = toGatewayError(result, id, disconnectionOf(channel))
    const status = result.kind === 'unknown' ? 'unknown' : 'failed'
    const state = code === undefined ? undefined : refusedMarketing([code], at)
    await settle({
      channelId: channel.id,
      id,
      at,
      status,
      error: JSON.stringify(keptError(result)),
      ...(state && { state }),
    })
    throw told
  }

  function report(
    channel: Channel,
    message: OutgoingMessage,
    { id, result, took }: { id: MessageId; result: CallResult; took: Took },
  ): void {
    const code = codeOf(result)
    options.onOutcome?.(channel, result.kind, code, took, result.kind === 'accepted' ? undefined : result.upstream)
    const [ms, waited_ms] = [Math.round(took.ms), Math.round(took.waitedMs)]
    const { type } = message
    const to = message.groupId ?? options.personal?.(message.to ?? message.recipient!)
    log.info({ channel_id: channel.id, id, to, type, outcome: result.kind, code, ms, waited_ms }, 'message.sent')
  }

  /** Begins the message. Returns the turn when no message was begun. */
  async function beginOrGiveBack(
    channel: Channel,
    recipient: string,
    begun: NewMessage,
    quietHours: QuietHours | undefined,
  ): Promise<Refused | undefined> {
    try {
      if (quietHours) mustNotBeQuiet(quietHours, begun)
      const refused = await store.beginMessage(begun)
      if (refused) pacer.giveBack(channel, recipient)
      return refused
    } catch (error) {
      pacer.giveBack(channel, recipient)
      // Whether the row was stored or not, WhatsApp was not called.
      throw nothingDone(error)
    }
  }

  return {
    async send(channel, message, how = {}) {
      const at = clock.monotonic()
      const epoch = tracing?.tracing.now()
      const entering = load.enter(channel.id)
      if (entering) await entering
      try {
        return await send(channel, message, how, { at, epoch, waitedMs: clock.monotonic() - at })
      } finally {
        load.leave(channel.id)
      }
    },
  }

  /** The message was sent, or is known not to be. A failure of the store must not change the answer. */
  async function settle(settlement: Settlement): Promise<void> {
    try {
      await store.settleMessage(settlement)
    } catch (error) {
      log.error({ err: error, id: settlement.id, status: settlement.status }, 'message.not_settled')
      if (settlement.status === 'failed' && error instanceof StoreUnavailable) throw nothingDone(error)
      // Accepted or unknown: a status webhook carries our id and settles it.
      throw new GatewayError(
        'outcome_unknown',
        { reference: settlement.id },
        { data: { reference: settlement.id }, cause: error },
      )
    }
  }
}

/** The row of a message, and when it is refused. */
function beginning(
  channel: Channel,
  message: OutgoingMessage,
  made: Pick<NewMessage, 'id' | 'recipient' | 'content' | 'createdAt'>,
): NewMessage {
  const hasWindow = message.type !== 'template' && !message.direct && message.groupId === undefined
  return {
    channelId: channel.id,
    contact: addressed(message),
    type: message.type,
    ...made,
    ...(hasWindow && channel.windowPolicy === 'enforce' && { window: { channelCreatedAt: channel.createdAt } }),
    ...(message.ifOwner && { ifOwner: true }),
  }
}

/** The contact that a message is for. */
export function addressed({ groupId, to, recipient }: Envelope): Names {
  if (groupId !== undefined) return { groupId }
  return to === undefined ? { userId: recipient! } : { phone: to }
}

/** Says that the number was disconnected, and what to do: WhatsApp's refusal of a send does not. */
function disconnectionOf({ state }: Channel): string | undefined {
  const gone = disconnection(state)
  if (!gone) return undefined
  const { word, part, advice } = gone
  const since = new Date(part.since).toISOString().slice(0, 16).replace('T', ' ')
  return `WhatsApp reported ${word}${part.reason === null ? '' : `, ${part.reason}`} at ${since} UTC. ${advice}`
}

/** The template that goes out where the window is closed. Throws the refusal of a message that has none. */
function insteadOf(message: OutgoingMessage, refused: Refused, addressee: string): OutgoingMessage {
  const { to, recipient, callbackData, identityKeyHash, ifOwner, fallback } = message
  if (!fallback || refused.state !== 'closed') throw refusal(refused, addressee)
  return {
    ...(to !== undefined && { to }),
    ...(recipient !== undefined && { recipient }),
    ...(callbackData !== undefined && { callbackData }),
    ...(identityKeyHash !== undefined && { identityKeyHash }),
    ...(ifOwner !== undefined && { ifOwner }),
    type: 'template',
    template: fallback,
  }
}

const OPTED_OUT_ADVICE =
  'Send no marketing to this person. Utility and authentication templates go out. When the person asks for marketing again: PUT /external/contacts/{to}/preferences.'

function refusal(refused: Refused, to: string): GatewayError {
  if (refused.state === 'closed') return windowClosed(refused)
  if (refused.state === 'marketing_limited') return marketingLimited(refused.until)
  const since = Math.floor(refused.since / 1000)
  if (refused.state === 'opted_out')
    return new GatewayError('opted_out', {}, { data: { by: refused.by, since, advice: OPTED_OUT_ADVICE } })
  return new GatewayError('not_owner', { to }, { data: { owner: 'other', role: refused.role, since } })
}

function windowClosed(window: Extract<Refused, { state: 'closed' }>): GatewayError {
  const closedAt = window.closedAt === undefined ? null : Math.floor(window.closedAt / 1000)
  const advice =
    closedAt === null
      ? 'This person has not written to this number yet. Send a template instead.'
      : 'The person last wrote more than 24 hours ago. Send a template instead.'
  return new GatewayError('window_closed', {}, { data: { closed_at: closedAt, advice } })
}

type Accepted = { kind: 'accepted'; wamid: string; waId?: string; userId?: string }
type CallResult = Accepted | Exclude<Outcome, { kind: 'accepted' }>

/** WhatsApp's code of a refusal. */
const codeOf = (result: CallResult): number | undefined =>
  result.kind === 'accepted' || !(result.upstream instanceof CloudApiError) ? undefined : result.upstream.code

function keptError(outcome: Exclude<Outcome, { kind: 'accepted' }>): Record<string, unknown> {
  const { upstream } = outcome
  if (upstream instanceof CloudApiError) {
    return { code: upstream.code, title: upstream.title, error_data: { details: upstream.details ?? null } }
  }
  return { title: upstream.message }
}

/** The stored content of a send: Meta's body without recipient and reference. A one-time code is not stored. */
function keptContent(message: OutgoingMessage, body: ReturnType<typeof toCloudApi>, by: SentBy | undefined): string {
  const { messaging_product: _product, recipient_type: _kind, to: _to, recipient: _recipient, ...content } = body
  delete content.biz_opaque_callback_data
  // At the beginning, so that every status of the message finds it without reading the rest.
  const kept = {
    ...(message.callbackData !== undefined && { callback_data: message.callbackData }),
    ...content,
    ...(by && { sent_by: by }),
  }
  const text = JSON.stringify(kept)
  const code = message.type === 'template' ? message.template.code : undefined
  return code === undefined ? text : text.replaceAll(JSON.stringify(code), '"••••••"')
}

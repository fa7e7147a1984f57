import type { InboundMessage, WebhookContact, WebhookError, WebhookStatus, WebhookValue } from '@postern/cloud-api'
import {
  newMessageBody,
  otherBody,
  statusBody,
  toldStatusBody,
  templateBody,
  type ToldStatus,
} from '../../domain/events/bodies.ts'
import { changedMessage, derivedBody, derivedEvent, paymentStatus } from '../../domain/events/derived.ts'
import { appChanges } from '../../domain/channels/coexistence.ts'
import { stateChanges } from '../../domain/channels/signals.ts'
import type { MessageStatus } from '../../domain/messages/status.ts'
import type { MessageFact, Notice } from '../../store/store.ts'
import { digitsOf, parseExact } from '../../platform/exact-json.ts'
import {
  groupOf,
  authorOf,
  changeOf,
  contactsBy,
  entryOf,
  eventContact,
  identityOf,
  isOfGroup,
  recipientOf,
} from './names.ts'
import { groupCostOf } from './group-cost.ts'
import { asStandby, cutTo, hasMore, messageOpensWindow, partsOf, type Part, valueOfStatus } from './parts.ts'
import type { Reading, Unroutable } from './reading.ts'
import { nameChange, stateOfEvent, stateOfMessage, wishNotice } from './contact-state.ts'
import { isRecord } from '../../platform/is-record.ts'
import { type AppReading, readEchoes, readHistory } from './app.ts'
import { concerned, isNamed, isToldAsMetaDoes, numberIdOf, type ReadChannel, type Routes } from './routing.ts'
import { readReference } from '../../platform/tracing/trace-context.ts'
import { pricesOf } from './status-prices.ts'
import { templateEventOf, templateUpdateOf } from './template-update.ts'
import { arrayOf, hasId, hashOf, recordsOf, text, without } from './values.ts'

/** Fields of messages that the business wrote in its own app, and all fields about that app. */
const ECHO_FIELDS = new Set(['smb_message_echoes', 'message_echoes'])
const APP_FIELDS = new Set(['smb_message_echoes', 'smb_app_state_sync', 'history'])

const STATUSES = new Set<string>(['sent', 'delivered', 'read', 'played', 'failed'])

/** The first error as it came, with all of them where there are several. */
const keptError = (errors: readonly WebhookError[]): object =>
  errors.length > 1 ? { ...errors[0], errors } : (errors[0] ?? {})

/** Keys of Meta's status that a callback has under another name. */
function toldBeside(status: WebhookStatus, ofGroup: boolean): Record<string, unknown> {
  const { id: _id, status: _word, timestamp: _at, errors: _errors, biz_opaque_callback_data: _data, ...more } = status
  if (ofGroup) return more
  const { recipient_id: _phone, recipient_user_id: _userId, recipient_parent_user_id: _parentId, ...rest } = more
  return rest
}

/**
 * Converts a webhook body into facts, one for each message and status. Decides only. Unknown content becomes a notice
 * with Meta's value unchanged. A value for no channel becomes unroutable. Throws when the body is not a webhook.
 */
export function readWebhook(raw: string, routes: Routes, now: number): Reading {
  const body = parseExact(raw, 'raw')
  if (!isRecord(body) || !Array.isArray(body.entry)) throw new Error('not a webhook: there is no array "entry"')
  const reader = new Reader(routes, now)
  for (const entry of body.entry as unknown[]) {
    if (isRecord(entry) && Array.isArray(entry.changes))
      for (const change of entry.changes as unknown[]) reader.change(entry, change)
    else reader.unroutable('unreadable', 'an entry without changes', entry)
  }
  return reader.reading
}

class Reader {
  readonly reading: Reading = { facts: [], unroutable: [], templates: new Map(), states: [] }
  readonly #routes: Routes
  readonly #now: number

  constructor(routes: Routes, now: number) {
    this.#routes = routes
    this.#now = now
  }

  change(entry: Record<string, unknown>, change: unknown): void {
    if (!isRecord(change) || typeof change.field !== 'string' || !isRecord(change.value)) {
      return this.unroutable('unreadable', 'a change without field and value', { ...entry, changes: [change] })
    }
    const value = change.value as WebhookValue
    const field = change.field.slice(0, 100)
    const waba = digitsOf(entry.id) ?? ''
    const numberId = numberIdOf(value)
    if (numberId !== undefined) {
      const channel = this.#routes.byPhoneNumberId(numberId)
      if (!channel)
        return this.unroutable('unknown_number', `phone number id ${numberId}`, { ...entry, changes: [change] })
      if (APP_FIELDS.has(field)) this.#signalOfApp(channel, entry, field, value)
      if (field === 'messages') this.#messages(channel, entry, value)
      else if (field === 'standby' && isRecord(value.standby) && Array.isArray(value.standby.messages))
        this.#standby(channel, entry, value, value.standby)
      else if (field === 'history') this.reading.facts.push(...readHistory(this.#ofApp(channel, entry, value)))
      else if (ECHO_FIELDS.has(field)) this.#echoes(channel, entry, field, value)
      else this.#other(channel, entry, field, value)
      return
    }
    const channels = this.#routes.byWaba(waba)
    if (channels.length === 0)
      return this.unroutable('unknown_number', `account ${waba}`, { ...entry, changes: [change] })
    const isTemplate = field.startsWith('message_template_') || field === 'template_category_update'
    if (isTemplate) this.#templateUpdates(waba, entry, field, value)
    for (const channel of isTemplate ? this.#creators(channels, value) : concerned(channels, value)) {
      if (!isTemplate && isNamed(channel, value)) this.#signal(channel, entry, field, value)
      if (!this.#template(channel, entry, field, value)) this.#other(channel, entry, field, value)
    }
  }

  #ofApp(channel: ReadChannel, entry: Record<string, unknown>, value: WebhookValue): AppReading {
    return {
      channel,
      value,
      timeOf: (timestamp) => this.#time(timestamp),
      noticeOf: (part, contact, event, body) =>
        this.#noticeOf(channel, event, entry, event, { value: part, ...(contact && { contact }) }, body),
    }
  }

  #echoes(channel: ReadChannel, entry: Record<string, unknown>, field: string, value: WebhookValue): void {
    const read = readEchoes(field, this.#ofApp(channel, entry, value))
    if (read.length === 0) this.#other(channel, entry, field, value)
    for (const one of read) {
      if ('kind' in one) this.reading.facts.push(one as MessageFact)
      else this.#other(channel, entry, field, one)
    }
  }

  #signalOfApp(channel: ReadChannel, entry: Record<string, unknown>, field: string, value: WebhookValue): void {
    const changes = appChanges(field, value, this.#time(entry.time), channel.state ?? new Map())
    for (const change of changes) this.reading.states.push({ ...change, channelId: channel.id })
  }

  #signal(channel: ReadChannel, entry: Record<string, unknown>, field: string, value: WebhookValue): void {
    for (const change of stateChanges(field, value, this.#time(entry.time ?? value.timestamp)))
      this.reading.states.push({ ...change, channelId: channel.id })
  }

  unroutable(reason: Unroutable['reason'], detail: string, part: unknown): void {
    this.reading.unroutable.push({ reason, detail: detail.slice(0, 200), body: JSON.stringify(part) ?? 'null' })
  }

  #messages(channel: ReadChannel, entry: Record<string, unknown>, value: WebhookValue): void {
    const messages = arrayOf(value.messages)
    const statuses = arrayOf(value.statuses)
    const contactOf = contactsBy(recordsOf(value.contacts) as WebhookContact[])
    for (const message of messages) this.#message(channel, entry, value, contactOf, message)
    for (const status of statuses) this.#status(channel, entry, value, contactOf, status)
    // Account errors have neither messages nor statuses, as may future content of Meta's. Content beside a message
    // stays with the message.
    if (messages.length === 0 && statuses.length === 0) this.#other(channel, entry, 'messages', value)
    else if (messages.length === 0 && hasMore(value))
      this.#other(channel, entry, 'messages', without(value, 'messages', 'statuses', 'contacts'))
  }

  /**
   * Messages that another program answers. They are stored and open the window as all others do: the window belongs to
   * number and contact.
   */
  #standby(
    channel: ReadChannel,
    entry: Record<string, unknown>,
    value: WebhookValue,
    standby: Record<string, unknown>,
  ): void {
    const { messages, ...rest } = standby as WebhookValue
    const beside = without(value, 'standby')
    const contactOf = contactsBy(recordsOf(rest.contacts) as WebhookContact[])
    for (const message of arrayOf(messages))
      this.#message(channel, entry, { ...beside, ...rest, messages: [] }, contactOf, message, 'standby')
    if (hasMore(rest)) this.#other(channel, entry, 'standby', { ...beside, standby: rest })
  }

  #message(
    channel: ReadChannel,
    entry: Record<string, unknown>,
    value: WebhookValue,
    contactOf: ReturnType<typeof contactsBy>,
    part: unknown,
    field: 'messages' | 'standby' = 'messages',
  ): void {
    const message = part as InboundMessage
    const group = isRecord(part) ? groupOf(part) : undefined
    const change = isRecord(part) && !group ? changeOf(message) : undefined
    const names = hasId(part) ? (change?.before ?? authorOf(message)) : undefined
    const contact = names && contactOf(names)
    const identity = names && identityOf(names, change ? undefined : contact)
    if (!hasId(part) || !identity) {
      const alone = { ...without(value, 'statuses'), messages: [part] as InboundMessage[] }
      return this.#other(channel, entry, field, field === 'standby' ? asStandby(alone) : alone)
    }
    const cut = without(cutTo(value, 'messages', message, contact), 'statuses')
    const who = eventContact(identity, contact)
    const changed = changedMessage(message, { contact: who })
    const meta = { field, value: field === 'standby' ? asStandby(cut) : cut }
    const at = this.#time(message.timestamp)
    const atSeconds = Math.floor(at / 1000)
    const state = group || changed ? undefined : stateOfMessage(message, at, channel)
    this.reading.facts.push({
      kind: 'message',
      channelId: channel.id,
      contact: group ?? identity,
      wamid: message.id,
      type: typeof message.type === 'string' ? message.type.slice(0, 64) : 'unknown',
      at,
      content: JSON.stringify(message),
      ...(changed && { event: changed.event, changes: changed.keys.original_message_id as string }),
      body: changed
        ? derivedBody(channel, changed, { ...meta, atSeconds })
        : newMessageBody(channel, cut, field === 'standby'),
      opensWindow: messageOpensWindow(message),
      ...(state && { state }),
      ...(change && { becomes: change.becomes }),
      ...(field === 'standby' && { standby: channel.standby ?? 'deliver' }),
    })
    if (state?.marketing) this.reading.facts.push(wishNotice(channel, identity, message, state.marketing))
    if (change) this.reading.facts.push(nameChange(channel, message, change.becomes, at, meta))
  }

  #status(
    channel: ReadChannel,
    entry: Record<string, unknown>,
    value: WebhookValue,
    contactOf: ReturnType<typeof contactsBy>,
    part: unknown,
  ): void {
    const status = part as WebhookStatus
    const isUsable = hasId(part) && typeof status.status === 'string'
    const names = isUsable ? recipientOf(status) : undefined
    const contact = isUsable ? contactOf(names ?? {}) : undefined
    const identity = isUsable ? identityOf(names ?? {}, contact) : undefined
    const ofGroup = isUsable && isOfGroup(status)
    if (!isUsable || (!identity && !ofGroup)) {
      return this.#other(channel, entry, 'messages', {
        ...without(value, 'messages'),
        statuses: [part] as WebhookStatus[],
      })
    }
    const at = this.#time(status.timestamp)
    const errors = recordsOf(status.errors) as WebhookError[]
    const told: ToldStatus = {
      wamid: status.id,
      status: status.status.slice(0, 64),
      errors,
      atSeconds: Math.floor(at / 1000),
      recipient: identity?.phone ?? identity?.userId ?? identity?.parentId ?? text(status.recipient_id),
      contact: identity && eventContact(identity, contact),
      more: toldBeside(status, ofGroup),
      value: isToldAsMetaDoes(channel) ? valueOfStatus(value, status, contact) : undefined,
    }
    const given = text(status.biz_opaque_callback_data)
    const own = given?.startsWith('msg_') ? undefined : given
    const reference = given !== undefined && own === undefined ? readReference(given) : {}
    const body = statusBody(channel, told, own)
    const word = status.status as MessageStatus
    const isMessage = status.type === undefined || status.type === 'message'
    if (!isMessage || ofGroup || !STATUSES.has(status.status)) {
      // Statuses of a payment, of one participant of a group, and unknown words become events and do not change the
      // message's status. A payment is a duplicate only when all of it is equal: a second transaction has the same
      // word.
      const key = isMessage
        ? ['status', status.id, told.status, ...(ofGroup ? [told.recipient] : [])].join(' ')
        : `status ${status.id} ${hashOf(status)}`
      const lane = groupOf(status) ?? identity
      const reached = isMessage && STATUSES.has(word) && { wamid: status.id, ...reference, status: word, body }
      const payment = paymentStatus(status, identity && { contact: eventContact(identity, contact) })
      this.reading.facts.push({
        kind: 'notice',
        channelId: channel.id,
        event: payment?.event ?? 'message_status_update',
        ...(lane && { contact: lane }),
        ...(reached && { reached }),
        key: key.length <= 600 ? key : hashOf(key),
        at,
        ...(isMessage && identity && groupCostOf(status, identity, at)),
        body: payment
          ? derivedBody(channel, payment, {
              field: 'messages',
              value: valueOfStatus(value, status, contact),
              atSeconds: told.atSeconds,
            })
          : toldStatusBody(body, undefined),
      })
      return
    }
    this.reading.facts.push({
      kind: 'status',
      channelId: channel.id,
      contact: identity!,
      wamid: status.id,
      ...reference,
      status: word,
      at,
      error: status.status === 'failed' ? JSON.stringify(keptError(errors)) : null,
      ...pricesOf(status, at),
      body,
    })
  }

  /** The channel that created a template, else all channels of its account. */
  #creators(channels: readonly ReadChannel[], value: WebhookValue): readonly ReadChannel[] {
    const creator = this.#routes.creatorOf?.(digitsOf(value.message_template_id) ?? '')
    const own = channels.filter((channel) => channel.id === creator)
    return own.length > 0 ? own : channels
  }

  #templateUpdates(waba: string, entry: Record<string, unknown>, field: string, value: WebhookValue): void {
    const updates = this.reading.templates.get(waba) ?? []
    this.reading.templates.set(waba, updates)
    const update = templateUpdateOf(field, value, this.#time(entry.time))
    if (update) updates.push(update)
  }

  /** Reads a template update in the form of the API page. False when the value is something else. */
  #template(channel: ReadChannel, entry: Record<string, unknown>, field: string, value: WebhookValue): boolean {
    const atSeconds = typeof entry.time === 'number' ? entry.time : Math.floor(this.#now / 1000)
    const told = templateEventOf(field, value, atSeconds)
    if (told) this.#notice(channel, told.event, entry, field, { value }, templateBody(channel, told.event, told, value))
    return told !== undefined
  }

  #other(channel: ReadChannel, entry: Record<string, unknown>, field: string, value: WebhookValue): void {
    const atSeconds = typeof entry.time === 'number' ? entry.time : undefined
    for (const part of partsOf(field, value, channel.businessPhone)) {
      const who = part.contact && eventContact(part.contact, entryOf(part.value))
      const derived = derivedEvent(field, part.value, who)
      const body = derived
        ? derivedBody(channel, derived, { field, value: part.value, atSeconds })
        : otherBody(channel, field, part.value, atSeconds)
      const state = part.contact && stateOfEvent(derived, part.value, this.#timeOf)
      this.#notice(channel, derived?.event ?? field, entry, field, { ...part, ...(state && { state }) }, body)
    }
  }

  #notice(
    channel: ReadChannel,
    event: string,
    entry: Record<string, unknown>,
    field: string,
    part: Part,
    body: string,
  ): void {
    this.reading.facts.push(this.#noticeOf(channel, event, entry, field, part, body))
  }

  #noticeOf(
    channel: ReadChannel,
    event: string,
    entry: Record<string, unknown>,
    field: string,
    { value, contact: identity, opensAt, state }: Part,
    body: string,
  ): Notice {
    // When Meta gives no time, the same content an hour later is a new event and not a duplicate.
    const minute = entry.time === undefined && !/"timestamp":/.test(body) ? [Math.floor(this.#now / 60_000)] : []
    const notice: Notice = {
      kind: 'notice',
      channelId: channel.id,
      event,
      key: hashOf([entry.id, entry.time, field, value, ...minute]),
      at: opensAt === undefined ? this.#now : this.#time(opensAt),
      body,
    }
    if (identity) notice.contact = identity
    if (state) notice.state = state
    if (identity && opensAt !== undefined) notice.opensWindow = true
    return notice
  }

  readonly #timeOf = (timestamp: unknown): number => this.#time(timestamp)

  /** Converts Meta's seconds to our milliseconds. An invalid or future time counts as now. */
  #time(timestamp: unknown): number {
    const seconds = typeof timestamp === 'string' || typeof timestamp === 'number' ? Number(timestamp) : Number.NaN
    return seconds > 0 && seconds * 1000 < this.#now ? Math.floor(seconds * 1000) : this.#now
  }
}

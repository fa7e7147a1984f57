import type { WebhookBody, WebhookChange, WebhookEntry, WebhookValue } from '@postern/cloud-api'
import type { Clock } from '@postern/runtime/clock'
import type { Log } from './log.ts'
import { ask, newAgents } from './ask.ts'
import type { Fault, Faults } from './faults.ts'
import { metaJson, signatureHeaders } from './meta-json.ts'
import type { TimerQueue } from './timer-queue.ts'

/** One update: becomes one element of `messages` or `statuses`, or a change of its own. */
export type Update = {
  id: number
  url: string
  wabaId: string
  field: string
  /** Seconds. Only fields about accounts and templates have it. */
  time?: number
  value: WebhookValue
  /** Updates with the same key are never sent at the same time, so that they arrive in order. */
  key: string
  attempts: number
  /** Called once, after the first attempt. */
  onAnswered?: () => void
  /** Called with the result of each attempt: delivered, to be retried, or failed for good. */
  onFate?: (fate: 'DELIVERED' | 'RETRYING' | 'FAILED') => void
}

export type SentWebhook = {
  at: number
  url: string
  /** The JSON as it was sent. */
  body: string
  headers: Record<string, string>
  /** The answer's status. Undefined without an answer. */
  status?: number
  error?: string
  updates: number
  attempt: number
  tookMs: number
}

/** At once, then with growing pauses, for 7 days (Meta's main page; another page says 36 hours). */
export const RETRY_DELAYS_MS = [0, 5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000, 10_800_000, 21_600_000]
const GIVE_UP_AFTER_MS = 7 * 24 * 3_600_000
const MOST_WAITING = 200_000
const MOST_PER_REQUEST = 1_000
const MOST_BYTES_KEPT = 4_000_000
const MOST_KEPT = 1_000
const LANES = 4

export type WebhookOptions = {
  appSecret: () => string
  clock: Clock
  timerQueue: TimerQueue
  faults: Faults
  log: Log
  timeoutMs: number
  onSent: (webhook: SentWebhook) => void
  /** Called when an update is queued, and when it needs no further attempt. */
  onWaiting: (update: Update) => void
  onSettled: (update: Update) => void
}

type Lane = { waiting: Update[]; busy: boolean }

/**
 * Posts updates to callbacks. A lane carries the updates of a share of all contacts, one request after the other.
 * Updates that arrive during a request go out together in the next one. So order holds, idle traffic is one update per
 * request, and heavy traffic is batched as Meta batches it.
 */
export class Webhooks {
  readonly #options: WebhookOptions
  readonly #agents = newAgents(LANES * 2)
  readonly #lanes = new Map<string, Lane>()
  readonly #kept: SentWebhook[] = []
  #keptBytes = 0
  #waiting = 0
  #held: Update[] = []
  #swap: Update | undefined
  #inFlight = 0
  #idlers: (() => void)[] = []
  #closed = false
  readonly counters = { requests: 0, updates: 0, answered: 0, failed: 0, dropped: 0 }

  constructor(options: WebhookOptions) {
    this.#options = options
  }

  /** Newest last. */
  sent(): readonly SentWebhook[] {
    return this.#kept
  }

  get waiting(): number {
    return this.#waiting + this.#inFlight
  }

  push(update: Update): void {
    if (this.#closed) return
    const { faults, timerQueue } = this.#options
    this.#options.onWaiting(update)
    const fits = faults.take((f) => f.on === 'webhooks' && !f.down && fitsUpdate(f, update))
    if (!fits) return this.#enqueue(update)
    if (fits.outage) return this.#lose(update)
    if (fits.batch !== undefined) {
      this.#held.push(update)
      if (this.#held.length >= fits.batch || !faults.find((f) => f.on === 'webhooks' && f.batch !== undefined))
        this.release()
      return
    }
    if (fits.reorder) {
      this.#swap = update
      // Without a later webhook there is nothing to swap with; the webhook must not wait for ever.
      timerQueue.in(1_000, () => this.#unswap())
      return
    }
    const copies = Math.max(1, Math.min(fits.copies ?? 1, 100))
    for (let i = 0; i < copies; i++) {
      if (fits.delayMs) timerQueue.in(fits.delayMs, () => this.#enqueue(update))
      else this.#enqueue(update)
    }
  }

  /** Sends the updates that a `batch` fault has gathered, in one request (or a few, above 1,000). */
  release(): void {
    const held = this.#held
    this.#held = []
    for (const url of new Set(held.map((u) => u.url))) {
      const batch = held.filter((u) => u.url === url)
      for (let i = 0; i < batch.length; i += MOST_PER_REQUEST) void this.#post(batch.slice(i, i + MOST_PER_REQUEST))
    }
  }

  #unswap(): void {
    const swapped = this.#swap
    this.#swap = undefined
    if (swapped) this.#enqueue(swapped)
  }

  #lose(update: Update): void {
    update.onAnswered?.()
    update.onFate?.('FAILED')
    this.counters.dropped++
    this.#options.onSettled(update)
  }

  #enqueue(update: Update): void {
    if (this.#closed) return
    if (this.#waiting >= MOST_WAITING) return this.#lose(update)
    const name = `${update.url}\n${laneOf(update.key)}`
    let lane = this.#lanes.get(name)
    if (!lane) this.#lanes.set(name, (lane = { waiting: [], busy: false }))
    lane.waiting.push(update)
    this.#waiting++
    if (this.#swap && this.#swap !== update) this.#unswap()
    if (!lane.busy) void this.#drain(lane)
  }

  async #drain(lane: Lane): Promise<void> {
    lane.busy = true
    // Other updates of this turn are batched only when the lane is already behind.
    while (lane.waiting.length > 0 && !this.#closed) {
      const take = lane.waiting.length > 8 ? Math.min(lane.waiting.length, MOST_PER_REQUEST) : 1
      const batch = lane.waiting.splice(0, take)
      this.#waiting -= batch.length
      await this.#post(batch)
    }
    lane.busy = false
    this.#tellIdle()
  }

  async #post(batch: Update[]): Promise<void> {
    const first = batch[0]
    if (!first) return
    const { clock, log } = this.#options
    this.#inFlight += batch.length
    const body = metaJson(bodyOf(batch))
    const bytes = Buffer.from(body, 'latin1')
    const headers = {
      'content-type': 'application/json',
      'content-length': String(bytes.length),
      'user-agent': 'facebookexternalua',
      accept: '*/*',
      ...signatureHeaders(this.#options.appSecret(), bytes),
    }
    const began = performance.now()
    const record: SentWebhook = {
      at: clock.now(),
      url: first.url,
      body,
      headers,
      updates: batch.length,
      attempt: first.attempts + 1,
      tookMs: 0,
    }
    const down = this.#options.faults.take((f) => f.on === 'webhooks' && f.down === true && fitsUpdate(f, first))
    try {
      if (down) throw new Error('the webhook is down (a fault)')
      const { status } = await ask(first.url, {
        method: 'POST',
        headers,
        body: bytes,
        timeoutMs: this.#options.timeoutMs,
        agents: this.#agents,
      })
      record.status = status
    } catch (error) {
      record.error = error instanceof Error ? error.message : String(error)
    }
    record.tookMs = Math.round(performance.now() - began)
    this.#inFlight -= batch.length
    this.counters.requests++
    this.counters.updates += batch.length
    if (record.status === 200) this.counters.answered += batch.length
    else this.counters.failed += batch.length
    this.#keep(record)
    for (const update of batch) {
      update.onAnswered?.()
      delete update.onAnswered
    }
    if (this.#closed) return
    this.#options.onSent(record)
    if (record.status === 200) {
      for (const update of batch) {
        update.onFate?.('DELIVERED')
        this.#options.onSettled(update)
      }
    } else {
      log.debug(
        { url: first.url, status: record.status, error: record.error, updates: batch.length },
        'sandbox.webhook_failed',
      )
      for (const update of batch) this.#again(update)
    }
    this.#tellIdle()
  }

  #again(update: Update): void {
    const delay = RETRY_DELAYS_MS[Math.min(update.attempts, RETRY_DELAYS_MS.length - 1)]!
    update.attempts++
    const elapsed = RETRY_DELAYS_MS.slice(0, update.attempts).reduce((sum, ms) => sum + ms, 0)
    const beyond = Math.max(0, update.attempts - RETRY_DELAYS_MS.length) * RETRY_DELAYS_MS.at(-1)!
    if (elapsed + beyond > GIVE_UP_AFTER_MS) return this.#lose(update)
    update.onFate?.('RETRYING')
    this.#options.timerQueue.in(delay, () => this.#enqueue(update))
  }

  #keep(record: SentWebhook): void {
    this.#kept.push(record)
    this.#keptBytes += record.body.length
    while (this.#kept.length > MOST_KEPT || (this.#keptBytes > MOST_BYTES_KEPT && this.#kept.length > 1)) {
      this.#keptBytes -= this.#kept.shift()!.body.length
    }
  }

  /** Resolves when no update waits and no request is in progress (later retries do not count). */
  idle(): Promise<void> {
    if (this.waiting === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idlers.push(resolve))
  }

  #tellIdle(): void {
    if (this.waiting > 0) return
    for (const resolve of this.#idlers.splice(0)) resolve()
  }

  clear(): void {
    this.#lanes.clear()
    this.#waiting = 0
    this.#held = []
    this.#swap = undefined
    this.#kept.length = 0
    this.#keptBytes = 0
    this.#tellIdle()
  }

  close(): void {
    this.#closed = true
    this.clear()
    this.#agents.http.destroy()
    this.#agents.https.destroy()
  }
}

/** The key of an update about a person is the person's number. */
const fitsUpdate = ({ match }: Fault, update: Update): boolean =>
  (match?.field ?? update.field) === update.field &&
  (match?.to ?? update.key) === update.key &&
  (match?.numberId === undefined || match.numberId === update.value.metadata?.phone_number_id)

function laneOf(key: string): number {
  let hash = 0
  for (let i = 0; i < key.length; i++) hash = (hash * 31 + key.charCodeAt(i)) | 0
  return Math.abs(hash) % LANES
}

/** Merges updates into one body: same account, one entry; same number and kind, one value with several elements. */
export function bodyOf(batch: readonly Update[]): WebhookBody {
  const only = batch[0]!
  if (batch.length === 1) {
    return { object: 'whatsapp_business_account', entry: [entryOf(only, [{ value: only.value, field: only.field }])] }
  }
  const entries: WebhookEntry[] = []
  for (const update of batch) {
    let entry = entries.find((e) => e.id === update.wabaId && (e.time === undefined) === (update.time === undefined))
    if (!entry) entries.push((entry = entryOf(update, [])))
    const change = entry.changes.at(-1)
    if (change && mergeable(change, update)) mergeInto(change.value, update.value)
    else entry.changes.push({ value: structuredCloneShallow(update.value), field: update.field })
  }
  return { object: 'whatsapp_business_account', entry: entries }
}

const entryOf = (update: Update, changes: WebhookChange[]): WebhookEntry => ({
  id: update.wabaId,
  ...(update.time !== undefined && { time: update.time }),
  changes,
})

function mergeable(change: WebhookChange, update: Update): boolean {
  return (
    change.field === 'messages' &&
    update.field === 'messages' &&
    change.value.metadata?.phone_number_id === update.value.metadata?.phone_number_id &&
    ((change.value.statuses !== undefined && update.value.statuses !== undefined) ||
      (change.value.messages !== undefined && update.value.messages !== undefined))
  )
}

function structuredCloneShallow(value: WebhookValue): WebhookValue {
  return {
    ...value,
    ...(value.contacts && { contacts: [...value.contacts] }),
    ...(value.messages && { messages: [...value.messages] }),
    ...(value.statuses && { statuses: [...value.statuses] }),
  }
}

function mergeInto(into: WebhookValue, from: WebhookValue): void {
  for (const contact of from.contacts ?? []) {
    const contacts = (into.contacts ??= [])
    const known = contacts.find((c) => (c.user_id ?? c.wa_id) === (contact.user_id ?? contact.wa_id))
    if (!known) contacts.push(contact)
  }
  into.messages?.push(...(from.messages ?? []))
  into.statuses?.push(...(from.statuses ?? []))
}

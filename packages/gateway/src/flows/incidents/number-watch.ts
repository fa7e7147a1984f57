import type { Clock } from '@postern/runtime/clock'
import type { WirePhoneNumber } from '@postern/cloud-api'
import type { Channel } from '../../domain/channels/channel.ts'
import { webhookUrlOf } from '../../domain/channels/check-number.ts'
import { numberChanges } from '../../domain/channels/signals.ts'
import type { StateChange } from '../../domain/channels/state.ts'
import type { CloudApi } from '../../platform/cloud-api/client.ts'
import { CloudApiError } from '../../platform/cloud-api/errors.ts'
import { isRecord } from '../../platform/is-record.ts'
import type { Log } from '../../platform/log.ts'
import { samePlace } from '../../platform/url-path.ts'
import { isTokenError, type Observer } from './observer.ts'

/** What WhatsApp said of a channel's number, account and token when it was last asked. Times are epoch milliseconds. */
export type Watched = {
  /** Since when this token is the channel's, as far as this process knows. */
  tokenSince: number
  token: { accepted: boolean; at: number; code: number | null } | undefined
  expiresAt: number | null | undefined
  apps: { ours: boolean; others: string[] } | undefined
  otherAddress: string | undefined
  status: { word: string; since: number } | undefined
}

export type NumberWatch = {
  of(channelId: number): Watched | undefined
  /** Asks soon, because something speaks against the channel's token. */
  nudge(channelId: number): void
  start(): void
  stop(): void
}

const TICK_MS = 5_000
const FIRST_AFTER_MS = 15_000
const EVERY_MS = 5 * 60_000
/** With many channels each is asked more rarely: three calls a second at the most. */
const EACH_MS = 1_000
const TROUBLED_EVERY_MS = 60_000
/** After an answer that is no answer, so that a blip is seen to be over. */
const FAILED_EVERY_MS = 10_000
const TIMEOUT_MS = 8_000

const FIELDS = [
  ...['id', 'display_phone_number', 'verified_name', 'quality_rating', 'status', 'throughput'],
  ...['webhook_configuration', 'is_on_biz_app'],
]

type Asked = { token: string; dueAt: number; watched: Watched }

/** Asks WhatsApp every few minutes what no webhook tells: whether the token works, and who gets the webhooks. */
export function createNumberWatch(options: {
  cloudApi: Pick<CloudApi, 'getPhoneNumber' | 'subscribedApps' | 'debugToken'>
  clock: Clock
  log: Log
  observer: Observer
  channels: () => readonly Channel[]
  /** The address of our webhooks, when it is known. */
  ourAddress: string | undefined
  keepState: (channelId: number, changes: StateChange[]) => Promise<void>
  /** False: another node asks. */
  asks: () => boolean
}): NumberWatch {
  const { cloudApi, clock, log, observer, channels } = options
  const asked = new Map<number, Asked>()
  let cancel = (): void => {}
  let stopped = false

  function noteOf(channel: Channel): Asked {
    const known = asked.get(channel.id)
    if (known?.token === channel.accessToken) return known
    const watched = unknownSince(clock.now())
    const dueAt = clock.monotonic() + (known ? 0 : FIRST_AFTER_MS)
    const note = { token: channel.accessToken, dueAt, watched }
    asked.set(channel.id, note)
    return note
  }

  async function tick(): Promise<void> {
    const present = channels()
    for (const id of asked.keys()) if (!present.some((channel) => channel.id === id)) asked.delete(id)
    for (const channel of present) {
      const note = noteOf(channel)
      if (stopped) return
      if (!options.asks()) {
        // What was known grows old while another node asks: this one asks again as soon as it is its turn.
        note.watched = unknownSince(note.watched.tokenSince)
        note.dueAt = Math.min(note.dueAt, clock.monotonic())
        continue
      }
      if (note.dueAt > clock.monotonic()) continue
      const again = await ask(channel, note).catch((error: unknown) => {
        log.warn({ err: error, channel_id: channel.id }, 'incidents.ask_failed')
        return EVERY_MS
      })
      note.dueAt = clock.monotonic() + Math.max(again, present.length * EACH_MS)
    }
  }

  /** Returns when to ask again. */
  async function ask(channel: Channel, { token, watched }: Asked): Promise<number> {
    const call = { timeoutMs: TIMEOUT_MS }
    const [number, apps, about] = await Promise.all([
      tried(() => cloudApi.getPhoneNumber(channel.phoneNumberId, token, { ...call, fields: FIELDS })),
      tried(() => cloudApi.subscribedApps(channel.wabaId, token, call)),
      tried(() => cloudApi.debugToken(token, token, call)),
    ])
    for (const { error } of [number, apps, about]) observer.called(undefined, error)
    const now = clock.now()
    const rejected = [number, apps].map(({ error }) => error).find(isTokenError)
    if (rejected) {
      watched.token = { accepted: false, at: now, code: rejected.code }
      return TROUBLED_EVERY_MS
    }
    if (about.value) watched.expiresAt = expiryOf(about.value)
    if (apps.value) watched.apps = appsOf(apps.value, about.value?.app_id)
    if (number.value) {
      watched.token = { accepted: true, at: now, code: null }
      await see(channel.id, number.value, watched, now)
    }
    if (!number.value && !(number.error instanceof CloudApiError)) return FAILED_EVERY_MS
    return watched.apps?.ours === false ? TROUBLED_EVERY_MS : EVERY_MS
  }

  async function see(channelId: number, number: WirePhoneNumber, watched: Watched, now: number): Promise<void> {
    const address = webhookUrlOf(number)
    const isElsewhere =
      address !== undefined && options.ourAddress !== undefined && !samePlace(address, options.ourAddress)
    watched.otherAddress = isElsewhere ? address.slice(0, 300) : undefined
    const { status } = number as Record<string, unknown>
    if (typeof status !== 'string') watched.status = undefined
    else if (watched.status?.word !== status) watched.status = { word: status.slice(0, 60), since: now }
    // WhatsApp's clock counts seconds: a signal of this second is not older.
    await options.keepState(channelId, numberChanges(number, Math.floor(now / 1000) * 1000))
  }

  async function round(): Promise<void> {
    await tick()
    if (!stopped) cancel = clock.after(TICK_MS, () => void round())
  }

  return {
    of: (channelId) => asked.get(channelId)?.watched,
    nudge(channelId) {
      const note = asked.get(channelId)
      if (note) note.dueAt = Math.min(note.dueAt, clock.monotonic())
    },
    start() {
      cancel = clock.after(TICK_MS, () => void round())
    },
    stop() {
      stopped = true
      cancel()
    },
  }
}

const unknownSince = (tokenSince: number): Watched => ({
  ...{ tokenSince, token: undefined, expiresAt: undefined },
  ...{ apps: undefined, otherAddress: undefined, status: undefined },
})

type Tried<T> = { value?: T; error?: unknown }

async function tried<T>(call: () => Promise<T>): Promise<Tried<T>> {
  try {
    return { value: await call() }
  } catch (error) {
    return { error }
  }
}

/** Two times of Meta's, in seconds; 0 is never. */
function expiryOf({ expires_at: token, data_access_expires_at: data }: Record<string, unknown>): number | null {
  const times = [token, data].filter((one): one is number => typeof one === 'number' && one > 0)
  return times.length === 0 ? null : Math.min(...times) * 1000
}

function appsOf(entries: readonly Record<string, unknown>[], own: unknown): Watched['apps'] {
  const apps = entries.map((entry) => {
    const data = isRecord(entry.whatsapp_business_api_data) ? entry.whatsapp_business_api_data : entry
    return { id: String(data.id as string), name: typeof data.name === 'string' ? data.name.slice(0, 100) : 'an app' }
  })
  // Whose token it is could not be asked: then any app may be ours.
  if (own === undefined) return { ours: apps.length > 0, others: [] }
  const isOurs = ({ id }: { id: string }): boolean => id === String(own as string)
  return { ours: apps.some(isOurs), others: apps.filter((app) => !isOurs(app)).map(({ name }) => name) }
}

import { z } from 'zod'
import { isRecord } from '../../platform/is-record.ts'
import type { Channel } from './channel.ts'
import { isOnApp, type ChannelState, type StateChange, type StatePart } from './state.ts'

/*
 * A number that the business also uses in the WhatsApp Business app. Once, within 24 hours of the connection, Meta is
 * asked for the contacts of the app and for its history: see `POST /admin/channels/{channel_id}/sync`.
 */

/** Meta's names of the two syncs, and ours. */
export const SYNC_TYPES = { contacts: 'smb_app_state_sync', history: 'history' } as const
export type Sync = keyof typeof SYNC_TYPES
export const SYNCS = Object.keys(SYNC_TYPES) as Sync[]

/** Meta takes the requests for this long after the connection. */
const SYNC_WITHIN_MS = 24 * 3_600_000

/** Meta's code of a business that shares no history. */
const DECLINED = 2593109

const ASKED = { contacts: 'sync:contacts:asked', history: 'sync:history:asked' } as const
const CONTACTS = 'sync:contacts'
const HISTORY = 'sync:history'
const HISTORY_END = 'sync:history:end'

const change = (part: string, value: unknown, at: number, more: Partial<StateChange> = {}): StateChange => ({
  ...{ part, value, at, reason: null, until: null, details: null },
  ...more,
})

type OnChannel = Pick<Channel, 'state' | 'createdAt'>

/** The time of the connection: Meta's word of it, or else the time when the channel was added. */
function connectedAt({ state, createdAt }: OnChannel): number {
  const account = state.get('account')
  const word = account?.value
  return account && (word === 'PARTNER_ADDED' || word === 'PARTNER_APP_INSTALLED') ? account.since : createdAt
}

/** A part of the present connection: an earlier one had syncs of its own. */
function currentPart(channel: OnChannel, name: string): StatePart | undefined {
  const part = channel.state.get(name)
  return part && part.at >= Math.floor(connectedAt(channel) / 1000) * 1000 ? part : undefined
}

/** What is known of the number from Meta's answer about it. Undefined: Meta did not say. */
export function onAppChange(isOnBizApp: unknown, at: number): StateChange[] {
  return typeof isOnBizApp === 'boolean' ? [change('coexistence', isOnBizApp, at, { reason: 'is_on_biz_app' })] : []
}

/** Meta's answer to the request for a sync. */
export function askedChange(
  sync: Sync,
  at: number,
  answer: { requestId?: string | null; refusal?: string },
): StateChange {
  const { requestId, refusal } = answer
  return change(ASKED[sync], refusal === undefined ? 'asked' : 'refused', at, {
    reason: refusal?.slice(0, 500) ?? null,
    details: requestId ? { request_id: requestId } : null,
  })
}

/**
 * What a webhook of the app changes: only such numbers get them. `known` is the present state, because a history of
 * thousands of messages must not write the same thing each time.
 */
export function appChanges(
  field: string,
  value: Record<string, unknown>,
  at: number,
  known: ChannelState,
): StateChange[] {
  const changes = isOnApp(known) ? [] : [change('coexistence', true, at, { reason: field })]
  const channel = { state: known, createdAt: 0 }
  if (field === SYNC_TYPES.contacts && !currentPart(channel, CONTACTS)) changes.push(change(CONTACTS, 'received', at))
  if (field !== SYNC_TYPES.history || !Array.isArray(value.history)) return changes
  for (const chunk of value.history.filter(isRecord)) changes.push(...chunkChanges(chunk, at, channel))
  return changes
}

function chunkChanges(chunk: Record<string, unknown>, at: number, channel: OnChannel): StateChange[] {
  const [error] = Array.isArray(chunk.errors) ? chunk.errors.filter(isRecord) : []
  if (error) {
    const word = error.code === DECLINED ? 'declined' : 'failed'
    const reason = typeof error.title === 'string' ? error.title.slice(0, 500) : null
    return currentPart(channel, HISTORY_END)?.value === word ? [] : [change(HISTORY_END, word, at, { reason })]
  }
  const { phase, chunk_order, progress } = isRecord(chunk.metadata) ? chunk.metadata : {}
  if (typeof progress !== 'number') return []
  const before = currentPart(channel, HISTORY)?.value
  // Chunks come in any order: a lower progress is an older one.
  const isNew = typeof before !== 'number' || progress > before
  return [
    ...(isNew ? [change(HISTORY, progress, at, { details: { phase, chunk_order, progress } })] : []),
    ...(progress >= 100 && !currentPart(channel, HISTORY_END) ? [change(HISTORY_END, 'done', at)] : []),
  ]
}

const seconds = (ms: number): number => Math.floor(ms / 1000)

const syncShape = z.object({
  state: z
    .enum(['missing', 'asked', 'receiving', 'done', 'declined', 'refused', 'failed', 'too_late'])
    .describe('missing: nobody asked WhatsApp for it yet. declined: the business shares no history.'),
  since: z.int().nullable(),
  reason: z.string().nullable(),
  request_id: z.string().nullable().describe('WhatsApp’s id of the request.'),
})

export const coexistenceShape = z
  .object({
    value: z.boolean().describe('True while the business also uses the number in the WhatsApp Business app.'),
    since: z.int(),
    reason: z.string().nullable().describe('How it is known.'),
    contacts: syncShape.describe('The contacts of the app.'),
    history: syncShape.extend({
      progress: z.number().nullable().describe('Percent, by WhatsApp.'),
      phase: z.unknown().describe('0: the last day. 1: up to 90 days. 2: up to 180 days.'),
    }),
    missing: z.array(z.enum(SYNCS)).describe('What is still to be asked for.'),
    until: z.int().describe('Unix seconds: WhatsApp accepts the requests until then.'),
  })
  .meta({ id: 'Coexistence' })

type SyncShown = z.infer<typeof syncShape>

/** The coexistence of a number as the API shows it. Null when nothing is known of it. */
export function publicCoexistence(channel: OnChannel, now: number): z.infer<typeof coexistenceShape> | null {
  const known = channel.state.get('coexistence')
  if (!known) return null
  const until = connectedAt(channel) + SYNC_WITHIN_MS
  const part = (name: string): StatePart | undefined => currentPart(channel, name)
  const contacts = syncOf(part(ASKED.contacts), part(CONTACTS), now < until)
  const history = syncOf(part(ASKED.history), part(HISTORY_END) ?? part(HISTORY), now < until)
  const progress = part(HISTORY)
  return {
    value: known.value === true,
    since: seconds(known.since),
    reason: known.reason,
    contacts,
    history: {
      ...history,
      progress: typeof progress?.value === 'number' ? progress.value : null,
      phase: progress?.details?.phase ?? null,
    },
    missing: SYNCS.filter((sync) => known.value === true && { contacts, history }[sync].state === 'missing'),
    until: seconds(until),
  }
}

const ENDS = new Set<unknown>(['done', 'declined', 'failed'])

function syncOf(asked: StatePart | undefined, got: StatePart | undefined, isInTime: boolean): SyncShown {
  const id = asked?.details?.request_id
  const shown = (word: SyncShown['state'], part: StatePart | undefined): SyncShown => ({
    state: word,
    since: part ? seconds(part.since) : null,
    reason: part?.reason ?? null,
    request_id: typeof id === 'string' ? id : null,
  })
  if (got && ENDS.has(got.value)) return shown(got.value as SyncShown['state'], got)
  if (got) return shown('receiving', got)
  if (asked) return shown(asked.value === 'refused' ? 'refused' : 'asked', asked)
  return shown(isInTime ? 'missing' : 'too_late', undefined)
}

/** True while nothing of a sync came, and nobody asked for it or Meta refused it for a cause that may be over. */
export const mayAsk = (channel: OnChannel, sync: Sync): boolean =>
  currentPart(channel, ASKED[sync])?.value !== 'asked' &&
  !currentPart(channel, sync === 'contacts' ? CONTACTS : HISTORY)

import { costOf } from '../../domain/costs/cost.ts'
import type { ContactIdentity, MessageFact, StatusFact } from '../store.ts'
import type { Message, NewMessageRow } from './rows.ts'
import { WorkingSet } from './working-set.ts'

export const newRow = (
  fields: Pick<NewMessageRow, 'channelId' | 'id' | 'contactId' | 'type' | 'createdAt' | 'recipient' | 'content'>,
): Omit<NewMessageRow, 'direction' | 'status'> => ({
  ...fields,
  wamid: null,
  error: null,
  acceptedAt: null,
  sentAt: null,
  deliveredAt: null,
  readAt: null,
  playedAt: null,
  failedAt: null,
  pricing: null,
  conversation: null,
  callbackContent: null,
  origin: null,
  changes: null,
})

/**
 * True when a message replaces the row of its wamid: a status came before it; the row is a copy from the history and the
 * message itself, or its file, comes now; or the row was only kept on standby, and the message comes to us now.
 */
export const replaces = (row: Message, { origin, standby, type }: MessageFact): boolean =>
  (row.type === 'foreign' && origin !== undefined) ||
  (row.origin === 'standby_kept' && origin === undefined && standby === undefined) ||
  (row.origin === 'history' && (origin !== 'history' || (row.type === PLACEHOLDER && type !== PLACEHOLDER)))

/** A file of the history, before it comes. */
const PLACEHOLDER = 'media_placeholder'

const STANDBY = { deliver: 'standby', store: 'standby_kept' } as const

/** How a message came, for its row. */
export const originOf = ({ origin, standby }: MessageFact): Message['origin'] =>
  origin ?? (standby === undefined ? null : STANDBY[standby])

/** Messages of a contact that nobody answers. */
export const UNANSWERED_TYPES = ['reaction', 'system'] as const

/** True for what a contact wrote to us, so that the conversation waits for an answer. */
export const wantsAnswer = ({ sent, standby, changes, type, origin }: MessageFact): boolean =>
  sent === undefined &&
  origin === undefined &&
  standby === undefined &&
  changes === undefined &&
  !(UNANSWERED_TYPES as readonly string[]).includes(type)

/** The status and its times, which a replaced row hands on. */
export function statusOf(row: Message): Partial<Message> {
  const { status, sentAt, deliveredAt, readAt, playedAt, failedAt, error, pricing, conversation } = row
  return { status, sentAt, deliveredAt, readAt, playedAt, failedAt, error, pricing, conversation }
}

function adopt(row: Message, stub: Message): void {
  Object.assign(row, statusOf(stub))
}

// The column with the time of each status.
export const SEEN_AT = {
  sent: 'sentAt',
  delivered: 'deliveredAt',
  read: 'readAt',
  played: 'playedAt',
  failed: 'failedAt',
} as const

/** The outbound message of a status, by our id that Meta returned. */
export function oursOf(
  set: WorkingSet,
  { channelId, reference, wamid }: Pick<StatusFact, 'channelId' | 'reference' | 'wamid'>,
): Message | undefined {
  const ours = reference === undefined ? undefined : set.message(channelId, reference)
  return ours && (ours.wamid === null || ours.wamid === wamid) ? ours : undefined
}

/** Takes over the row of an earlier status that had only the wamid. */
export function takeWamid(set: WorkingSet, row: Message, wamid: string): void {
  const other = set.messageByWamid(row.channelId, wamid)
  if (other && other !== row) {
    if (other.type !== 'foreign' && other.origin === null)
      throw new Error(`the wamid ${wamid} belongs to another message already`)
    const before = costOf(row)
    // An echo of our own message came before the answer to its send: it has no status of its own.
    if (other.type === 'foreign') adopt(row, other)
    set.costs.move(row.channelId, costOf(other), undefined)
    set.costs.move(row.channelId, before, costOf(row))
    set.dropMessage(other)
  }
  if (row.wamid === null) set.giveWamid(row, wamid)
}

/** The name under which a message is listed. */
export const nameOf = ({ groupId, phone, userId, parentId }: ContactIdentity): string =>
  groupId ?? phone ?? userId ?? parentId ?? ''

import { costOf } from '../../domain/costs/cost.ts'
import type { ContactIdentity, StatusFact } from '../store.ts'
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
})

function adopt(row: Message, stub: Message): void {
  const { status, sentAt, deliveredAt, readAt, playedAt, failedAt, error, pricing, conversation } = stub
  Object.assign(row, { status, sentAt, deliveredAt, readAt, playedAt, failedAt, error, pricing, conversation })
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
    if (other.type !== 'foreign') throw new Error(`the wamid ${wamid} belongs to another message already`)
    const before = costOf(row)
    adopt(row, other)
    set.costs.move(row.channelId, costOf(other), undefined)
    set.costs.move(row.channelId, before, costOf(row))
    set.dropMessage(other)
  }
  if (row.wamid === null) set.giveWamid(row, wamid)
}

/** The name under which a message is listed. */
export const nameOf = ({ groupId, phone, userId, parentId }: ContactIdentity): string =>
  groupId ?? phone ?? userId ?? parentId ?? ''

import { isRecord } from '../../platform/is-record.ts'
import type { Principal } from '../people/principal.ts'

/** Who of us sent a message. A call with a certification code has nobody: it is the channel's own software. */
export type SentBy = {
  kind: 'user' | 'key' | 'token' | 'broadcast' | 'schedule'
  id?: string | undefined
  /** At the time of the send. */
  name?: string | undefined
}

export const SENT_BY_KINDS = ['user', 'key', 'token', 'broadcast', 'schedule'] as const satisfies SentBy['kind'][]

export const sentByOf = (principal: Principal | null | undefined): SentBy | undefined =>
  principal ? { kind: principal.kind, id: principal.id, name: principal.name } : undefined

/**
 * Takes the sender out of a message's stored content: it stands beside the keys of WhatsApp's body, and is never sent to
 * WhatsApp.
 */
export function withoutSender(content: unknown): { content: unknown; sentBy: SentBy | undefined } {
  if (!isRecord(content) || !('sent_by' in content)) return { content, sentBy: undefined }
  const { sent_by: by, ...rest } = content
  const kind = isRecord(by) ? SENT_BY_KINDS.find((one) => one === by.kind) : undefined
  if (!isRecord(by) || !kind) return { content: rest, sentBy: undefined }
  const wordOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
  return { content: rest, sentBy: { kind, id: wordOf(by.id), name: wordOf(by.name) } }
}

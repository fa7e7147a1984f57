import type { Channel } from '../../domain/channels/channel.ts'
import { holdsBack, type QuietHours, quietHoursSchema, quietUntil } from '../../domain/contacts/quiet-hours.ts'
import { messageFor } from '../../domain/messages/broadcast-message.ts'
import type { OutgoingMessage } from '../../domain/messages/message.ts'
import type { Recipient } from '../../store/broadcast-run.ts'

/** The quiet hours of a broadcast: its own, as they were stored, or those of its channel. A stored `null` is none. */
export function quietHoursOf(stored: string | null, channel: Pick<Channel, 'quietHours'>): QuietHours | undefined {
  if (stored === null) return channel.quietHours ?? undefined
  const read = quietHoursSchema.nullable().safeParse(JSON.parse(stored))
  return (read.success && read.data) || undefined
}

/** Tells whether a message is marketing, by the category of its template. */
export type IsMarketing = (channel: Channel, message: OutgoingMessage) => Promise<boolean>

export type Sorted = { now: Recipient[]; held: { n: number; until: number }[] }

/** Separates the recipients whose quiet hours it is at `now` from those who get the message. */
export async function sortByQuiet(
  recipients: readonly Recipient[],
  quietHours: QuietHours,
  given: { channel: Channel; message: string; isMarketing: IsMarketing; now: number },
): Promise<Sorted> {
  const sorted: Sorted = { now: [], held: [] }
  for (const recipient of recipients) {
    const until = quietUntil(recipient.contact, quietHours, given.now)
    if (until !== undefined && (await isHeld(recipient, quietHours, given))) sorted.held.push({ n: recipient.n, until })
    else sorted.now.push(recipient)
  }
  return sorted
}

async function isHeld(
  { contact, own }: Recipient,
  quietHours: QuietHours,
  { channel, message, isMarketing }: { channel: Channel; message: string; isMarketing: IsMarketing },
): Promise<boolean> {
  if (holdsBack(quietHours, false)) return true
  const outgoing = messageFor(message, contact, own)
  // A message that cannot be sent is refused now.
  return outgoing !== undefined && holdsBack(quietHours, await isMarketing(channel, outgoing))
}

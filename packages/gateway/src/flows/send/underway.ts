import type { Clock } from '@postern/runtime/clock'
import { firstMessageIdAt } from '../../platform/ids.ts'
import { isSending } from '../../store/messages.ts'
import type { Sql } from '../../store/sql.ts'

/** WhatsApp's answer comes within this time, or the message is unknown. */
const LONGEST_CALL_MS = 20_000
const LOOK_EVERY_MS = 25

/**
 * Waits until WhatsApp has answered the messages to a contact that were begun before. Who recorded that a person wants
 * no marketing is told so afterwards, and then nothing more goes out.
 */
export async function awaitUnderway(
  { sql, clock }: { sql: Sql; clock: Clock },
  channelId: number,
  contactId: number,
): Promise<void> {
  const giveUpAt = clock.monotonic() + LONGEST_CALL_MS
  const since = firstMessageIdAt(clock.now() - LONGEST_CALL_MS)
  while (clock.monotonic() < giveUpAt && (await isSending(sql, channelId, contactId, since)))
    await new Promise<void>((resolve) => void clock.after(LOOK_EVERY_MS, resolve))
}

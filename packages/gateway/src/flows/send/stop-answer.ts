import { pastMessageId } from '../../platform/ids.ts'
import type { Channel } from '../../domain/channels/channel.ts'
import { isNumber } from '../../domain/contacts/identity.ts'
import { WINDOW_MS } from '../../domain/messages/window.ts'
import { contactNamed } from '../../store/contacts.ts'
import { insertScheduled } from '../../store/scheduled.ts'
import type { Fact, MessageFact, Store } from '../../store/store.ts'

/**
 * Answers stop words. The answer is a scheduled message with an id that follows from the stop's: it survives a kill, and a
 * webhook that WhatsApp repeats answers nothing twice. Must be awaited before the webhook is acknowledged.
 */
export function createStopAnswers(deps: {
  store: Store
  channel: (id: number) => Channel | undefined
  nudge: () => void
}): (facts: readonly Fact[]) => Promise<void> | undefined {
  const { store, channel, nudge } = deps

  /** False when another message stopped it before: a stop is answered once, so two programs cannot answer each other forever. */
  async function isFirst({ channelId, contact, wamid }: MessageFact): Promise<boolean> {
    const name = contact.phone ?? contact.userId ?? contact.parentId
    const known = name === undefined ? undefined : await contactNamed(store.sql, channelId, name)
    const wish = known?.state.marketing
    return wish?.state === 'stopped' && wish.from === wamid
  }

  async function answer(stops: readonly MessageFact[]): Promise<void> {
    let answers = 0
    for (const fact of stops) {
      const text = channel(fact.channelId)?.stopAnswer ?? null
      const to = fact.contact.phone ?? fact.contact.userId
      if (text === null || to === undefined) continue
      const now = await store.now()
      const closesAt = fact.at + WINDOW_MS
      if (closesAt <= now || !(await isFirst(fact))) continue
      const row = {
        channel_id: fact.channelId,
        id: pastMessageId(fact.at, fact.wamid),
        contact: to,
        body: JSON.stringify({ ...(isNumber(to) ? { to } : { recipient: to }), type: 'text', text }),
        send_at: now,
        expires_at: closesAt,
      }
      await insertScheduled(store.sql, row, now)
      answers++
    }
    if (answers > 0) nudge()
  }

  return (facts) => {
    const stops = facts.filter(isStop)
    return stops.length > 0 ? answer(stops) : undefined
  }
}

/** Another program answers what comes on standby. */
const isStop = (fact: Fact): fact is MessageFact =>
  fact.kind === 'message' && fact.state?.marketing?.state === 'stopped' && fact.standby === undefined

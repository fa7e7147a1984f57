import type { Clock } from '@postern/runtime/clock'
import { idleAt, ownerNow } from '../../domain/contacts/state.ts'
import type { EventChannel } from '../../domain/events/bodies.ts'
import { ownerBody } from '../../domain/events/owner.ts'
import { watchAgain, watchedContacts } from '../../store/contacts.ts'
import type { Notice, Store } from '../../store/store.ts'

const AT_ONCE = 200
const MOST_ROUNDS = 50

/**
 * Tells of conversations that became idle, because their contacts were quiet for a day. Returns how many. Meta does not
 * report it.
 */
export async function tellIdle(deps: {
  store: Store
  clock: Clock
  channel: (id: number) => EventChannel | undefined
  tell: (facts: readonly Notice[]) => Promise<void>
}): Promise<number> {
  const { store, clock, channel, tell } = deps
  let told = 0
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const now = clock.now()
    const watched = await watchedContacts(store.sql, now, AT_ONCE)
    const facts: Notice[] = []
    for (const { id, channelId, name, shown, lastInboundAt, state } of watched) {
      const owner = ownerNow(state.owner, lastInboundAt, now)
      const about = channel(channelId)
      if (about === undefined || owner === undefined || owner === state.owner) {
        await watchAgain(store.sql, id, now, (about && idleAt(owner, lastInboundAt)) ?? null)
        continue
      }
      facts.push({
        kind: 'notice',
        channelId,
        event: 'conversation_owner',
        contact: name,
        key: `idle ${id} ${owner.since}`,
        at: now,
        body: ownerBody(about, owner, shown, { field: 'messages', value: {} }),
        ours: true,
        state: { owner },
        onlyIfQuiet: true,
      })
    }
    if (facts.length > 0) await tell(facts)
    // The commit ends the watch. It drops the fact of a contact who has written meanwhile: that one stays watched.
    told += facts.length
    if (watched.length < AT_ONCE) break
  }
  return told
}

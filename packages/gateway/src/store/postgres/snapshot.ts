import { endpointOf } from '../core/endpoints.ts'
import type { Keys } from '../core/keys.ts'
import type { Contact, ContactKey, Lane } from '../core/rows.ts'
import type { Snapshot } from '../core/working-set.ts'
import type { PendingEvent } from '../store.ts'
import type { EventRow, Found, Groups } from './load.ts'

/** Converts the rows of a load into the core's snapshot. */
export function snapshotOf(
  asked: Keys,
  found: Found,
  withNext: Groups['withNext'],
  stock: readonly number[],
): Omit<Snapshot, 'now'> {
  const owedRows = [...found.owed, ...found.claimedOwed.flat()]

  const contacts = new Map<number, Contact>()
  const keys: ContactKey[] = []
  for (const { key, ...contact } of [...found.whole, ...found.plain, ...found.locked]) {
    contacts.set(contact.id, contact)
    if (key !== null) keys.push({ channelId: contact.channelId, key, contactId: contact.id })
  }
  const lanes = new Map<string, Lane>(found.lanes.map((lane) => [`${lane.endpointId} ${lane.contactId}`, lane]))
  const ahead = new Map<string, PendingEvent[]>()
  const aheadOf = (endpointId: number, contactId: number): PendingEvent[] => {
    const place = `${endpointId} ${contactId}`
    let events = ahead.get(place)
    if (!events) ahead.set(place, (events = []))
    return events
  }
  for (const lane of withNext) aheadOf(lane.endpointId, lane.contactId)
  const take = (rows: readonly EventRow[]): void => {
    for (const { endpointId, contactId, seq, body, since } of rows)
      aheadOf(endpointId, contactId).push({ seq, body, attempts: 0, since })
  }
  take(found.ahead)

  for (const { noted: _, ...lane } of found.claimed.flat()) {
    lanes.set(`${lane.endpointId} ${lane.contactId}`, lane)
    aheadOf(lane.endpointId, lane.contactId)
  }
  found.claimedEvents.forEach(take)
  for (const lane of found.replayedLanes.flat()) lanes.set(`${lane.endpointId} ${lane.contactId}`, lane)

  const owed = new Map(owedRows.map((row) => [`${row.endpointId} ${row.seq}`, row]))
  return {
    asked,
    contactIds: stock,
    contacts: [...contacts.values()],
    keys,
    messages: found.messages,
    endpoints: found.endpoints.map(endpointOf),
    lanes: [...lanes.values()],
    owed: [...owed.values()]
      .sort((a, b) => a.seq - b.seq)
      .map(({ endpointId, contactId, seq, body, attempts, since }) => ({
        endpointId,
        contactId,
        attempts,
        event: { seq, body, attempts, since },
      })),
    ahead: [...ahead].map(([place, events]) => {
      const [endpointId, contactId] = place.split(' ').map(Number) as [number, number]
      return { endpointId, contactId, events: events.sort((a, b) => a.seq - b.seq) }
    }),
    claimed: new Map(asked.claims.map((claim, i) => [claim, found.claimed[i]!])),
    seen: found.seen,
    replayed: new Map(
      asked.replays.map((replay, i) => [
        replay,
        found.replayed[i]!.map(({ seq, body, since, audience, storedFor, contactId, dead }) => ({
          contactId,
          moved: storedFor !== contactId,
          dead,
          audience,
          event: { seq, body, attempts: 0, since },
        })),
      ]),
    ),
  }
}

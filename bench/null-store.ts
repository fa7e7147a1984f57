import { toldStatusBody } from '../packages/gateway/src/domain/events/bodies.ts'
import { openStore } from '../packages/gateway/src/store/open.ts'
import type { Fact, LeasedLane, PendingEvent, Store } from '../packages/gateway/src/store/store.ts'

/**
 * The gateway's speed if storing cost nothing: the hot path answers from memory in the next microtask, without a
 * commit, and forgets. Channels and codes are read from a real store at the start. Lanes keep their order, so that the
 * deliverer does all of its work. Nothing survives, so it must not be used outside of the bench.
 */
export const openNullStore: typeof openStore = async (config, clock, log) => {
  const real = await openStore(config, clock, log)
  const contacts = new Map<string, number>()
  /** Events behind the one that its holder is delivering. */
  const lanes = new Map<string, PendingEvent[]>()
  /** Lanes of each channel without a holder when they filled. */
  const unclaimed = new Map<number, Set<string>>()
  const endpoints = new Map<number, number>()
  let seq = 0

  const contactOf = (fact: Fact): number => {
    const name = fact.contact?.phone ?? fact.contact?.userId
    if (name === undefined) return 0
    let id = contacts.get(name)
    if (id === undefined) contacts.set(name, (id = contacts.size + 1))
    return id
  }

  const store: Store = {
    engine: 'sqlite',
    sql: real.sql,
    installation: real.installation,
    backlog: 0,
    now: () => real.now(),
    ping: () => real.ping(),
    beginMessage: async () => undefined,
    settleMessage: async () => true,
    async applyFacts(facts, offer) {
      const now = clock.now()
      const leased = new Map<string, LeasedLane>()
      const nudge = new Set<number>()
      const rooms = new Map(offer?.capacities)
      for (const fact of facts) {
        const { channelId } = fact
        let endpointId = endpoints.get(channelId)
        if (endpointId === undefined) {
          const row = await real.sql.get<{ id: number }>('select id from endpoints where channel_id = $1', [channelId])
          endpoints.set(channelId, (endpointId = row?.id ?? 0))
        }
        if (endpointId === 0) continue
        const contactId = contactOf(fact)
        const key = `${endpointId} ${contactId}`
        const body =
          fact.kind === 'status'
            ? toldStatusBody(
                fact.body,
                fact.reference === undefined ? undefined : { reference: fact.reference, callbackData: undefined },
              )
            : fact.body
        const event = { seq: ++seq, body, attempts: 0, since: now }
        const waiting = lanes.get(key)
        if (waiting) waiting.push(event)
        else if ((rooms.get(endpointId) ?? 0) > 0) {
          rooms.set(endpointId, rooms.get(endpointId)! - 1)
          lanes.set(key, [])
          leased.set(key, { endpointId, channelId, contactId, events: [event] })
        } else {
          lanes.set(key, [event])
          const others = unclaimed.get(endpointId)
          if (others) others.add(key)
          else unclaimed.set(endpointId, new Set([key]))
          nudge.add(endpointId)
        }
      }
      return {
        events: facts.length,
        duplicates: 0,
        leased: [...leased.values()],
        nudge: [...nudge],
      }
    },
    async claimLanes(endpointId, limit) {
      const claimed: LeasedLane[] = []
      const mine = unclaimed.get(endpointId)
      const channelId = [...endpoints].find(([, id]) => id === endpointId)![0]
      for (const key of mine ?? []) {
        if (claimed.length === limit) break
        mine!.delete(key)
        const events = lanes.get(key)!
        lanes.set(key, [])
        claimed.push({ endpointId, channelId, contactId: Number(key.split(' ')[1]), events })
      }
      return claimed
    },
    async recordAttempt(record) {
      if (record.more) return []
      const key = `${record.endpointId} ${record.contactId}`
      const waiting = lanes.get(key) ?? []
      if (waiting.length === 0) {
        lanes.delete(key)
        return []
      }
      lanes.set(key, [])
      return waiting
    },
    releaseLanes: async () => {},
    replayEvents: async () => ({ replayed: 0, woken: false }),
    dueEndpoints: async () => ({
      due: [...unclaimed].filter(([, waiting]) => waiting.size > 0).map(([endpointId]) => endpointId),
      nextInMs: null,
    }),
    close: () => real.close(),
  }
  return store
}

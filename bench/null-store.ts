import { openStore } from '../src/store/open.ts'
import type { Fact, LeasedLane, PendingEvent, Store } from '../src/store/store.ts'

/**
 * What the gateway could do if keeping things cost nothing: the hot path answers from memory and forgets, in the next
 * microtask and without a commit. Channels and codes are read at the start and stand on a real store. Lanes keep their
 * order, so that the deliverer does all of its work; nothing survives, so nobody must run this.
 */
export const openNullStore: typeof openStore = async (config, clock, log) => {
  const real = await openStore(config, clock, log)
  const contacts = new Map<string, number>()
  /** What waits behind the event that its holder has in hand. */
  const lanes = new Map<string, PendingEvent[]>()
  /** Lanes of each channel that nobody took when they filled. */
  const unclaimed = new Map<number, Set<string>>()
  const delivers = new Map<number, boolean>()
  let seq = 0

  const contactOf = (fact: Fact): number => {
    const name = fact.person?.phone ?? fact.person?.userId
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
      for (const fact of facts) {
        const { channelId } = fact
        let told = delivers.get(channelId)
        if (told === undefined) {
          told = (await real.sql.get('select 1 from endpoints where channel_id = $1', [channelId])) !== undefined
          delivers.set(channelId, told)
        }
        if (!told) continue
        const contactId = contactOf(fact)
        const key = `${channelId} ${contactId}`
        const body = fact.kind === 'status' ? fact.bodyOf(fact.reference) : fact.body
        const event = { seq: ++seq, body, attempts: 0, since: now }
        const waiting = lanes.get(key)
        if (waiting) waiting.push(event)
        else if (offer?.takes(channelId)) {
          lanes.set(key, [])
          leased.set(key, { channelId, contactId, events: [event] })
        } else {
          lanes.set(key, [event])
          const others = unclaimed.get(channelId)
          if (others) others.add(key)
          else unclaimed.set(channelId, new Set([key]))
          nudge.add(channelId)
        }
      }
      return {
        events: facts.length,
        duplicates: 0,
        leased: [...leased.values()],
        nudge: [...nudge],
      }
    },
    async claimLanes(channelId, limit) {
      const claimed: LeasedLane[] = []
      const mine = unclaimed.get(channelId)
      for (const key of mine ?? []) {
        if (claimed.length === limit) break
        mine!.delete(key)
        const events = lanes.get(key)!
        lanes.set(key, [])
        claimed.push({ channelId, contactId: Number(key.split(' ')[1]), events })
      }
      return claimed
    },
    async recordAttempt(record) {
      if (record.more) return []
      const key = `${record.channelId} ${record.contactId}`
      const waiting = lanes.get(key) ?? []
      if (waiting.length === 0) {
        lanes.delete(key)
        return []
      }
      lanes.set(key, [])
      return waiting
    },
    releaseLanes: async () => {},
    dueChannels: async () => ({
      due: [...unclaimed].filter(([, waiting]) => waiting.size > 0).map(([channelId]) => channelId),
      nextAt: null,
    }),
    close: () => real.close(),
  }
  return store
}

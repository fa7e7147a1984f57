/** A name for looking up a contact. `lanes`: the contact's lanes are needed too. */
export type AskedName = { channelId: number; key: string; lanes: boolean }
export type AskedMessage = { channelId: number; id: string; lanes: boolean }
export type AskedWamid = { channelId: number; wamid: string; lanes: boolean }
/** `whole`: the contact's row and all its names, besides its lanes. */
export type AskedContact = { channelId: number; id: number; whole: boolean }
/** `after`: the lane's next events are needed: those after this place and after its cursor. */
export type AskedLane = { endpointId: number; contactId: number; after: number | null }
export type AskedOwed = { endpointId: number; seq: number }
export type AskedClaim = { kind: 'claim'; endpointId: number; limit: number }
export type AskedSeen = { channelId: number; key: string }
export type AskedReplay = { kind: 'replay'; endpointId: number; seqs: readonly number[] }

/**
 * The rows that a batch needs before it can be decided. An engine loads exactly these, and locks those that may change.
 */
export class Keys {
  readonly names = new Map<string, AskedName>()
  readonly messages = new Map<string, AskedMessage>()
  readonly wamids = new Map<string, AskedWamid>()
  readonly contacts = new Map<string, AskedContact>()
  readonly lanes = new Map<string, AskedLane>()
  readonly owed = new Map<string, AskedOwed>()
  readonly seen = new Map<string, AskedSeen>()
  readonly channels = new Set<number>()
  /** The operations themselves: each gets its own answer. */
  readonly claims: AskedClaim[] = []
  readonly replays: AskedReplay[] = []
  /** Maximum number of contacts that the batch may create. */
  newContacts = 0

  name(channelId: number, key: string, lanes: boolean): void {
    merge(this.names, `${channelId} ${key}`, { channelId, key, lanes })
  }

  message(channelId: number, id: string, lanes: boolean): void {
    merge(this.messages, `${channelId} ${id}`, { channelId, id, lanes })
  }

  wamid(channelId: number, wamid: string, lanes: boolean): void {
    merge(this.wamids, `${channelId} ${wamid}`, { channelId, wamid, lanes })
  }

  contact(channelId: number, id: number, whole: boolean): void {
    const key = `${channelId} ${id}`
    if (!whole && this.contacts.has(key)) return
    this.contacts.set(key, { channelId, id, whole })
  }

  lane(endpointId: number, contactId: number, after: number | null): void {
    const key = `${endpointId} ${contactId}`
    const known = this.lanes.get(key)
    this.lanes.set(key, { endpointId, contactId, after: after ?? known?.after ?? null })
  }

  /** Adds the keys that another pass found missing. */
  add(more: Keys): void {
    for (const one of more.names.values()) this.name(one.channelId, one.key, one.lanes)
    for (const one of more.messages.values()) this.message(one.channelId, one.id, one.lanes)
    for (const one of more.wamids.values()) this.wamid(one.channelId, one.wamid, one.lanes)
    for (const one of more.contacts.values()) this.contact(one.channelId, one.id, one.whole)
    for (const one of more.lanes.values()) this.lane(one.endpointId, one.contactId, one.after)
    for (const channelId of more.channels) this.channels.add(channelId)
    this.newContacts += more.newContacts
  }
}

function merge<T extends { lanes: boolean }>(map: Map<string, T>, key: string, asked: T): void {
  const known = map.get(key)
  if (!known) map.set(key, asked)
  else if (asked.lanes) known.lanes = true
}

/** Thrown when the snapshot lacks rows that a rule needs. The batch is then loaded again with them. */
export class Missing extends Error {
  readonly needs: Keys

  constructor(fill: (needs: Keys) => void) {
    super('the snapshot does not show enough')
    this.needs = new Keys()
    fill(this.needs)
  }
}

import type { Dump } from './engine.ts'

/** What a statement removed. */
export type Removed = { events: number[]; messages: Dump['messages']; contacts: number[] }

/** What is there to be erased of one contact when its erasure begins: all of it has to be gone when it is answered. */
export type Erasure = {
  channelId: number
  /** Whose contact it is. What else is kept of them may go with it. */
  person: number
  contacts: ReadonlySet<number>
  events: Set<number>
  messages: Set<string>
}

export function erasureOf(dump: Dump, channelId: number, person: number, contacts: ReadonlySet<number>): Erasure {
  const ofContact = (row: { contactId: number }): boolean => contacts.has(row.contactId)
  return {
    channelId,
    person,
    contacts,
    events: new Set(dump.events.filter(ofContact).map((event) => event.seq)),
    messages: new Set(dump.messages.filter(ofContact).map((message) => message.id)),
  }
}

/** What is still there of what was erased. */
export function* traces(dump: Dump, { channelId, contacts, events, messages }: Erasure): Generator<string> {
  for (const { seq } of dump.events) if (events.has(seq)) yield `the event ${seq}`
  for (const { seq, endpointId } of dump.owed)
    if (events.has(seq)) yield `that the event ${seq} is owed to endpoint ${endpointId}`
  for (const { seq, endpointId } of dump.dead)
    if (events.has(seq)) yield `that the event ${seq} is dead on endpoint ${endpointId}`
  for (const line of dump.attempts) if (events.has(Number(line.split(' ')[1]))) yield `the attempt ${line}`
  for (const { id, contactId } of dump.messages) {
    if (messages.has(id)) yield `the message ${id}`
    else if (contacts.has(contactId)) yield `the message ${id}, which came meanwhile and has no contact`
  }
  for (const { id } of dump.contacts) if (contacts.has(id)) yield `contact ${id}`
  for (const [name, contactId] of dump.keys) if (contacts.has(contactId)) yield `the name ${name}`
  for (const lane of dump.lanes)
    if (contacts.has(lane.contactId)) yield `the lane of contact ${lane.contactId} on endpoint ${lane.endpointId}`
  for (const line of dump.idempotency) {
    const [channel, key, made] = line.split(' ') as [string, string, string]
    if (Number(channel) === channelId && messages.has(made)) yield `the answer under ${key}`
  }
}

/** What one look has and another has not. */
export function removedBetween(before: Dump, after: Dump): Removed {
  const events = new Set(after.events.map((event) => event.seq))
  const messages = new Set(after.messages.map((row) => `${row.channelId} ${row.id}`))
  const contacts = new Set(after.contacts.map((row) => row.id))
  return {
    events: before.events.map((event) => event.seq).filter((seq) => !events.has(seq)),
    messages: before.messages.filter((row) => !messages.has(`${row.channelId} ${row.id}`)),
    contacts: before.contacts.map((row) => row.id).filter((id) => !contacts.has(id)),
  }
}

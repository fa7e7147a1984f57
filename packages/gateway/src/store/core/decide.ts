import { windowOf } from '../../domain/messages/window.ts'
import type { Settled } from '../batcher.ts'
import type { Applied, Fact, LeaseOffer, NewMessage, Refused, Settlement } from '../store.ts'
import { findContact, identify, learn, type People } from './contacts.ts'
import { Keys, Missing } from './keys.ts'
import { claimLanes, Leases, recordAttempt, releaseLane, replay, openOffer } from './lanes.ts'
import { marketingRefusal, refusalBy } from './owner.ts'
import { newRow, takeWamid } from './message-rows.ts'
import { hasStaleKey, keysOf, foresee, sightingByAnswer } from './needs.ts'
import type { NewIds } from './new-ids.ts'
import type { Operation } from './operations.ts'
import type { Contact } from './rows.ts'
import { Webhook } from './webhook.ts'
import { type Changes, extended, type Snapshot, WorkingSet } from './working-set.ts'

/**
 * `changes` and, for each operation in order, its answer; or the keys to load before the batch can be decided (`anew`:
 * with all others again, because rows are stale or were changed already); or the operation that threw: the others are
 * decided again, from a new snapshot.
 */
export type Decision =
  | { needs: Keys; anew: boolean; refused?: undefined; changes?: undefined; answers?: undefined }
  | { needs?: undefined; refused: { operation: Operation; error: unknown }; changes?: undefined; answers?: undefined }
  | { needs?: undefined; refused?: undefined; changes: Changes; answers: unknown[] }

/**
 * Decides a batch: the changes of the store, and the answer of each operation. Has every rule of the hot path and no
 * SQL, clock or network. Operations see the changes of earlier ones.
 */
export function decide(operations: readonly Operation[], snapshot: Snapshot, ids: NewIds): Decision {
  if (hasStaleKey(snapshot)) return { needs: new Keys(), anew: true }
  const batch = new Batch(snapshot, ids)
  const needs = foresee(operations, batch.set, snapshot.asked)
  if (needs) return { needs, anew: false }
  const answers: unknown[] = []
  for (const operation of operations) {
    try {
      answers.push(batch.run(operation))
    } catch (error) {
      return error instanceof Missing ? { needs: error.needs, anew: true } : { refused: { operation, error } }
    }
  }
  return { changes: batch.set.changes(), answers }
}

/**
 * Loads and decides, and loads again when rows are missing, until the batch is decided. Returns the changes to write.
 */
export async function decided(
  operations: readonly Operation[],
  load: (asked: Keys) => Snapshot | Promise<Snapshot>,
  ids: NewIds,
): Promise<{ changes: Changes; answers: Settled[] }> {
  const run = deciding(operations, ids)
  let step = run.next()
  while (!step.done) step = run.next(await load(step.value))
  return step.value
}

/** The same for an engine that loads synchronously. */
export function decidedAtOnce(
  operations: readonly Operation[],
  load: (asked: Keys) => Snapshot,
  ids: NewIds,
): { changes: Changes; answers: Settled[] } {
  const run = deciding(operations, ids)
  let step = run.next()
  while (!step.done) step = run.next(load(step.value))
  return step.value
}

/** Each load adds what the previous one lacked. A batch needs one, or two when it names or merges contacts. */
const MOST_LOADS = 100

function* deciding(
  operations: readonly Operation[],
  ids: NewIds,
): Generator<Keys, { changes: Changes; answers: Settled[] }, Snapshot> {
  const refused = new Map<Operation, unknown>()
  let rest = operations
  let asked = keysOf(rest)
  let snapshot = yield asked
  for (let loads = 1; loads < MOST_LOADS; loads++) {
    const decision = decide(rest, snapshot, ids)
    if (decision.needs) {
      const { needs, anew } = decision
      asked.add(needs)
      needs.newContacts = asked.newContacts
      const more = anew ? undefined : yield needs
      snapshot = (more && extended(snapshot, more, asked)) ?? (yield asked)
    } else if (decision.refused) {
      refused.set(decision.refused.operation, decision.refused.error)
      rest = operations.filter((operation) => !refused.has(operation))
      snapshot = yield (asked = keysOf(rest))
    } else {
      const { changes, answers } = decision
      let next = 0
      const settled = operations.map((operation): Settled =>
        refused.has(operation) ? { ok: false, error: refused.get(operation) } : { ok: true, value: answers[next++] },
      )
      return { changes, answers: settled }
    }
  }
  throw new Error('a batch could not be decided')
}

class Batch {
  readonly set: WorkingSet
  readonly #snapshot: Snapshot
  readonly #ids: NewIds
  readonly #leases = new Leases()

  constructor(snapshot: Snapshot, ids: NewIds) {
    this.#snapshot = snapshot
    this.#ids = ids
    this.set = new WorkingSet(snapshot)
  }

  run(operation: Operation): unknown {
    switch (operation.kind) {
      case 'begin':
        return this.#begin(operation.message)
      case 'settle':
        return this.#settle(operation.settlement)
      case 'facts':
        return this.#apply(operation.facts, operation.offer)
      case 'claim':
        return claimLanes(this.set, this.#leases, this.#snapshot.claimed.get(operation)!, operation.offer)
      case 'attempt':
        return recordAttempt(this.set, this.#leases, operation.record)
      case 'release':
        for (const { endpointId, contactId } of operation.lanes)
          releaseLane(this.set, endpointId, contactId, operation.holder)
        return undefined
      case 'replay': {
        const endpoint = this.set.endpointsOf(operation.channelId).find((one) => one.id === operation.endpointId)
        const events = this.#snapshot.replayed.get(operation)!
        return endpoint ? replay(this.set, endpoint, events) : { replayed: 0, woken: false }
      }
    }
  }

  #people(nudge = new Set<number>()): People {
    return { set: this.set, leases: this.#leases, nudge }
  }

  /** Stores an outbound message before WhatsApp is called, or returns why it is refused. */
  #begin(message: NewMessage): Refused | undefined {
    const { channelId, id, contact: identity, type, recipient, content, createdAt, window } = message
    if (message.ifOwner || message.marketing) {
      const known = findContact(this.set, channelId, identity)
      const refusal =
        (message.ifOwner && refusalBy(known, createdAt)) ||
        (message.marketing && marketingRefusal(known, this.#elsewhere(message), createdAt)) ||
        undefined
      if (refusal) return refusal
    }
    if (window) {
      const known = findContact(this.set, channelId, identity)
      const facts = { lastInboundAt: known?.lastInboundAt ?? undefined, channelCreatedAt: window.channelCreatedAt }
      const verdict = windowOf(facts, createdAt)
      if (verdict.state === 'closed') return verdict
    }
    const contact =
      findContact(this.set, channelId, identity) ?? identify(this.#people(), channelId, { now: identity }, identity)
    this.set.makeMessage({
      ...newRow({ channelId, id, contactId: contact.id, type, createdAt, recipient, content }),
      direction: 'out',
      status: 'sending',
      callbackContent: content,
    })
    return undefined
  }

  /** The same person at the other numbers of the account. */
  #elsewhere({ account, contact }: NewMessage): (Contact | undefined)[] {
    return (account ?? []).map((channelId) => findContact(this.set, channelId, contact))
  }

  /** Records the result of a send. False when a status had already recorded more. */
  #settle(settlement: Settlement): boolean {
    const { set } = this
    const { channelId, id, at } = settlement
    const row = set.message(channelId, id)
    if (!row) return false
    if (settlement.status !== 'accepted') {
      if (row.status !== 'sending') return false
      row.status = settlement.status
      row.error = settlement.error
      if (settlement.status === 'failed') row.failedAt = at
      set.messageChanged(row)
      if (settlement.state) learn(set, set.contact(channelId, row.contactId), { at, state: settlement.state })
      return true
    }
    takeWamid(set, row, settlement.wamid)
    row.acceptedAt = at
    if (row.status === 'sending' || row.status === 'unknown') row.status = 'accepted'
    set.messageChanged(row)
    const sighting = sightingByAnswer(set, row, settlement)
    if (sighting) set.giveMessage(row, identify(this.#people(), channelId, sighting))
    return true
  }

  #apply(facts: readonly Fact[], offer: LeaseOffer | null): Applied {
    const webhook = new Webhook(this.set, this.#leases, this.#ids, openOffer(offer))
    for (const fact of facts) webhook.apply(fact)
    return webhook.applied()
  }
}

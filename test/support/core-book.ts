import type { Settled } from '../../packages/gateway/src/store/batcher.ts'
import { decidedAtOnce } from '../../packages/gateway/src/store/core/decide.ts'
import type { Operation } from '../../packages/gateway/src/store/core/operations.ts'
import { Keys } from '../../packages/gateway/src/store/core/keys.ts'
import { type Changes, type Snapshot, WorkingSet } from '../../packages/gateway/src/store/core/working-set.ts'
import type {
  AttemptRecord,
  Fact,
  LeasedLane,
  LeaseOffer,
  ContactIdentity,
  Settlement,
} from '../../packages/gateway/src/store/store.ts'
import type { StatusFact } from '../../packages/gateway/src/store/store.ts'
import type { Dump, EndpointPlace } from '../simulation/engine.ts'
import { MemoryEngine } from '../simulation/memory.ts'
import { told, written } from '../simulation/people.ts'

export const CHANNEL = 1
export const LEASE_MS = 60_000

/** A snapshot without rows. */
export const NOTHING: Snapshot = {
  asked: new Keys(),
  now: 0,
  contactIds: [],
  contacts: [],
  keys: [],
  messages: [],
  endpoints: [],
  lanes: [],
  owed: [],
  ahead: [],
  claimed: new Map(),
  seen: [],
  replayed: new Map(),
}

/** The core over rows in memory: batches in, answers and rows out. */
export class Book {
  now = 1_000_000
  readonly #engine = new MemoryEngine()
  #messages = 0

  /** `endpoints`: by channel. Default: one, of the first channel. */
  constructor(endpoints: readonly (readonly [endpointId: number, channelId: number])[] = [[1, CHANNEL]]) {
    for (const [endpointId, channelId] of endpoints) this.#engine.setEndpoint(endpointId, channelId)
  }

  beginEndpoint(endpointId: number, channelId: number, place?: EndpointPlace): void {
    this.#engine.setEndpoint(endpointId, channelId, place)
  }

  /** An operation that throws is found by halving the batch, as in the engines. */
  batch(operations: readonly Operation[]): { answers: Settled[]; changes: Changes } {
    try {
      return this.#commit(operations)
    } catch (error) {
      if (operations.length === 1)
        return { answers: [{ ok: false, error }], changes: new WorkingSet(NOTHING).changes() }
      const half = operations.length >> 1
      const [first, second] = [this.batch(operations.slice(0, half)), this.batch(operations.slice(half))]
      return { answers: [...first.answers, ...second.answers], changes: second.changes }
    }
  }

  #commit(operations: readonly Operation[]): { answers: Settled[]; changes: Changes } {
    const { changes, answers } = decidedAtOnce(
      operations,
      (asked) => {
        const first = this.#engine.lastContact() + 1
        const contactIds = Array.from({ length: asked.newContacts }, (_, i) => first + i)
        const loading = this.#engine.load(asked, { now: this.now, contactIds, isLocked: () => false })
        for (;;) {
          const step = loading.next()
          if (step.done) return step.value
        }
      },
      { message: () => `in-${String(++this.#messages).padStart(4, '0')}` },
    )
    this.#engine.write(changes, this.now, 0)
    return { answers, changes }
  }

  /** Each in a commit of its own. */
  one<T = unknown>(operation: Operation): T {
    const answer = this.batch([operation]).answers[0]!
    if (!answer.ok) throw answer.error
    return answer.value as T
  }

  rows(): Dump {
    return this.#engine.dump()
  }
}

export const wrote = (contact: ContactIdentity, wamid: string, more: Partial<Fact> = {}): Fact =>
  ({ ...written(CHANNEL, wamid, contact, 0), ...more }) as Fact

export const status = (
  word: StatusFact['status'],
  wamid: string,
  reference: string | undefined,
  contact: ContactIdentity,
  at = 1,
): Fact => ({ ...told(CHANNEL, wamid, reference, word, contact, 0), at })

export const facts = (...list: Fact[]): Operation => ({ kind: 'facts', facts: list, offer: null })

export const offered = (offer: LeaseOffer, ...list: Fact[]): Operation => ({ kind: 'facts', facts: list, offer })

export const begin = (
  id: string,
  contact: ContactIdentity,
  window?: { channelCreatedAt: number },
  createdAt = 0,
): Operation => ({
  kind: 'begin',
  message: {
    channelId: CHANNEL,
    id,
    contact,
    type: 'text',
    recipient: contact.phone ?? contact.userId!,
    content: '{"type":"text"}',
    createdAt,
    ...(window && { window }),
  },
})

export const accepted = (id: string, wamid: string, named: { waId?: string; userId?: string } = {}): Operation => ({
  kind: 'settle',
  settlement: { channelId: CHANNEL, id, at: 5, status: 'accepted', wamid, ...named },
})

export const settled = (id: string, word: 'failed' | 'unknown'): Operation => ({
  kind: 'settle',
  settlement: { channelId: CHANNEL, id, at: 5, status: word, error: '{"code":1}' } satisfies Settlement,
})

export const claim = (holder: string, limit = 100, endpointId = 1): Operation => ({
  kind: 'claim',
  endpointId,
  limit,
  offer: { holder, leaseMs: LEASE_MS },
})

export const attempt = (
  lane: Pick<LeasedLane, 'endpointId' | 'channelId' | 'contactId'>,
  event: { seq: number; owed?: true },
  holder: string,
  outcome: AttemptRecord['outcome'],
  more: Partial<AttemptRecord> = {},
): Operation => ({
  kind: 'attempt',
  record: {
    endpointId: lane.endpointId,
    channelId: lane.channelId,
    contactId: lane.contactId,
    seq: event.seq,
    ...(event.owed && { owed: true }),
    number: 1,
    holder,
    at: 7,
    outcome,
    status: 200,
    ms: 1,
    answer: 'ok',
    more: false,
    leaseMs: LEASE_MS,
    ...more,
  },
})

export const release = (holder: string, ...lanes: LeasedLane[]): Operation => ({ kind: 'release', holder, lanes })

export const replayOf = (...seqs: number[]): Operation => replayTo(1, ...seqs)

export const replayTo = (endpointId: number, ...seqs: number[]): Operation => ({
  kind: 'replay',
  channelId: CHANNEL,
  endpointId,
  seqs,
})
